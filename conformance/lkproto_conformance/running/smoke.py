"""A first look at a testee, for its author: whether it speaks the protocol, and each operation.

Unlike a run, it asks little, tries what only a bad testee stumbles over, and says how to mend it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby, islice

from ..connect import Connection, ProcessTestee, StartError
from ..connect.process import BYE_SECONDS
from ..judging.verdict import judge
from ..operations import BY_NAME
from ..protocol import Broken, Hello, Reply
from ..vectors import Vector
from .exchanges import arguments, ask
from .hints import hint

BIG = 1024 * 1024
"""Bytes of text in the big request."""
MORE = 8
"""How many cases more are asked where all examples of an operation are declined."""
_UNKNOWN = "no.such.operation"
_LINES = (
    "lines may have 16 MiB: raise the limit of what reads them (Go: bufio.Scanner stops at 64 KiB, "
    "use scanner.Buffer or a bufio.Reader)"
)
_NOT_OFFERED = (
    "leave the operation out of capabilities; "
    "unavailable of hello has a place for the reason"
)
_DECLINE = 'answer {"unsupported":{"reason":"…"}} to an operation that you do not offer'


_Example = tuple[str, Vector, str]
"""The name of a step, the vector and the profile that it asks."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that was tried, and what is wrong with it."""

    name: str
    problem: str = ""
    """Empty if it went well."""
    hint: str = ""
    """How to mend it."""
    note: str = ""


def smoke(testee: Connection, vectors: Iterable[Vector]) -> Iterator[Step]:
    """Try a testee, a step at a time. Raises StartError if it does not start at first."""
    try:
        hello = testee.start()
        yield _described(hello)
        trial, right = _Trial(testee, hello, vectors), False
        for step in trial.steps():
            right = right or not step.problem
            yield step
        for name, op, args, advice in _oddities(hello):
            answer = trial.again.after(testee.ask(op, args, "smoke"))
            # Where nothing worked, its size is not what is wrong with the big request.
            blamed = advice if right or advice != _LINES else ""
            step = _declined(name, answer, blamed)
            right = right or not step.problem
            yield step
        yield from _ended(testee)
    except _NotAgainError as error:
        yield Step("start again", str(error), hint(str(error)))
    finally:
        testee.stop()


class _NotAgainError(Exception):
    """It broke, and does not start any more."""


class _Again:
    def __init__(self, testee: Connection) -> None:
        self._testee = testee

    def after(self, answer: Reply | Broken) -> Reply | Broken:
        """The answer; a testee that broke is started again."""
        if isinstance(answer, Broken):
            try:
                self._testee.start()
            except StartError as error:
                how = f"{answer.verdict}: {answer.detail}"
                raise _NotAgainError(f"{how}; then: {error}") from None
        return answer


def _described(hello: Hello) -> Step:
    operations = [name for name in BY_NAME if name in hello.capabilities]
    note = f"{hello.name}, {len(operations)} operations, {', '.join(hello.profiles)}"
    if not operations:
        advice = 'name what it can do: "capabilities":["kind.parse"]'
        return Step("hello", "it offers no operation", advice)
    if not hello.profiles:
        return Step("hello", "it offers no profile", 'say "profiles":["go"]')
    if not hello.implementation.get("name"):
        note += (
            '; reports would show a name: "implementation":{"name":"…","version":"…"}'
        )
    return Step("hello", note=note)


class _Trial:
    """Asks examples. `vectors` are those of the suite, `again` starts the testee again."""

    def __init__(
        self, testee: Connection, hello: Hello, vectors: Iterable[Vector]
    ) -> None:
        self._testee, self._hello, self._vectors = testee, hello, list(vectors)
        self.again = _Again(testee)

    def steps(self) -> Iterator[Step]:
        """The steps of the examples."""
        examples = _examples(self._vectors, self._hello)
        for op, group in groupby(examples, key=lambda each: each[1].op):
            declined = 0
            for name, vector, profile in (members := list(group)):
                answer = self._answer(vector, profile)
                declined += _is_declined(answer)
                step = _judged(name, vector, answer)
                offers = declined < len(members) or not self._declines(op)
                yield step if offers else replace(step, hint=_NOT_OFFERED)

    def _answer(self, vector: Vector, profile: str) -> Reply | Broken:
        args = arguments(vector, profile)
        return self.again.after(ask(self._testee, vector.op, args, vector.id))

    def _declines(self, op: str) -> bool:
        """Whether it declines an operation as a whole, as far as some cases show."""
        own = ((each, _profile(each, self._hello)) for each in self._vectors)
        some = islice(((v, p) for v, p in own if v.op == op and p), MORE)
        return all(_is_declined(self._answer(*each)) for each in some)


