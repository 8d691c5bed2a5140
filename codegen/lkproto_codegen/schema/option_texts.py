"""Options as .proto text.

Custom options are unknown fields to the types of descriptor.proto we have, so they are read from
the wire, with what the schema says about them.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.message import Message

from ..diagnostics import failure
from ..write.literal import hidden
from .records import MESSAGES, TEXTS, Record, items_of, parts_of, records_of, scalars_of
from .symbols import Member, Symbols

F = FieldDescriptorProto
_SIGNED = frozenset({F.TYPE_INT32, F.TYPE_INT64})
_ZIGZAG = frozenset({F.TYPE_SINT32, F.TYPE_SINT64})
_FIXED = {
    F.TYPE_FLOAT: ("<I", "<f"),
    F.TYPE_DOUBLE: ("<Q", "<d"),
    F.TYPE_SFIXED32: ("<I", "<i"),
    F.TYPE_SFIXED64: ("<Q", "<q"),
}


@dataclass(frozen=True, slots=True)
class Assignment:
    """An option: its field number, its name and its value, of several lines if it has parts."""

    number: int
    name: str
    value: tuple[str, ...]

    def lines(self, before: str = "", after: str = "") -> list[str]:
        """`name = value` with text around."""
        return _around(f"{before}{self.name} = ", self.value, after)


class OptionTexts:
    """The options of a file's elements, spelled within their scopes."""

    def __init__(self, symbols: Symbols, file: FileDescriptorProto) -> None:
        self._symbols = symbols
        self._files = symbols.seen_from(file)

    def assignments(self, options: Message, scope: str) -> list[Assignment]:
        """The options of an element in a scope, as they are set one by one.

        Raises GenerationError for an option whose type is unknown.
        """
        kind = options.DESCRIPTOR.full_name
        records = records_of(options.SerializeToString())
        return list(self._assignments(records, kind, scope, ""))

    def _assignments(
        self, records: list[Record], kind: str, scope: str, prefix: str
    ) -> Iterator[Assignment]:
        """Options, those of `features` one by one; other messages are set as a whole."""
        for record in records:
            member = self._member(kind, record)
            name = prefix + self._name(member, scope)
            single = member.field.label != F.LABEL_REPEATED
            parts = single and (member.extension is None or bool(prefix))
            if parts and member.field.type in MESSAGES:
                inner = member.field.type_name.removeprefix(".")
                for part in self._assignments(
                    parts_of(record), inner, scope, f"{name}."
                ):
                    yield Assignment(record.number, part.name, part.value)
            else:
                for value in self._values(member, record, scope):
                    yield Assignment(record.number, name, tuple(value))

    def _name(self, member: Member, scope: str) -> str:
        if member.extension is None:
            return member.field.name
        return f"({self._symbols.reference(member.extension, scope, types=False)})"

    def _member(self, kind: str, record: Record) -> Member:
        member = self._symbols.member(kind, record, self._files)
        if member is None:
            raise failure(
                f"option {record.number} of {kind} is set, but not declared",
                hint="import the file that declares it",
            )
        return member

    def _values(
        self, member: Member, record: Record, scope: str
    ) -> Iterator[list[str]]:
        """The values of a record: several if it is packed."""
        field = member.field
        if field.type in MESSAGES:
            inner = field.type_name.removeprefix(".")
            yield self._aggregate(parts_of(record), inner, scope)
        else:
            for each in scalars_of(field, record):
                yield [self._scalar(field, each.data)]

    def _aggregate(self, records: list[Record], kind: str, scope: str) -> list[str]:
        """A message in text format; scalars that repeat become a list."""
        lines: list[str] = []
        if self._symbols.is_message_set(kind):
            records = items_of(records)
        while records:
            record = records.pop(0)
            member = self._member(kind, record)
            values = list(self._values(member, record, scope))
            plain = member.field.type not in MESSAGES
            name = f"[{member.extension}]" if member.extension else member.field.name
            if plain and member.field.label == F.LABEL_REPEATED:
                while records and records[0].number == record.number:
                    values += self._values(member, records.pop(0), scope)
                values = [[f"[{', '.join(value[0] for value in values)}]"]]
            for value in values:
                lines += _around(f"  {name}: ", tuple(value), "", "  ")
        return ["{", *lines, "}"] if lines else ["{}"]

    def _scalar(self, field: FieldDescriptorProto, data: Any) -> str:
        if field.type == F.TYPE_ENUM:
            number = _signed(data)
            return self._symbols.value_name(field.type_name.removeprefix("."), number)
        if field.type in TEXTS:
            return quoted(data, text=field.type == F.TYPE_STRING)
        return _number(field, data)


def _number(field: FieldDescriptorProto, data: int) -> str:
    if formats := _FIXED.get(field.type):
        value = struct.unpack(formats[1], struct.pack(formats[0], data))[0]
        return _float(value, field.type) if isinstance(value, float) else str(value)
    if field.type == F.TYPE_BOOL:
        return "true" if data else "false"
    if field.type in _ZIGZAG:
        return str(data >> 1 ^ -(data & 1))
    return str(_signed(data) if field.type in _SIGNED else data)


def _signed(value: int) -> int:
    """A varint's 64 bits as a signed number."""
    return value - (1 << 64) if value >> 63 else value


def _float(value: float, kind: int) -> str:
    """The shortest spelling that is read as the same value."""
    if kind == F.TYPE_DOUBLE or not math.isfinite(value):
        return repr(value)
    spellings = (f"{value:.{digits}g}" for digits in range(1, 18))
    packed = struct.pack("<f", value)
    return next(each for each in spellings if _float_bytes(each) == packed)


def _float_bytes(spelling: str) -> bytes:
    try:
        return struct.pack("<f", float(spelling))
    except OverflowError:  # rounded up, beyond the largest
        return b""


def quoted(data: bytes, *, text: bool) -> str:
    """A string literal of .proto; what is not text is escaped byte by byte."""
    if not text:
        return '"' + "".join(map(_escaped, data)) + '"'
    chars = data.decode("utf-8", "surrogateescape")
    shown = [
        (
            "".join(map(_escaped, char.encode("utf-8", "surrogateescape")))
            if ord(char) < 0x80 or hidden(char)
            else char
        )
        for char in chars
    ]
    return '"' + "".join(shown) + '"'


_ESCAPES = {0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t", 0x22: '\\"', 0x5C: "\\\\"}


def _escaped(byte: int) -> str:
    if byte in _ESCAPES:
        return _ESCAPES[byte]
    return chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03o}"


def _around(
    before: str, value: tuple[str, ...], after: str, indent: str = ""
) -> list[str]:
    """Lines of a value with text before the first and after the last."""
    lines = [before + value[0], *(indent + line for line in value[1:])]
    lines[-1] += after
    return lines
