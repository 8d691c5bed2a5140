# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Descriptors of files, messages and enums, decoded on first use.

Every generated package includes its serialized descriptors, and decodes them with its own
generated `google.protobuf` messages.
"""

from __future__ import annotations

import sys

from ..arguments import is_message_class
from ..registry import find_message, is_own, load, not_own, tables

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from typing import Any

    from ..enums import Enum
    from ..message import Message

_files: dict[str, Any] = {}


def file_descriptor(source: str | type[Message] | type[Enum], /) -> bytes:
    """The serialized `FileDescriptorProto` of a file: by its path, or by a class it declares.

    It does not include source info. Raises KeyError for a path that the schema does not have, and
    TypeError for a class that is not a message or enum of this package.
    """
    import base64

    path = source if isinstance(source, str) else _file_of(source)
    module = tables().FILES[path]
    return base64.b64decode(load(module + ":DESCRIPTOR"))


def parsed_file(path: str) -> Any:
    """The descriptor of a file, as this package's own `google.protobuf.FileDescriptorProto`."""
    found = _files.get(path)
    if found is None:
        proto: Any = find_message("google.protobuf.FileDescriptorProto")
        found = _files[path] = proto.from_bytes(file_descriptor(path))
    return found


def descriptor_of(source: type[Message] | type[Enum], /) -> Any:
    """The descriptor of a message or enum class.

    It is this package's own `google.protobuf.DescriptorProto` or `EnumDescriptorProto`. Raises
    TypeError for a value that is not a message or enum class of this package.
    """
    file = parsed_file(_file_of(source))
    full_name: str = source.__proto_name__
    relative = full_name.removeprefix(file.package + ".") if file.package else full_name
    *outer, name = relative.split(".")
    messages, enums = file.message_type, file.enum_type
    for part in outer:
        found = _named(messages, part)
        messages, enums = found.nested_type, found.enum_type
    return _named(messages if is_message_class(source) else enums, name)


def options_of(source: type[Message] | type[Enum], /) -> Any:
    """The options of a message or enum class; an empty options message if it has none.

    They are this package's own `google.protobuf.MessageOptions` or `EnumOptions`. Raises TypeError
    for a value that is not a message or enum class of this package.
    """
    descriptor = descriptor_of(source)
    kind = "Message" if is_message_class(source) else "Enum"
    return descriptor.options or empty_options(kind)


def field_options(message: type[Message] | None, name: str) -> Any:
    """The options of a message's field, as this package's own `google.protobuf.FieldOptions`.

    They are empty for a field without a message: the key or value of a map, or an extension.
    """
    if message is None:
        return empty_options("Field")
    found = _named(descriptor_of(message).field, name)
    return found.options or empty_options("Field")


def _file_of(source: Any) -> str:
    if not is_own(source):
        cls = source if isinstance(source, type) else type(source)
        raise not_own(cls, "message or enum class")
    path: str = sys.modules[source.__module__].__dict__["__proto_file__"]
    return path


def _named(items: Any, name: str) -> Any:
    return next(each for each in items if each.name == name)


def empty_options(kind: str) -> Any:
    """An empty options message, such as `MessageOptions()` for the kind `Message`."""
    options: Any = find_message(f"google.protobuf.{kind}Options")
    return options()
