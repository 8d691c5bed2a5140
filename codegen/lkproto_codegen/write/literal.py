"""Text from a schema as Python source: the only way a string enters a template.

A schema is hostile input: names, comments, options and defaults may hold quotes, newlines,
backslashes, bidirectional controls or NUL. Literals come out as black would write them.
"""

from __future__ import annotations

import math
import textwrap
import unicodedata

_WIDTH = 88
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\x00"}
# Categories that are not shown as themselves: controls, formats (bidi), surrogates,
# private use, unassigned, and separators other than the space.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})


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
    if char == " " or unicodedata.category(char) not in _HIDDEN:
        return char
    return _code(ord(char))


def _code(point: int) -> str:
    if point < 0x100:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def _shown_byte(byte: int) -> str:
    char = chr(byte)
    if char in _ESCAPES:
        return _ESCAPES[char]
    return char if 0x20 <= byte < 0x7F else f"\\x{byte:02x}"


def docstring(text: str, depth: int) -> str:
    """Text as a triple-quoted docstring, wrapped for a body `depth` blocks deep.

    The lines come without indentation. Paragraphs are refilled; lines that are indented or
    begin a list keep their breaks.
    """
    lines = [each.rstrip() for each in _wrapped(text, _WIDTH - 4 * depth)]
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        return '""""""'
    body = "\n".join(map(_escaped, lines))
    # A quote at either end would run into ours; a space separates the two, as black has it.
    begin = " " if body.startswith('"') else ""
    end = "\n" if len(lines) > 1 else " " if body.endswith('"') else ""
    return f'"""{begin}{body}{end}"""'


def _wrapped(text: str, width: int) -> list[str]:
    lines: list[str] = []
    for paragraph in _paragraphs(text):
        first, rest = paragraph
        reserve = 6 if not lines else 0  # the quotes around a one-line docstring
        filled = textwrap.wrap(
            first,
            width - reserve,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        )
        lines += filled or [""]
    return lines


def _paragraphs(text: str) -> list[tuple[str, str]]:
    """Lines joined into paragraphs, each with the indent of its further lines."""
    found: list[tuple[str, str]] = []
    for raw in text.strip("\n").splitlines():
        line = raw.rstrip()
        stripped = line.lstrip()
        indent = line[: len(line) - len(stripped)]
        bullet = stripped.startswith(("- ", "* "))
        starts = not line or bullet or bool(indent) or not found or not found[-1][0]
        if starts:
            found.append((line, indent + "  " if bullet else indent))
        else:
            previous, hang = found[-1]
            found[-1] = (f"{previous} {stripped}", hang)
    return found


def _escaped(text: str) -> str:
    """One line of a docstring: what would end it or change its meaning is escaped."""
    shown = "".join(_shown(char) for char in text)
    # Not `\"`: after it, at the end, ruff allows no space and black demands one.
    return shown.replace('"""', '""\\x22')
