"""How many examples are tried, and a search on a testee of this process."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings
from lkproto_conformance.connect import InProcessTestee
from lkproto_conformance.serve import Testee as Answering
from lkproto_conformance.suites.law import Law
from lkproto_conformance.suites.search import Finding, Plan, Search
from lkproto_conformance.suites.session import Started
from lkproto_conformance.testees.lkproto import Lkproto

NIGHTLY = os.environ.get("LKPROTO_PROFILE") == "nightly"
OURS = "python:lkproto_conformance.testees.lkproto:testee"


def examples(dev: int, nightly: int) -> settings:
    """Settings of a test: nothing is kept, and a busy machine fails nothing."""
    return settings(
        max_examples=nightly if NIGHTLY else dev,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def started(testee: Answering, label: str = "testee") -> Started:
    """A started testee of this process."""
    found = Started(InProcessTestee(testee), label)
    found.start()
    return found


def searched(
    testee: Answering,
    law: Law,
    seconds: float = 20.0,
    against: Answering | None = None,
    **plan: Any,
) -> tuple[Search, list[Finding]]:
    """A search of one law in the profile strict, and what it found."""
    other = started(against, "the other testee") if against else None
    given = Plan(seconds, **{"seed": 1, **plan})
    search = Search(started(testee), [law], given, other, "strict")
    return search, list(search.run())


class Faulty(Lkproto):
    """Our testee with one fault: what it answers is changed."""

    def __init__(self, op: str, fault: Any) -> None:
        super().__init__()
        self._op, self._fault = op, fault

    def answer(self, op: str, args: dict[str, Any]) -> dict[str, Any]:
        answer = super().answer(op, args)
        changed: dict[str, Any] = (
            self._fault(args, answer) if op == self._op else answer
        )
        return changed
