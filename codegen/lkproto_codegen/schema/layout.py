"""The layout of .proto text: comments around a statement, blocks, blank lines between."""

from __future__ import annotations

from collections.abc import Iterable

from .comments import Comment
from .option_texts import Assignment

WIDTH = 100
# The last numbers there can be; ranges up to them end in `max`.
_MAX_FIELD, _MAX_INT = 0x1FFFFFFF, 0x7FFFFFFF

# Whether blank lines set an item apart from its neighbours, and its lines.
Item = tuple[bool, list[str]]


def stacked(items: Iterable[Item]) -> list[str]:
    """Items one below the other, with blank lines around those that are set apart."""
    lines: list[str] = []
    before = False
    for apart, item in items:
        if lines and (apart or before):
            lines.append("")
        lines += item
        before = apart
    return lines


def statement(comment: Comment, lines: list[str]) -> list[str]:
    """A statement of one or more lines with its comments."""
    return [*_above(comment), *_after(comment, lines, "")]


def block(comment: Comment, head: list[str], body: list[str]) -> list[str]:
    """`head { body }` with its comments; one after the brace stays there."""
    above, start, last = _above(comment), head[:-1], head[-1]
    if not body and not comment.trailing:
        return [*above, *start, f"{last} {{}}"]
    opening = _after(comment, [*start, f"{last} {{"], "  ")
    return [*above, *opening, *indented(body), "}"]


def bracketed(line: str, options: list[Assignment], after: str) -> list[str]:
    """A line with its options in brackets: on the same line, or a line each if that is long."""
    if not options:
        return [line + after]
    if all(len(option.value) == 1 for option in options):
        inside = ", ".join(option.lines()[0] for option in options)
        whole = f"{line} [{inside}]{after}"
        if len(options) == 1 or len(whole) <= WIDTH:
            return [whole]
    elif len(options) == 1:
        return options[0].lines(f"{line} [", f"]{after}")
    inner = [each.lines("", ",") for each in options[:-1]] + [options[-1].lines()]
    return [f"{line} [", *(f"  {text}" for each in inner for text in each), f"]{after}"]


def indented(lines: Iterable[str]) -> list[str]:
    """Lines a level deeper."""
    return [f"  {line}" if line else "" for line in lines]


def range_text(start: int, last: int, largest: int = _MAX_FIELD) -> str:
    """A range of numbers, both ends included."""
    if start == last:
        return str(start)
    return f"{start} to {'max' if last in (largest, _MAX_INT) else last}"


def enum_range_text(start: int, last: int) -> str:
    """A range of an enum's numbers."""
    return range_text(start, last, _MAX_INT)


def _above(comment: Comment) -> list[str]:
    detached = [line for text in comment.detached for line in (*_lines(text), "")]
    return detached + _lines(comment.leading)


def _after(comment: Comment, lines: list[str], indent: str) -> list[str]:
    """Lines with a trailing comment, and a blank line after it if it has several lines."""
    trailing = _lines(comment.trailing)
    if len(trailing) == 1:
        return [*lines[:-1], f"{lines[-1]} {trailing[0]}"]
    below = [indent + line for line in trailing]
    return [*lines, *below, ""] if below else lines


def _lines(text: str) -> list[str]:
    return [f"//{line}".rstrip() for line in text.splitlines()]
