"""Messages to binary format: the exact encoder, driven by field tables.

Every value is checked against its field's type. Fields go out in the order of their numbers,
unknown fields behind them.
"""

# Modules of the runtime share the layout of messages; see `message`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import math
from struct import Struct
from struct import error as struct_error

from ..arguments import is_bytes, is_dict, is_list, is_message_class, kind_of
from ..errors import EncodeError, ForeignMessageError, key_step, shown
from ..message import Message
from ..table import table_of
from .wire import FIXED_FORMATS, LEN, WIRE_TYPES, tag, varint

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from ..table import Field

_INT32 = (-(2**31), 2**31 - 1)
_INT64 = (-(2**63), 2**63 - 1)
_UINT32 = (0, 2**32 - 1)
_UINT64 = (0, 2**64 - 1)
RANGES = {
    "int32": _INT32,
    "int64": _INT64,
    "uint32": _UINT32,
    "uint64": _UINT64,
    "sint32": _INT32,
    "sint64": _INT64,
    "fixed32": _UINT32,
    "fixed64": _UINT64,
    "sfixed32": _INT32,
    "sfixed64": _INT64,
    "enum": _INT32,
}
_STRUCTS = {kind: Struct(form) for kind, form in FIXED_FORMATS.items()}


def encode(message: Message, *, deterministic: bool = False) -> bytes:
    """A message in binary format. Raises EncodeError."""
    try:
        return b"".join(_message(message, deterministic))
    except RecursionError:
        raise EncodeError("the message is nested too deeply to encode") from None


def encode_field(field: Field, value: Any) -> bytes:
    """A field with its tags, as it stands in a message; nothing for an empty list."""
    out: list[bytes] = []
    if is_unset(field, value):
        return b""
    _present(field, value, out, deterministic=False)
    return b"".join(out)


def _message(message: Message, deterministic: bool) -> list[bytes]:
    out: list[bytes] = []
    for field in table_of(message.__class__).by_number.values():
        value = getattr(message, field.name)
        if is_unset(field, value):
            if field.presence == "required":
                raise EncodeError(f"the required field {field.proto_name!r} is not set")
            continue
        try:
            _present(field, value, out, deterministic)
        except EncodeError as error:
            error.conceal(field)
            error.inside("." + field.proto_name)
            raise
    if message._unknown:
        out.append(message._unknown)
    return out


def is_unset(field: Field, value: Any) -> bool:
    """Whether a field's value is the one that is not encoded."""
    presence = field.presence
    if presence in ("explicit", "required"):
        return value is None
    if presence != "implicit":
        return value is not None and not value
    if isinstance(value, float) and value == 0.0:
        return math.copysign(1, value) > 0
    return bool(value == field.default)


def _present(field: Field, value: Any, out: list[bytes], deterministic: bool) -> None:
    if field.presence == "map":
        _map(field, value, out, deterministic)
    elif field.presence == "repeated":
        _repeated(field, value, out, deterministic)
    else:
        _tagged(field, value, out, deterministic)


def _tagged(field: Field, value: Any, out: list[bytes], deterministic: bool) -> None:
    wire_type = WIRE_TYPES[field.kind]
    out.append(tag(field.number, wire_type))
    if field.kind == "group":
        out += _checked_message(field, value, deterministic)
        out.append(tag(field.number, 4))
        return
    encoded = _value(field, value, deterministic)
    if wire_type == LEN:
        out.append(varint(len(encoded)))
    out.append(encoded)


def _repeated(field: Field, values: Any, out: list[bytes], deterministic: bool) -> None:
    if not is_list(values):
        raise EncodeError(f"takes a list, not {kind_of(values)}")
    if field.packed:
        encoded = b"".join(_items(field, values, deterministic))
        out += (tag(field.number, LEN), varint(len(encoded)), encoded)
        return
    for index, value in enumerate(values):
        try:
            _tagged(field, value, out, deterministic)
        except EncodeError as error:
            error.inside(f"[{index}]")
            raise


def _items(field: Field, values: Any, deterministic: bool) -> Iterable[bytes]:
    for index, value in enumerate(values):
        try:
            yield _value(field, value, deterministic)
        except EncodeError as error:
            error.inside(f"[{index}]")
            raise


def _map(field: Field, entries: Any, out: list[bytes], deterministic: bool) -> None:
    if not is_dict(entries):
        raise EncodeError(f"takes a dict, not {kind_of(entries)}")
    key_field, value_field = field.key, field.value
    assert key_field is not None
    assert value_field is not None
    start = tag(field.number, LEN)
    encoded: list[tuple[Any, bytes]] = []
    for key, value in entries.items():
        entry: list[bytes] = []
        try:
            _tagged(key_field, key, entry, deterministic)
            _tagged(value_field, value, entry, deterministic)
        except EncodeError as error:
            error.inside(key_step(field, key))
            raise
        encoded.append((key, b"".join(entry)))
    # Sorted only now: keys of several types were refused above.
    if deterministic:
        encoded.sort(key=_map_order)
    for _, content in encoded:
        out += (start, varint(len(content)), content)


