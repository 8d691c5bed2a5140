# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""ProtoJSON of the well-known types that have a special form, except Any; for that, see `any`.

https://protobuf.dev/programming-guides/json. `WRITERS` and `READERS` are by full proto name. Their
functions take the printer or reader that calls them, which they use for the values inside.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from ..arguments import is_dict, is_list
from ..checks import check_int
from ..errors import EncodeError, JsonError, shown
from ..table import table_of, value_of
from .deep import DeepDict, DeepList
from .null import VALUE
from .scalars import SCALARS, kind_of
from .syntax import WrittenNumber

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..table import Field
    from .decode import Reader
    from .encode import Printer

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
# 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z, and ±10,000 years.
_MIN_TIMESTAMP, _MAX_TIMESTAMP = -62_135_596_800, 253_402_300_799
_MAX_DURATION = 315_576_000_000
_TIMESTAMP = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?"
    r"(?:Z|([+-])(\d\d):(\d\d))",
    re.ASCII,
)
_DURATION = re.compile(r"(-?)(\d{1,12})(?:\.(\d{1,9}))?s", re.ASCII)
_CAMEL_PATH = re.compile(
    r"[A-Za-z][A-Za-z0-9]*+(?:\.[A-Za-z][A-Za-z0-9]*+)*+", re.ASCII
)


def _fraction(nanos: int) -> str:
    """Nanoseconds as a dot and 3, 6 or 9 digits; empty for zero."""
    if not nanos:
        return ""
    digits = f"{nanos:09}"
    while digits.endswith("000"):
        digits = digits[:-3]
    return "." + digits


def _time_parts(message: Any) -> list[int]:
    """The seconds and nanos of a message. Raises EncodeError."""
    parts: list[int] = []
    for field in table_of(message.__class__).fields:
        try:
            parts.append(check_int(field, value_of(message, field)))
        except EncodeError as error:
            error.inside("." + field.proto_name)
            raise
    return parts


def _write_timestamp(message: Any, printer: Printer) -> str:
    seconds, nanos = _time_parts(message)
    if not _MIN_TIMESTAMP <= seconds <= _MAX_TIMESTAMP or not 0 <= nanos < 10**9:
        raise EncodeError(
            "a timestamp must be in the years 1 to 9999, its nanos from 0 to 10^9-1"
        )
    when = _EPOCH + timedelta(seconds=seconds)
    return f"{when:%Y-%m-%dT%H:%M:%S}".rjust(19, "0") + _fraction(nanos) + "Z"


def _read_timestamp(message: Any, value: Any, reader: Reader) -> None:
    found = _TIMESTAMP.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise JsonError('a timestamp is text such as "2026-01-31T12:00:00.5Z"')
    year, month, day, hour, minute, second = map(int, found.groups()[:6])
    try:
        when = datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc)
    except ValueError as error:
        raise JsonError(f"not a timestamp: {error}") from None
    since = when - _EPOCH
    seconds = since.days * 86400 + since.seconds
    if found[8]:
        offset = int(found[9]) * 3600 + int(found[10]) * 60
        seconds -= offset if found[8] == "+" else -offset
    if not _MIN_TIMESTAMP <= seconds <= _MAX_TIMESTAMP:
        raise JsonError("a timestamp must be in the years 1 to 9999")
    message.seconds = seconds
    message.nanos = int((found[7] or "").ljust(9, "0"))


def _write_duration(message: Any, printer: Printer) -> str:
    seconds, nanos = _time_parts(message)
    if abs(seconds) > _MAX_DURATION or abs(nanos) >= 10**9:
        raise EncodeError(
            "a duration must be at most 315576000000 s, its nanos below 10^9"
        )
    if seconds * nanos < 0:
        raise EncodeError("seconds and nanos of a duration must have the same sign")
    sign = "-" if seconds < 0 or nanos < 0 else ""
    return f"{sign}{abs(seconds)}{_fraction(abs(nanos))}s"


def _read_duration(message: Any, value: Any, reader: Reader) -> None:
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise JsonError('a duration is text such as "1.5s"')
    seconds = int(found[2])
    if seconds > _MAX_DURATION:
        raise JsonError("a duration must be at most 315576000000 s")
    sign = -1 if found[1] else 1
    message.seconds = sign * seconds
    message.nanos = sign * int((found[3] or "").ljust(9, "0"))


def _camel_path(path: str) -> str:
    return re.sub("_([a-z0-9])", lambda found: found[1].upper(), path)