def _is_declined(answer: Reply | Broken) -> bool:
    return isinstance(answer, Reply) and answer.outcome == "unsupported"


def _profile(vector: Vector, hello: Hello) -> str:
    """The profile in which a testee is asked a vector; empty if it offers none of them."""
    return next((each for each in hello.profiles if each in vector.profiles), "")


def _examples(vectors: Iterable[Vector], hello: Hello) -> Iterator[_Example]:
    """For each operation the plainest valid and the plainest invalid vector."""
    found: dict[tuple[str, str], list[tuple[Vector, str]]] = {}
    for vector in vectors:
        profile = _profile(vector, hello)
        if profile and vector.op in hello.capabilities:
            found.setdefault((vector.op, vector.result), []).append((vector, profile))
    for op in BY_NAME:
        for result in ("valid", "invalid"):
            if candidates := found.get((op, result)):
                yield f"{op}, {result}", *_plainest(candidates)


def _plainest(candidates: list[tuple[Vector, str]]) -> tuple[Vector, str]:
    """The one that is like most: required, without a note, and of median length."""
    for plain in (_is_required, _has_no_note):
        candidates = [each for each in candidates if plain(each[0])] or candidates
    ranked = sorted(candidates, key=lambda each: (_length(each[0]), each[0].id))
    return ranked[(len(ranked) - 1) // 2]


def _is_required(vector: Vector) -> bool:
    return vector.level == "required"


def _has_no_note(vector: Vector) -> bool:
    return not vector.flags


def _length(vector: Vector) -> int:
    return len(json.dumps(vector.args))


def _judged(name: str, vector: Vector, answer: Reply | Broken) -> Step:
    verdict = judge(vector, answer)
    if verdict.name == "pass":
        return Step(name, note=vector.id)
    problem = f"{verdict.name}: {verdict.detail}"
    return Step(name, f"{problem} ({vector.id})", hint(problem))


def _oddities(hello: Hello) -> Iterator[tuple[str, str, dict[str, object], str]]:
    """Requests that no vector has: a name, the operation, its arguments, and a hint."""
    yield "unknown operation", _UNKNOWN, {}, _DECLINE
    if "wire.roundtrip" in hello.capabilities:
        args: dict[str, object] = {"message": "no.such.Message", "input": ""}
        advice = "answer error to a type of message that is not known"
        yield "unknown message type", "wire.roundtrip", args, advice
    yield "big request", _UNKNOWN, {"text": "x" * BIG}, _LINES


def _declined(name: str, answer: Reply | Broken, advice: str) -> Step:
    if isinstance(answer, Broken):
        problem = f"{answer.verdict}: {answer.detail}"
        general = "" if advice == _LINES else hint(problem)
        return Step(name, problem, "; ".join(filter(None, (advice, general))))
    if answer.outcome in ("unsupported", "error"):
        return Step(name, note=answer.outcome)
    if name == "unknown message type" and answer.outcome == "reject":
        return Step(name, note=answer.outcome)
    wrong = f"it answered {answer.outcome}"
    return Step(name, wrong, _DECLINE if name == "big request" else advice)


def _ended(testee: Connection) -> Iterator[Step]:
    """`bye`: only a process ends."""
    if not isinstance(testee, ProcessTestee):
        return
    begun = time.monotonic()
    code = testee.stop()
    if time.monotonic() - begun >= BYE_SECONDS:
        advice = "end the process at bye and at the end of input, and end its threads"
        yield Step("bye", f"it did not end within {BYE_SECONDS:g} s", advice)
    elif code != 0:
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        yield Step("bye", f"it ended with {how}", "bye is a normal end: exit with 0")
    elif testee.stray:
        problem = f"it wrote more than replies: {testee.stray!r}"
        advice = "bye has no reply, and nothing but replies may go to stdout"
        yield Step("bye", problem, advice)
    else:
        yield Step("bye", note="exit code 0")
