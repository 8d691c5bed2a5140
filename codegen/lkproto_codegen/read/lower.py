"""Descriptors to the intermediate representation.

`features` gives what protobuf derives from descriptors (presence, packing and closedness under
editions).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from google.protobuf import descriptor_pb2 as pb

from .. import ir
from ..diagnostics import Diagnostic, GenerationError
from ..ir import Location
from . import comments, features
from .comments import Path, Source
from .roles import Roles

_KINDS: dict[int, ir.Kind] = {
    1: "double",
    2: "float",
    3: "int64",
    4: "uint64",
    5: "int32",
    6: "fixed64",
    7: "fixed32",
    8: "bool",
    9: "string",
    10: "group",
    11: "message",
    12: "bytes",
    13: "uint32",
    14: "enum",
    15: "sfixed32",
    16: "sfixed64",
    17: "sint32",
    18: "sint64",
}
_NEWEST = pb.Edition.EDITION_2024
_UNKNOWN = pb.MethodOptions.IDEMPOTENCY_UNKNOWN


def lower(
    files: pb.FileDescriptorSet,
    requested: Collection[str],
    roles: Mapping[str, str | tuple[str, ...]],
) -> ir.Schema:
    """Turn a descriptor set, in dependency order and with source info, into a Schema.

    `requested` are the files named by the user; the rest are their imports. `roles` maps role
    names to options. Raises GenerationError.
    """
    newer = [file for file in files.file if file.edition > _NEWEST]
    if newer:
        raise GenerationError(map(_too_new, newer))
    known = {file.name for file in files.file}
    if missing := [
        _missing(file, each)
        for file in files.file
        for each in file.dependency
        if each not in known
    ]:
        raise GenerationError(missing)
    reader = Roles(files.file, roles)
    enums = dict(_enums(files.file))
    return ir.Schema(
        tuple(
            _File(file, enums, reader).lower(_stripped(file), file.name in requested)
            for file in files.file
        )
    )


def _enums(
    files: Iterable[pb.FileDescriptorProto],
) -> Iterator[tuple[str, pb.EnumDescriptorProto]]:
    """Every enum by its full name."""
    holders: list[tuple[str, pb.FileDescriptorProto | pb.DescriptorProto]]
    holders = [(f"{file.package}." if file.package else "", file) for file in files]
    for prefix, holder in holders:
        yield from ((prefix + each.name, each) for each in holder.enum_type)
        inner = (
            holder.message_type
            if isinstance(holder, pb.FileDescriptorProto)
            else holder.nested_type
        )
        holders += [(f"{prefix}{each.name}.", each) for each in inner]


def _stripped(file: pb.FileDescriptorProto) -> bytes:
    copy = pb.FileDescriptorProto()
    copy.CopyFrom(file)
    copy.ClearField("source_code_info")
    serialized: bytes = copy.SerializeToString()
    return serialized


class _File:
    """Lowers one file."""

    def __init__(
        self,
        file: pb.FileDescriptorProto,
        enums: Mapping[str, pb.EnumDescriptorProto],
        roles: Roles,
    ) -> None:
        self.file = file
        self.enums = enums
        self.roles = roles
        self.source = Source(file)

    def lower(self, descriptor: bytes, requested: bool) -> ir.File:
        file = self.file
        prefix = f"{file.package}." if file.package else ""
        own = features.file_features(file)
        return ir.File(
            path=file.name,
            package=file.package,
            edition=_edition(file),
            imports=tuple(file.dependency),
            public_imports=tuple(
                file.dependency[index] for index in file.public_dependency
            ),
            messages=tuple(
                self._message(each, prefix, own, (comments.FILE_MESSAGE, index))
                for index, each in enumerate(file.message_type)
            ),
            enums=tuple(
                self._enum(each, prefix, own, (comments.FILE_ENUM, index))
                for index, each in enumerate(file.enum_type)
            ),
            services=tuple(
                self._service(each, prefix, (comments.FILE_SERVICE, index))
                for index, each in enumerate(file.service)
            ),
            extensions=tuple(
                self._extension(each, prefix, own, (comments.FILE_EXTENSION, index))
                for index, each in enumerate(file.extension)
            ),
            doc=self.source.file_doc(),
            notices=self.source.notices(),
            deprecated=file.options.deprecated,
            descriptor=descriptor,
            requested=requested,
        )

    def _message(
        self,
        message: pb.DescriptorProto,
        prefix: str,
        parent: pb.FeatureSet,
        path: Path,
    ) -> ir.Message:
        full_name = prefix + message.name
        own = features.features_of(parent, message.options)
        in_oneofs = [
            features.features_of(own, each.options) for each in message.oneof_decl
        ]
        entries = {
            f"{full_name}.{each.name}": each
            for each in message.nested_type
            if each.options.map_entry
        }
        inner = full_name + "."
        return ir.Message(
            name=message.name,
            full_name=full_name,
            fields=tuple(
                self._field(
                    each,
                    inner + each.name,
                    (
                        in_oneofs[each.oneof_index]
                        if each.HasField("oneof_index")
                        else own
                    ),
                    (*path, comments.MESSAGE_FIELD, index),
                    entries,
                    message.oneof_decl,
                )
                for index, each in enumerate(message.field)
            ),
            oneofs=self._oneofs(message, path),
            messages=tuple(
                self._message(
                    each, inner, own, (*path, comments.MESSAGE_MESSAGE, index)
                )
                for index, each in enumerate(message.nested_type)
                if not each.options.map_entry
            ),
            enums=tuple(
                self._enum(each, inner, own, (*path, comments.MESSAGE_ENUM, index))
                for index, each in enumerate(message.enum_type)
            ),
            extensions=tuple(
                self._extension(
                    each, inner, own, (*path, comments.MESSAGE_EXTENSION, index)
                )
                for index, each in enumerate(message.extension)
            ),
            extension_ranges=tuple(
                (each.start, each.end) for each in message.extension_range
            ),
            message_set=message.options.message_set_wire_format,
            deprecated=message.options.deprecated,
            doc=self.source.doc(path),
            location=self.source.location(path),
        )

    def _oneofs(self, message: pb.DescriptorProto, path: Path) -> tuple[ir.Oneof, ...]:
        members: dict[int, list[str]] = {}
        for field in message.field:
            if field.HasField("oneof_index") and not field.proto3_optional:
                members.setdefault(field.oneof_index, []).append(field.name)
        return tuple(
            ir.Oneof(
                name=message.oneof_decl[index].name,
                fields=tuple(names),
                doc=self.source.doc((*path, comments.MESSAGE_ONEOF, index)),
                location=self.source.location((*path, comments.MESSAGE_ONEOF, index)),
            )
            for index, names in sorted(members.items())
        )

    def _extension(
        self,
        field: pb.FieldDescriptorProto,
        prefix: str,
        parent: pb.FeatureSet,
        path: Path,
    ) -> ir.Field:
        return self._field(field, prefix + field.name, parent, path, {})

    def _field(
        self,
        field: pb.FieldDescriptorProto,
        full_name: str,
        parent: pb.FeatureSet,
        path: Path,
        entries: Mapping[str, pb.DescriptorProto],
        oneofs: Sequence[pb.OneofDescriptorProto] = (),
    ) -> ir.Field:
        own = features.features_of(parent, field.options)
        json_name = comments.readable(field.json_name)
        in_oneof = field.HasField("oneof_index") and not field.proto3_optional
        type_name = field.type_name.removeprefix(".")
        entry = entries.get(type_name)
        return ir.Field(
            name=field.name,
            number=field.number,
            json_name=json_name,
            json_name_is_default=json_name == default_json_name(field.name),
            kind=_KINDS[features.type_of(field, own, entry is not None)],
            presence="map" if entry else features.presence(field, own),
            type_name=None if entry or not type_name else type_name,
            packed=features.is_packed(field, own),
            utf8=features.checks_utf8(own),
            oneof=oneofs[field.oneof_index].name if in_oneof else None,
            default=features.default_of(field, self.enums),
            map=_map_entry(entry) if entry else None,
            deprecated=field.options.deprecated,
            doc=self.source.doc(path),
            location=self.source.location(path),
            roles=self.roles.of(field.options.SerializeToString(), full_name),
            extendee=field.extendee.removeprefix(".") or None,
            full_name=full_name,
        )

    def _enum(
        self,
        enum: pb.EnumDescriptorProto,
        prefix: str,
        parent: pb.FeatureSet,
        path: Path,
    ) -> ir.Enum:
        full_name = prefix + enum.name
        return ir.Enum(
            name=enum.name,
            full_name=full_name,
            values=tuple(
                ir.EnumValue(
                    name=value.name,
                    number=value.number,
                    deprecated=value.options.deprecated,
                    doc=self.source.doc((*path, comments.ENUM_VALUE, index)),
                    location=self.source.location((*path, comments.ENUM_VALUE, index)),
                )
                for index, value in enumerate(enum.value)
            ),
            closed=features.is_closed(enum, parent),
            deprecated=enum.options.deprecated,
            doc=self.source.doc(path),
            location=self.source.location(path),
        )

    def _service(
        self, service: pb.ServiceDescriptorProto, prefix: str, path: Path
    ) -> ir.Service:
        return ir.Service(
            name=service.name,
            full_name=prefix + service.name,
            methods=tuple(
                self._method(each, (*path, comments.SERVICE_METHOD, index))
                for index, each in enumerate(service.method)
            ),
            deprecated=service.options.deprecated,
            doc=self.source.doc(path),
            location=self.source.location(path),
        )

    def _method(self, method: pb.MethodDescriptorProto, path: Path) -> ir.Method:
        return ir.Method(
            name=method.name,
            input=method.input_type.removeprefix("."),
            output=method.output_type.removeprefix("."),
            client_streaming=method.client_streaming,
            server_streaming=method.server_streaming,
            deprecated=method.options.deprecated,
            idempotent=method.options.idempotency_level != _UNKNOWN,
            doc=self.source.doc(path),
            location=self.source.location(path),
        )


def _edition(file: pb.FileDescriptorProto) -> str:
    return _name(file) if file.syntax == "editions" else file.syntax or "proto2"


def _name(file: pb.FileDescriptorProto) -> str:
    return pb.Edition.Name(file.edition).removeprefix("EDITION_")


def _missing(file: pb.FileDescriptorProto, imported: str) -> Diagnostic:
    return Diagnostic(
        f"{imported!r} is imported, but was not given to the generator",
        Location(file.name, 1, 1),
        "a compiler sends every file that is imported; report this to the caller's authors",
    )


def _too_new(file: pb.FileDescriptorProto) -> Diagnostic:
    return Diagnostic(
        f"edition {_name(file)} is not supported",
        Source(file).location((comments.FILE_SYNTAX,)),
        'write the file in edition = "2024", or syntax = "proto3"',
    )


def _map_entry(entry: pb.DescriptorProto) -> ir.MapEntry:
    key, value = entry.field
    return ir.MapEntry(
        key=_KINDS[key.type],  # type: ignore[arg-type]  # protoc allows scalar keys only
        value=_KINDS[value.type],
        value_type=value.type_name.removeprefix(".") or None,
    )


def default_json_name(name: str) -> str:
    """The json_name protoc derives: no underscores, and the letter after each in upper case."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)
