"""Checks of the vectors themselves.

`shape`: ids are unique and permanent, counts right, layout canonical, flags declared and used,
operations, their arguments and kinds known. `coverage` and `fields`: what vectors have to be there.
`proof`: for each vector there is a testee, wrong on purpose, that fails it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..vectors import VectorError, files, parse
from . import coverage, fields, proof
from .shape import of_document, of_ids, read

__all__ = ["lint"]


def lint(folder: Path) -> Iterator[str]:
    """The problems of a folder of vectors, one line each, with what to add where."""
    try:
        paths = files(folder)
        found = [problem for path in paths for problem in of_document(path)]
        vectors = [vector for path in paths for vector in parse(*read(path))]
        found += of_ids(vectors, folder / "retired.toml")
    except VectorError as error:
        found, vectors = [str(error)], []
    yield from found
    if not found:  # otherwise there may be nothing to ask a testee
        yield from proof.unproven(vectors)
        yield from coverage.gaps(vectors)
        yield from fields.gaps(vectors)
