"""Size-delimited streams: files, asyncio, limits, and google's functions for comparison."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf import proto
from google.protobuf.timestamp_pb2 import Timestamp as GoogleTimestamp
from lkproto import (
    DecodeError,
    EncodeError,
    aiter_delimited,
    aread_delimited,
    awrite_delimited,
    iter_delimited,
    read_delimited,
    write_delimited,
)
from lkproto.google.protobuf import Timestamp
from lkproto.livekit import Room

ROOMS = [Room(sid="a"), Room(), Room(name="x" * 300)]


def stream_of(*messages: Any) -> io.BytesIO:
    file = io.BytesIO()
    for message in messages:
        write_delimited(message, file)
    file.seek(0)
    return file


class Trickle(io.RawIOBase):
    """A file whose reads return one byte at a time."""

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        byte = self._file.read(1)
        buffer[: len(byte)] = byte
        return len(byte)


async def async_all(data: bytes, **limits: Any) -> list[Room]:
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    return [message async for message in aiter_delimited(Room, reader, **limits)]


def read_all(data: bytes, **limits: Any) -> list[Room]:
    return list(iter_delimited(Room, io.BytesIO(data), **limits))


BOTH: list[Callable[..., list[Room]]] = [
    read_all,
    lambda data, **limits: asyncio.run(async_all(data, **limits)),
]
both = pytest.mark.parametrize("read", BOTH, ids=["file", "asyncio"])


@both
def test_messages_are_read_in_order(read: Callable[..., list[Room]]) -> None:
    assert read(stream_of(*ROOMS).getvalue()) == ROOMS
    assert read(b"") == []


def test_one_message_at_a_time() -> None:
    file = stream_of(*ROOMS)

    assert [read_delimited(Room, file) for _ in range(4)] == [*ROOMS, None]
    assert read_delimited(Room, file) is None


def test_reads_may_be_short() -> None:
    data = stream_of(*ROOMS).getvalue()

    assert list(iter_delimited(Room, Trickle(data))) == ROOMS


def test_asyncio_streams_are_written_and_read_as_bytes_arrive() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while room := await aread_delimited(Room, reader):
            await awrite_delimited(Room(name=room.name + "!"), writer)
        writer.close()
        await writer.wait_closed()

    async def talk() -> list[Room | None]:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            host, port = server.sockets[0].getsockname()
            reader, writer = await asyncio.open_connection(host, port)
            found: list[Room | None] = []
            for name in ("a", "y" * 200_000):
                await awrite_delimited(Room(name=name), writer)
                found.append(await aread_delimited(Room, reader))
            writer.write_eof()
            found.append(await aread_delimited(Room, reader))
            writer.close()
            await writer.wait_closed()
        return found

    assert asyncio.run(talk()) == [
        Room(name="a!"),
        Room(name="y" * 200_000 + "!"),
        None,
    ]


def test_google_reads_what_is_written_and_the_other_way_round() -> None:
    theirs = [GoogleTimestamp(seconds=5), GoogleTimestamp(), GoogleTimestamp(nanos=7)]
    ours = [Timestamp(seconds=5), Timestamp(), Timestamp(nanos=7)]
    written = io.BytesIO()
    for message in theirs:
        proto.serialize_length_prefixed(message, written)

    assert stream_of(*ours).getvalue() == written.getvalue()
    assert list(iter_delimited(Timestamp, io.BytesIO(written.getvalue()))) == ours
    file = stream_of(*ours)
    parsed = [proto.parse_length_prefixed(GoogleTimestamp, file) for _ in theirs]
    assert parsed == theirs


@both
@pytest.mark.parametrize(
    ("data", "error"),
    [
        (
            b"\x03\x0a\x01a\x05\x0a",
            "$[1]: the input ends 4 bytes before the message does (at byte 6)",
        ),
        (b"\x00\x80", "$[1]: the input ends inside a varint (at byte 1)"),
        (b"\xff" * 11, "$[0]: a varint is longer than 10 bytes (at byte 0)"),
        (
            b"\x00\x03\x0a\x05a",
            "$[1].sid: a length of 5 bytes goes past the end of the input, which is 1 bytes "
            "away (at byte 3)",
        ),
        (
            b"\x00\x81\x80\x80\x20",
            "$[1]: a message of 67108865 bytes is longer than max_size, 67108864 "
            "(at byte 1)",
        ),
    ],
)
def test_broken_streams_are_refused_with_their_place(
    read: Callable[..., list[Room]], data: bytes, error: str
) -> None:
    with pytest.raises(DecodeError) as caught:
        read(data)
    assert str(caught.value) == error


@both
def test_limits_can_be_chosen(read: Callable[..., list[Room]]) -> None:
    data = stream_of(*ROOMS).getvalue()

    assert read(data, max_size=303) == read(data, max_size=None) == ROOMS
    with pytest.raises(
        DecodeError, match=r"^\$\[2\]: a message of 303 bytes is longer"
    ):
        read(data, max_size=302)
    with pytest.raises(DecodeError, match=r"^\$\[0\].version: messages are nested too"):
        read(b"\x02\x6a\x00", max_depth=1)


def test_a_length_that_lies_does_not_allocate() -> None:
    class Counting(io.BytesIO):
        largest = 0

        def read(self, size: int | None = -1, /) -> bytes:
            Counting.largest = max(Counting.largest, size or 0)
            return super().read(size)

    with pytest.raises(DecodeError, match="the input ends 1099511627775 bytes before"):
        read_delimited(Room, Counting(b"\x80\x80\x80\x80\x80\x20a"), max_size=None)
    assert Counting.largest <= 1 << 20


def test_a_message_that_cannot_be_encoded_writes_nothing() -> None:
    file = io.BytesIO()

    with pytest.raises(EncodeError):
        write_delimited(Room(empty_timeout=-1), file)
    assert file.getvalue() == b""
