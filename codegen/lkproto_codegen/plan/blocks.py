"""Text of comments as blocks: paragraphs that are refilled, and lines that stay as they are."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace

_FENCE = re.compile(r"(```+|~~~+)[^`]*$")
_ITEM = re.compile(r"([-*+•]|\d{1,3}[.)]) +(?=\S)")
# Headings, rows and rules of tables.
_FIXED = re.compile(r"#{1,6} |\||\+[-=+]|[-=~*]{3,}( |$)")
# What spaces line up; two after the end of a sentence line up nothing.
_COLUMNS = re.compile(r"[^\s.!?:]  +\S")
_CODE = (
    4  # columns by which a line is indented that is code, in a list beyond its items
)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or an item of a list as one line, or a line that is `fixed`."""

    text: str
    indent: str = ""
    hang: str = ""  # the indent of its further lines; an item's is deeper
    fixed: bool = False

    @property
    def item(self) -> bool:
        """Whether it is an item of a list."""
        return self.hang != self.indent

    def filled(self, width: int, first: str = "", rest: str = "") -> list[str]:
        """Its lines, with `first` in front of the first one and `rest` of the others.

        A word that is longer than `width` stays whole, as a fixed line does.
        """
        if self.fixed:
            return [first + self.indent + self.text if self.text else ""]
        return textwrap.wrap(
            self.text,
            width,
            initial_indent=first + self.indent,
            subsequent_indent=rest + self.hang,
            break_long_words=False,
            break_on_hyphens=False,
        )


_BLANK = Block("", fixed=True)


def blocks(text: str) -> list[Block]:
    """The blocks of a text, blank lines among them."""
    found: list[Block] = []
    for line in _lines(text.strip("\n").splitlines()):
        previous = found[-1] if found else _BLANK
        if _continues(previous, line):
            found[-1] = replace(previous, text=f"{previous.text} {line.text}")
        elif line.indent and not line.item:
            found.append(replace(line, fixed=True))
        else:
            found.append(line)
    return found


def _lines(lines: list[str]) -> Iterator[Block]:
    """Each line as a block of its own."""
    fence = ""
    for raw in lines:
        line = raw.rstrip()
        text = line.lstrip()
        indent = line[: len(line) - len(text)]
        marks = _FENCE.match(text)
        if fence or marks or not text or _FIXED.match(text):
            yield Block(text, indent, indent, fixed=True)
        elif item := _ITEM.match(text):
            yield Block(text, indent, indent + " " * len(item[0]))
        else:
            yield Block(text, indent, indent, fixed=bool(_COLUMNS.search(text)))
        if marks and (not fence or text.startswith(fence)):
            fence = "" if fence else marks[1]


def _continues(previous: Block, line: Block) -> bool:
    """Whether a line goes on with the paragraph or the item before it."""
    if previous.fixed or line.fixed:
        return False
    if line.item:  # a sentence may end in a number, and its last line begin with it
        return line.text[0].isdigit() and not previous.item and previous.text[-1] != ":"
    if previous.item:
        return len(line.indent) < len(previous.hang) + _CODE
    return not line.indent
