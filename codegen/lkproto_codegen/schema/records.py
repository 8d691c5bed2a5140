"""The records of serialized options, which the types of descriptor.proto we have know in part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor_pb2 import FieldDescriptorProto
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import DecodeError
from google.protobuf.unknown_fields import UnknownFieldSet

F = FieldDescriptorProto
MESSAGES = frozenset({F.TYPE_MESSAGE, F.TYPE_GROUP})
TEXTS = frozenset({F.TYPE_STRING, F.TYPE_BYTES})
_VARINT, _FIXED64, _BYTES, _GROUP, _GROUP_END, _FIXED32 = range(6)
_TYPE_ID, _CONTENT = 2, 3  # of an item of a message set
_WIDTHS = {_FIXED32: 4, _FIXED64: 8}
_WIRES = (
    dict.fromkeys((F.TYPE_FLOAT, F.TYPE_FIXED32, F.TYPE_SFIXED32), _FIXED32)
    | dict.fromkeys((F.TYPE_DOUBLE, F.TYPE_FIXED64, F.TYPE_SFIXED64), _FIXED64)
    | dict.fromkeys((F.TYPE_STRING, F.TYPE_BYTES, F.TYPE_MESSAGE), _BYTES)
    | {F.TYPE_GROUP: _GROUP}
)


@dataclass(frozen=True, slots=True)
class Record:
    """A field on the wire: an int, bytes, or the records of a group."""

    number: int
    wire: int
    data: Any


def records_of(data: bytes) -> list[Record]:
    """The records of a message, sorted by number: to Empty, all of them are unknown."""
    return _of_set(UnknownFieldSet(Empty.FromString(data)))


def _of_set(found: Any) -> list[Record]:
    records = [
        Record(
            each.field_number,
            each.wire_type,
            _of_set(each.data) if each.wire_type == _GROUP else each.data,
        )
        for each in found
    ]
    return sorted(records, key=lambda record: record.number)


def parts_of(record: Record) -> list[Record]:
    """The records in a message or group."""
    return records_of(record.data) if record.wire == _BYTES else list(record.data)


def items_of(records: Iterable[Record]) -> list[Record]:
    """The items of a message set, each as a record of its extension."""
    found: list[Record] = []
    for each in records:
        parts = {part.number: part.data for part in parts_of(each)}
        found.append(Record(parts[_TYPE_ID], _BYTES, parts.get(_CONTENT, b"")))
    return found


def with_parts(record: Record, parts: Iterable[Record]) -> Record:
    """The message or group of a record with other content."""
    if record.wire == _BYTES:
        return Record(record.number, _BYTES, written(parts))
    return Record(record.number, _GROUP, list(parts))


def scalars_of(field: FieldDescriptorProto, record: Record) -> Iterator[Record]:
    """The values of a record, a record each: several if it is packed."""
    wire = _WIRES.get(field.type, _VARINT)
    if record.wire == wire:
        yield record
        return
    width = _WIDTHS.get(wire)
    values = _fixed(record.data, width) if width else _varints(record.data)
    yield from (Record(record.number, wire, value) for value in values)


def fits(field: FieldDescriptorProto, record: Record) -> bool:
    """Whether a record can be one of a field."""
    wire = _WIRES.get(field.type, _VARINT)
    packed = record.wire == _BYTES and field.label == F.LABEL_REPEATED
    if record.wire != wire and not packed:
        return False
    if field.type == F.TYPE_BOOL and record.wire == _VARINT:
        return record.data in (0, 1)
    try:
        return field.type not in MESSAGES or bool(parts_of(record)) or not record.data
    except DecodeError:
        return False


def written(records: Iterable[Record]) -> bytes:
    """Records as bytes."""
    return b"".join(_record(each) for each in records)


def _record(record: Record) -> bytes:
    start, data = _varint(record.number << 3 | record.wire), record.data
    if record.wire == _VARINT:
        return start + _varint(data)
    if record.wire == _BYTES:
        return start + _varint(len(data)) + bytes(data)
    if record.wire == _GROUP:
        return start + written(data) + _varint(record.number << 3 | _GROUP_END)
    return start + int(data).to_bytes(_WIDTHS[record.wire], "little")


def _varint(value: int) -> bytes:
    shown = bytearray()
    while value >= 0x80:
        shown.append(value & 0x7F | 0x80)
        value >>= 7
    shown.append(value)
    return bytes(shown)


def _fixed(data: bytes, width: int) -> Iterator[int]:
    for start in range(0, len(data), width):
        yield int.from_bytes(data[start : start + width], "little")


def _varints(data: bytes) -> Iterator[int]:
    value = shift = 0
    for byte in data:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield value
            value = shift = 0
