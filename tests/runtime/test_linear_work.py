"""Work grows with the input, not with its square, however it is made."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from lkproto.livekit import DataPacket, Room

# A field 100, which nothing here knows; and 13 (`version`) of Room or 2 (`user`) of DataPacket
# with it. They are long, so that copying them again and again shows.
UNKNOWN = b"\xa2\x06\xac\x02" + b"x" * 300
SIZE = 2_500
PART = b"\xb0\x02" + UNKNOWN
CASES: dict[str, tuple[Callable[[bytes], object], Callable[[int], bytes]]] = {
    "parts of one sub-message, each with an unknown field": (
        Room.from_bytes,
        lambda n: (b"\x6a" + PART) * n,
    ),
    "parts of one member of a oneof, each with an unknown field": (
        DataPacket.from_bytes,
        lambda n: (b"\x12" + PART) * n,
    ),
    "unknown fields": (Room.from_bytes, lambda n: UNKNOWN * n),
    "unknown groups": (Room.from_bytes, lambda n: b"\xa3\x06\xa4\x06" * n),
    "fields in an unknown group": (
        Room.from_bytes,
        lambda n: b"\xa3\x06" + UNKNOWN * n + b"\xa4\x06",
    ),
    "alternating members of a oneof": (
        DataPacket.from_bytes,
        lambda n: (b"\x12" + PART + b"\x1a\x00") * n,
    ),
    "keys of a JSON object nothing knows": (
        lambda text: Room.from_json(text, ignore_unknown=True),
        lambda n: b"{" + b",".join(b'"k%d":[1]' % i for i in range(n)) + b"}",
    ),
}


def seconds(read: Callable[[bytes], object], data: bytes) -> float:
    """The processor time of one run."""
    begun = time.process_time()
    read(data)
    return time.process_time() - begun


def is_linear(read: Callable[[bytes], object], make: Callable[[int], bytes]) -> bool:
    """Whether four times the input takes about four times as long, and not sixteen times.

    A busy machine can spoil a round, but not make quadratic work look linear.
    """
    small, large = make(SIZE), make(4 * SIZE)
    read(make(1))
    return any(seconds(read, large) < 8 * seconds(read, small) for _ in range(5))


@pytest.mark.parametrize("case", CASES)
def test_work_is_linear_in_the_input(case: str) -> None:
    assert is_linear(*CASES[case])


def test_parts_of_one_group_are_linear(legacy: Any) -> None:
    read = legacy.Legacy.from_bytes

    assert is_linear(read, lambda n: b"\x08\x01" + (b"\x33" + UNKNOWN + b"\x34") * n)
