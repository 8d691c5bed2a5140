# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Several messages in one stream, each preceded by its length as a varint.

The format is that of `writeDelimitedTo` in Java, `protodelim` in Go and
`serialize_length_prefixed` in google's Python package. A generator yields how many bytes it needs,
so files and asyncio streams share all code except the reads themselves.
"""

from __future__ import annotations

from .arguments import is_message_class, kind_of
from .binary.wire import read_varint, varint
from .errors import DecodeError

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter
    from collections.abc import AsyncIterator, Generator, Iterator
    from typing import Any, Protocol, TypeAlias, TypeVar

    from .message import Message

    M = TypeVar("M", bound=Message)

    class _Readable(Protocol):
        """A binary file to read from; a read may return fewer bytes than requested."""

        def read(self, size: int, /) -> bytes: ...

    class _Writable(Protocol):
        """A binary file to write to."""

        def write(self, data: bytes, /) -> object: ...

    # Yields how many bytes it needs and is sent them, or fewer at the end of the input. Returns the
    # message, or None at the end of the input, and the offset after it.
    _Steps: TypeAlias = Generator[int, bytes, tuple[M | None, int]]

    # The bound of a message's size, and those that its decoder keeps.
    _Limits: TypeAlias = tuple[int | None, dict[str, Any]]

MAX_SIZE = 64 << 20
_CHUNK = 1 << 20


def write_delimited(message: Message, file: _Writable, /) -> None:
    """Write a message to a binary file, preceded by its length.

    Raises EncodeError, before anything is written, for a message that cannot be encoded.
    """
    file.write(_delimited(message))


async def awrite_delimited(message: Message, writer: StreamWriter, /) -> None:
    """Write a message to an asyncio stream, preceded by its length, and drain the stream.

    Raises EncodeError, before anything is written, for a message that cannot be encoded.
    """
    writer.write(_delimited(message))
    await writer.drain()


def read_delimited(
    cls: type[M],
    file: _Readable,
    /,
    *,
    max_size: int | None = MAX_SIZE,
    max_depth: int = 100,
    max_messages: int | None = None,
) -> M | None:
    """Read the next message from a binary file; returns None at the end of the file.

    `max_size` bounds its length in bytes (64 MiB by default, None for no limit), checked before
    the message is read; `max_depth` and `max_messages` are those of `Message.from_bytes`. Raises
    DecodeError, whose offset counts from where this began to read.
    """
    return _run(_read(cls, 0, _limits(max_size, max_depth, max_messages)), file)[0]


async def aread_delimited(
    cls: type[M],
    reader: StreamReader,
    /,
    *,
    max_size: int | None = MAX_SIZE,
    max_depth: int = 100,
    max_messages: int | None = None,
) -> M | None:
    """`read_delimited` for an asyncio stream."""
    return (
        await _arun(_read(cls, 0, _limits(max_size, max_depth, max_messages)), reader)
    )[0]


def iter_delimited(
    cls: type[M],
    file: _Readable,
    /,
    *,
    max_size: int | None = MAX_SIZE,
    max_depth: int = 100,
    max_messages: int | None = None,
) -> Iterator[M]:
    """Read all messages of a binary file, up to its end.

    The limits are those of `read_delimited` and apply to each message. Raises DecodeError, whose
    path begins with the index of the message, from 0, and whose offset counts from where the first
    message's length begins.
    """
    limits = _limits(max_size, max_depth, max_messages)
    index = offset = 0
    while True:
        steps = _read(cls, offset, limits, index)
        message, offset = _run(steps, file)
        if message is None:
            return
        yield message
        index += 1


async def aiter_delimited(
    cls: type[M],
    reader: StreamReader,
    /,
    *,
    max_size: int | None = MAX_SIZE,
    max_depth: int = 100,
    max_messages: int | None = None,
) -> AsyncIterator[M]:
    """`iter_delimited` for an asyncio stream."""
    limits = _limits(max_size, max_depth, max_messages)
    index = offset = 0
    while True:
        steps = _read(cls, offset, limits, index)
        message, offset = await _arun(steps, reader)
        if message is None:
            return
        yield message
        index += 1


def _delimited(message: Message) -> bytes:
    if not is_message_class(message.__class__):  # an int has `to_bytes`, too
        raise TypeError(f"write_delimited takes a message, not {kind_of(message)}")
    data = message.to_bytes()
    return varint(len(data)) + data


def _limits(max_size: int | None, max_depth: int, max_messages: int | None) -> _Limits:
    return max_size, {"max_depth": max_depth, "max_messages": max_messages}


def _read(
    cls: type[M],
    offset: int,
    limits: _Limits,
    index: int | None = None,
) -> _Steps[M]:
    if not is_message_class(cls):
        raise TypeError(f"read_delimited takes a message class, not {kind_of(cls)}")
    try:
        return (yield from _message(cls, offset, limits))
    except DecodeError as error:
        if index is not None:
            error.inside(f"[{index}]")
        raise


def _message(cls: type[M], offset: int, limits: _Limits) -> _Steps[M]:
    max_size, options = limits
    prefix = yield from _prefix(offset)
    if not prefix:
        return None, offset
    size, _ = read_varint(prefix, 0, len(prefix))
    if max_size is not None and size > max_size:
        raise DecodeError(
            f"a message of {size} bytes is longer than max_size, {max_size}", offset
        )
    start = offset + len(prefix)
    data = yield size
    if len(data) < size:
        missing = size - len(data)
        raise DecodeError(
            f"the input ends {missing} bytes before the message does", start + len(data)
        )
    try:
        return cls.from_bytes(data, **options), start + size
    except DecodeError as error:
        error.offset += start
        raise


def _prefix(offset: int) -> Generator[int, bytes, bytes]:
    """The bytes of a varint; empty at the end of the input."""
    prefix = b""
    while not prefix or prefix[-1] > 0x7F:
        if len(prefix) == 10:
            raise DecodeError("a varint is longer than 10 bytes", offset)
        byte = yield 1
        if not byte and prefix:
            raise DecodeError("the input ends inside a varint", offset)
        if not byte:
            break
        prefix += byte
    return prefix


def _run(steps: _Steps[M], file: _Readable) -> tuple[M | None, int]:
    """Send the steps the bytes they need, from a file."""
    try:
        wanted = next(steps)
        while True:
            parts: list[bytes] = []
            while wanted and (part := file.read(min(wanted, _CHUNK))):
                parts.append(part)
                wanted -= len(part)
            wanted = steps.send(b"".join(parts))
    except StopIteration as done:
        result: Any = done.value
        return result  # type: ignore[no-any-return]


async def _arun(steps: _Steps[M], reader: StreamReader) -> tuple[M | None, int]:
    """Send the steps the bytes they need, from an asyncio stream."""
    try:
        wanted = next(steps)
        while True:
            parts: list[bytes] = []
            while wanted and (part := await reader.read(min(wanted, _CHUNK))):
                parts.append(part)
                wanted -= len(part)
            wanted = steps.send(b"".join(parts))
    except StopIteration as done:
        result: Any = done.value
        return result  # type: ignore[no-any-return]
