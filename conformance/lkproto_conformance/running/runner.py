"""Asks a testee every vector that it can answer, in each profile it offers, and judges."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase

from ..connect import Connection
from ..protocol import Hello
from ..vectors import Vector
from .asking import RESTARTS, Asker, Budget, Result, items

__all__ = ["RESTARTS", "Result", "run", "select"]


def select(vectors: Iterable[Vector], pattern: str) -> list[Vector]:
    """The vectors that a pattern names.

    Without wildcards it is an id, or else the beginning of ids; with them, a shell pattern.
    """
    if any(sign in pattern for sign in "*?["):
        return [each for each in vectors if fnmatchcase(each.id, pattern)]
    found = [each for each in vectors if each.id.startswith(pattern)]
    return [each for each in found if each.id == pattern] or found


def run(
    testee: Connection,
    vectors: Iterable[Vector],
    profile: str | None = None,
    *,
    started: Callable[[Hello], None] | None = None,
) -> Iterator[Result]:
    """Results in the order of the vectors, profile by profile. Raises StartError.

    A testee that breaks is started again, up to `RESTARTS` times; after that the remaining vectors
    have the verdict `not_run`. `started` gets the testee's hello, before the first result.
    """
    try:
        hello = testee.start()
        if started is not None:
            started(hello)
        asker = Asker(testee, hello, Budget(RESTARTS))
        yield from map(asker.result, items(vectors, hello, profile))
    finally:
        testee.stop()
