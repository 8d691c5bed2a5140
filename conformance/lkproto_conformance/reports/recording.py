"""The report's file while the suite runs: `NAME.part`, which gets its name with the footer.

So a file called NAME is always whole, and what a run knew when it was killed can still be read.
"""

from __future__ import annotations

import os
from collections import Counter
from errno import EISDIR
from pathlib import Path
from typing import Self, TextIO

from ..vectors import Vector
from . import lines
from .entries import case_of
from .model import Entry, Header


class Recording:
    """Writes a report, line for line. Without a path nothing is written."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._stream: TextIO | None = None
        self._described: set[str] = set()
        self._counts: Counter[str] = Counter()

    @property
    def part(self) -> Path | None:
        """The file that is written, until the report is complete."""
        path = self.path
        if path is None or _is_special(path):
            return path
        return path.with_name(f"{path.name}.part")

    def open(self) -> Self:
        """Open the file. Raises OSError."""
        if self.path and self.path.is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
        if self.part:
            self._stream = self.part.open("w", encoding="ascii", newline="\n")
        return self

    def __enter__(self) -> Self:
        """As it is: it was opened before, where its errors are a user's."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file, complete or not."""
        if self._stream:
            self._stream.close()

    def header(self, header: Header) -> None:
        """Begin a testee."""
        if self._stream:
            lines.write_header(self._stream, header)

    def result(self, vector: Vector, entry: Entry) -> None:
        """Add a result, and before it, once, its case."""
        if self._stream:
            if vector.id not in self._described:
                self._described.add(vector.id)
                lines.write_case(self._stream, case_of(vector))
            lines.write_result(self._stream, entry)
            self._counts[entry.verdict] += 1

    def stale(self, why: str) -> None:
        """Add an expectation that does not hold and belongs to no result."""
        if self._stream:
            lines.write_stale(self._stream, why)

    def complete(self) -> None:
        """End the report, and give it its name. Raises OSError."""
        if self._stream and self.part and self.path:
            lines.write_footer(self._stream, self._counts)
            if self.part != self.path:
                os.fsync(self._stream.fileno())
            self._stream.close()
            if self.part != self.path:
                os.replace(self.part, self.path)


def _is_special(path: Path) -> bool:
    """Whether it is a pipe or a device, which nothing can replace."""
    return path.exists() and not path.is_file() and not path.is_dir()
