"""Options in one form, however they were written: merged, sorted by number, an entry a key.

The compiler does the same, but not where it retains options that are kept in source only. Done
with what the schema declares, not in a descriptor pool, which judges schemas by rules of its own
and refuses some of what protoc accepts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from google.protobuf.descriptor_pb2 import (
    FieldDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
)
from google.protobuf.message import Message

from .records import (
    MESSAGES,
    Record,
    parts_of,
    records_of,
    scalars_of,
    with_parts,
    written,
)
from .symbols import Member, Symbols


def canonical(compiled: FileDescriptorSet) -> FileDescriptorSet:
    """A copy of a set, with its options in canonical form."""
    result = FileDescriptorSet()
    result.CopyFrom(compiled)
    symbols = Symbols(result.file)
    for file in result.file:
        form = _Canonical(symbols, file)
        for options in _all_options(file):
            options.ParseFromString(form.of(options))
    return result


class _Canonical:
    """The form of the options in a file."""

    def __init__(self, symbols: Symbols, file: FileDescriptorProto) -> None:
        self._symbols = symbols
        self._files = symbols.seen_from(file)

    def of(self, options: Message) -> bytes:
        """Options in canonical form."""
        records = records_of(options.SerializeToString())
        return written(self._merged(records, options.DESCRIPTOR.full_name))

    def _merged(self, records: Sequence[Record], kind: str) -> list[Record]:
        """The records of a message of a type, as few as mean the same."""
        found: list[Record] = []
        for member, group in groupby(records, lambda each: self._member(kind, each)):
            same = list(group)
            found += self._of_field(member.field, same) if member else same
        return found

    def _member(self, kind: str, record: Record) -> Member | None:
        return self._symbols.member(kind, record, self._files)

    def _of_field(
        self, field: FieldDescriptorProto, records: list[Record]
    ) -> list[Record]:
        repeated = field.label == FieldDescriptorProto.LABEL_REPEATED
        if field.type not in MESSAGES:
            values = [value for each in records for value in scalars_of(field, each)]
            return values if repeated else values[-1:]
        kind = field.type_name.removeprefix(".")
        if not repeated:
            parts = [part for each in records for part in parts_of(each)]
            return [self._message(records[0], parts, kind)]
        found = [self._message(each, parts_of(each), kind) for each in records]
        return _entries(found) if self._symbols.is_map_entry(kind) else found

    def _message(self, record: Record, parts: list[Record], kind: str) -> Record:
        parts.sort(key=lambda part: part.number)
        return with_parts(record, self._merged(parts, kind))


def _all_options(part: Message) -> Iterator[Message]:
    """The options that are set in a descriptor and in what it declares."""
    for field, value in part.ListFields():
        if field.message_type is None or field.name == "source_code_info":
            continue
        if field.name == "options":
            yield value
            continue
        for each in value if field.is_repeated else (value,):
            yield from _all_options(each)


def _entries(records: list[Record]) -> list[Record]:
    """The entries of a map by key; of those with the same key, the last."""
    found: dict[Any, Record] = {}
    for record in records:
        key = next((part.data for part in parts_of(record) if part.number == 1), 0)
        found[key or 0] = record
    return [found[key] for key in sorted(found, key=lambda key: (key != 0, key))]
