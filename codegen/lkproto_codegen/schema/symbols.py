"""What the names and numbers of a compiled schema mean, and how to refer to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from google.protobuf.descriptor_pb2 import (
    DESCRIPTOR,
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)

from .elements import Element, elements, joined

_TYPES = frozenset({"message", "enum"})
_SCOPES = frozenset({"message", "enum", "package", "service"})


@dataclass(frozen=True, slots=True)
class Member:
    """A field or, then with its full name, an extension of a message."""

    field: FieldDescriptorProto
    extension: str | None = None


class Symbols:
    """All symbols of a set of files, which includes their imports."""

    def __init__(self, files: Iterable[FileDescriptorProto]) -> None:
        self._kinds: dict[str, str] = {}
        self._members: dict[tuple[str, int], Member] = {}
        self._values: dict[tuple[str, int], str] = {}
        # Options are read with the types of descriptor.proto, imported or not.
        own = FileDescriptorProto.FromString(DESCRIPTOR.serialized_pb)
        for file in ({own.name: own} | {each.name: each for each in files}).values():
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
            self._members[key] = Member(proto, name)
        elif element.kind == "message":
            self._add_fields(name, proto)
        self._kinds.setdefault(name, element.kind)

    def _add_fields(self, name: str, message: DescriptorProto) -> None:
        for field in message.field:
            self._members[name, field.number] = Member(field)
        for nested in message.nested_type:
            if nested.options.map_entry:
                self._add_fields(joined(name, nested.name), nested)

    def member(self, message: str, number: int) -> Member | None:
        """The field or extension of a message that has a number."""
        return self._members.get((message, number))

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
