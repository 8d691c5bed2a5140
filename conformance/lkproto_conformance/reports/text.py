"""The report as text: what `run` prints while it runs, and `report` afterwards.

What testees and files say is escaped, so that a terminal acts on none of it.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import Any

from ..values import counted, is_object, printable
from .entries import version_of
from .matrix import Matrix, Row, matrix, short
from .model import Case, Entry, Header, Report, Section
from .standing import Standing

MAX_FAILURES = 100
"""How many failures of a testee are shown; all of them with `--verbose`."""
MAX_DETAIL = 1_000
MAX_BODY = 100_000
_INDENT = "    "


def text(report: Report, *, verbose: bool = False) -> str:
    """The report: failures, skips and counts of each testee, and a matrix of several."""
    lines = [
        line for each in report.sections for line in _section(each, report, verbose)
    ]
    if len(report.sections) > 1:
        lines += ["", *matrix_lines(matrix(report))]
    if not report.complete:
        lines.append("incomplete: the run that wrote this report did not end")
    return "".join(f"{line}\n" for line in lines)


def _section(section: Section, report: Report, verbose: bool) -> Iterator[str]:
    header, standing, shown = section.header, Standing(), Shown(verbose)
    for entry in section.entries:
        standing.add(entry)
        if entry.fails:
            yield from shown.failure(report.cases[entry.id], entry, header)
    yield from shown.rest
    yield from ending(section.header, standing, section.stale)


def ending(header: Header, standing: Standing, stale: tuple[str, ...]) -> Iterator[str]:
    """What follows the failures of a testee; its last line are the counts."""
    yield from (f"stale: {printable(why)}" for why in stale)
    yield from standing.skips
    name = printable(header.connector or version_of(header))
    if header.not_started:
        yield f"{name}: did not start: {printable(header.not_started)}"
    else:
        yield f"{name}: {standing.summary}"


class Shown:
    """The failures that are shown: a testee that fails everything fills no terminal."""

    def __init__(self, verbose: bool, vectors: str = "") -> None:
        self._verbose, self._vectors = verbose, vectors
        self._number = 0

    def failure(self, case: Case, entry: Entry, header: Header) -> Iterator[str]:
        """The lines of a failure, if there were not too many before."""
        self._number += 1
        if self._verbose or self._number <= MAX_FAILURES:
            yield headline(entry)
            if why := about(case):
                yield _INDENT + printable(why)
            if self._verbose:
                yield from (_INDENT + line for line in _exchange(case, entry))
            yield _INDENT + printable(reproduce(header, entry, self._vectors))

    @property
    def rest(self) -> Iterator[str]:
        """How many were not shown."""
        if not self._verbose and self._number > MAX_FAILURES:
            more = counted(self._number - MAX_FAILURES, "more failure")
            yield f"… and {more}; --verbose shows all"


def headline(entry: Entry, limit: int = MAX_DETAIL) -> str:
    """What a failure is, on one line."""
    name, detail = entry.verdict, entry.detail
    if entry.stale:
        name, detail = "stale", entry.stale
    line = f"{name}: {entry.id} [{entry.profile}]"
    return printable(cut(f"{line}: {detail}" if detail else line, limit))


def about(case: Case) -> str:
    """What a case is about, and what it means if the answer is wrong."""
    words = [case.comment, *dict.fromkeys(_dangers(case))]
    return " ".join(cut(each, MAX_DETAIL) for each in words if each)


def _dangers(case: Case) -> Iterator[str]:
    """Kind and effect of each note that is about more than what every implementation does."""
    for note in case.notes.values():
        if is_object(note) and note.get("kind") not in (None, "BASIC"):
            yield f"[{note['kind']}: {note.get('effect', '')}]"


def reproduce(header: Header, entry: Entry, vectors: str = "") -> str:
    """The command that asks one case again; `vectors`: the folder that was given."""
    folder = ["--vectors", vectors] if vectors else []
    asked = [
        "--testee",
        header.connector,
        "--profile",
        entry.profile,
        "--filter",
        entry.id,
    ]
    return shlex.join(["lkproto-conformance", *folder, "run", *asked])


def _exchange(case: Case, entry: Entry) -> Iterator[str]:
    yield f"request: {_json({'op': case.op, 'args': case.args})}"
    yield f"reply: {_json(entry.reply) if entry.reply else 'none'}"
    yield f"expected: {_json({case.result: case.expect})}"


def _json(value: dict[str, Any]) -> str:
    return printable(cut(json.dumps(value), MAX_BODY))


def cut(line: str, limit: int) -> str:
    """A text of at most so many characters."""
    return line if len(line) <= limit else line[: limit - 1] + "…"


def matrix_lines(found: Matrix) -> Iterator[str]:
    """The matrix as a table: how many passed of those that were judged."""
    names = [cut(printable(name), 40) for name in found.testees]
    rows = [*found.rows, found.total]
    first = max(len(printable(row.operation)) for row in rows)
    cells = [[short(cell) or "-" for cell in row.cells] for row in rows]
    widths = [
        max(len(name), *(len(line[place]) for line in cells))
        for place, name in enumerate(names)
    ]
    yield _line(Row("", ()), names, first, widths)
    for row, line in zip(rows, cells, strict=True):
        yield _line(row, line, first, widths)


def _line(row: Row, cells: list[str], first: int, widths: list[int]) -> str:
    columns = (cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
    return "  ".join([printable(row.operation).ljust(first), *columns]).rstrip()
