"""Names of fields in text format: plain ones, groups, extensions and type URLs.

https://protobuf.dev/reference/protobuf/textformat-spec#field-names
"""

from __future__ import annotations

import re

from ..registry import (
    find_extension_by_name,
    find_message,
    tables,
)
from ..table import table_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..extensions import Extension
    from ..message import Message
    from ..table import Field

_TYPE_NAME = re.compile(r"[A-Za-z_]\w*+(?:\.[A-Za-z_]\w*+)*+", re.ASCII)
_URL_PREFIX = re.compile(r"(?!/)(?:[\w.~!$&()*+,;=/-]|%[0-9A-Fa-f]{2})+", re.ASCII)
_by_name: dict[type[Message], dict[str, Field]] = {}
_reserved: dict[type[Message], frozenset[str]] = {}


def text_name(field: Field) -> str:
    """The name that a field is printed with; for a field that looks like a group, its type's name.

    A delimited field of an edition looks like a group if its type is nested in the same message and
    its name differs only in case (google's `IsGroupLike`).
    """
    if field.kind == "group" and field.message_type is not None:
        scope, _, simple = (field.type_name or "").rpartition(".")
        if (
            scope == field.message_type.__proto_name__
            and simple.lower() == field.proto_name
        ):
            return simple
    return field.proto_name


def fields_by_name(cls: type[Message]) -> dict[str, Field]:
    """The fields of a message class, by each name that they can have in text."""
    found = _by_name.get(cls)
    if found is None:
        fields = table_of(cls).fields
        found = {text_name(field): field for field in fields}
        found.update({field.proto_name: field for field in fields})
        _by_name[cls] = found
    return found


def reserved_names(cls: type[Message]) -> frozenset[str]:
    """The names a message class reserves."""
    found = _reserved.get(cls)
    if found is None:
        from ..reflection.members import reserved_of

        found = _reserved[cls] = frozenset(reserved_of(cls).names)
    return found


def extension_name(extension: Extension[Any]) -> str:
    """The name of an extension in brackets.

    An extension of a message set that is declared inside its type has the name of the type.
    """
    extendee = find_message(extension.extendee)
    type_name = extension.field.type_name
    if (
        extendee is not None
        and table_of(extendee).message_set
        and type_name is not None
        and extension.name.rpartition(".")[0] == type_name
    ):
        return type_name
    return extension.name


def extension_named(cls: type[Message], name: str) -> Extension[Any] | None:
    """The extension of a message class with a name in brackets, or None."""
    found = find_extension_by_name(name)
    if found is None and table_of(cls).message_set:
        for full_name in tables().EXTENSION_NAMES:
            if (
                full_name.rpartition(".")[0] == name
                and (declared := find_extension_by_name(full_name))
                and declared.extendee == cls.__proto_name__
                and extension_name(declared) == name
            ):
                return declared
    if found is None or found.extendee != cls.__proto_name__:
        return None
    return found


def type_of_url(url: str) -> str | None:
    """The type in a URL such as `type.googleapis.com/x.Y`; None if text format cannot hold it."""
    prefix, _, name = url.rpartition("/")
    if _URL_PREFIX.fullmatch(prefix) and _TYPE_NAME.fullmatch(name):
        return name
    return None
