"""A first look at a testee, for its author: whether it speaks the protocol, and each operation.

Unlike a run, it asks little, tries what only a bad testee stumbles over, and says how to mend it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..connect import Connection, ProcessTestee, StartError
from ..connect.process import BYE_SECONDS
from ..judging.verdict import judge
from ..operations import BY_NAME
from ..protocol import Broken, Hello, Reply
from ..vectors import Vector
from .arguments import arguments
from .exchanges import ask
from .hints import hint

BIG = 1024 * 1024
"""Bytes of text in the big request."""
_UNKNOWN = "no.such.operation"
_LINES = (
    "lines may have 16 MiB: raise the limit of what reads them (Go: bufio.Scanner stops at 64 KiB, "
    "use scanner.Buffer or a bufio.Reader)"
)
_DECLINE = 'answer {"unsupported":{"reason":"…"}} to an operation that you do not offer'


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
        again = _Again(testee)
        for name, vector, profile in _examples(vectors, hello):
            args = arguments(vector, profile)
            answer = again.after(ask(testee, vector.op, args, vector.id))
            yield _judged(name, vector, answer)
        for name, op, args, advice in _oddities(hello):
            answer = again.after(testee.ask(op, args, "smoke"))
            yield _declined(name, answer, advice)
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
        advice = '"implementation":{"name":"…","version":"…"} is what reports show'
        return Step("hello", "the implementation has no name", advice)
    return Step("hello", note=note)


def _examples(
    vectors: Iterable[Vector], hello: Hello
) -> Iterator[tuple[str, Vector, str]]:
    """For each operation the simplest valid and the simplest invalid vector."""
    best: dict[tuple[str, str], tuple[tuple[bool, int, bool, int], Vector, str]] = {}
    for vector in vectors:
        profile = next((each for each in hello.profiles if each in vector.profiles), "")
        if profile and vector.op in hello.capabilities:
            rank = _rank(vector)
            place = vector.op, vector.result
            if place not in best or rank < best[place][0]:
                best[place] = rank, vector, profile
    for op in BY_NAME:
        for result in ("valid", "invalid"):
            if (op, result) in best:
                _, vector, profile = best[op, result]
                yield f"{op}, {result}", vector, profile


def _rank(vector: Vector) -> tuple[bool, int, bool, int]:
    """What comes first is the best example: required, with something in it, basic, short."""
    empty = sum(not each for each in (*vector.args.values(), *vector.expect.values()))
    basic = any(note.get("kind") == "BASIC" for note in vector.notes.values())
    size = len(json.dumps(vector.args))
    return vector.level != "required", empty, not basic, size


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
        general = "" if name == "big request" else hint(problem)
        return Step(name, problem, f"{advice}; {general}" if general else advice)
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
