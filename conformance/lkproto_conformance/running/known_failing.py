"""Lists of known failures: which cases a testee fails, how, and which side is right.

A line is `pattern  # first line of the failure  # why`; two spaces precede each `#`, and no first
line has two. Lines that begin with `#` are comments. `patterns` says what a pattern is, and
`first_line` what a first line is; one that ends with `…` is the beginning of one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from .patterns import Pattern, PatternError, parse_pattern

MAX_SIZE = 4 * 1024 * 1024
"""Bytes in a file of expectations."""
_SEPARATOR = re.compile(r"(?<=\S)[ \t]{2,}#(?:[ \t]+|$)")


class ListError(Exception):
    """A list of expectations with a mistake: which file, where, and what to do."""


@dataclass(frozen=True, slots=True)
class Known:
    """A line of the list."""

    line: int
    pattern: Pattern
    message: str
    """The first line of the failure, or its beginning and `…`."""
    why: str
    """Which side is right, by which source; empty or with a `?` before it: somebody has to say."""

    @property
    def is_explained(self) -> bool:
        """Whether somebody has said why."""
        return bool(self.why) and not self.why.startswith("?")

    @property
    def written(self) -> str:
        """The line of the file."""
        return f"{self.pattern.text}  # {self.message}  # {self.why or '?'}"


@dataclass(frozen=True, slots=True)
class KnownFailing:
    """A list, in the order of its lines."""

    path: Path
    entries: tuple[Known, ...]
    head: tuple[str, ...] = ()
    """Comments and empty lines before the first entry."""
    later_comments: int = 0
    """How many comments follow."""

    def place(self, entry: Known) -> str:
        """Where an entry is, for messages."""
        return f"{self.path}:{entry.line}"


def read(path: Path) -> KnownFailing:
    """Read a list. Raises ListError."""
    try:
        return parse(data_of(path).decode("utf-8-sig"), path)
    except UnicodeDecodeError:
        raise ListError(f"{path}: is not UTF-8") from None


def data_of(path: Path) -> bytes:
    """What a file of expectations holds. Raises ListError."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_SIZE + 1)
    except OSError as error:
        raise ListError(f"{path}: {error.strerror or error}") from None
    if len(data) > MAX_SIZE:
        raise ListError(f"{path}: more than {MAX_SIZE} bytes")
    return data


def parse(text: str, path: Path) -> KnownFailing:
    """Read the text of a list. Raises ListError."""
    entries: list[Known] = []
    head: list[str] = []
    later = 0
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.startswith("#"):
            entries.append(_entry(line.strip(), number, path))
        elif not entries:
            head.append(line.rstrip())
        elif line.strip():
            later += 1
    return KnownFailing(path, tuple(entries), tuple(head), later)


def _entry(line: str, number: int, path: Path) -> Known:
    pattern, *rest = _SEPARATOR.split(line, 2)
    message, why = [*rest, "", ""][:2]
    place = f"{path}:{number}"
    try:
        found = parse_pattern(pattern)
    except PatternError as error:
        raise ListError(
            f"{place}: {error}; a line is `pattern  # first line of the failure  # why`"
        ) from None
    message, why = message.strip(), why.strip()
    if not message:
        raise ListError(
            f"{place}: {pattern} lacks the first line of the failure, after two spaces and `# `"
        )
    if message.endswith("…") and not message[:-1].partition(": ")[2].strip():
        raise ListError(
            f"{place}: {message} would agree with any failure; give the verdict and some text"
        )
    return Known(number, found, message, why)
