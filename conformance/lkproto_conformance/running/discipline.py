"""Holds a testee to its list of known failures while it runs.

The run fails for a listed case that passes, for a failure with another first line, for a pattern
without a match, for two patterns that match the same failure, and for a wildcard over many cases:
a list that is not exact hides what breaks next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..judging.verdict import Verdict
from ..vectors import Vector
from .first_line import agrees, first_line
from .known_failing import Known, KnownFailing

MAX_CASES = 20
"""How many cases of the suite a pattern with wildcards may match."""
UPDATE = "or run again with --update-known"


@dataclass(frozen=True, slots=True)
class Held:
    """What a list says of a result: it is `known`, or why the list does not hold (`stale`)."""

    known: str = ""
    stale: str = ""


@dataclass(eq=False)
class Progress:
    """What was seen of an entry."""

    entry: Known
    cases: int = 0
    """How many cases of the suite it matches."""
    results: int = 0
    broken: bool = False
    """A case that it matches passed, or failed otherwise."""
    failures: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Case and profile of each failure that it describes."""
    asked: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    """Case and profile of each result, where only a part of the suite is asked."""

    @property
    def is_too_wide(self) -> bool:
        """Whether it is a wildcard over many cases."""
        return self.entry.pattern.is_wildcard and self.cases > MAX_CASES


class Discipline:
    """A list in use. `whole`: all cases of the suite are asked, in all profiles of the testee."""

    def __init__(
        self, listed: KnownFailing, suite: Iterable[Vector], *, whole: bool
    ) -> None:
        self.listed, self.whole = listed, whole
        self.progress = [Progress(entry) for entry in listed.entries]
        self._literal: dict[str, list[Progress]] = {}
        self._wild: list[Progress] = []
        for each in self.progress:
            if each.entry.pattern.is_wildcard:
                self._wild.append(each)
            else:
                self._literal.setdefault(each.entry.pattern.name, []).append(each)
        self._suite = list(suite)
        self._count_cases(self._suite)
        self._overlaps: dict[tuple[int, int], str] = {}

    def _count_cases(self, suite: Iterable[Vector]) -> None:
        for vector in suite:
            for each in self._for_name(vector.id):
                if each.entry.pattern.profile in (None, *vector.profiles):
                    each.cases += 1

    def _for_name(self, name: str) -> Iterator[Progress]:
        yield from self._literal.get(name, ())
        for each in self._wild:
            if each.entry.pattern.matches_name(name):
                yield each

    def take(self, case: str, profile: str, verdict: Verdict) -> Held:
        """What the list says of a result."""
        found = [
            each
            for each in self._for_name(case)
            if each.entry.pattern.profile in (None, profile)
        ]
        for each in found:
            each.results += 1
            if not self.whole:
                each.asked.add((case, profile))
        if not found or verdict.name in ("skip", "not_run"):
            return Held()
        if not verdict.failed:
            return self._passed(found, verdict)
        return self._failed(found, case, profile, first_line(verdict))

    def _passed(self, found: list[Progress], verdict: Verdict) -> Held:
        for each in found:
            each.broken = True
        verb = "is only observed" if verdict.name == "observed" else "passes"
        place = self.listed.place(found[0].entry)
        return Held(
            stale=f"{place}: the case {verb}; remove or narrow the entry, {UPDATE}"
        )

    def _failed(
        self, found: list[Progress], case: str, profile: str, line: str
    ) -> Held:
        right = [each for each in found if agrees(each.entry.message, line)]
        for each in found:
            each.broken = each.broken or each not in right
        for each in right:
            each.failures.append((case, profile))
        if len(found) > 1:
            lines = found[0].entry.line, found[1].entry.line
            self._overlaps.setdefault(lines, case)
        if not right:
            place = self.listed.place(found[0].entry)
            return Held(
                stale=f"{place}: the failure is now `{line}`; correct the entry, {UPDATE}"
            )
        entry = right[0].entry
        place = f"{self.listed.path.name}:{entry.line}"
        return Held(
            known=(
                entry.why if entry.is_explained else f"{place}, which does not say why"
            )
        )

    def problems(self) -> Iterator[str]:
        """After the run: what is wrong with the list and belongs to no result."""
        for each in self.progress:
            place = self.listed.place(each.entry)
            pattern = each.entry.pattern.text
            if each.is_too_wide:
                yield (
                    f"{place}: {pattern} matches {each.cases} cases, more than {MAX_CASES}; "
                    f"name the cases, {UPDATE}"
                )
            if self.is_unmatched(each):
                yield f"{place}: {pattern} matches no case; remove it, {UPDATE}"
        for (first, second), case in self._overlaps.items():
            yield (
                f"{self.listed.path}:{second}: matches the same failure as line {first}, {case}; "
                f"remove one of them, {UPDATE}"
            )

    def unasked(
        self, each: Progress, offered: Iterable[str]
    ) -> Iterator[tuple[Vector, str]]:
        """What an entry matches and this run did not ask, in these profiles."""
        if self.whole:
            return
        profiles, pattern = list(offered), each.entry.pattern
        for vector in self._suite:
            if not pattern.matches_name(vector.id):
                continue
            for profile in profiles:
                asked = (vector.id, profile) in each.asked
                applies = pattern.profile in (None, profile)
                if applies and profile in vector.profiles and not asked:
                    yield vector, profile

    def is_unmatched(self, each: Progress) -> bool:
        """Whether an entry is about nothing; of what is not asked, nobody can say so."""
        return not each.cases or (self.whole and not each.results)
