# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Functions that the written decoders call for values that are not in the shortest form."""

from __future__ import annotations

from struct import Struct

from ..binary.wire import read_tag, skip
from ..kinds import KINDS, RANGES, START_GROUP, STRUCTS
from .function import Unusual

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from ..table import Field


def varint(b: bytes, p: int) -> tuple[int, int]:
    """The varint of two or more bytes at an offset, below 2**70, and the offset after it.

    The high bit of each byte except the last is added first, and subtracted in the next step. The
    loop is unrolled, and large numbers are assembled from halves, because Python is slow at loops
    and at shifts of numbers longer than 30 bits.
    """
    v = b[p] + (b[p + 1] << 7) - 0x80
    if v < 0x4000:
        return v, p + 2
    v += (b[p + 2] << 14) - 0x4000
    if v < 0x200000:
        return v, p + 3
    v += (b[p + 3] << 21) - 0x200000
    if v < 0x10000000:
        return v, p + 4
    v -= 0x10000000
    high = b[p + 4]
    if high < 128:
        return v + (high << 28), p + 5
    high += (b[p + 5] << 7) - 0x80
    if high < 0x4000:
        return v + (high << 28), p + 6
    high += (b[p + 6] << 14) - 0x4000
    if high < 0x200000:
        return v + (high << 28), p + 7
    high += (b[p + 7] << 21) - 0x200000
    if high < 0x10000000:
        return v + (high << 28), p + 8
    v += (high - 0x10000000) << 28
    top = b[p + 8]
    if top < 128:
        return v + (top << 56), p + 9
    top += (b[p + 9] << 7) - 0x80
    if top < 0x4000:
        return v + (top << 56), p + 10
    raise Unusual


def uint64(v: int) -> int:
    """A number modulo 2**64."""
    return v & 0xFFFFFFFFFFFFFFFF


def uint32(v: int) -> int:
    """A number modulo 2**32."""
    return v & 0xFFFFFFFF


def int64(v: int) -> int:
    """A number modulo 2**64, as a signed one."""
    v &= 0xFFFFFFFFFFFFFFFF
    return v - (1 << 64) if v >> 63 else v


def int32(v: int) -> int:
    """A number modulo 2**32, as a signed one."""
    v &= 0xFFFFFFFF
    return v - (1 << 32) if v >> 31 else v


_WRAPS: dict[tuple[bool, int], Callable[[int], int]] = {
    (True, 32): int32,
    (True, 64): int64,
    (False, 32): uint32,
    (False, 64): uint64,
}


def limit(kind: str) -> tuple[int, Callable[[int], int]]:
    """The largest varint that is its own value in a kind, and the function for larger ones."""
    group = KINDS[kind].group
    low, high = RANGES.get(kind, (0, 2**64 - 1))
    signed = group in ("signed", "enum")
    bits = (high - low).bit_length()
    return high if signed else 2**bits - 1, _WRAPS[signed, bits]


def unknown(b: bytes, p: int, e: int, known: frozenset[int], found: list[bytes]) -> int:
    """Keep a field with an unknown number; returns the offset after it."""
    number, wire_type, at = read_tag(b, p, e)
    if number in known or wire_type == START_GROUP:
        raise Unusual
    at = skip(b, at, e, number, wire_type, 0)
    found.append(b[p:at])
    return at


def packed(field: Field) -> Callable[[bytes], Iterable[Any]]:
    """A function from the bytes of a packed field to its values."""
    kind = field.kind
    if kind in STRUCTS:
        return _fixed(kind)
    largest, wrap = limit(kind)
    if kind == "enum":
        return _members(field.type, largest, wrap)
    convert = _CONVERT.get(kind)

    def read(data: bytes) -> Iterable[Any]:
        numbers = data if data.isascii() else _varints(data, largest, wrap)
        return numbers if convert is None else map(convert, numbers)

    return read


def _fixed(kind: str) -> Callable[[bytes], Iterable[Any]]:
    # One call of struct for all values: as fast as `array`, and independent of byte order.
    width, code = STRUCTS[kind].size, KINDS[kind].format[1]

    def read(data: bytes) -> Iterable[Any]:
        return Struct(f"<{len(data) // width}{code}").unpack(data)

    return read


def _varints(data: bytes, largest: int, wrap: Callable[[int], int]) -> list[int]:
    found: list[int] = []
    append = found.append
    p, e = 0, len(data)
    while p < e:
        value = data[p]
        if value < 128:
            p += 1
        else:
            value, p = varint(data, p)
            if value > largest:
                value = wrap(value)
        append(value)
    return found


def _members(
    cls: Any, largest: int, wrap: Callable[[int], int]
) -> Callable[[bytes], Iterable[Any]]:
    members = cls._value2member_map_

    def read(data: bytes) -> Iterable[Any]:
        numbers = data if data.isascii() else _varints(data, largest, wrap)
        try:
            return [members[number] for number in numbers]
        except KeyError:
            return map(cls, numbers)

    return read


def _zigzag(number: int) -> int:
    return number >> 1 ^ -(number & 1)


_CONVERT: dict[str, Callable[[int], Any]] = {
    "bool": bool,
    "sint32": _zigzag,
    "sint64": _zigzag,
}
