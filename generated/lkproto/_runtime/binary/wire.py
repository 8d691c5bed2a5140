# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The wire: varints, tags and records of the binary format.

https://protobuf.dev/programming-guides/encoding
"""

from __future__ import annotations

from ..errors import DecodeError
from ..kinds import END_GROUP, FIXED32, FIXED64, LEN, START_GROUP, VARINT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    # Field number, wire type, and the offsets of the record's start, its value's start and its end.
    Record: TypeAlias = tuple[int, int, int, int, int]

_MAX_TAG = 1 << 32


def varint(number: int) -> bytes:
    """An unsigned number below 2**64 as a varint."""
    if number < 0x80:
        return bytes((number,))
    parts = bytearray()
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    parts.append(number)
    return bytes(parts)


def tag(number: int, wire_type: int) -> bytes:
    """The tag of a field."""
    return varint(number << 3 | wire_type)


def read_varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    """The varint at an offset, modulo 2**64, and the offset after it. Raises DecodeError."""
    value = shift = 0
    start = at
    while at < end:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, at
        shift += 7
        if shift > 63:
            raise DecodeError("a varint is longer than 10 bytes", start)
    raise DecodeError("the input ends inside a varint", start)


def read_tag(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """Field number and wire type of the tag at an offset, and the offset after it."""
    start = at
    value, at = read_varint(data, at, end)
    number, wire_type = value >> 3, value & 7
    if value >= _MAX_TAG or number == 0:
        raise DecodeError(f"{number} is not a field number", start)
    if wire_type > FIXED32:
        raise DecodeError(f"{wire_type} is not a wire type", start)
    return number, wire_type, at


def read_length(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Start and end of the length-delimited value at an offset."""
    start = at
    length, at = read_varint(data, at, end)
    if length > end - at:
        raise DecodeError(
            f"a length of {length} bytes goes past the end of the input, "
            f"which is {end - at} bytes away",
            start,
        )
    return at, at + length


def skip(
    data: bytes, at: int, end: int, number: int, wire_type: int, depth: int
) -> int:
    """The offset after the value of a field whose tag was just read."""
    if wire_type == VARINT:
        return read_varint(data, at, end)[1]
    if wire_type == LEN:
        return read_length(data, at, end)[1]
    if wire_type == START_GROUP:
        return _skip_group(data, at, end, number, depth)
    if wire_type == END_GROUP:
        raise DecodeError(f"group {number} ends but was not started", at)
    at += 8 if wire_type == FIXED64 else 4
    if at > end:
        raise DecodeError("the input ends inside a fixed-width value", end)
    return at


def _skip_group(data: bytes, at: int, end: int, number: int, depth: int) -> int:
    """The offset after a group. Uses a stack, because groups nest, and recursion is limited."""
    start, open_groups = at, [number]
    while open_groups:
        if len(open_groups) > depth:
            raise DecodeError("groups are nested too deeply", start)
        if at >= end:
            raise DecodeError(f"group {open_groups[-1]} does not end", start)
        inner, wire_type, at = read_tag(data, at, end)
        if wire_type == START_GROUP:
            open_groups.append(inner)
        elif wire_type == END_GROUP:
            if inner != open_groups.pop():
                raise DecodeError(f"group {inner} ends but was not started", at)
        else:
            at = skip(data, at, end, inner, wire_type, depth)
    return at


def records(data: bytes, max_depth: int = 100) -> Iterator[Record]:
    """The records of encoded fields. `max_depth` limits how deeply groups nest."""
    at, end = 0, len(data)
    while at < end:
        start = at
        number, wire_type, at = read_tag(data, at, end)
        value = at
        at = skip(data, at, end, number, wire_type, max_depth)
        yield number, wire_type, start, value, at
