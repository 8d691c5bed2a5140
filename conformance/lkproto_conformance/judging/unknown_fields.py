"""Unknown fields in one order, for their numbers may come in any."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lkproto import Message, clear_unknown, fields_of, unknown_bytes

_GROUP, _END = 3, 4


def in_order(message: Message) -> list[Any]:
    """The unknown fields of a message, by path and number. They are cleared in the message.

    Fields of one number keep their order.
    """
    found = [
        (path, sorted(_records(data), key=lambda record: record[0]))
        for path, data in _inside("$", message)
        if data
    ]
    clear_unknown(message)
    return found


def _inside(path: str, message: Message) -> Iterator[tuple[str, bytes]]:
    """The unknown fields of a message and of all messages inside."""
    yield path, unknown_bytes(message)
    for field in fields_of(message):
        value: Any = getattr(message, field.name)
        where = f"{path}.{field.proto_name}"
        if isinstance(value, Message):
            yield from _inside(where, value)
        elif field.presence == "repeated" and field.kind == "message":
            for index, each in enumerate(value):
                yield from _inside(f"{where}[{index}]", each)
        elif field.presence == "map" and field.value and field.value.kind == "message":
            for key in sorted(value):
                yield from _inside(f"{where}[{key!r}]", value[key])


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The number and bytes of each field; the data has been decoded before."""
    at = begin = 0
    groups: list[int] = []
    while at < len(data):
        tag, at = _varint(data, at)
        number, wire_type = tag >> 3, tag & 7
        if wire_type == _GROUP:
            groups.append(number)
        elif wire_type == _END:
            groups.pop()
        else:
            at = _after(data, at, wire_type)
        if not groups:
            yield number, data[begin:at]
            begin = at


def _after(data: bytes, at: int, wire_type: int) -> int:
    if wire_type == 0:
        return _varint(data, at)[1]
    if wire_type == 2:
        length, at = _varint(data, at)
        return at + length
    return at + (8 if wire_type == 1 else 4)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[at]
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return number, at
