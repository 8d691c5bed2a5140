# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Text format to tokens, one at a time, and string literals to bytes.

https://protobuf.dev/reference/protobuf/textformat-spec#lexical. One pattern finds the next
token without backtracking, so the work is linear in the text.
"""

from __future__ import annotations

import re

from ..errors import TextError, shown

# The pattern of numbers is loose: a number extends up to the first character that cannot be part of
# one, and is checked when its kind is known. So "10bar" is one wrong token, as the specification
# requires.
_TOKEN = re.compile(
    r"""(?P<name>[A-Za-z_]\w*+)
    |(?P<number>\.?[0-9](?:[eE][+-]|[\w.])*+)
    |(?P<string>"(?:[^"\\\n\0]++|\\[^\n\0])*+"|'(?:[^'\\\n\0]++|\\[^\n\0])*+')
    |(?P<mark>[{}<>\[\]:,;-])""",
    re.ASCII | re.VERBOSE,
)
_SPACE = re.compile(r"(?:[ \n\t\v\f\r]|\#[^\n\0]*+)*+")
_BRACKETED = re.compile(r"[\w.~!$&()*+,;=/%-]++", re.ASCII)
_ESCAPE = re.compile(
    r"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})"
    r"|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([abfnrtv?\\'\"])|)"
)
_DIGITS = {
    "x": "takes 1 or 2 hexadecimal digits",
    "u": "takes 4 hexadecimal digits",
    "U": "takes 8 hexadecimal digits",
}
_SIMPLE = dict(zip("abfnrtv?\\'\"", "\a\b\f\n\r\t\v?\\'\"", strict=True))


class Lexer:
    """The text and its current token: `kind`, `lexeme` (its text) and `start` (its offset).

    Kinds are `name`, `number`, `string`, `mark` and, after the last token, `end`. While `hidden` is
    true, error messages do not show the token.
    """

    __slots__ = ("_end", "hidden", "kind", "lexeme", "start", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.hidden = False
        self._end = 0
        self.advance()

    def advance(self) -> None:
        """Go to the next token. Raises TextError if the text there is not a token."""
        self.start = self._skip_space(self._end)
        found = _TOKEN.match(self.text, self.start)
        if found is not None:
            self.kind: str = found.lastgroup or ""
            self.lexeme: str = found[0]
            self._end = found.end()
        elif self.start == len(self.text):
            self.kind, self.lexeme, self._end = "end", "", self.start
        else:
            raise self.error(self._no_token())

    def _skip_space(self, at: int) -> int:
        found = _SPACE.match(self.text, at)
        return found.end() if found else at

    def _no_token(self) -> str:
        character = self.text[self.start]
        if character in "\"'":
            return f"the text in quotes does not end with {character} on its line"
        return f"the character {character!r} has no meaning here"

    def take(self, mark: str) -> bool:
        """Go past the current token if it is a certain mark; returns whether it was."""
        if self.lexeme != mark:
            return False
        self.advance()
        return True

    def bracketed(self) -> str:
        """Go past a name in brackets, whose `[` is the current token; returns the name.

        Spaces and comments may surround dots and slashes.
        """
        parts: list[str] = []
        at = self._skip_space(self._end)
        while found := _BRACKETED.match(self.text, at):
            if parts and parts[-1][-1] not in "./" and found[0][0] not in "./":
                break
            parts.append(found[0])
            at = self._skip_space(found.end())
        self.start = at
        if not self.text.startswith("]", at):
            raise self.error("a name in brackets does not end with ']'")
        self._end = at + 1
        self.advance()
        return "".join(parts)

    def string(self) -> bytes:
        """Go past one or more string literals; returns their bytes, joined."""
        parts: list[bytes] = []
        while self.kind == "string":
            parts.append(self._unescaped())
            self.advance()
        return b"".join(parts)

    def _unescaped(self) -> bytes:
        body = self.lexeme[1:-1]
        if "\\" in body:
            body = _ESCAPE.sub(self._escape, body)
        return body.encode("utf-8", "surrogateescape")

    def _escape(self, found: re.Match[str]) -> str:
        """The character of an escape; a byte from 0x80 as its "surrogateescape"."""
        octal, hexadecimal, short, long, simple = found.groups()
        if simple:
            return _SIMPLE[simple]
        if code := short or long:
            number = int(code, 16)
            if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
                raise self._bad_escape(found, "is not a Unicode character")
            return chr(number)
        if not octal and not hexadecimal:
            begun = found.string[found.end() : found.end() + 1]
            raise self._bad_escape(found, _DIGITS.get(begun, "is not an escape"))
        number = int(octal, 8) if octal else int(hexadecimal, 16)
        if number > 0xFF:
            raise self._bad_escape(found, "is more than a byte")
        return chr(number if number < 0x80 else 0xDC00 + number)

    def _bad_escape(self, found: re.Match[str], why: str) -> TextError:
        at = self.start + 1 + found.start()
        escape = self.text[at : at + max(2, len(found[0]))]
        return self.error(f"{escape} {why}", at)

    def shown(self) -> str:
        """The current token, for error messages."""
        if self.hidden:
            return "<redacted>"
        return "the end of the text" if self.kind == "end" else shown(self.lexeme)

    def error(self, message: str, at: int | None = None) -> TextError:
        """An error at an offset, by default that of the current token."""
        return error_at(self.text, self.start if at is None else at, message)


def error_at(text: str, at: int, message: str) -> TextError:
    """An error at an offset of a text."""
    line_start = text.rfind("\n", 0, at) + 1
    line = text.count("\n", 0, line_start) + 1
    return TextError(message, line, at - line_start + 1)
