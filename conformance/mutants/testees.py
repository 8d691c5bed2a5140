"""Our testee in the ways in which its code is reached; a way is a variant.

`sync` is the testee as everyone runs it. `async` calls with async clients. `exact` leaves every
message to the exact codec. In `straight` the fast codec must not leave a message to the exact
one: the answer would be right, but late, so that no vector could see the fault.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from lkproto_conformance.connect import InProcessTestee
from lkproto_conformance.serve import Answer, Testee

VARIANTS = ("sync", "async", "straight", "exact")
MESSAGES = frozenset(["wire.roundtrip", "json.parse", "json.print"])
TESTEE = "lkproto_conformance.testees.lkproto"


def asks(variant: str, op: str) -> bool:
    """Whether a variant is asked an operation: the others would answer as `sync` does."""
    if variant == "async":
        return op == "twirp.call"
    return variant == "sync" or op in MESSAGES


def connected(variant: str) -> InProcessTestee:
    """The testee of a variant, of the modules that are imported now."""
    # Not at the top: where the import hook is installed, these are changed modules.
    ours: Any = import_module(TESTEE)
    if variant == "straight":
        return InProcessTestee(Straight(ours.testee(), _fallbacks()))
    factory = ours.async_testee if variant == "async" else ours.testee
    return InProcessTestee(factory())


def _fallbacks() -> Callable[[], Any]:
    package: Any = import_module("lkproto")
    counts: Callable[[], Any] = package.codec_fallbacks
    return counts


class Straight:
    """A testee for which it is an error that the fast codec leaves a message to the exact one."""

    def __init__(self, testee: Testee, fallbacks: Callable[[], Any]) -> None:
        self._testee = testee
        self._fallbacks = fallbacks

    def hello(self) -> dict[str, Any]:
        """As the testee itself."""
        return self._testee.hello()

    def answer(self, op: str, args: dict[str, Any]) -> Answer:
        """The testee's answer, or an error if the fast codec did not do."""
        before = self._fallbacks()
        answer = self._testee.answer(op, args)
        if self._fallbacks() != before:
            return {"error": {"message": "the fast codec left it to the exact one"}}
        return answer
