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


# What a byte counts in the second to the tenth place of a varint, without its high bit. Looking it
# up takes less than shifting it, above all in places where it is larger than 30 bits.
_2, _3, _4, _5, _6, _7, _8, _9, _10 = (
    [low << 7 * place for low in range(128)] * 2 for place in range(1, 10)
)
# A varint of two bytes or more has the high bit in its first one, which is subtracted here.
SECOND = [count - 128 for count in _2]


def longer(b: bytes, p: int, v: int) -> tuple[int, int]:
    """A varint below 2**70 of three bytes or more, and the offset after it.

    `p` is the offset of its third byte, and `v` what the first two count.
    """
    v += _3[c := b[p]]
    if c < 128:
        return v, p + 1
    v += _4[c := b[p + 1]]
    if c < 128:
        return v, p + 2
    v += _5[c := b[p + 2]]
    if c < 128:
        return v, p + 3
    v += _6[c := b[p + 3]]
    if c < 128:
        return v, p + 4
    v += _7[c := b[p + 4]]
    if c < 128:
        return v, p + 5
    v += _8[c := b[p + 5]]
    if c < 128:
        return v, p + 6
    v += _9[c := b[p + 6]]
    if c < 128:
        return v, p + 7
    v += _10[c := b[p + 7]]
    if c < 128:
        return v, p + 8
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
            value += SECOND[c := data[p + 1]]
            if c < 128:
                p += 2
            else:
                value, p = longer(data, p + 2, value)
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
