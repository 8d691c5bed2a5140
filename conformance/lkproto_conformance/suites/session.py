"""Asks a testee on behalf of a law, and remembers what was asked and answered.

An answer is a result or a refusal. Whatever else a testee does breaks the first law of all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NoReturn

from hypothesis import reject

from ..connect import Connection, StartError
from ..protocol import OPERATIONS, Broken, Hello, Reply
from ..running.exchanges import ask

Args = dict[str, Any]
MOST_STARTS = 500
"""Restarts in a search: a counterexample that crashes is tried many times while it shrinks."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request and what came back."""

    op: str
    args: Args
    reply: Reply | Broken
    testee: str = "testee"


class Violation(Exception):  # noqa: N818 - a law is broken, the program is not
    """A law that an answer breaks: what is wrong, and what was asked and answered until then."""

    def __init__(self, detail: str, asked: list[Asked]) -> None:
        super().__init__(detail)
        self.detail, self.asked = detail, asked


class DeadError(Exception):
    """A testee that cannot be started again; the text says why."""


@dataclass
class Started:
    """A started testee, started again whenever it breaks."""

    connection: Connection
    label: str = "testee"
    hello: Hello = field(default_factory=Hello)
    starts: int = 0
    declined: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    """Operations, with the message, that it has declined: they are not asked again."""

    def start(self) -> Hello:
        """Start it. Raises StartError."""
        self.hello = self.connection.start()
        return self.hello

    def answer(self, op: str, args: Args, case: str) -> Reply | Broken:
        """Its answer; after a break it is running again. Raises DeadError."""
        reply = ask(self.connection, op, args, case)
        if isinstance(reply, Broken):
            self._restart()
        return reply

    def _restart(self) -> None:
        self.starts += 1
        if self.starts > MOST_STARTS:
            raise DeadError(f"broke more than {MOST_STARTS} times")
        try:
            self.connection.start()
        except StartError as error:
            raise DeadError(str(error)) from None


class Session:
    """One try of a law: asks the testee in a profile, and notes everything."""

    def __init__(
        self,
        testee: Started,
        profile: str,
        against: Started | None = None,
        case: str = "",
    ) -> None:
        self.profile = profile
        self.asked: list[Asked] = []
        self._testee, self._against, self._case = testee, against, case

    def ask(self, op: str, **args: Any) -> Reply:
        """The testee's result or refusal. Raises Violation if it answers neither."""
        return self._ask(self._testee, op, args)

    def ask_other(self, op: str, **args: Any) -> Reply:
        """The answer of the testee that is compared with."""
        assert self._against is not None
        return self._ask(self._against, op, args)

    def _ask(self, testee: Started, op: str, args: Args) -> Reply:
        kind = (op, str(args.get("message", "")))
        if kind in testee.declined:
            reject()
        sent = {**args, "profile": self.profile} if OPERATIONS[op] else args
        reply = testee.answer(op, sent, self._case)
        self.asked.append(Asked(op, sent, reply, testee.label))
        if isinstance(reply, Broken):
            self.fail(f"{testee.label}: {reply.verdict}: {reply.detail}")
        if reply.outcome == "unsupported":
            if kind[1]:
                testee.declined.add(kind)
            reject()
        if reply.outcome == "error":
            self.fail(f"{testee.label}: error: {reply.body.get('message', '')}")
        return reply

    def result(self, op: str, **args: Any) -> Args:
        """The testee's result. Raises Violation if it refuses."""
        reply = self.ask(op, **args)
        if reply.outcome == "reject":
            self.fail(f"refused: {reply.kind}: {reply.body.get('message', '')}")
        return reply.body

    def refusal(self, op: str, *kinds: str, why: str, **args: Any) -> None:
        """Check that the testee refuses, with one of some kinds if any are given."""
        reply = self.ask(op, **args)
        if reply.outcome == "ok":
            self.fail(f"accepted, although {why}")
        if kinds and reply.kind not in kinds:
            self.fail(f"refused as {reply.kind}, not {' or '.join(kinds)}: {why}")

    def check(self, difference: str, what: str) -> None:
        """Check that there is no difference, as `judging` describes them."""
        if difference:
            self.fail(f"{what}: {difference}")

    def member(self, result: Args, name: str, kind: type) -> Any:
        """A member of a result. Raises Violation if it is of another type."""
        value = result.get(name)
        if not isinstance(value, kind):
            self.fail(f"{name} is {type(value).__name__}, not {kind.__name__}")
        return value

    def fail(self, detail: str) -> NoReturn:
        """Say that the law is broken."""
        raise Violation(detail, self.asked)
