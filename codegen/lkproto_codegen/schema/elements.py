"""The named parts of a schema, in declaration order, for comments and comparisons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)

from ..read.comments import (
    ENUM_VALUE,
    FILE_ENUM,
    FILE_EXTENSION,
    FILE_MESSAGE,
    FILE_SERVICE,
    MESSAGE_ENUM,
    MESSAGE_EXTENSION,
    MESSAGE_FIELD,
    MESSAGE_MESSAGE,
    MESSAGE_ONEOF,
    SERVICE_METHOD,
    Path,
)


@dataclass(frozen=True, slots=True)
class Element:
    """A named part: its kind, full name, file, place in the file and descriptor.

    An enum value is named below its enum (`pkg.Enum.VALUE`), so that names are unique.
    """

    kind: str
    name: str
    file: str
    path: Path
    proto: Any

    @property
    def parent(self) -> str:
        """The full name of what it is in."""
        return self.name.rpartition(".")[0]


def joined(scope: str, name: str) -> str:
    """A full name from a scope, which may be empty, and a name."""
    return f"{scope}.{name}" if scope else name


def elements(file: FileDescriptorProto) -> Iterator[Element]:
    """Messages, fields, oneofs, enums, values, services, methods and extensions of a file.

    What the compiler makes up is left out: map entries and oneofs of proto3's optional fields.
    """
    root = Element("file", file.package, file.name, (), file)
    for message in _inside(root, "message", FILE_MESSAGE, file.message_type):
        yield from _message(message)
    for enum in _inside(root, "enum", FILE_ENUM, file.enum_type):
        yield from _enum(enum)
    for service in _inside(root, "service", FILE_SERVICE, file.service):
        yield service
        yield from _inside(service, "method", SERVICE_METHOD, service.proto.method)
    yield from _inside(root, "extension", FILE_EXTENSION, file.extension)


def _message(found: Element) -> Iterator[Element]:
    proto: DescriptorProto = found.proto
    if proto.options.map_entry:
        return
    yield found
    yield from _inside(found, "field", MESSAGE_FIELD, proto.field)
    for oneof in _inside(found, "oneof", MESSAGE_ONEOF, proto.oneof_decl):
        if not is_synthetic(proto.field, oneof.path[-1]):
            yield oneof
    for message in _inside(found, "message", MESSAGE_MESSAGE, proto.nested_type):
        yield from _message(message)
    for enum in _inside(found, "enum", MESSAGE_ENUM, proto.enum_type):
        yield from _enum(enum)
    yield from _inside(found, "extension", MESSAGE_EXTENSION, proto.extension)


def _enum(found: Element) -> Iterator[Element]:
    yield found
    yield from _inside(found, "value", ENUM_VALUE, found.proto.value)


def _inside(
    holder: Element, kind: str, number: int, protos: Iterable[Any]
) -> Iterator[Element]:
    """What a field of the holder's descriptor declares."""
    for index, proto in enumerate(protos):
        name = joined(holder.name, proto.name)
        yield Element(kind, name, holder.file, (*holder.path, number, index), proto)


def is_synthetic(fields: Iterable[FieldDescriptorProto], oneof: int) -> bool:
    """Whether a oneof only marks the presence of an optional field of proto3."""
    return any(
        field.proto3_optional
        for field in fields
        if field.HasField("oneof_index") and field.oneof_index == oneof
    )
