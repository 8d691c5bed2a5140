"""The options that have roles, as descriptors: as little of a schema as it takes to read them.

The pool that makes the descriptors judges what it is given, and refuses some of what protoc
accepts. So it sees the options asked for and their types, and of those nothing it might mind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from google.protobuf import descriptor_pb2 as pb
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.descriptor_pool import DescriptorPool

_OPTIONS = "google.protobuf.FieldOptions"

Types = Mapping[str, pb.DescriptorProto | pb.EnumDescriptorProto]


class Declared:
    """Everything the files declare, by full name: types, and options of fields."""

    def __init__(self, files: Iterable[pb.FileDescriptorProto]) -> None:
        self.files = [file for file in files if file.name != pb.DESCRIPTOR.name]
        self.types: dict[str, pb.DescriptorProto | pb.EnumDescriptorProto] = {}
        self.options: dict[str, pb.FieldDescriptorProto] = {}
        for file in self.files:
            prefix = f"{file.package}." if file.package else ""
            self._read(prefix, file.message_type, file.enum_type, file.extension)

    def fields_beside(self, name: str) -> list[str]:
        """Full names of the fields of the message that a field's full name begins with."""
        message = name.rpartition(".")[0]
        found = self.types.get(message)
        fields = found.field if isinstance(found, pb.DescriptorProto) else ()
        return [f"{message}.{each.name}" for each in fields]

    def _read(
        self,
        prefix: str,
        messages: Iterable[pb.DescriptorProto],
        enums: Iterable[pb.EnumDescriptorProto],
        extensions: Iterable[pb.FieldDescriptorProto],
    ) -> None:
        self.types.update((prefix + each.name, each) for each in enums)
        for field in extensions:
            if field.extendee.removeprefix(".") == _OPTIONS:
                self.options[prefix + field.name] = field
        for each in messages:
            self.types[prefix + each.name] = each
            inner = f"{prefix}{each.name}."
            self._read(inner, each.nested_type, each.enum_type, each.extension)


def find_options(
    declared: Declared, names: Collection[str]
) -> dict[str, FieldDescriptor]:
    """The options with these full names, as far as they are declared; all of one pool."""
    pool = DescriptorPool()
    pool.AddSerializedFile(pb.DESCRIPTOR.serialized_pb)
    wanted = {name for name in names if name in declared.options}
    kept = _reachable(declared, wanted) | wanted
    imports = [pb.DESCRIPTOR.name]
    for file in declared.files:
        part = _part(file, kept)
        if part.message_type or part.enum_type or part.extension:
            part.dependency.extend(imports)
            pool.AddSerializedFile(part.SerializeToString())
            imports.append(file.name)
    every = pool.FindMessageTypeByName(_OPTIONS)
    own = {each.full_name: each for each in every.fields}
    return {name: own[name] for name in names if name in own} | {
        name: pool.FindExtensionByName(name) for name in wanted
    }


def _reachable(declared: Declared, options: Collection[str]) -> set[str]:
    """The types of options, and of their fields."""
    found: set[str] = set()
    pending = [declared.options[name].type_name for name in options]
    while pending:
        name = pending.pop().removeprefix(".")
        known = declared.types.get(name)
        if known is not None and name not in found:
            found.add(name)
            if isinstance(known, pb.DescriptorProto):
                pending += [field.type_name for field in known.field]
    return found


def _part(
    file: pb.FileDescriptorProto, kept: Collection[str]
) -> pb.FileDescriptorProto:
    """A file with those of its types and extensions that are kept."""
    prefix = f"{file.package}." if file.package else ""
    part = pb.FileDescriptorProto(name=file.name, package=file.package)
    if file.syntax:
        part.syntax = file.syntax
    if file.HasField("edition"):
        part.edition = file.edition
    if file.options.HasField("features"):
        part.options.features.CopyFrom(file.options.features)
    part.message_type.extend(_messages(file.message_type, prefix, kept))
    part.enum_type.extend(each for each in file.enum_type if prefix + each.name in kept)
    part.extension.extend(_plain(file.extension, prefix, kept))
    return part


def _messages(
    messages: Iterable[pb.DescriptorProto], prefix: str, kept: Collection[str]
) -> Iterator[pb.DescriptorProto]:
    for each in messages:
        inner = f"{prefix}{each.name}."
        part = pb.DescriptorProto(name=each.name)
        part.nested_type.extend(_messages(each.nested_type, inner, kept))
        part.enum_type.extend(one for one in each.enum_type if inner + one.name in kept)
        part.extension.extend(_plain(each.extension, inner, kept))
        if prefix + each.name in kept:
            part.options.CopyFrom(each.options)
            part.oneof_decl.extend(each.oneof_decl)
            part.extension_range.extend(each.extension_range)
            part.field.extend(_plain(each.field, inner, None))
        if prefix + each.name in kept or any(
            (part.nested_type, part.enum_type, part.extension)
        ):
            yield part


def _plain(
    fields: Iterable[pb.FieldDescriptorProto],
    prefix: str,
    kept: Collection[str] | None,
) -> Iterator[pb.FieldDescriptorProto]:
    """Fields without defaults, with names in JSON that cannot be the same."""
    for each in fields:
        if kept is None or prefix + each.name in kept:
            plain = pb.FieldDescriptorProto()
            plain.CopyFrom(each)
            plain.ClearField("default_value")
            plain.json_name = f"#{each.number}"
            yield plain
