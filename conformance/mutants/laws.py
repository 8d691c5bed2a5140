"""Property suites as judges: laws of the suite, tried on what no vector failed.

The examples are drawn the same for every mutant, by a fixed seed, and are not shrunk: one that
breaks a law is enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zlib import crc32

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.errors import Flaky, Unsatisfiable
from lkproto_conformance.suites.catalog import LAWS
from lkproto_conformance.suites.law import Law
from lkproto_conformance.suites.session import Session, Started, Violation

from .forked import Forked, Variant
from .testees import MESSAGES, connected

EXAMPLES = 25
"""Examples of each law in each profile."""

_SETTINGS = settings(
    max_examples=EXAMPLES,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    verbosity=Verbosity.quiet,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@dataclass(frozen=True, slots=True)
class Trial:
    """A law in a profile."""

    law: Law
    profile: str

    def __str__(self) -> str:
        return f"{self.law.name}@{self.profile}"


def trials() -> list[Trial]:
    """All laws that need no second testee, in the profiles in which they hold."""
    hello = connected("sync").start()
    return [
        Trial(law, profile)
        for law in LAWS
        if not law.compares
        for profile in law.profiles([hello])
    ]


def concerned(given_trials: Iterable[Trial], ops: set[str]) -> Iterator[Trial]:
    """The trials that ask one of some operations."""
    for trial in given_trials:
        if ops.intersection(trial.law.needs):
            yield trial


def variants(trial: Trial) -> tuple[str, ...]:
    """The variants to try: messages go through both codecs."""
    return ("sync", "exact") if MESSAGES.issuperset(trial.law.needs) else ("sync",)


def broken(trial: Trial, process: Forked, variant: str) -> str:
    """How a process breaks a law; empty if it keeps it."""
    testee = Started(Variant(process, variant))

    def check(example: object) -> None:
        trial.law.check(Session(testee, trial.profile, case=trial.law.name), example)

    drawn = given(trial.law.examples())(check)
    try:
        _SETTINGS(seed(crc32(str(trial).encode()))(drawn))()
    except Violation as violation:
        return violation.detail or "broken"
    except Flaky as error:
        return f"not the same each time: {error}"
    except Unsatisfiable:
        pass  # it declined all examples, which is not a fault
    return ""
