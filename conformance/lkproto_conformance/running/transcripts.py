"""Requests to save, and the numbers by which saved replies are found again.

A number is a place in the whole suite: every vector, in each profile. It is the same whatever is
selected, so replies to several selections may be put together, and a part of them judged. Where
both profiles have the same request, it is sent once, with the number of the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..protocol import OPERATIONS, PROFILES, hello_request, request
from ..vectors import Vector
from .exchanges import arguments, needs_runner


def number_of(vector: Vector, profile: str) -> int:
    """The number of the request of a vector in a profile; hello has 0."""
    return 1 + vector.position * len(PROFILES) + PROFILES.index(profile)


def sent_as(vector: Vector, profile: str) -> int:
    """The number with which the request of a vector in a profile is sent."""
    if OPERATIONS.get(vector.op):
        return number_of(vector, profile)
    first = next(each for each in PROFILES if each in vector.profiles)
    return number_of(vector, first)


def requests(
    vectors: Iterable[Vector], only: str | None = None
) -> Iterator[dict[str, Any]]:
    """Hello, the requests in the order of their numbers, and bye.

    Cases of which the runner is the other end are left out.
    """
    yield hello_request(0)
    number = 0
    for vector in vectors:
        if needs_runner(vector.op):
            continue
        for profile in PROFILES:
            if profile not in vector.profiles or only not in (None, profile):
                continue
            if (sent := sent_as(vector, profile)) > number:
                number, args = sent, arguments(vector, profile)
                yield request(number, vector.op, args, vector.id)
    yield {"id": number + 1, "op": "bye"}
