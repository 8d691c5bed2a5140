"""Text from a schema as Python source: the only way a string enters a template.

A schema is hostile input: names, comments, options and defaults may hold quotes, newlines,
backslashes, bidirectional controls or NUL. Literals come out as black would write them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from ..plan.blocks import blocks

_WIDTH = 88
_NARROWEST = 40  # docstrings of types nested very deep
_INDENT, _HANG = " " * 4, " " * 8
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\x00"}
# What is not shown as itself: controls, formats (bidi), surrogates, private use, and separators
# other than the space, as of Unicode 15.1; and the last two characters of each plane, which
# are none. A table of ours, for unicodedata differs from Python to Python.
_HIDDEN = re.compile(
    "[\\x00-\\x1f\\x7f-\\xa0\\xad\\u0600-\\u0605\\u061c\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u1680\\u180e"
    "\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u2064\\u2066-\\u206f\\u3000\\ud800-\\uf8ff\\ufdd0-\\ufdef\\ufeff"
    "\\ufff9-\\ufffb\\U000110bd\\U000110cd\\U00013430-\\U0001343f\\U0001bca0-\\U0001bca3"
    "\\U0001d173-\\U0001d17a\\U000e0001\\U000e0020-\\U000e007f\\U000f0000-\\U0010ffff"
    + "".join(f"{chr(end)}{chr(end + 1)}" for end in range(0xFFFE, 0xF0000, 0x10000))
    + "]"
)
# How directives for checkers and formatters begin, in comments of their own.
_DIRECTIVE = re.compile(r"\s*(?!https?:)[a-z][\w-]*\s*:.*\S")


def literal(value: object) -> str:
    """A value as a Python literal, in the quotes black prefers.

    Takes None, bool, int, float, str and bytes; infinities and NaN become `float(...)` calls.
    """
    if isinstance(value, str):
        return _quoted("".join(_shown(char) for char in value))
    if isinstance(value, bytes):
        return "b" + _quoted("".join(_shown_byte(byte) for byte in value))
    if isinstance(value, float) and not math.isfinite(value):
        return f'_builtins.float("{value}")'
    if value is None or isinstance(value, bool | int | float):
        return repr(value)
    raise TypeError(f"no literal for {type(value).__name__}")


def _quoted(text: str) -> str:
    if '"' in text and "'" not in text:
        return f"'{text}'"
    return '"' + text.replace('"', '\\"') + '"'


def _shown(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    return _code(ord(char)) if hidden(char) else char


def hidden(char: str) -> bool:
    """Whether a character is not shown as itself, on any Python."""
    return _HIDDEN.match(char) is not None


def _code(point: int) -> str:
    if point < 0x100:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def _shown_byte(byte: int) -> str:
    char = chr(byte)
    if char in _ESCAPES:
        return _ESCAPES[char]
    return char if 0x20 <= byte < 0x7F else f"\\x{byte:02x}"


def comment(text: str) -> str:
    """Text as lines of comment, none of which is a directive, such as `type: ignore`."""
    lines = ("".join(map(_shown, line)).rstrip() for line in text.splitlines())
    return "\n".join(
        f"# | {line}" if _DIRECTIVE.match(line) else f"# {line}".rstrip()
        for line in lines
    )


def docstring(text: str, depth: int, attributes: Sequence[tuple[str, str]] = ()) -> str:
    """Text as a triple-quoted docstring, wrapped for a body `depth` blocks deep.

    The lines come without indentation. Paragraphs and items of lists are refilled; tables,
    headings and code keep their lines. `attributes`, names with texts, make a section as
    Google's style has it.
    """
    width = max(_WIDTH - 4 * depth, _NARROWEST)
    lines = _filled(text, width)
    if attributes:
        lines += _section(lines, attributes, width)
    lines = [each.rstrip() for each in lines]
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        return '""""""'
    body = "\n".join(map(_escaped, lines))
    # A quote at either end would run into ours; a space separates the two, as black has it.
    begin = " " if body.startswith('"') else ""
    end = "\n" if len(lines) > 1 else " " if body.endswith('"') else ""
    return f'"""{begin}{body}{end}"""'


def _filled(text: str, width: int) -> list[str]:
    lines: list[str] = []
    for block in blocks(text):
        reserve = 0 if lines else 6  # the quotes around a one-line docstring
        lines += block.filled(width - reserve)
    return lines


def _section(
    before: Sequence[str], attributes: Sequence[tuple[str, str]], width: int
) -> list[str]:
    """`Attributes:`, below lines that may have left a fence open, which would hide it."""
    fences = sum(each.lstrip().startswith("```") for each in before)
    lines = ["```"] if fences % 2 else []
    lines += ["", "Attributes:"]
    for name, text in attributes:
        lines += _entry(name, text, width)
    return lines


def _entry(name: str, text: str, width: int) -> list[str]:
    """`name: text`, all below the first line hanging, whatever is in it.

    To some parsers two blank lines end a section, so one is what remains of them.
    """
    lines: list[str] = []
    for block in blocks(f"{name}:\n{text}"):
        filled = block.filled(width, _HANG if lines else _INDENT, _HANG)
        if filled != [""] or lines[-1:] != [""]:
            lines += filled
    return lines


def _escaped(text: str) -> str:
    """One line of a docstring: what would end it or change its meaning is escaped."""
    shown = "".join(_shown(char) for char in text)
    # Not `\"`: after it, at the end, ruff allows no space and black demands one.
    return shown.replace('"""', '""\\x22')
