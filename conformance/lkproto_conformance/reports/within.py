"""A page of documentation that has a matrix between two lines, the rest of which people write."""

from __future__ import annotations

from pathlib import Path

from ..pages import replaced

BEGIN, END = "<!-- matrix: begin -->", "<!-- matrix: end -->"
MAX_SIZE = 16 * 1024 * 1024
"""Bytes of a page; a larger file is not one."""


def within(path: Path, matrix: str) -> str:
    """The text of a page with this matrix in the place of its own, or the matrix alone.

    Alone where the file has not both lines, or is not there. Raises OSError, and
    UnicodeDecodeError for a page that is not UTF-8.
    """
    if not path.is_file() or path.stat().st_size > MAX_SIZE:
        return matrix
    with path.open(encoding="utf-8", newline="") as stream:
        page = stream.read()
    changed = replaced(page, BEGIN, END, matrix)
    return matrix if changed is None else changed
