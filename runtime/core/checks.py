"""Checks of field values before they are written, in any format: type, range and presence.

All functions raise EncodeError. Its message does not name the field (callers add the path), and
does not show the value of a sensitive field.
"""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import math
from struct import error as struct_error
from struct import pack, unpack

from .arguments import (
    is_bytes,
    is_dict,
    is_list,
    is_message_class,
    kind_of,
    unencodable,
)
from .errors import EncodeError, ForeignMessageError, shown
from .kinds import RANGES, STRUCTS
from .values import as_float, as_int, is_bool

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .message import Message
    from .table import Field


def not_set(field: Field) -> EncodeError:
    """The error for a required field without a value."""
    return EncodeError(f"the required field {field.proto_name!r} is not set")


def check_list(values: object) -> list[Any]:
    """The values of a repeated field, checked to be a list."""
    if not is_list(values):
        raise _wrong("a list", "list", values)
    return values


def check_dict(entries: object) -> dict[Any, Any]:
    """The entries of a map, checked to be a dict."""
    if not is_dict(entries):
        raise _wrong("a dict", "dict", entries)
    return entries


def check_message(field: Field, value: Any) -> Any:
    """The value of a message field, checked to be of exactly the field's class."""
    if value.__class__ is not field.type:
        raise wrong_message(field.type, value)
    return value


def wrong_message(expected: type[Message], value: Any) -> EncodeError:
    """The error for a value that is not a message of the expected class."""
    name = expected.__proto_name__
    if not is_message_class(value.__class__):
        from .advice import message_instead

        advice = message_instead(expected, value)
        return EncodeError(f"takes a {name}, not {kind_of(value)}{advice}")
    other = value.__class__.__proto_name__
    if other != name:
        advice = "; use Any.pack(...)" if name == "google.protobuf.Any" else ""
        return ForeignMessageError(f"takes a {name}, not a {other}{advice}")
    ours, theirs = expected.__module__, value.__class__.__module__
    return ForeignMessageError(
        f"takes the {name} of {ours}, not the one of {theirs}: these are two copies of "
        f"the schema; convert with {expected.__qualname__}.from_bytes(value.to_bytes())"
    )


def check_int(field: Field, value: Any) -> int:
    """The value of an integer or enum field, checked to be in range, as a plain int."""
    number = as_int(value)
    if number is None:
        raise _wrong(f"an int ({field.kind})", "int", value)
    low, high = RANGES[field.kind]
    if not low <= number <= high:
        what = "the value" if field.redact else shown(number)
        raise EncodeError(f"{what} is out of range of {field.kind} ({low} to {high})")
    return number


def check_enum(field: Field, value: Any) -> int:
    """The value of an enum field; a closed enum accepts only the numbers it names."""
    cls = field.type
    if as_int(value) is None:
        from .advice import enum_instead

        advice = enum_instead(cls, value, hidden=field.redact is not None)
        kind = kind_of(value)
        raise EncodeError(f"takes a {cls.__proto_name__} or int, not {kind}{advice}")
    number = check_int(field, value)
    if cls._closed_ and number not in cls:
        what = "the value" if field.redact else f"{number}"
        raise EncodeError(f"{what} is not a value of the closed {cls.__proto_name__}")
    return number


def pack_float(field: Field, value: Any) -> bytes:
    """The value of a float or double field as bytes, checked to be in range."""
    try:
        number = as_float(value)
        if number is None:
            raise _wrong(f"a float ({field.kind})", "float", value)
        return STRUCTS[field.kind].pack(number)
    except (OverflowError, struct_error):
        what = "the value" if field.redact else shown(value, 40)
        raise EncodeError(f"{what} is out of range of {field.kind}") from None


def printable_float(field: Field, value: Any) -> float:
    """The number to print for the value of a float or double field."""
    pack_float(field, value)
    number = float(value)
    is_short = field.kind == "float" and math.isfinite(number)
    return shortest_float32(number) if is_short else number


def shortest_float32(number: float) -> float:
    """The number with the fewest digits that rounds to the same 32-bit float."""
    exact = pack("<f", number)
    # A number just above the largest float rounds to it, but no number of 8 digits does.
    (number,) = unpack("<f", exact)
    for digits in (6, 7, 8):
        candidate = float(f"{number:.{digits}g}")
        if pack("<f", candidate) == exact:
            return candidate
    return float(f"{number:.9g}")


def check_bool(value: Any) -> bool:
    """The value of a bool field, checked to be a bool."""
    if not is_bool(value):
        raise _wrong("a bool", "bool", value)
    return bool(value)


def check_text(value: Any, errors: str = "strict") -> str:
    """The value of a string field, checked to be text that UTF-8 can hold."""
    if not isinstance(value, str):
        raise _wrong("a str", "str", value)
    at = unencodable(value, errors)
    if at is not None:
        raise EncodeError(
            f"the text has a lone surrogate at character {at}, which UTF-8 cannot hold"
        )
    return value


def utf8_errors(field: Field) -> str:
    """The error handler for a field's UTF-8: a schema may let a string hold any bytes."""
    return "strict" if field.utf8 else "surrogateescape"


def check_bytes(value: Any) -> bytes:
    """The value of a bytes field, checked to be bytes or a buffer."""
    if not is_bytes(value):
        raise _wrong("bytes", "bytes", value)
    return bytes(value)


def _wrong(takes: str, cls: str, value: Any) -> EncodeError:
    """The error for a value of another type, with what to write instead."""
    from .advice import instead

    return EncodeError(f"takes {takes}, not {kind_of(value)}{instead(cls, value)}")
