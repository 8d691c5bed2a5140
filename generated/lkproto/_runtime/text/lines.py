# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The lines of text format, and strings in quotes.

https://protobuf.dev/reference/protobuf/textformat-spec#string
"""

from __future__ import annotations

# In quotes, control characters, quotes and backslashes are escaped, and so are bytes that are not
# UTF-8, which text has as their "surrogateescape".
_ESCAPES: dict[int, str] = {
    **{code: f"\\{code:03o}" for code in [*range(32), 127]},
    **{0xDC00 + byte: f"\\{byte:03o}" for byte in range(128, 256)},
    **{
        ord(each): "\\" + letter
        for each, letter in zip("\t\n\r\"'\\", "tnr\"'\\", strict=True)
    },
}


class Lines:
    """The lines of a text and how deep each stands; `print_unknown` is the option.

    `within` counts the Anys around the present line.
    """

    __slots__ = ("depth", "lines", "print_unknown", "within")

    def __init__(self, print_unknown: bool) -> None:
        self.depth = self.within = 0
        self.lines: list[tuple[int, str]] = []
        self.print_unknown = print_unknown

    def add(self, line: str) -> None:
        """Add a line at the current depth."""
        self.lines.append((self.depth, line))

    def open(self, name: str) -> None:
        """Begin a message in braces."""
        self.add(name + " {")
        self.depth += 1

    def close(self) -> None:
        """End the message that `open` began."""
        self.depth -= 1
        self.add("}")


def quoted(data: bytes) -> str:
    """Bytes in quotes, in ASCII."""
    return quoted_text(data.decode("ascii", "surrogateescape"))


def quoted_text(text: str) -> str:
    """Text in quotes; it has bytes that are not UTF-8 as their "surrogateescape"."""
    return f'"{text.translate(_ESCAPES)}"'
