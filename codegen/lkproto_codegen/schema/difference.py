"""How two versions of a schema differ: what is new, gone and changed, by full name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from google.protobuf.descriptor_pb2 import (
    FieldDescriptorProto,
    FileDescriptorProto,
)
from google.protobuf.message import Message

from ..read.comments import readable
from .elements import Element, elements, is_synthetic
from .layout import enum_range_text, range_text
from .option_texts import OptionTexts
from .symbols import Symbols

F = FieldDescriptorProto


@dataclass(frozen=True, slots=True)
class Change:
    """An element or file that is new, gone or changed; `details` say what about it changed."""

    kind: str
    name: str
    file: str
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f" ({self.file})" if self.file != self.name else ""
        what = f": {'; '.join(self.details)}" if self.details else ""
        return f"{self.kind} {self.name}{where}{what}"


@dataclass(frozen=True, slots=True)
class Difference:
    """All changes from one version to another, in the order of declarations."""

    added: tuple[Change, ...]
    removed: tuple[Change, ...]
    changed: tuple[Change, ...]


class Version:
    """The elements of some files of a compiled set, which also holds their imports."""

    def __init__(self, every: Sequence[FileDescriptorProto], own: set[str]) -> None:
        self.files = {file.name: file for file in every if file.name in own}
        self.elements = {
            (each.kind, each.name): each
            for file in self.files.values()
            for each in elements(file)
        }
        symbols = Symbols(every)
        self._options = {
            name: OptionTexts(symbols, file) for name, file in self.files.items()
        }

    def facts(self) -> Iterator[tuple[Change, Mapping[str, str]]]:
        """Each file and element, with the facts about it that are compared."""
        for name, file in self.files.items():
            yield Change("file", name, name), self._file_facts(file)
        for (kind, name), element in self.elements.items():
            yield Change(kind, name, element.file), dict(self._facts(element))

    def _file_facts(self, file: FileDescriptorProto) -> dict[str, str]:
        return {
            "package": file.package,
            "syntax": file.syntax or "proto2",
            "imports": ", ".join([*file.dependency, *file.option_dependency]),
            "options": self._option_text(file, file.options, file.package),
        }

    def _facts(self, element: Element) -> Iterator[tuple[str, str]]:
        proto = element.proto
        yield "file", element.file
        if element.kind in ("message", "enum"):
            text = range_text if element.kind == "message" else enum_range_text
            less = 1 if element.kind == "message" else 0
            ranges = [
                text(each.start, each.end - less) for each in proto.reserved_range
            ]
            names = map(readable, proto.reserved_name)
            yield "reserved", ", ".join([*ranges, *names])
        if element.kind == "message":
            ranges = [range_text(e.start, e.end - 1) for e in proto.extension_range]
            yield "extensions", ", ".join(ranges)
        if element.kind in ("field", "extension"):
            yield from self._field_facts(element)
        if element.kind == "value":
            yield "number", str(proto.number)
        if element.kind == "method":
            yield "request", _streamed(proto.client_streaming, proto.input_type)
            yield "response", _streamed(proto.server_streaming, proto.output_type)
        yield "options", self._option_text(
            self.files[element.file], proto.options, element.name
        )

    def _field_facts(self, element: Element) -> Iterator[tuple[str, str]]:
        proto: FieldDescriptorProto = element.proto
        yield "number", str(proto.number)
        yield "type", type_text(proto)
        yield "label", label_text(proto)
        yield "oneof", self.oneof(element)
        yield "default", readable(proto.default_value)
        yield "json_name", readable(proto.json_name)
        yield "extends", proto.extendee.removeprefix(".")

    def oneof(self, field: Element) -> str:
        """The name of the oneof a field is in; empty if it is in none."""
        proto: FieldDescriptorProto = field.proto
        message = self.elements.get(("message", field.parent))
        if message is None or not proto.HasField("oneof_index"):
            return ""
        if is_synthetic(message.proto.field, proto.oneof_index):
            return ""
        return str(message.proto.oneof_decl[proto.oneof_index].name)

    def _option_text(
        self, file: FileDescriptorProto, options: Message, scope: str
    ) -> str:
        found = self._options[file.name].assignments(options, scope)
        return ", ".join(" ".join(map(str.strip, each.lines())) for each in found)


def find_difference(old: Version, new: Version) -> Difference:
    """Compare two versions."""
    before, after = (
        {(c.kind, c.name): (c, f) for c, f in each.facts()} for each in (old, new)
    )
    changed = (
        Change(now.kind, now.name, now.file, _details(before[key][1], facts))
        for key, (now, facts) in after.items()
        if key in before
    )
    return Difference(
        added=tuple(after[key][0] for key in after if key not in before),
        removed=tuple(before[key][0] for key in before if key not in after),
        changed=tuple(change for change in changed if change.details),
    )


def _details(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(
        f"{fact} {old[fact] or 'none'} → {new[fact] or 'none'}"
        for fact in new
        if old[fact] != new[fact]
    )


def type_text(field: FieldDescriptorProto) -> str:
    """A field's type: a scalar's keyword, or the full name of a message or enum."""
    name = field.type_name.removeprefix(".")
    return name or F.Type.Name(field.type).removeprefix("TYPE_").lower()


def label_text(field: FieldDescriptorProto) -> str:
    """A field's label, and whether its presence is explicit."""
    label = F.Label.Name(field.label).removeprefix("LABEL_").lower()
    return "optional (explicit)" if field.proto3_optional else label


def _streamed(streaming: bool, type_name: str) -> str:
    return ("stream " if streaming else "") + type_name.removeprefix(".")
