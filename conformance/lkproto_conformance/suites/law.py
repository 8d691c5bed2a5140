"""A law: what has to be true of every implementation, as text and as code."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis.strategies import SearchStrategy

from ..connect import Connection
from ..protocol import OPERATIONS, PROFILES, Hello
from .session import Session, Started


@dataclass(frozen=True, slots=True)
class Law:
    """What is true for every example of a strategy.

    `name` is `suite/name`, `needs` are the operations that it asks. `exempt` has profiles in which
    it does not hold, with the reason: where the reference breaks it.
    """

    name: str
    words: str
    needs: tuple[str, ...]
    examples: Callable[[], SearchStrategy[Any]]
    check: Callable[[Session, Any], None]
    exempt: Mapping[str, str] = field(default_factory=dict[str, str])
    compares: bool = False
    """Whether it needs a second testee."""

    @property
    def suite(self) -> str:
        """The suite that it belongs to."""
        return self.name.partition("/")[0]

    def profiles(self, testees: Sequence[Hello], only: str | None = None) -> list[str]:
        """The profiles that all testees have and that it is tried in.

        It is one if none of its operations takes a profile, and none if an operation is missing.
        """
        first, *others = testees
        if not all(set(self.needs) <= each.capabilities for each in testees):
            return []
        found = [
            each
            for each in first.profiles
            if each not in self.exempt
            and only in (None, each)
            and all(each in other.profiles for other in others)
        ]
        return found if self.takes_profile else found[:1]

    @property
    def takes_profile(self) -> bool:
        """Whether one of its operations is asked once for each profile."""
        return any(OPERATIONS[op] for op in self.needs)


def try_law(
    law: Law, connection: Connection, example: Any, profile: str = "go"
) -> None:
    """Check a law with one example on a started testee. Raises Violation."""
    assert profile in PROFILES
    law.check(Session(Started(connection), profile, case=law.name), example)
