"""What became of each result, and how many results of each kind a testee has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from .model import Entry, Header, Report, Section

KINDS = ("passed", "observed", "known", "failed", "stale", "not run", "skipped")
"""What became of a result; each has exactly one."""
UNJUDGED = ("skipped", "not run", "observed")
"""Kinds of results that say neither that a testee is right nor that it is wrong."""


def kind_of(entry: Entry) -> str:
    """What became of a result, as one of `KINDS`."""
    if entry.stale:
        return "stale"
    if entry.known:
        return "known"
    names = {"pass": "passed", "skip": "skipped", "not_run": "not run"}
    if entry.verdict == "observed":
        return "observed"
    return names.get(entry.verdict, "failed")


def judged(count: Counter[str]) -> int:
    """How many results say whether a testee is right; every view divides by this number."""
    return count.total() - sum(count[kind] for kind in UNJUDGED)


@dataclass(frozen=True)
class Testee:
    """A column of the matrix: all sections of one testee, which are several if it ran in shards."""

    key: str
    """Its name in addresses within the page; no two testees share one."""
    sections: tuple[Section, ...]

    @property
    def header(self) -> Header:
        """What the first section says of it."""
        return self.sections[0].header

    @property
    def entries(self) -> list[Entry]:
        """All results."""
        return [entry for section in self.sections for entry in section.entries]

    @property
    def stale(self) -> list[str]:
        """Expectations that belong to no result."""
        return [each for section in self.sections for each in section.stale]

    @cached_property
    def counts(self) -> dict[str, Counter[str]]:
        """How many results of each kind each operation has."""
        found: dict[str, Counter[str]] = {}
        for entry in self.entries:
            found.setdefault(operation_of(entry.id), Counter())[kind_of(entry)] += 1
        return found

    @cached_property
    def by_profile(self) -> dict[str, Counter[str]]:
        """How many results of each kind each profile has."""
        found: dict[str, Counter[str]] = {}
        for entry in self.entries:
            found.setdefault(entry.profile, Counter())[kind_of(entry)] += 1
        return found

    @property
    def total(self) -> Counter[str]:
        """How many results of each kind it has."""
        found: Counter[str] = Counter()
        for each in self.counts.values():
            found.update(each)
        return found


def operation_of(case: str) -> str:
    """The operation that a case is of: ids are `operation/name`."""
    return case.partition("/")[0]


def testees(report: Report) -> list[Testee]:
    """The testees of a report in its order; sections that differ by their shard alone are one."""
    found: dict[str, list[Section]] = {}
    for section in report.sections:
        header = section.header
        same = (header.label, header.connector, repr(header.implementation))
        found.setdefault(repr(same), []).append(section)
    keys = _distinct(group[0].header.label for group in found.values())
    return [
        Testee(key, tuple(group))
        for key, group in zip(keys, found.values(), strict=True)
    ]


def _distinct(labels: Iterable[str]) -> list[str]:
    """The labels, with a number where one was there before."""
    taken: dict[str, None] = {}
    numbers: Counter[str] = Counter()
    for label in labels:
        name = label
        while name in taken:
            numbers[label] += 1
            name = f"{label} {numbers[label] + 1}"
        taken[name] = None
    return list(taken)
