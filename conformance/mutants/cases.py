"""Cases: a vector in a profile, asked of a variant of our testee, and its verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lkproto_conformance.judging.verdict import Verdict, judge
from lkproto_conformance.protocol import OPERATIONS
from lkproto_conformance.running.exchanges import arguments, ask
from lkproto_conformance.vectors import Vector

from .forked import Forked, Variant
from .testees import VARIANTS, asks

ON_THE_WIRE = frozenset(["twirp.call", "twirp.serve"])
"""Operations that wait for sockets: they are asked last."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is asked of a mutant."""

    vector: Vector
    profile: str
    variant: str

    @property
    def exact(self) -> bool:
        """Whether it needs a process with the exact codec."""
        return self.variant == "exact"

    def __str__(self) -> str:
        return f"{self.vector.id}@{self.profile} ({self.variant})"


def all_cases(vectors: tuple[Vector, ...]) -> Iterator[Case]:
    """All cases whose verdict can be one of failure."""
    for variant in VARIANTS:
        for vector in vectors:
            if vector.result != "unspecified" and asks(variant, vector.op):
                for profile in _profiles(vector):
                    yield Case(vector, profile, variant)


def _profiles(vector: Vector) -> tuple[str, ...]:
    """The profiles in which a vector differs: without the argument, the first says all."""
    return vector.profiles if OPERATIONS[vector.op] else vector.profiles[:1]


def verdict(process: Forked, case: Case) -> Verdict:
    """The verdict on the answer of a process to a case."""
    vector = case.vector
    testee = Variant(process, case.variant)
    answer = ask(testee, vector.op, arguments(vector, case.profile), vector.id)
    return judge(vector, answer)
