"""Random messages of any class, made from its field table, as seeds of mutations."""

from __future__ import annotations

import random
import struct
from typing import Any

TEXTS = ("", "a", "x" * 130, "é", "\0", "😀", 'say "hi"\\', "line\nline", "1", "\u2028")
BLOBS = (b"", b"\0", b"\xff\xfe", b"x" * 130, b"\x08\x01", bytes(range(256)))
FLOATS = (0.0, -0.0, 1.0, -1.5, 0.1, 1e-45, 3e38, float("inf"), float("nan"), 2.0**24)
JSON: tuple[Any, ...] = (
    None,
    True,
    1.5,
    "x",
    [],
    {},
    [None, {"a": []}],
    {"a": {"b": [1, "2"]}},
    0,
    -7,
)
TIMES = ((0, 0), (1, 5), (1_800_000_000, 999_999_999), (60, 120_000_000))
PATHS = ((), ("a",), ("a_b", "c.d_e"))


def integer(chance: random.Random, kind: str) -> int:
    """A number of a kind, usually near the end of its range."""
    bits = 32 if kind.endswith("32") or kind == "enum" else 64
    value = chance.choice((0, 1, 127, 128, 300, 2**14, 2**28, 2**31 - 1, 2**bits - 1))
    value ^= chance.choice((0, 0, 1, 1 << chance.randrange(bits)))
    if kind.startswith(("u", "f")):
        return value
    return value - (1 << bits) if value >> (bits - 1) else value


def scalar(chance: random.Random, field: Any) -> Any:
    """A value of a scalar or enum field."""
    kind = field.kind
    if kind == "bool":
        return chance.random() < 0.5
    if kind == "string":
        raw = "\udcff" if not field.utf8 and chance.random() < 0.1 else ""
        return chance.choice(TEXTS) + raw
    if kind == "bytes":
        return chance.choice(BLOBS)
    if kind == "double":
        return chance.choice(FLOATS)
    if kind == "float":
        return struct.unpack("<f", struct.pack("<f", chance.choice(FLOATS)))[0]
    if kind == "enum":
        named = chance.choice(list(field.type))
        odd = not field.type._closed_ and chance.random() < 0.2
        return field.type(integer(chance, kind)) if odd else named
    return integer(chance, kind)


class Maker:
    """Makes messages of a package; `find` is its `find_message`."""

    def __init__(self, package: Any, chance: random.Random) -> None:
        self.chance = chance
        self.fields_of = package.fields_of
        self.find = package.find_message
        # Types of messages that an Any may hold.
        self.held = ("fuzz.Inner", "livekit.Codec", "google.protobuf.Duration")

        self._special = {
            "Timestamp": self._timestamp,
            "Duration": self._duration,
            "FieldMask": self._field_mask,
            "Any": self._any,
            "Struct": self._struct,
            "ListValue": self._list,
            "Value": self._any_value,
        }

    def message(self, cls: Any, depth: int = 3) -> Any:
        """A message with some of its fields set."""
        special = self._special.get(cls.__proto_name__.removeprefix("google.protobuf."))
        if special is not None:
            return special(cls, depth)
        fields = self.fields_of(cls)
        share = min(0.6, 6 / (len(fields) + 1))
        taken: set[str] = set()
        given: dict[str, Any] = {}
        for field in fields:
            wanted = field.presence == "required" or self.chance.random() < share
            if not wanted or field.oneof in taken:
                continue
            if depth < 1 and (field.value or field).kind in ("message", "group"):
                continue
            if field.oneof is not None:
                taken.add(field.oneof)
            given[field.name] = self._value(field, depth)
        return cls(**given)

    def _value(self, field: Any, depth: int) -> Any:
        count = self.chance.choice((0, 1, 1, 2, 3))
        if field.presence == "map":
            return {
                scalar(self.chance, field.key): self._single(field.value, depth)
                for _ in range(count)
            }
        if field.presence == "repeated":
            return [self._single(field, depth) for _ in range(count)]
        return self._single(field, depth)

    def _single(self, field: Any, depth: int) -> Any:
        if field.kind in ("message", "group"):
            return self.message(field.type, depth - 1)
        return scalar(self.chance, field)

    def _timestamp(self, cls: Any, depth: int) -> Any:
        seconds, nanos = self.chance.choice(TIMES)
        return cls(seconds=seconds, nanos=nanos)

    def _duration(self, cls: Any, depth: int) -> Any:
        seconds, nanos = self.chance.choice(TIMES)
        sign = self.chance.choice((1, -1))
        return cls(seconds=sign * seconds, nanos=sign * nanos)

    def _field_mask(self, cls: Any, depth: int) -> Any:
        return cls(paths=list(self.chance.choice(PATHS)))

    def _any(self, cls: Any, depth: int) -> Any:
        held = [found for found in map(self.find, self.held) if found]
        if self.chance.random() < 0.2 or not held:
            return cls()
        return cls.pack(self.message(self.chance.choice(held), depth - 1))

    def _struct(self, cls: Any, depth: int) -> Any:
        return cls.from_dict({"k": self.chance.choice(JSON)})

    def _list(self, cls: Any, depth: int) -> Any:
        return cls.from_dict([self.chance.choice(JSON)])

    def _any_value(self, cls: Any, depth: int) -> Any:
        return cls.from_dict(self.chance.choice(JSON))
