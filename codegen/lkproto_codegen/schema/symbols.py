"""What the names and numbers of a compiled schema mean, and how to refer to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from google.protobuf.descriptor_pb2 import (
    DESCRIPTOR,
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)

from .elements import Element, elements, joined
from .records import Record, fits

_TYPES = frozenset({"message", "enum"})
_SCOPES = frozenset({"message", "enum", "package", "service"})


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A field or, then with its full name and file, an extension of a message."""

    field: FieldDescriptorProto
    extension: str | None = None
    file: str = ""


class Symbols:
    """All symbols of a set of files, which includes their imports."""

    def __init__(self, files: Iterable[FileDescriptorProto]) -> None:
        self._kinds: dict[str, str] = {}
        # Of the extensions of a message, several may have the same number.
        self._members: dict[tuple[str, int], list[Member]] = defaultdict(list)
        self._values: dict[tuple[str, int], str] = {}
        self._entries: set[str] = set()
        self._message_sets: set[str] = set()
        # Options are read with the types of descriptor.proto, imported or not.
        own = FileDescriptorProto.FromString(DESCRIPTOR.serialized_pb)
        self._files = {own.name: own} | {each.name: each for each in files}
        for file in self._files.values():
            for package in _scopes(file.package):
                self._kinds[package] = "package"
            for element in elements(file):
                self._add(element)

    def _add(self, element: Element) -> None:
        name, proto = element.name, element.proto
        if element.kind == "value":
            self._values.setdefault((element.parent, proto.number), proto.name)
            # In protobuf an enum's values are in the scope that the enum is in.
            name = joined(element.parent.rpartition(".")[0], proto.name)
        elif element.kind == "extension":
            key = (proto.extendee.removeprefix("."), proto.number)
            self._members[key].append(Member(proto, name, element.file))
        elif element.kind == "message":
            self._add_fields(name, proto)
        self._kinds.setdefault(name, element.kind)

    def _add_fields(self, name: str, message: DescriptorProto) -> None:
        for field in message.field:
            self._members[name, field.number] = [Member(field)]
        if message.options.message_set_wire_format:
            self._message_sets.add(name)
        for nested in message.nested_type:
            if nested.options.map_entry:
                self._entries.add(joined(name, nested.name))
                self._add_fields(joined(name, nested.name), nested)

    def seen_from(self, file: FileDescriptorProto) -> Collection[str]:
        """The files whose names a file can use: itself and its imports."""
        seen = {file.name}
        pending = [*file.dependency, *file.option_dependency]
        while pending:
            name = pending.pop()
            if name not in seen and name in self._files:
                seen.add(name)
                imported = self._files[name]
                pending += [imported.dependency[n] for n in imported.public_dependency]
        return seen

    def member(
        self, message: str, record: Record, files: Collection[str] = ()
    ) -> Member | None:
        """The field or extension of a message that a record is of.

        Of extensions with the same number, those of `files` come first.
        """
        found = self._members.get((message, record.number), [])
        if len(found) > 1:
            seen = [each for each in found if each.file in files] or found
            fitting = (each for each in seen if fits(each.field, record))
            return next(fitting, seen[0])
        return found[0] if found else None

    def is_message_set(self, message: str) -> bool:
        """Whether a message has the wire format of message sets."""
        return message in self._message_sets

    def is_map_entry(self, message: str) -> bool:
        """Whether a message is an entry of a map, made by the compiler."""
        return message in self._entries

    def value_name(self, enum: str, number: int) -> str:
        """The first name of an enum's value; an undeclared one is its number."""
        return self._values.get((enum, number), str(number))

    def reference(self, name: str, scope: str, *, types: bool = True) -> str:
        """The shortest spelling of a full name that means it within a scope.

        With `types`, names of other things do not hide those of messages and enums, as in a
        field's type.
        """
        for outer in (*_scopes(scope), ""):
            start = f"{outer}." if outer else ""
            short = name.removeprefix(start)
            if name.startswith(start) and self._find(short, scope, types) == name:
                return short
        return f".{name}"

    def _find(self, spelling: str, scope: str, types: bool) -> str | None:
        """What a spelling means: its first part is looked for from the inside out."""
        first, _, rest = spelling.partition(".")
        for outer in (*_scopes(scope), ""):
            found = joined(outer, first)
            kind = self._kinds.get(found)
            if rest and kind in _SCOPES:
                return joined(found, rest)
            if not rest and kind and (kind in _TYPES or not types):
                return found
        return None


def _scopes(name: str) -> Iterator[str]:
    """A full name and those it is in, from the inside out."""
    while name:
        yield name
        name = name.rpartition(".")[0]
