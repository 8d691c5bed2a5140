"""Mutations of encoded messages: of bytes, and of whole records according to the schema."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from lkproto._runtime.binary.wire import varint
from lkproto._runtime.kinds import WIRE_TYPES

ODD_NUMBERS = (
    *(1, 2, 3, 5, 16, 77, 99, 1000, 2**29 - 1),
    *range(100, 107),  # extensions
)
ODD_TEXT = (
    *(b"", b"a", b"\xc3\xa9", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80"),
    *(b"\xc0\x80", b"\xf4\x90\x80\x80", b"a\0", b"x" * 200),
)
ODD_VARINTS = (
    *(b"\0", b"\x01", b"\x63", b"\x7f", b"\x80\x01", b"\x80\0", b"\x81\x80\x80\0"),
    *(b"\x80\x80\x80\x80\x08", b"\xff" * 4 + b"\x07", b"\xff" * 4 + b"\x0f"),
    *(b"\x80" * 9 + b"\x01", b"\x80" * 9 + b"\0", b"\xff" * 9 + b"\x01"),
    *(b"\xff" * 9 + b"\x7f", b"\xff" * 10 + b"\x01", b"\x80" * 10),
)
BOMBS = (
    *(b"\xff\xff\xff\xff\x07", b"\xff" * 9 + b"\x01", b"\x80\x80\x80\x80\x10"),
    *(b"\xff\xff\xff\x7f", b"\x05", b"\x83\0"),
)


class Mutator:
    """Makes mutations; `fields_of` is the function of the package."""

    def __init__(self, chance: random.Random, fields_of: Callable[[Any], Any]) -> None:
        self.chance = chance
        self.fields_of = fields_of
        self._mutations = (
            *(self._flip, self._set, self._cut, self._delete, self._splice),
            *(self._double, *[self._add] * 6),
        )

    def mutated(self, cls: Any, data: bytes, other: bytes) -> bytes:
        """The bytes of a message of a class, with one to three mutations."""
        out = bytearray(data)
        for _ in range(self.chance.randint(1, 3)):
            self.chance.choice(self._mutations)(out, other, cls)
            del out[4000:]
        return bytes(out)

    def _at(self, data: bytes | bytearray) -> int:
        return self.chance.randrange(len(data) + 1)

    def _flip(self, out: bytearray, other: bytes, cls: Any) -> None:
        if out:
            out[self._at(out) - 1] ^= 1 << self.chance.randrange(8)

    def _set(self, out: bytearray, other: bytes, cls: Any) -> None:
        if out:
            out[self._at(out) - 1] = self.chance.choice(b"\0\1\x7f\x80\xff\x0b\x0c")

    def _cut(self, out: bytearray, other: bytes, cls: Any) -> None:
        del out[self._at(out) :]

    def _delete(self, out: bytearray, other: bytes, cls: Any) -> None:
        at = self._at(out)
        del out[at : at + self.chance.randint(1, 6)]

    def _splice(self, out: bytearray, other: bytes, cls: Any) -> None:
        start, at = self._at(other), self._at(out)
        out[at:at] = other[start : start + self.chance.randint(1, 30)]

    def _double(self, out: bytearray, other: bytes, cls: Any) -> None:
        out += bytes(out) if self.chance.random() < 0.5 else other

    def _add(self, out: bytearray, other: bytes, cls: Any) -> None:
        # Only at both ends is it known that a record begins there.
        at = self.chance.choice((0, len(out)))
        out[at:at] = self.record(self.fields_of(cls))

    def record(self, fields: Any, depth: int = 3) -> bytes:
        """A record with a known or unknown number and any wire type, valid or not."""
        chance = self.chance
        number, inner = chance.choice(ODD_NUMBERS), ()
        wire_type = chance.choice((0, 1, 2, 2, 2, 3, 5))
        if fields and chance.random() < 0.8:
            field = chance.choice(fields)
            number, inner = field.number, self._inner(field)
            if chance.random() < 0.6:
                wire_type = WIRE_TYPES.get(field.kind, 2)
        if chance.random() < 0.02:
            wire_type = chance.choice((4, 6, 7))
        if chance.random() < 0.01:
            number = 0
        tag = self._overlong(varint(number << 3 | wire_type))
        return tag + self._value(number, wire_type, inner, depth)

    def _inner(self, field: Any) -> Any:
        """The fields of the message in a field."""
        if field.presence == "map":
            return (field.key, field.value)
        message = field.kind in ("message", "group")
        return self.fields_of(field.type) if message else ()

    def _overlong(self, number: bytes) -> bytes:
        """A varint, sometimes with more bytes than it needs."""
        if self.chance.random() > 0.03:
            return number
        more = b"\x80" * self.chance.randint(0, 9)
        return number[:-1] + bytes([number[-1] | 0x80]) + more + b"\0"

    def _value(self, number: int, wire_type: int, inner: Any, depth: int) -> bytes:
        chance = self.chance
        if wire_type == 0:
            return chance.choice(ODD_VARINTS)
        if wire_type in (1, 5):
            size = 8 if wire_type == 1 else 4
            return chance.choice((b"\0" * size, b"\xff" * size, chance.randbytes(size)))
        if wire_type == 3:
            end = number if chance.random() < 0.95 else number + 1
            closed = varint(end << 3 | 4) if chance.random() < 0.97 else b""
            return self._records(inner, depth) + closed
        if wire_type != 2:
            return b""
        if chance.random() < 0.02:
            return chance.choice(BOMBS) + b"ab"
        content = self._content(inner, depth)
        return self._overlong(varint(len(content))) + content

    def _content(self, inner: Any, depth: int) -> bytes:
        chance = self.chance
        kind = chance.randrange(3 if inner else 6)
        if kind < 2:
            return self._records(inner, depth)
        if kind == 2:
            count = chance.randrange(4)
            return b"".join(chance.choice(ODD_VARINTS) for _ in range(count))
        if kind == 3:
            return chance.randbytes(8 * chance.randrange(3) + chance.choice((0, 0, 4)))
        return chance.choice(ODD_TEXT)

    def _records(self, fields: Any, depth: int) -> bytes:
        count = self.chance.randrange(4) if depth else 0
        return b"".join(self.record(fields, depth - 1) for _ in range(count))