def _map_order(entry: tuple[Any, bytes]) -> Any:
    key = entry[0]
    return key.encode("utf-8", "surrogateescape") if isinstance(key, str) else key


def _value(field: Field, value: Any, deterministic: bool) -> bytes:
    if field.kind == "message":
        return b"".join(_checked_message(field, value, deterministic))
    return _SCALARS[field.kind](field, value)


def _checked_message(field: Field, value: Any, deterministic: bool) -> list[bytes]:
    expected: type[Message] = field.type
    if value.__class__ is not expected:
        raise wrong_message(expected, value)
    return _message(value, deterministic)


def wrong_message(expected: type[Message], value: Any) -> EncodeError:
    """The error for a value where a message of a class belongs."""
    name = expected.__proto_name__
    if not is_message_class(value.__class__):
        return EncodeError(f"takes a {name}, not {kind_of(value)}")
    if value.__class__.__proto_name__ != name:
        other = value.__class__.__proto_name__
        return ForeignMessageError(f"takes a {name}, not a {other}")
    ours, theirs = expected.__module__, value.__class__.__module__
    return ForeignMessageError(
        f"takes the {name} of {ours}, not the one of {theirs}: these are two copies of "
        f"the schema; convert with {expected.__qualname__}.from_bytes(value.to_bytes())"
    )


def check_int(field: Field, value: Any) -> int:
    """A value of an integer or enum field, in its range. Raises EncodeError."""
    if not isinstance(value, int):
        raise EncodeError(f"takes an int ({field.kind}), not {kind_of(value)}")
    low, high = RANGES[field.kind]
    if not low <= value <= high:
        what = "the value" if field.redact else shown(int(value))
        raise EncodeError(f"{what} is out of range of {field.kind} ({low} to {high})")
    return value


def _varint(field: Field, value: Any) -> bytes:
    return varint(check_int(field, value) & 0xFFFFFFFFFFFFFFFF)


def _zigzag(field: Field, value: Any) -> bytes:
    number = check_int(field, value)
    return varint(number << 1 if number >= 0 else ~number << 1 | 1)


def _fixed(field: Field, value: Any) -> bytes:
    return _STRUCTS[field.kind].pack(check_int(field, value))


def encode_float(field: Field, value: Any) -> bytes:
    """A value of a float or double field. Raises EncodeError outside its range."""
    if not isinstance(value, float | int):
        raise EncodeError(f"takes a float ({field.kind}), not {kind_of(value)}")
    try:
        return _STRUCTS[field.kind].pack(value)
    except (OverflowError, struct_error):
        what = "the value" if field.redact else shown(value, 40)
        raise EncodeError(f"{what} is out of range of {field.kind}") from None


def _bool(field: Field, value: Any) -> bytes:
    if not isinstance(value, bool):
        raise EncodeError(f"takes a bool, not {kind_of(value)}")
    return b"\x01" if value else b"\x00"


def _string(field: Field, value: Any) -> bytes:
    if not isinstance(value, str):
        raise EncodeError(f"takes a str, not {kind_of(value)}")
    try:
        return value.encode("utf-8", "strict" if field.utf8 else "surrogateescape")
    except UnicodeEncodeError as error:
        at = error.start
    # Raised out here, for the error of Python holds the text.
    raise EncodeError(
        f"the text has a lone surrogate at character {at}, which UTF-8 cannot hold"
    )


def _bytes(field: Field, value: Any) -> bytes:
    if not is_bytes(value):
        raise EncodeError(f"takes bytes, not {kind_of(value)}")
    return bytes(value)


def _enum(field: Field, value: Any) -> bytes:
    number = check_int(field, value)
    cls = field.type
    if cls._closed_ and number not in cls:
        what = "the value" if field.redact else f"{number}"
        raise EncodeError(f"{what} is not a value of the closed {cls.__proto_name__}")
    return varint(number & 0xFFFFFFFFFFFFFFFF)


_SCALARS: dict[str, Callable[[Field, Any], bytes]] = {
    "double": encode_float,
    "float": encode_float,
    "int32": _varint,
    "int64": _varint,
    "uint32": _varint,
    "uint64": _varint,
    "sint32": _zigzag,
    "sint64": _zigzag,
    "fixed32": _fixed,
    "fixed64": _fixed,
    "sfixed32": _fixed,
    "sfixed64": _fixed,
    "bool": _bool,
    "string": _string,
    "bytes": _bytes,
    "enum": _enum,
}
