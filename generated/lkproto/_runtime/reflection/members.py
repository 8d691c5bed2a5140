"""What the schema says of a message or enum: fields, options, reserved numbers, descriptors.

Descriptors are read with the package's own generated `google.protobuf` messages from the
serialized descriptor every output carries, loaded when first asked for.
"""

from __future__ import annotations

import sys

from ..enums import EnumType
from ..message import Message, MessageType, not_own
from ..registry import find_message, load, tables
from ..table import Field, table_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..enums import Enum

_files: dict[str, Any] = {}


class Reserved:
    """Numbers and names a message or enum keeps out of use.

    `ranges` are pairs of first and last number, both included.
    """

    __slots__ = ("names", "ranges")

    def __init__(
        self, ranges: tuple[tuple[int, int], ...], names: tuple[str, ...]
    ) -> None:
        self.ranges = ranges
        self.names = names

    def __contains__(self, item: object) -> bool:
        if isinstance(item, str):
            return item in self.names
        return isinstance(item, int) and any(a <= item <= b for a, b in self.ranges)

    def __repr__(self) -> str:
        return f"Reserved(ranges={self.ranges!r}, names={self.names!r})"


def fields_of(message: type[Message] | Message, /) -> tuple[Field, ...]:
    """The fields of a message class, in declaration order.

    Raises TypeError for what is no message of this package.
    """
    cls = message if isinstance(message, type) else type(message)
    if not _is_own(cls, MessageType):
        raise not_own(cls)
    return table_of(cls).fields


def _is_own(value: object, *kinds: type) -> bool:
    """Whether a value is a generated class of this package."""
    return isinstance(value, kinds) and hasattr(value, "__proto_name__")


def file_descriptor(source: str | type[Message] | type[Enum], /) -> bytes:
    """The serialized `FileDescriptorProto` of a file, or of the file a class comes from.

    Source info is not part of it. Raises KeyError for a path the schema does not have, TypeError
    for a class that is no message or enum of this package.
    """
    import base64

    path = source if isinstance(source, str) else _file_of(source)
    module = tables().FILES[path]
    return base64.b64decode(load(module + ":DESCRIPTOR"))


def parsed_file(path: str) -> Any:
    """The package's own `google.protobuf.FileDescriptorProto` of a file."""
    found = _files.get(path)
    if found is None:
        proto: Any = find_message("google.protobuf.FileDescriptorProto")
        found = _files[path] = proto.from_bytes(file_descriptor(path))
    return found


def descriptor_of(source: type[Message] | type[Enum], /) -> Any:
    """The `DescriptorProto` or `EnumDescriptorProto` of a class, in this package's types.

    As for all below, raises TypeError for what is no message or enum class of this package.
    """
    file = parsed_file(_file_of(source))
    full_name: str = source.__proto_name__
    relative = full_name.removeprefix(file.package + ".") if file.package else full_name
    *outer, name = relative.split(".")
    messages, enums = file.message_type, file.enum_type
    for part in outer:
        found = _named(messages, part)
        messages, enums = found.nested_type, found.enum_type
    return _named(messages if isinstance(source, MessageType) else enums, name)


def options_of(source: type[Message] | type[Enum], /) -> Any:
    """The options of a message or enum; an empty options message where it has none."""
    descriptor = descriptor_of(source)
    kind = "Message" if isinstance(source, MessageType) else "Enum"
    return descriptor.options or empty_options(kind)


def field_options(field: Field) -> Any:
    """The options of a field, as the package's own `google.protobuf.FieldOptions`."""
    if field.message_type is None:
        return empty_options("Field")
    found = _named(descriptor_of(field.message_type).field, field.proto_name)
    return found.options or empty_options("Field")


def reserved_of(source: type[Message] | type[Enum], /) -> Reserved:
    """The numbers and names a message or enum reserves."""
    descriptor = descriptor_of(source)
    # A message's range ends before `end`, an enum's includes it (descriptor.proto).
    last = 1 if isinstance(source, MessageType) else 0
    ranges = tuple(
        (each.start or 0, (each.end or 0) - last) for each in descriptor.reserved_range
    )
    return Reserved(ranges, tuple(descriptor.reserved_name))


def _file_of(source: Any) -> str:
    if not _is_own(source, MessageType, EnumType):
        cls = source if isinstance(source, type) else type(source)
        raise not_own(cls, "message or enum class")
    path: str = sys.modules[source.__module__].__dict__["__proto_file__"]
    return path


def _named(items: Any, name: str) -> Any:
    return next(each for each in items if each.name == name)


def empty_options(kind: str) -> Any:
    """The options of what has none, such as `MessageOptions()` for `Message`."""
    options: Any = find_message(f"google.protobuf.{kind}Options")
    return options()
