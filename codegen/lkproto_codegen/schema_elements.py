"""The named parts of a schema, in declaration order: what comments and comparisons go by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    ServiceDescriptorProto,
)

from .comments import (
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

    Left out is what the compiler makes up: map entries and oneofs of proto3's optional fields.
    """

    def many(
        kind: str, scope: str, path: Path, protos: Iterable[Any]
    ) -> Iterator[Element]:
        for index, proto in enumerate(protos):
            name = joined(scope, proto.name)
            yield Element(kind, name, file.name, (*path, index), proto)

    def message(found: Element) -> Iterator[Element]:
        proto: DescriptorProto = found.proto
        if proto.options.map_entry:
            return
        yield found
        name, path = found.name, found.path
        yield from many("field", name, (*path, MESSAGE_FIELD), proto.field)
        for oneof in many("oneof", name, (*path, MESSAGE_ONEOF), proto.oneof_decl):
            if not is_synthetic(proto.field, oneof.path[-1]):
                yield oneof
        for each in many("message", name, (*path, MESSAGE_MESSAGE), proto.nested_type):
            yield from message(each)
        for each in many("enum", name, (*path, MESSAGE_ENUM), proto.enum_type):
            yield from enum(each)
        yield from many("extension", name, (*path, MESSAGE_EXTENSION), proto.extension)

    def enum(found: Element) -> Iterator[Element]:
        proto: EnumDescriptorProto = found.proto
        yield found
        yield from many("value", found.name, (*found.path, ENUM_VALUE), proto.value)

    def service(found: Element) -> Iterator[Element]:
        proto: ServiceDescriptorProto = found.proto
        yield found
        yield from many(
            "method", found.name, (*found.path, SERVICE_METHOD), proto.method
        )

    package = file.package
    for each in many("message", package, (FILE_MESSAGE,), file.message_type):
        yield from message(each)
    for each in many("enum", package, (FILE_ENUM,), file.enum_type):
        yield from enum(each)
    for each in many("service", package, (FILE_SERVICE,), file.service):
        yield from service(each)
    yield from many("extension", package, (FILE_EXTENSION,), file.extension)


def is_synthetic(fields: Iterable[FieldDescriptorProto], oneof: int) -> bool:
    """Whether a oneof stands for the presence of an optional field of proto3."""
    return any(
        field.proto3_optional
        for field in fields
        if field.HasField("oneof_index") and field.oneof_index == oneof
    )
