"""Asks one instance of a testee case after case, and starts it again when it breaks."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields

from ..connect import Connection, Missing, ReplayTestee, StartError
from ..judging.verdict import Verdict, judge
from ..protocol import Broken, Hello, Reply
from ..vectors import Vector
from .exchanges import arguments, ask, needs_runner
from .transcripts import number_of, sent_as

RESTARTS = 10
NOT_ADVERTISED = "not advertised"
NOT_SAVED = "not in transcripts: the runner is the other end"

Item = tuple[Vector, str]
"""What is asked: a vector, in a profile."""


@dataclass(frozen=True, slots=True)
class Result:
    """The verdict on a vector in a profile."""

    vector: Vector
    profile: str
    verdict: Verdict
    reply: Reply | Broken | None = None
    """What the testee answered; None if it was not asked."""
    seconds: float = 0.0


@dataclass
class Budget:
    """The restarts that all instances of a testee have together."""

    left: int
    dead: str = ""
    """Why nothing is asked any more."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self) -> bool:
        """Use one up. Returns whether there was one; if not, the run is over."""
        with self.lock:
            if self.left == 0:
                self.dead = self.dead or f"broke more than {RESTARTS} times"
                return False
            self.left -= 1
            return True


def items(
    vectors: Iterable[Vector], hello: Hello, only: str | None = None
) -> Iterator[Item]:
    """What a testee is asked, in order: profile by profile, of those it offers."""
    chosen = list(vectors)
    for profile in hello.profiles:
        if only in (None, profile):
            for vector in chosen:
                if profile in vector.profiles:
                    yield vector, profile


class Asker:
    """One started instance and its part of the restarts."""

    def __init__(self, testee: Connection, hello: Hello, budget: Budget) -> None:
        self._testee, self._hello, self._budget = testee, hello, budget

    def result(self, item: Item) -> Result:
        """Ask a case, unless it is to be skipped or nothing is asked any more."""
        vector, profile = item
        if vector.op not in self._hello.capabilities:
            return Result(vector, profile, self._skipped(vector.op))
        if self._budget.dead:
            return Result(vector, profile, Verdict("not_run", self._budget.dead))
        if isinstance(self._testee, ReplayTestee):
            return _recorded(self._testee, vector, profile)
        begun = time.perf_counter()
        answer = ask(self._testee, vector.op, arguments(vector, profile), vector.id)
        seconds = time.perf_counter() - begun
        if isinstance(answer, Broken):
            answer = self._restarted(answer)
        return Result(vector, profile, judge(vector, answer), answer, seconds)

    def _skipped(self, op: str) -> Verdict:
        reason = self._hello.unavailable.get(op)
        if reason is None:
            return Verdict("skip", NOT_ADVERTISED)
        return Verdict("skip", f"{NOT_ADVERTISED}: {op} {reason}")

    def _restarted(self, broken: Broken) -> Broken:
        """Start it again, if that is allowed. Returns how the case broke."""
        if not self._budget.take():
            return broken
        try:
            hello = self._testee.start()
        except StartError as error:
            self._budget.dead = self._budget.dead or str(error)
            return broken
        if hello == self._hello:
            return broken
        changed = ", ".join(differences(self._hello, hello))
        how = f"{broken.verdict}: {broken.detail}"
        return Broken("protocol", f"after a restart hello has other {changed}; {how}")


def differences(before: Hello, after: Hello) -> list[str]:
    """The parts of hello that are not the same."""
    names = [each.name for each in fields(Hello)]
    return [name for name in names if getattr(before, name) != getattr(after, name)]


def _recorded(testee: ReplayTestee, vector: Vector, profile: str) -> Result:
    if needs_runner(vector.op):
        return Result(vector, profile, Verdict("skip", NOT_SAVED))
    answer = testee.recorded(sent_as(vector, profile))
    if isinstance(
        answer, Missing
    ):  # as in transcripts that have a reply for each profile
        own = testee.recorded(number_of(vector, profile))
        answer = answer if isinstance(own, Missing) else own
    if isinstance(answer, Missing):
        return Result(vector, profile, Verdict("not_run", answer.reason))
    return Result(vector, profile, judge(vector, answer), answer)
