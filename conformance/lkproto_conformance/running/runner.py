"""Asks a testee every vector that it can answer, in each profile it offers, and judges."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from ..connect import Connection, StartError
from ..judging.verdict import Verdict, judge
from ..protocol import OPERATIONS, Broken, Hello, Reply
from ..vectors import Vector
from .exchanges import ask

RESTARTS = 10
NOT_ADVERTISED = "not advertised"


@dataclass(frozen=True, slots=True)
class Result:
    """The verdict on a vector in a profile."""

    vector: Vector
    profile: str
    verdict: Verdict
    reply: Reply | Broken | None = None
    """What the testee answered; None if it was not asked."""
    seconds: float = 0.0


def select(vectors: Iterable[Vector], pattern: str) -> list[Vector]:
    """The vectors whose id matches a shell pattern, or begins with a text without wildcards."""
    if not any(sign in pattern for sign in "*?["):
        pattern += "*"
    return [vector for vector in vectors if fnmatchcase(vector.id, pattern)]


def run(
    testee: Connection, vectors: Iterable[Vector], profile: str | None = None
) -> Iterator[Result]:
    """Results in the order of the vectors, profile by profile. Raises StartError.

    A testee that breaks is started again, up to `RESTARTS` times; after that the remaining vectors
    have the verdict `not_run`.
    """
    hello = testee.start()
    try:
        yield from _Run(testee, hello).results(list(vectors), profile)
    finally:
        testee.stop()


def count(results: Iterable[Result]) -> Counter[str]:
    """How many results have each verdict."""
    return Counter(result.verdict.name for result in results)


@dataclass
class _Run:
    testee: Connection
    hello: Hello
    restarts: int = 0
    dead: str = ""

    def results(self, vectors: list[Vector], only: str | None) -> Iterator[Result]:
        for profile in self.hello.profiles:
            if only in (None, profile):
                for vector in vectors:
                    if profile in vector.profiles:
                        yield self._result(vector, profile)

    def _result(self, vector: Vector, profile: str) -> Result:
        if vector.op not in self.hello.capabilities:
            return Result(vector, profile, self._skipped(vector.op))
        if self.dead:
            return Result(vector, profile, Verdict("not_run", self.dead))
        begun = time.perf_counter()
        answer = ask(self.testee, vector.op, arguments(vector, profile), vector.id)
        seconds = time.perf_counter() - begun
        if isinstance(answer, Broken):
            self._restart()
        return Result(vector, profile, judge(vector, answer), answer, seconds)

    def _skipped(self, op: str) -> Verdict:
        reason = self.hello.unavailable.get(op)
        detail = (
            NOT_ADVERTISED if reason is None else f"{NOT_ADVERTISED}: {op} {reason}"
        )
        return Verdict("skip", detail)

    def _restart(self) -> None:
        if self.restarts == RESTARTS:
            self.dead = f"broke more than {RESTARTS} times"
            return
        self.restarts += 1
        try:
            self.testee.start()
        except StartError as error:
            self.dead = str(error)


def arguments(vector: Vector, profile: str) -> dict[str, Any]:
    """The arguments that a testee is sent."""
    if OPERATIONS.get(vector.op):
        return {**vector.args, "profile": profile}
    return vector.args
