"""`max_messages`: how many messages are made of bytes, and so how much memory they take."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Any

import pytest
from lkproto import (
    DecodeError,
    aiter_delimited,
    aread_delimited,
    codec_fallbacks,
    iter_delimited,
    read_delimited,
)
from lkproto._runtime.binary.decode import decode
from lkproto._runtime.binary.wire import varint
from lkproto.google.protobuf import ListValue, Value
from lkproto.livekit import Codec, DataPacket, Room, TimedVersion

from tests.runtime.test_hostile_bytes import RICH
from tests.support import module_of, package_of

CODECS = Room(enabled_codecs=[Codec(mime="opus")] * 50, version=TimedVersion(ticks=1))
TREE = ListValue(values=[Value(list_value=ListValue(values=[Value(bool_value=True)]))])
CASES: dict[str, tuple[Any, bytes, int]] = {
    "none": (Room, b"\x0a\x05abcde", 0),
    "two bytes each": (Room, b"\x3a\x00" * 1000, 1000),
    "one of a field and many": (Room, CODECS.to_bytes(), 51),
    "at any depth": (ListValue, TREE.to_bytes(), 3),
    "members that replace each other": (DataPacket, b"\x12\x00\x1a\x00" * 20, 40),
    "parts of one": (Room, b"\x6a\x02\x10\x01" * 20, 1),
    "nothing": (Room, b"", 0),
}


@pytest.mark.parametrize("case", CASES)
def test_as_many_pass_and_no_more(case: str) -> None:
    cls, data, count = CASES[case]
    expected = cls.from_bytes(data)

    assert cls.from_bytes(data, max_messages=count) == expected
    assert cls.from_bytes(memoryview(data), max_messages=10 * count + 1) == expected
    assert decode(cls, data, max_messages=count) == expected
    if count:
        for read in (cls.from_bytes, lambda data, **each: decode(cls, data, **each)):
            with pytest.raises(DecodeError, match="more messages than max_messages, "):
                read(data, max_messages=count - 1)


def test_the_error_has_its_place() -> None:
    with pytest.raises(DecodeError) as caught:
        Room.from_bytes(b"\x3a\x00" * 5, max_messages=3)

    assert caught.value.path == "$.enabled_codecs[3]"
    assert caught.value.offset == 7


def test_groups_and_entries_of_maps_count(tmp_path: Path) -> None:
    rich = module_of(package_of(tmp_path, RICH), "rich").Rich
    for data in (
        b"\xf3\x02\xf4\x02" * 9,
        b"\xfa\x02\x00" * 9,
        b"\xfa\x02\x02\x12\x00" * 9,
        b"\xe2\x02\x00" * 9,
    ):
        assert rich.from_bytes(data, max_messages=9) == rich.from_bytes(data)
        with pytest.raises(ValueError, match="max_messages, 8"):
            rich.from_bytes(data, max_messages=8)


def test_the_bound_keeps_the_fast_codec() -> None:
    data = CODECS.to_bytes() * 20
    before = codec_fallbacks().get(("livekit.ListRoomsResponse", "decode"), 0)
    from lkproto.livekit import ListRoomsResponse

    data = ListRoomsResponse(rooms=[CODECS] * 100).to_bytes()
    assert len(ListRoomsResponse.from_bytes(data, max_messages=5200).rooms) == 100
    assert len(ListRoomsResponse.from_bytes(data, max_messages=10**9).rooms) == 100
    after = codec_fallbacks().get(("livekit.ListRoomsResponse", "decode"), 0)
    assert after == before


def test_what_is_not_a_bound_is_refused() -> None:
    with pytest.raises(ValueError, match="max_messages is at least 0, not -1"):
        Room.from_bytes(b"", max_messages=-1)
    with pytest.raises(TypeError, match="from_bytes takes bytes, not str"):
        Room.from_bytes("", max_messages=1)  # type: ignore[arg-type]


def test_streams_keep_it_for_each_message() -> None:
    few, many = b"\x3a\x00" * 3, b"\x3a\x00" * 4
    data = b"".join(varint(len(each)) + each for each in (few, few, many))

    def file() -> io.BytesIO:
        return io.BytesIO(data)

    def stream() -> asyncio.StreamReader:
        reader = asyncio.StreamReader()
        reader.feed_data(data)
        reader.feed_eof()
        return reader

    async def first() -> Room | None:
        return await aread_delimited(Room, stream(), max_messages=3)

    async def everything() -> list[Room]:
        return [each async for each in aiter_delimited(Room, stream(), max_messages=3)]

    room = Room.from_bytes(few)
    assert read_delimited(Room, file(), max_messages=3) == room
    assert asyncio.run(first()) == room
    assert len(list(iter_delimited(Room, file(), max_messages=4))) == 3
    for read in (
        lambda: list(iter_delimited(Room, file(), max_messages=3)),
        lambda: asyncio.run(everything()),
    ):
        with pytest.raises(DecodeError, match=r"^\$\[2\].*max_messages, 3") as caught:
            read()
        assert caught.value.offset == 22
