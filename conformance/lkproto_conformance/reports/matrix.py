"""The matrix of operations and testees, which the views in text and Markdown share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..operations import BY_NAME
from .model import Report
from .tally import UNJUDGED, judged, testees


@dataclass(frozen=True, slots=True)
class Row:
    """An operation, and the results of each testee by what became of them."""

    operation: str
    cells: tuple[Counter[str], ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The operations that were asked, in the order of the documentation, and their sum."""

    testees: tuple[str, ...]
    """Their names, each once."""
    rows: tuple[Row, ...]
    total: Row


def matrix(report: Report) -> Matrix:
    """The matrix of a report."""
    found = testees(report)
    return matrix_of([each.key for each in found], [each.counts for each in found])


def matrix_of(
    names: Sequence[str], counts: Sequence[Mapping[str, Counter[str]]]
) -> Matrix:
    """The matrix of testees, of which each has counts by operation."""
    asked = {operation for each in counts for operation in each}
    rows = tuple(
        Row(name, tuple(each.get(name, Counter[str]()) for each in counts))
        for name in in_order(asked)
    )
    total = Row("all", tuple(sum(each.values(), Counter[str]()) for each in counts))
    return Matrix(tuple(names), rows, total)


def in_order(operations: Iterable[str]) -> list[str]:
    """Operations in the order of the documentation; those of other suites follow by name."""
    places = {name: place for place, name in enumerate(BY_NAME)}
    return sorted(operations, key=lambda name: (places.get(name, len(places)), name))


def short(cell: Counter[str]) -> str:
    """A cell in a few characters: how many passed of those that were judged.

    Where none was, what became of them; and nothing if the testee was not asked.
    """
    if of := judged(cell):
        return f"{cell['passed']}/{of}"
    return next((kind for kind in UNJUDGED if cell[kind]), "")
