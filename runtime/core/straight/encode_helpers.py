"""Functions that the written encoders call: tags, lengths and varints as latin-1 text.

Encoded parts are text, one character for each byte, because an f-string joins them faster than
anything joins bytes; one `encode("latin-1")` converts the result to bytes.
"""

from __future__ import annotations

import math
from struct import Struct

from ..binary.wire import varint
from ..kinds import KINDS, RANGES, STRUCTS
from .function import Unusual

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_LAST = [chr(number) for number in range(128)]
_MORE = [chr(number | 128) for number in range(128)]
# Numbers below 2**14 as varints that end, and as varints that continue: 2 MiB, made once in about
# two milliseconds.
SHORT = _LAST + [low + high for high in _LAST[1:] for low in _MORE]
_PAIRS = [low + high for high in _MORE for low in _MORE]
_tables: dict[tuple[int, bool], list[str]] = {}


def text_of(data: bytes) -> str:
    """Bytes as text, one character for each byte."""
    return data.decode("latin-1")


def table(tag: int, zero: bool) -> list[str]:
    """A tag followed by each number below 128, shared by all messages.

    Without `zero` the first entry is empty, because zero is not written.
    """
    found = _tables.get((tag, zero))
    if found is None:
        start = text_of(varint(tag))
        found = [start + last for last in _LAST]
        if not zero:
            found[0] = ""
        _tables[tag, zero] = found
    return found


def _number_writer(kind: str) -> Callable[[str, Any], str]:
    """A function that takes a tag and a number, checks class and range, and writes both.

    It writes two bytes at a time, from a table, and splits large numbers in halves, because Python
    is slow at loops, and at comparing and shifting numbers longer than 30 bits.
    """
    low, high = RANGES[kind]
    most = high >> 28

    def write(start: str, v: Any) -> str:
        if v.__class__ is int:
            end = v >> 28
            if 0 < end <= most:
                v &= 0xFFFFFFF
                if end < 0x4000:
                    return f"{start}{_PAIRS[v & 0x3FFF]}{_PAIRS[v >> 14]}{SHORT[end]}"
                start = f"{start}{_PAIRS[v & 0x3FFF]}{_PAIRS[v >> 14]}{_PAIRS[end & 0x3FFF]}"
                end >>= 14
                return f"{start}{SHORT[end]}" if end < 0x4000 else write(start, end)
            if not end:
                if v < 0x4000:
                    return f"{start}{SHORT[v]}"
                return f"{start}{_PAIRS[v & 0x3FFF]}{SHORT[v >> 14]}"
            if low <= v < 0:
                return sized(start, v + 0x10000000000000000)
        raise Unusual

    return write


# A tag followed by a length.
sized = _number_writer("uint64")


def _zigzag_writer(kind: str) -> Callable[[str, Any], str]:
    write = _number_writer("u" + kind[1:])
    low, high = RANGES[kind]

    def zigzag(start: str, v: Any) -> str:
        if v.__class__ is not int or not low <= v <= high:
            raise Unusual
        return write(start, v << 1 if v >= 0 else ~v << 1 | 1)

    return zigzag


_NUMBER_WRITERS = {
    "signed": _number_writer,
    "unsigned": _number_writer,
    "zigzag": _zigzag_writer,
}
NUMBERS = {
    kind.name: make(kind.name)
    for kind in KINDS.values()
    if (make := _NUMBER_WRITERS.get(kind.group))
}


def fixed_writer(kind: str, zero: bool) -> Callable[[str, Any], str]:
    """A function that writes a tag and a value of fixed width; without `zero`, not for 0."""
    pack = STRUCTS[kind].pack
    classes = (float, int) if kind in ("float", "double") else (int,)

    def write(start: str, v: Any) -> str:
        if v.__class__ not in classes:
            raise Unusual
        if not zero and v == 0 and math.copysign(1, v) > 0:
            return ""
        return start + text_of(pack(v))

    return write


def enum_table(tag: int, cls: Any, zero: bool) -> dict[int, str]:
    """A tag followed by each named number of an enum, by member.

    A member is found as itself; numbers, as keys, would have to be compared with it.
    """
    start = text_of(varint(tag))
    found = {
        member: start + text_of(varint(number & 0xFFFFFFFFFFFFFFFF))
        for number, member in cls._value2member_map_.items()
    }
    if not zero:
        found[0] = ""
    return found


def unnamed_writer(cls: Any) -> Callable[[str, Any], str]:
    """A function that writes a tag and an unnamed number of an enum, unless it is closed."""
    write_number = NUMBERS["int32"]

    def write(start: str, v: Any) -> str:
        if cls._closed_:
            raise Unusual
        return write_number(start, int(v))

    return write


def packed_writer(kind: str, cls: Any) -> Callable[[list[Any]], str]:
    """A function that takes the values of a packed field and returns their bytes as text."""
    if kind in STRUCTS:
        return _packed_fixed(kind)
    if kind == "enum":
        return _packed_members(cls)
    return _packed_bools if kind == "bool" else _packed_numbers(kind)


def _packed_numbers(kind: str) -> Callable[[list[Any]], str]:
    write = NUMBERS[kind]
    # Except in zigzag, a small number is its own varint.
    plain = kind[0] != "s"

    def write_all(values: list[Any]) -> str:
        for v in values:
            if v.__class__ is not int:
                raise Unusual
        if plain and min(values) >= 0 and max(values) < 128:
            return text_of(bytes(values))
        return "".join([write("", v) for v in values])

    return write_all


def _packed_bools(values: list[Any]) -> str:
    for v in values:
        if v.__class__ is not bool:
            raise Unusual
    return text_of(bytes(values))


def _packed_members(cls: Any) -> Callable[[list[Any]], str]:
    named = {
        member: text_of(varint(number & 0xFFFFFFFFFFFFFFFF))
        for number, member in cls._value2member_map_.items()
    }

    unnamed = unnamed_writer(cls)

    def write_all(values: list[Any]) -> str:
        found = ""
        for v in values:
            if v.__class__ is not cls and v.__class__ is not int:
                raise Unusual
            try:
                found += named[v]
            except KeyError:
                found += unnamed("", v)
        return found

    return write_all


def _packed_fixed(kind: str) -> Callable[[list[Any]], str]:
    code = KINDS[kind].format[1]
    classes = (float, int) if code in "fd" else (int,)

    def write_all(values: list[Any]) -> str:
        for v in values:
            if v.__class__ not in classes:
                raise Unusual
        return text_of(Struct(f"<{len(values)}{code}").pack(*values))

    return write_all
