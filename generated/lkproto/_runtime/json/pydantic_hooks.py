# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Messages in models of pydantic: they are read from ProtoJSON, and printed as ProtoJSON.

Only pydantic calls this. It is imported then, and by name, because checkers of those who do not
have it would miss it.
"""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from importlib import import_module

from ..errors import JsonError
from ..kinds import KINDS
from ..table import table_of
from .null import VALUE
from .wellknown import WRAPPERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..message import Message
    from ..table import Field

_VALUES = (dict, list, str, int, float, type(None))
# JSON schemas by the form of a kind in JSON, and of messages that are not objects.
_SCALARS: dict[str, dict[str, Any]] = {
    "number": {"type": "number"},
    "digits": {"type": "string", "format": "int64"},
    "bool": {"type": "boolean"},
    "text": {"type": "string"},
    "base64": {"type": "string", "format": "byte"},
    "name": {"type": ["string", "integer"]},
}
_MESSAGES: dict[str, dict[str, Any]] = {
    "google.protobuf.Duration": {"type": "string"},
    "google.protobuf.FieldMask": {"type": "string"},
    "google.protobuf.ListValue": {"type": "array"},
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    VALUE: {},
}
_FREE = ("google.protobuf.Any", "google.protobuf.Struct")  # objects of any members


def core_schema(cls: type[Message]) -> Any:
    """How pydantic validates and serializes a class: ProtoJSON, or an instance as it is."""
    schemas: Any = import_module("pydantic_core.core_schema")
    printed = schemas.plain_serializer_function_ser_schema(_printed, when_used="json")
    if not hasattr(cls, "__proto_name__"):  # Message itself
        return schemas.is_instance_schema(cls, serialization=printed)

    def read(value: Any) -> Message:
        if isinstance(value, cls):
            return value
        try:
            if isinstance(value, _VALUES):
                return cls.from_dict(value)
            name = type(value).__name__
            raise JsonError(f"takes ProtoJSON or a {cls.__qualname__}, not a {name}")
        except JsonError as error:
            found = error
        raise _refused(cls, found)

    return schemas.no_info_plain_validator_function(read, serialization=printed)


def _printed(message: Message) -> Any:
    return message.to_dict()


def _refused(cls: type[Message], error: JsonError) -> Exception:
    """An error as one of pydantic. It does not show the input, which may be sensitive."""
    core: Any = import_module("pydantic_core")
    kind = core.PydanticCustomError("protojson", "{error}", {"error": error.message})
    at = tuple(map(_key, reversed(error._steps)))
    line = {"type": kind, "loc": at, "input": "(not shown)"}
    found: Exception = core.ValidationError.from_exception_data(
        cls.__proto_name__, [line]
    )
    return found


def _key(step: str) -> str | int:
    """A step of a path as pydantic has it: a name or an index."""
    if step.startswith("."):
        return step[1:]
    key = step[1:-1]
    return int(key) if key.isdecimal() else key


def json_schema(cls: type[Message]) -> dict[str, Any]:
    """The JSON schema of a class, with its fields; of messages in them it has only the names."""
    if not hasattr(cls, "__proto_name__"):
        return {"type": "object"}
    found = _of_message(cls)
    if found.get("type") == "object" and cls.__proto_name__ not in _FREE:
        fields = table_of(cls).fields
        found["properties"] = {each.json_name: _of_field(each) for each in fields}
    return found


def _of_message(cls: type[Message]) -> dict[str, Any]:
    name = cls.__proto_name__
    if name in WRAPPERS:
        return {"title": name, **_of_field(table_of(cls).fields[0])}
    return {"title": name, **_MESSAGES.get(name, {"type": "object"})}


def _of_field(field: Field) -> dict[str, Any]:
    if field.value:
        return {"type": "object", "additionalProperties": _of_single(field.value)}
    if field.presence == "repeated":
        return {"type": "array", "items": _of_single(field)}
    return _of_single(field)


def _of_single(field: Field) -> dict[str, Any]:
    kind = KINDS[field.kind]
    if kind.json == "object":
        return _of_message(field.type)
    whole = kind.json == "number" and kind.range
    return {"type": "integer"} if whole else dict(_SCALARS[kind.json])
