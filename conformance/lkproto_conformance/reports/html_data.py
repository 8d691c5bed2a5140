"""What the page's script gets of a report: tables of numbers, and one table of all texts.

Each text is there once, however many results share it. JSON values are texts, because a script
would read their numbers as doubles and forget all but the last of duplicate keys.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable
from typing import Any

from ..operations import BY_NAME
from ..values import nests_deeper
from .html_text import encodable, shortened
from .model import Case, Entry, Report
from .tally import KINDS, Testee, kind_of

MAX_DEPTH = 120
"""Levels of a value: more than the protocol lets a testee send, few enough to be written."""
CASE = ("id", "op", "comment", "level", "result", "oracle")
LISTS = ("flags", "profiles", "spec")
VALUES = ("args", "expect", "notes")


class _Texts:
    """Numbers of texts."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        return self._numbers.setdefault(encodable(text), len(self._numbers))

    def value(self, value: Any) -> int:
        """The number of a JSON value as text."""
        if nests_deeper(value, MAX_DEPTH):
            return self.number(json.dumps(f"nests deeper than {MAX_DEPTH} levels"))
        text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
        return self.number(shortened(text))

    def all(self) -> list[str]:
        return list(self._numbers)


def content(report: Report, testees: list[Testee]) -> dict[str, Any]:
    """The tables, as a value of JSON."""
    texts = _Texts()
    cases = sorted(report.cases.values(), key=lambda case: case.id)
    numbers = {case.id: number for number, case in enumerate(cases)}
    return {
        "kinds": KINDS,
        "hex": _hex_members(),
        "cases": _cases(cases, texts),
        "testees": [_testee(each, numbers, texts) for each in testees],
        "texts": texts.all(),
    }


def _hex_members() -> dict[str, list[str]]:
    """The arguments and results of operations that are bytes in hexadecimal."""
    found: dict[str, list[str]] = {}
    for name, operation in BY_NAME.items():
        members = {**operation.args, **operation.result}
        hexadecimal = [key for key, text in members.items() if text.startswith("hex")]
        found[name] = [key.rstrip("?") for key in hexadecimal]
    return found


def _cases(cases: list[Case], texts: _Texts) -> dict[str, Any]:
    """A column for each attribute."""
    columns: dict[str, Any] = {
        name: [texts.number(getattr(case, name)) for case in cases] for name in CASE
    }
    for name in LISTS:
        columns[name] = [list(map(texts.number, getattr(case, name))) for case in cases]
    for name in VALUES:
        columns[name] = [texts.value(getattr(case, name)) for case in cases]
    return columns


def _testee(testee: Testee, numbers: dict[str, int], texts: _Texts) -> dict[str, Any]:
    header = testee.header
    return {
        "key": encodable(testee.key),
        "implementation": {
            str(name): shortened(encodable(str(value)))
            for name, value in header.implementation.items()
        },
        "connector": (
            shlex.quote(encodable(header.connector)) if header.connector else ""
        ),
        "upstream": header.upstream,
        "results": _results(testee.entries, numbers, texts),
    }


def _results(
    entries: Iterable[Entry], numbers: dict[str, int], texts: _Texts
) -> list[list[Any]]:
    """A column for each attribute of the results of cases that the report has."""
    rows = [
        _row(entry, numbers[entry.id], texts)
        for entry in entries
        if entry.id in numbers
    ]
    return [list(column) for column in zip(*rows, strict=True)]


def _row(entry: Entry, case: int, texts: _Texts) -> tuple[Any, ...]:
    return (
        case,
        texts.number(entry.profile),
        KINDS.index(kind_of(entry)),
        texts.number(entry.verdict),
        texts.number(shortened(entry.detail)),
        texts.number(shortened(entry.known)),
        texts.number(shortened(entry.stale)),
        -1 if entry.reply is None else texts.value(entry.reply),
        _tenths(entry.milliseconds),
    )


def _tenths(milliseconds: float) -> int:
    """A time in tenths of a millisecond; 0 for what is not a time."""
    return round(milliseconds * 10) if 0 <= milliseconds < 1e9 else 0
