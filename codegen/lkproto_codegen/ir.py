"""The intermediate representation: a schema as frozen values, free of descriptor objects.

`read.lower` makes it, the modules of `plan` read it, `read.dump` prints it as JSON. Nothing here
knows Python identifiers, modules or templates. Order is declaration order throughout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ScalarKind = Literal[
    "double",
    "float",
    "int32",
    "int64",
    "uint32",
    "uint64",
    "sint32",
    "sint64",
    "fixed32",
    "fixed64",
    "sfixed32",
    "sfixed64",
    "bool",
    "string",
    "bytes",
]
Kind = Literal[ScalarKind, "message", "group", "enum"]
# Whether a field knows that it is set: not with `implicit` presence (proto3 scalars); with
# `explicit` (proto3 and proto2 optional, sub-messages, oneof members) and proto2's `required`.
Presence = Literal["implicit", "explicit", "required", "repeated", "map"]
# How a service is called; of others than `twirp` there are no stubs.
Transport = Literal["twirp", "grpc", "psrpc", "connect", "in-room", "other"]
# A role's value: what an option says, in plain JSON (an enum option gives its value's name, a
# message option its set fields, a repeated one all of them).
RoleValue = (
    str | int | float | bool | Mapping[str, "RoleValue"] | tuple["RoleValue", ...]
)


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a .proto file; line and column count from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class MapEntry:
    """Key and value of a map field."""

    key: ScalarKind
    value: Kind
    value_type: str | None  # full proto name of a message or enum value


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a message, or an extension (then `extendee` is set)."""

    name: str
    number: int
    json_name: str
    json_name_is_default: bool
    kind: Kind
    presence: Presence
    type_name: (
        str | None
    )  # full proto name, without leading dot, of a message, group or enum
    packed: bool
    utf8: bool  # strings, also of maps: must be valid UTF-8
    oneof: str | None  # real oneofs only; a proto3 optional has None
    # The declared default as a value of the field's type, that of an enum as its number. None
    # where none is declared.
    default: bool | int | float | str | bytes | None
    map: MapEntry | None
    deprecated: bool
    doc: str
    location: Location
    roles: tuple[tuple[str, RoleValue], ...] = ()
    extendee: str | None = None
    full_name: str = ""


@dataclass(frozen=True, slots=True)
class Oneof:
    """A real oneof: its members by field name."""

    name: str
    fields: tuple[str, ...]
    doc: str
    location: Location


@dataclass(frozen=True, slots=True)
class EnumValue:
    """A named number of an enum."""

    name: str
    number: int
    deprecated: bool
    doc: str
    location: Location


@dataclass(frozen=True, slots=True)
class Enum:
    """An enum; `closed` is proto2's kind, whose unknown numbers count as unknown fields."""

    name: str
    full_name: str
    values: tuple[EnumValue, ...]
    closed: bool
    deprecated: bool
    doc: str
    location: Location


@dataclass(frozen=True, slots=True)
class Message:
    """A message; map entries are not listed among `messages`."""

    name: str
    full_name: str
    fields: tuple[Field, ...]
    oneofs: tuple[Oneof, ...]
    messages: tuple[Message, ...]
    enums: tuple[Enum, ...]
    extensions: tuple[Field, ...]
    # Half-open ranges of field numbers [start, end) others may extend with.
    extension_ranges: tuple[tuple[int, int], ...]
    message_set: bool
    deprecated: bool
    doc: str
    location: Location


@dataclass(frozen=True, slots=True)
class Method:
    """One RPC; input and output are full proto names.

    `idempotent` is what its option says, or the services file, which alone has `grant` (what a
    caller needs) and `source` (how that is known).
    """

    name: str
    input: str
    output: str
    client_streaming: bool
    server_streaming: bool
    deprecated: bool
    idempotent: bool
    doc: str
    location: Location
    roles: tuple[tuple[str, RoleValue], ...] = ()
    grant: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """A service and its RPCs."""

    name: str
    full_name: str
    methods: tuple[Method, ...]
    deprecated: bool
    doc: str
    location: Location
    transport: Transport = "other"

    @property
    def streaming(self) -> tuple[Method, ...]:
        """The methods that take or give a stream."""
        return tuple(
            each
            for each in self.methods
            if each.client_streaming or each.server_streaming
        )


@dataclass(frozen=True, slots=True)
class File:
    """One .proto file."""

    path: str  # as imported, with forward slashes
    package: str
    edition: str  # "proto2", "proto3" or "2023"
    imports: tuple[str, ...]  # direct imports, in order
    public_imports: tuple[str, ...]
    messages: tuple[Message, ...]
    enums: tuple[Enum, ...]
    services: tuple[Service, ...]
    extensions: tuple[Field, ...]
    doc: str
    notices: tuple[str, ...]  # comments at its head about copyright and licence
    deprecated: bool
    descriptor: bytes  # the serialized FileDescriptorProto, source info stripped
    requested: bool  # named by the user; False for what was only imported


@dataclass(frozen=True, slots=True)
class Schema:
    """All files of a request, imports included, each after the files it imports."""

    files: tuple[File, ...] = field(default_factory=tuple)


def messages_of(schema: Schema) -> list[Message]:
    """All messages of a schema, those inside others last."""
    found = [each for file in schema.files for each in file.messages]
    for message in found:
        found += message.messages
    return found