def _snake_path(path: str) -> str:
    return re.sub("[A-Z]", lambda found: "_" + found[0].lower(), path)


def _first(message: Any) -> tuple[Field, Any]:
    """The first field of a message, and its value."""
    field = table_of(message.__class__).fields[0]
    return field, value_of(message, field)


def _write_field_mask(message: Any, printer: Printer) -> str:
    out: list[str] = []
    for path in printer.field(*_first(message)):
        camel = _camel_path(path)
        if _CAMEL_PATH.fullmatch(camel) is None or _snake_path(camel) != path:
            raise EncodeError(f"the path {shown(path)} cannot be written in camelCase")
        out.append(camel)
    return ",".join(out)


def _read_field_mask(message: Any, value: Any, reader: Reader) -> None:
    if not isinstance(value, str):
        raise JsonError(f"a field mask is text, not {kind_of(value)}")
    for path in value.split(",") if value else ():
        if _CAMEL_PATH.fullmatch(path) is None:
            raise JsonError(f"{shown(path)} is not a path in camelCase")
        message.paths.append(_snake_path(path))


def _write_struct(message: Any, printer: Printer) -> Any:
    return printer.field(*_first(message))


def _read_struct(message: Any, value: Any, reader: Reader) -> None:
    if not is_dict(value):
        raise JsonError(f"a struct is an object, not {kind_of(value)}")
    _read_member(message, "fields", value, reader)


def _write_list(message: Any, printer: Printer) -> Any:
    return printer.field(*_first(message))


def _read_list(message: Any, value: Any, reader: Reader) -> None:
    if not is_list(value):
        raise JsonError(f"a list is an array, not {kind_of(value)}")
    _read_member(message, "values", value, reader)


def _write_value(message: Any, printer: Printer) -> Any:
    name, value = message.which("kind")
    if name is None:
        raise EncodeError("the value is empty; JSON has no form for it")
    field = table_of(message.__class__).by_json[name]
    printed = printer.single(field, value)
    if name == "number_value" and isinstance(printed, str):
        raise EncodeError("JSON numbers cannot be infinite or NaN")
    return printed


_VALUE_MEMBERS = {
    bool: "bool_value",
    int: "number_value",
    float: "number_value",
    str: "string_value",
    dict: "struct_value",
    list: "list_value",
    tuple: "list_value",
    type(None): "null_value",
    WrittenNumber: "number_value",
    DeepDict: "struct_value",
    DeepList: "list_value",
}


def _read_value(message: Any, value: Any, reader: Reader) -> None:
    member = _VALUE_MEMBERS.get(value.__class__)
    if member is None:
        raise JsonError(f"{type(value).__name__} is not a JSON value")
    _read_member(message, member, value, reader)


def _read_member(message: Any, name: str, value: Any, reader: Reader) -> None:
    field = table_of(message.__class__).by_json[name]
    setattr(message, name, reader.deeper().field(field, value))


def _write_wrapper(message: Any, printer: Printer) -> Any:
    return printer.single(*_first(message))


def _read_wrapper(message: Any, value: Any, reader: Reader) -> None:
    field = table_of(message.__class__).fields[0]
    message.value = SCALARS[field.kind](field, value)


WRAPPERS = tuple(
    f"google.protobuf.{kind}Value"
    for kind in [
        "Double",
        "Float",
        "Int64",
        "UInt64",
        "Int32",
        "UInt32",
        "Bool",
        "String",
        "Bytes",
    ]
)

WRITERS: dict[str, Callable[[Any, Printer], Any]] = {
    "google.protobuf.Duration": _write_duration,
    "google.protobuf.FieldMask": _write_field_mask,
    "google.protobuf.ListValue": _write_list,
    "google.protobuf.Struct": _write_struct,
    "google.protobuf.Timestamp": _write_timestamp,
    VALUE: _write_value,
    **dict.fromkeys(WRAPPERS, _write_wrapper),
}
READERS: dict[str, Callable[[Any, Any, Reader], None]] = {
    "google.protobuf.Duration": _read_duration,
    "google.protobuf.FieldMask": _read_field_mask,
    "google.protobuf.ListValue": _read_list,
    "google.protobuf.Struct": _read_struct,
    "google.protobuf.Timestamp": _read_timestamp,
    VALUE: _read_value,
    **dict.fromkeys(WRAPPERS, _read_wrapper),
}
