"""Nothing is left of many messages: no memory, and no reference to what they have in common.

LKPROTO_NATIVE_MESSAGES sets how many messages each direction does (100,000 by default).
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fuzz.schemas import Schema

from . import codecs, work
from .compare import Comparer

MESSAGES = int(os.environ.get("LKPROTO_NATIVE_MESSAGES", "100000"))
# What an interpreter keeps for itself, now and then; a leak is as many as messages.
SPARE_BLOCKS, SPARE_BYTES, SPARE_REFERENCES = 200, 200_000, 100

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning"),
]


class _Memory(ctypes.Structure):
    """`struct mallinfo2` of the C library: what it has handed out, in bytes."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks",
                     "fsmblks", "uordblks", "fordblks", "keepcost")
    ]  # fmt: skip


def outside_python() -> int:
    """The bytes that the C library's allocator has handed out; 0 where it does not say."""
    try:
        ask = ctypes.CDLL(None).mallinfo2
    except (AttributeError, OSError, TypeError):
        return 0
    ask.restype = _Memory
    found = ask()
    return int(found.uordblks) + int(found.hblkhd)


def shared_objects(schema: Schema, names: tuple[str, ...]) -> dict[str, Any]:
    """What messages of some classes have in common: constants, classes, members, names."""
    found: dict[str, Any] = {
        repr(each): each
        for each in (None, True, False, "", b"", 0, 1, 127, 255, "a", "x", ())
    }
    for name in names:
        cls = schema.ours(name)
        found[name] = cls
        for field in schema.package.fields_of(cls):
            found[f"{name}.{field.name}"] = field.name
            found.update(_of_field(field))
    return found


def _of_field(field: Any) -> Iterator[tuple[str, Any]]:
    for part in (field, field.key, field.value):
        if part is None or part.type is None:
            continue
        yield repr(part.type), part.type
        if part.kind == "enum":
            for number, member in part.type._value2member_map_.items():
                yield f"{part.type} {number}", member


def references(objects: dict[str, Any]) -> dict[str, int]:
    return {name: sys.getrefcount(each) for name, each in objects.items()}


def growth(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """The references that have become more, or fewer, than spare ones."""
    return {
        name: after[name] - count
        for name, count in before.items()
        if abs(after[name] - count) > SPARE_REFERENCES
    }


def repeat(chosen: list[work.Call], times: int) -> None:
    for _ in range(times):
        for call in chosen:
            call.attempt()
    gc.collect()


def _grown(chosen: list[work.Call], times: int) -> tuple[int, int]:
    """How many blocks of Python and bytes of the C library calls leave allocated."""
    blocks, outside = sys.getallocatedblocks(), outside_python()
    repeat(chosen, times)
    return sys.getallocatedblocks() - blocks, outside_python() - outside


def leaks(chosen: list[work.Call], objects: dict[str, Any], messages: int) -> list[str]:
    """What is left of a number of messages, in words."""
    repeat(chosen, 20)
    counts = references(objects)
    # What grows once is a cache, or a page of an allocator; a leak grows in both halves.
    halves = [_grown(chosen, -(-messages // len(chosen) // 2)) for _ in range(2)]
    blocks, outside = (min(each) for each in zip(*halves, strict=True))
    found: list[str] = []
    if blocks > SPARE_BLOCKS:
        found.append(f"{blocks} blocks of Python")
    if outside > SPARE_BYTES:
        found.append(f"{outside} bytes of the C library")
    changed = growth(counts, references(objects))
    return found + [
        f"{count:+} references to {name}" for name, count in changed.items()
    ]


@pytest.mark.parametrize("comparer", ["inline", "livekit"], indirect=True)
@pytest.mark.parametrize("refused", [False, True], ids=["accepted", "refused"])
@pytest.mark.parametrize("direction", work.DIRECTIONS)
def test_nothing_is_left_of_messages(
    comparer: Comparer, direction: str, refused: bool
) -> None:
    schema = comparer.schema
    names = work.CLASSES["fuzz" if "fuzz.Inner" in schema.names else "livekit"]
    with comparer.in_use():
        chosen = [
            call
            for call in work.calls_of(schema, comparer.codec, names)
            if (call.direction, call.refused) == (direction, refused)
        ]

        assert chosen
        assert leaks(chosen, shared_objects(schema, names), MESSAGES) == []


def test_what_is_left_is_seen(inline: Schema) -> None:
    kept: list[Any] = []
    codec = codecs.codec_of(inline.package, "python")
    decode = codec.decoder(inline.ours("fuzz.Inner"))
    buffers: list[Any] = []

    def leaking(data: bytes) -> Any:
        message = decode(data)
        kept.append(message)
        buffers.append(ctypes.create_string_buffer(1000))
        return message

    call = work.Call("decode", leaking, (b"\x08\x01",), refused=False)
    names = ("fuzz.Inner",)
    found = leaks([call], shared_objects(inline, names), 1000)

    assert any("blocks of Python" in each for each in found)
    assert any("references to None" in each for each in found) or sys.version_info >= (
        3,
        12,
    )
    assert any("references to fuzz.Inner" in each for each in found)
    assert outside_python() == 0 or any(
        "bytes of the C library" in each for each in found
    )
