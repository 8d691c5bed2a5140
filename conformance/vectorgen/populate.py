"""Messages with every field set, of any type: the same values each time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zlib import crc32

from lkproto import Field, Message, fields_of
from lkproto.google.protobuf import Any as AnyMessage
from lkproto.google.protobuf import Duration as ProtoDuration
from lkproto.google.protobuf import Struct, Timestamp, Value

INNER_FIELDS = 3
"""Fields that are set in messages inside of others; their types have vectors of their own."""

TEXTS = ("text", "Grüße, 世界 😀", '<"\\/\u2028>', "a b\n\tc\x7f")
SIGNED = (-1, 1, -42, 0x7FFF)
SAMPLES: dict[str, tuple[Any, ...]] = {
    "string": TEXTS,
    "bytes": (b"\x00\xff\xfe\x80", b"bytes", b"\xfb\xef\xbe?"),
    "bool": (True,),
    "double": (1.5, -0.1, 1e300, 5e-324, 123456789.123),
    "float": (0.25, -1.5, 16777216.0, 3.4028234663852886e38),
    **dict.fromkeys(
        ("int32", "sint32", "sfixed32"), (*SIGNED, 2**31 - 1, -(2**31), 100)
    ),
    **dict.fromkeys(
        ("int64", "sint64", "sfixed64"), (*SIGNED, 2**63 - 1, -(2**63), 2**53 + 1)
    ),
    **dict.fromkeys(("uint32", "fixed32"), (1, 300, 2**32 - 1)),
    **dict.fromkeys(("uint64", "fixed64"), (1, 2**64 - 1, 2**53 + 1)),
}
SPECIAL: dict[str, Any] = {
    "google.protobuf.Timestamp": lambda: Timestamp(
        seconds=1767225600, nanos=120_000_000
    ),
    "google.protobuf.Duration": lambda: ProtoDuration(seconds=-3, nanos=-500_000_000),
    "google.protobuf.Value": lambda: Value.from_dict([None, True, 1.5, "é", {"a": []}]),
    "google.protobuf.ListValue": lambda: Value.from_dict([1, "two"]).list_value,
    "google.protobuf.Struct": lambda: Struct.from_dict({"a": [None, {"b": -1.5}]}),
    "google.protobuf.Any": lambda: AnyMessage.pack(Timestamp(seconds=1)),
}


def populated(cls: type[Message]) -> Message:
    """A message with every field set, of a oneof the first."""
    return _filled(cls, len(fields_of(cls)), 0)


def of_oneofs(cls: type[Message]) -> Iterator[Message]:
    """For each further field of a oneof, a message that has only that one."""
    seen: set[str] = set()
    for field in fields_of(cls):
        if field.oneof is not None and field.oneof in seen:
            message = cls.from_bytes(b"")
            _set(message, field, 0)
            yield message
        seen.add(field.oneof or "")


def _filled(cls: type[Message], count: int, level: int) -> Message:
    if special := SPECIAL.get(cls.__proto_name__):
        made: Message = special()
        return made
    message = cls.from_bytes(b"")
    chosen: set[str] = set()
    for field in fields_of(cls)[:count]:
        if field.oneof is None or field.oneof not in chosen:
            chosen.add(field.oneof or "")
            _set(message, field, level)
    return message


def _set(message: Message, field: Field, level: int) -> None:
    value = _value(field, level)
    if value is not None:
        setattr(message, field.name, value)


def _value(field: Field, level: int) -> Any:
    """A value; None for a message that is too deep inside."""
    if field.presence == "map":
        return _map(field, level)
    first = _single(field, level, 0)
    if field.presence != "repeated":
        return first
    if field.kind == "message":
        return [] if first is None else [first]
    return [first, _single(field, level, 1)]


def _map(field: Field, level: int) -> dict[Any, Any]:
    assert field.key is not None
    assert field.value is not None
    count = 1 if field.value.kind == "message" else 2
    pairs = [
        (_single(field.key, level, at), _single(field.value, level, at))
        for at in range(count)
    ]
    return {key: value for key, value in pairs if value is not None}


def _single(field: Field, level: int, at: int) -> Any:
    """A value that depends on the name of its field."""
    turn = crc32(f"{field.proto_name} {field.number}".encode()) + at
    if field.kind in ("message", "group"):
        return None if level > 1 else _filled(field.type, INNER_FIELDS, level + 1)
    if field.kind == "enum":
        members = [each for each in field.type if each] or list(field.type)
        return members[turn % len(members)]
    samples = SAMPLES[field.kind]
    return samples[turn % len(samples)]
