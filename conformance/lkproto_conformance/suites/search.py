"""Searches for examples that break laws: in rounds, each law in turn, until the time is over."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.database import ExampleDatabase
from hypothesis.errors import Flaky, Unsatisfiable

from ..strategies import floats, numbers, texts
from .database import Named
from .law import Law
from .session import DeadError, Session, Started, Violation

FIRST, LARGEST = 20, 320
"""Examples in the first round of a law, and in a late one: each has twice as many."""
SHRINKING = 0.15
"""The share of the time that a counterexample may take to become small."""
ALL_CHECKS = tuple(HealthCheck.__members__.values())
PHASES = (Phase.reuse, Phase.generate, Phase.shrink)


@dataclass(frozen=True, slots=True)
class Finding:
    """A law that a testee breaks, with the smallest example that was found."""

    law: Law
    profile: str
    violation: Violation
    always: bool = True
    """Whether the same request broke it each time."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a search does: for how long, from which seed, in which share of the processes."""

    seconds: float
    seed: int = 0
    shard: tuple[int, int] = (1, 1)
    """Its number, and how many there are."""
    database: ExampleDatabase | None = None


@dataclass
class Unit:
    """A law in a profile, and how far it was tried."""

    law: Law
    profile: str
    examples: int = 0
    rounds: int = 0
    open: bool = True

    @property
    def name(self) -> str:
        """What its seeds and its kept examples are called after."""
        return f"{self.law.name} {self.profile}"


def warm_up() -> None:
    """Make hypothesis read its tables, which takes seconds on a machine where they are not kept."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")

        @settings(max_examples=2, database=None, suppress_health_check=ALL_CHECKS)
        @given(texts(), numbers("int32"), floats(64))
        def draw(one: object, two: object, three: object) -> None:
            del one, two, three

        draw()


class _BrokenLawError(Exception):
    """Raised in one place, so that hypothesis takes all violations for the same failure."""


@dataclass
class Search:
    """A search on a started testee."""

    testee: Started
    laws: list[Law]
    plan: Plan
    against: Started | None = None
    only: str | None = None
    clock: Callable[[], float] = time.monotonic
    units: list[Unit] = field(default_factory=list[Unit])
    dead: str = ""

    def run(self) -> Iterator[Finding]:
        """The findings, as they are made; laws that nothing breaks are tried until the end."""
        self.units = list(self._units())
        end = self.clock() + self.plan.seconds
        while self.clock() < end and not self.dead:
            left = [unit for unit in self.units if unit.open]
            if not left:
                return
            for unit in left:
                if self.clock() < end and not self.dead:
                    yield from self._round(unit, end)

    @property
    def untried(self) -> list[Unit]:
        """Those that there was no time for."""
        return [unit for unit in self.units if unit.open and not unit.examples]

    def _units(self) -> Iterator[Unit]:
        for law in self.laws:
            if not law.compares:
                testees = [self.testee]
            elif self.against is not None:
                testees = [self.testee, self.against]
            else:
                continue
            hellos = [each.hello for each in testees]
            for profile in law.profiles(hellos, self.only):
                yield Unit(law, profile)

    def _round(self, unit: Unit, end: float) -> Iterator[Finding]:
        attempt = _Attempt(self, unit, end)
        size = min(FIRST << unit.rounds, LARGEST)
        unit.rounds += 1
        flaky = False
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._try(attempt, size)
        except _BrokenLawError:
            pass
        except Flaky:
            flaky = True
        except Unsatisfiable:
            unit.open = False  # the testee declines all of it
        except DeadError as error:
            self.dead = str(error)
        if attempt.violation is not None:
            unit.open = False
            yield Finding(unit.law, unit.profile, attempt.violation, not flaky)

    def _try(self, attempt: _Attempt, size: int) -> None:
        unit, plan = attempt.unit, self.plan
        database = plan.database
        options = settings(
            max_examples=size,
            database=None if database is None else Named(database, unit.name),
            deadline=None,
            derandomize=False,
            phases=PHASES,
            report_multiple_bugs=False,
            suppress_health_check=ALL_CHECKS,
            verbosity=Verbosity.quiet,
        )
        place = (plan.seed, plan.shard, unit.name, unit.rounds)

        def law(example: Any) -> None:
            attempt(example)

        started = seed(crc32(repr(place).encode()))(given(unit.law.examples())(law))
        options(started)()


class _Attempt:
    """One round of a law: asks for each example, and ends the shrinking in time.

    What was found stays found when the time is over, so that hypothesis sees the same failure as
    before; all else passes then.
    """

    def __init__(self, search: Search, unit: Unit, end: float) -> None:
        self._search, self.unit, self._end = search, unit, end
        self._known: dict[str, Violation] = {}
        self.violation: Violation | None = None
        """The last one: of the smallest example, once hypothesis has ended."""

    def __call__(self, example: Any) -> None:
        found = self._violation(example)
        if found is not None:
            self.violation = found
            raise _BrokenLawError(found.detail)

    def _violation(self, example: Any) -> Violation | None:
        over = self._search.clock() >= self._end
        if self._known and over:
            return self._known.get(repr(example))
        if over:
            return None
        self.unit.examples += 1
        session = Session(
            self._search.testee,
            self.unit.profile,
            self._search.against,
            self.unit.law.name,
        )
        try:
            self.unit.law.check(session, example)
        except Violation as violation:
            self._note(repr(example), violation)
            return violation
        return None

    def _note(self, key: str, violation: Violation) -> None:
        if not self._known:
            budget = SHRINKING * self._search.plan.seconds
            self._end = self._search.clock() + budget
        self._known[key] = violation
