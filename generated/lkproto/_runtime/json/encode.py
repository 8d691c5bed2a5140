"""Messages to ProtoJSON: the exact printer, driven by field tables.

https://protobuf.dev/programming-guides/json. Fields come in declaration order, as the Go
reference prints them.
"""

# Modules of the runtime share the layout of messages; see `message`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import base64
import json
import math

from ..arguments import is_bytes, is_dict, is_list, unencodable
from ..binary.encode import check_int, encode_float, is_unset, wrong_message
from ..errors import EncodeError, key_step
from ..registry import find_message, registry_with
from ..table import table_of
from .wellknown import WRITERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..message import Message
    from ..registry import Registry
    from ..table import Field


class JsonOptions:
    """How to print: see `Message.to_json`."""

    __slots__ = ("always_print", "enums_as_ints", "find", "preserving_names")

    def __init__(
        self,
        preserving_names: bool,
        enums_as_ints: bool,
        always_print: bool,
        find: Registry = find_message,
    ) -> None:
        self.preserving_names = preserving_names
        self.enums_as_ints = enums_as_ints
        self.always_print = always_print
        self.find = find


def to_json(
    message: Message,
    *,
    indent: int | None = None,
    preserving_names: bool = False,
    enums_as_ints: bool = False,
    always_print: bool = False,
    sort_keys: bool = False,
    registry: Registry | None = None,
) -> str:
    """A message as ProtoJSON text. Raises EncodeError."""
    value = to_json_value(
        message,
        preserving_names=preserving_names,
        enums_as_ints=enums_as_ints,
        always_print=always_print,
        registry=registry,
    )
    return json.dumps(
        value,
        ensure_ascii=False,
        indent=indent,
        separators=(",", ":") if indent is None else (",", ": "),
        sort_keys=sort_keys,
    )


def to_json_value(
    message: Message,
    *,
    preserving_names: bool = False,
    enums_as_ints: bool = False,
    always_print: bool = False,
    registry: Registry | None = None,
) -> Any:
    """A message as the values its ProtoJSON text stands for. Raises EncodeError."""
    find = registry_with(registry)
    options = JsonOptions(preserving_names, enums_as_ints, always_print, find)
    try:
        return message_value(message, options)
    except RecursionError:
        raise EncodeError("the message is nested too deeply to print") from None


def message_value(message: Message, options: JsonOptions) -> Any:
    """The JSON value of a message, well-known types included."""
    writer = WRITERS.get(message.__class__.__proto_name__)
    if writer is not None:
        return writer(message, options)
    return fields_value(message, options)


def fields_value(message: Message, options: JsonOptions) -> dict[str, Any]:
    """The JSON object of a message's fields."""
    out: dict[str, Any] = {}
    for field in table_of(message.__class__).fields:
        value = getattr(message, field.name)
        printed = options.always_print and field.presence in (
            "implicit",
            "repeated",
            "map",
        )
        if is_unset(field, value) and not printed:
            if field.presence == "required":
                raise EncodeError(f"the required field {field.proto_name!r} is not set")
            continue
        name = field.proto_name if options.preserving_names else field.json_name
        try:
            out[name] = field_value(field, value, options)
        except EncodeError as error:
            error.conceal(field)
            error.inside("." + field.proto_name)
            raise
    _extensions(message, out, options)
    return out


def _extensions(message: Message, out: dict[str, Any], options: JsonOptions) -> None:
    if not message._unknown:
        return
    from ..extensions import known_extensions

    for extension, value in known_extensions(message):
        key = f"[{extension.name}]"
        try:
            out[key] = field_value(extension.field, value, options)
        except EncodeError as error:
            error.inside("." + key)
            raise


def field_value(field: Field, value: Any, options: JsonOptions) -> Any:
    """The JSON value of a field that is set."""
    if field.presence == "repeated":
        return _list(field, value, options)
    if field.presence == "map":
        return _map(field, value, options)
    return single_value(field, value, options)


def _list(field: Field, values: Any, options: JsonOptions) -> list[Any]:
    if not is_list(values):
        raise EncodeError(f"takes a list, not {type(values).__name__}")
    out: list[Any] = []
    for index, value in enumerate(values):
        try:
            out.append(single_value(field, value, options))
        except EncodeError as error:
            error.inside(f"[{index}]")
            raise
    return out


def _map(field: Field, entries: Any, options: JsonOptions) -> dict[str, Any]:
    if not is_dict(entries):
        raise EncodeError(f"takes a dict, not {type(entries).__name__}")
    key_field, value_field = field.key, field.value
    assert key_field is not None
    assert value_field is not None
    out: dict[str, Any] = {}
    for key, value in entries.items():
        try:
            name = _SCALARS[key_field.kind](key_field, key, options)
            if isinstance(name, bool):
                name = "true" if name else "false"
            out[str(name)] = single_value(value_field, value, options)
        except EncodeError as error:
            error.inside(key_step(field, key))
            raise
    return out


def single_value(field: Field, value: Any, options: JsonOptions) -> Any:
    """The JSON value of one value of a field."""
    if field.kind in ("message", "group"):
        if value.__class__ is not field.type:
            raise wrong_message(field.type, value)
        return message_value(value, options)
    return _SCALARS[field.kind](field, value, options)


def _int(field: Field, value: Any, options: JsonOptions) -> int:
    return int(check_int(field, value))


def _long(field: Field, value: Any, options: JsonOptions) -> str:
    return str(int(check_int(field, value)))


def _float(field: Field, value: Any, options: JsonOptions) -> float | str:
    encode_float(field, value)
    number = float(value)
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return shortest_float32(number) if field.kind == "float" else number


def shortest_float32(number: float) -> float:
    """The number with the fewest digits that is the same as 32-bit float."""
    from struct import pack, unpack

    exact = pack("<f", number)
    # What is just above the largest float is it, but has no 8 digits that are.
    (number,) = unpack("<f", exact)
    for digits in (6, 7, 8):
        candidate = float(f"{number:.{digits}g}")
        if pack("<f", candidate) == exact:
            return candidate
    return float(f"{number:.9g}")


def _bool(field: Field, value: Any, options: JsonOptions) -> bool:
    if not isinstance(value, bool):
        raise EncodeError(f"takes a bool, not {type(value).__name__}")
    return value


def _string(field: Field, value: Any, options: JsonOptions) -> str:
    if not isinstance(value, str):
        raise EncodeError(f"takes a str, not {type(value).__name__}")
    at = unencodable(value)
    if at is not None:
        raise EncodeError(
            f"the text has a lone surrogate at character {at}, which JSON cannot hold"
        )
    return value


def _bytes(field: Field, value: Any, options: JsonOptions) -> str:
    if not is_bytes(value):
        raise EncodeError(f"takes bytes, not {type(value).__name__}")
    return base64.b64encode(value).decode("ascii")


def _enum(field: Field, value: Any, options: JsonOptions) -> Any:
    number = check_int(field, value)
    cls = field.type
    if cls.__proto_name__ == "google.protobuf.NullValue":
        return None
    if options.enums_as_ints or number not in cls:
        return int(number)
    return cls(number).name


_SCALARS: dict[str, Callable[[Field, Any, JsonOptions], Any]] = {
    "double": _float,
    "float": _float,
    "int32": _int,
    "int64": _long,
    "uint32": _int,
    "uint64": _long,
    "sint32": _int,
    "sint64": _long,
    "fixed32": _int,
    "fixed64": _long,
    "sfixed32": _int,
    "sfixed64": _long,
    "bool": _bool,
    "string": _string,
    "bytes": _bytes,
    "enum": _enum,
}
