# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Messages to binary format: the exact encoder, driven by field tables.

Every value is checked against its field's type. Fields are written in the order of their numbers,
unknown fields after them.
"""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from ..checks import (
    check_bool,
    check_bytes,
    check_dict,
    check_enum,
    check_int,
    check_list,
    check_message,
    check_text,
    not_set,
    pack_float,
    utf8_errors,
)
from ..errors import EncodeError, key_step
from ..kinds import END_GROUP, LEN, STRUCTS, WIRE_TYPES, by_group
from ..table import table_of, unknown_of, value_of
from ..values import as_int, is_unset
from .wire import tag, varint

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from ..message import Message
    from ..table import Field


def encode(message: Message, *, deterministic: bool = False) -> bytes:
    """A message in binary format. Raises EncodeError."""
    try:
        return b"".join(_message(message, deterministic))
    except RecursionError:
        raise EncodeError("the message is nested too deeply to encode") from None


def encode_field(field: Field, value: Any) -> bytes:
    """A field with its tags, as in a message; empty if it is unset. Raises EncodeError."""
    out: list[bytes] = []
    if is_unset(field, value):
        return b""
    _present(field, value, out, deterministic=False)
    return b"".join(out)


def _message(message: Message, deterministic: bool) -> list[bytes]:
    out: list[bytes] = []
    for field in table_of(message.__class__).by_number.values():
        value = value_of(message, field)
        if is_unset(field, value):
            if field.presence == "required":
                raise not_set(field)
            continue
        try:
            _present(field, value, out, deterministic)
        except EncodeError as error:
            error.conceal(field)
            error.inside("." + field.proto_name)
            raise
    if unknown := unknown_of(message):
        out.append(unknown)
    return out


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
        out += _message(check_message(field, value), deterministic)
        out.append(tag(field.number, END_GROUP))
        return
    encoded = _value(field, value, deterministic)
    if wire_type == LEN:
        out.append(varint(len(encoded)))
    out.append(encoded)


def _repeated(field: Field, values: Any, out: list[bytes], deterministic: bool) -> None:
    values = check_list(values)
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
    key_field, value_field = field.key, field.value
    assert key_field is not None
    assert value_field is not None
    start = tag(field.number, LEN)
    encoded: list[tuple[Any, bytes]] = []
    for key, value in check_dict(entries).items():
        entry: list[bytes] = []
        try:
            _tagged(key_field, key, entry, deterministic)
            _tagged(value_field, value, entry, deterministic)
        except EncodeError as error:
            error.inside(key_step(field, key))
            raise
        # Keys are compared by the numbers they count as: `__index__` alone has no order.
        number = None if isinstance(key, str) else as_int(key)
        encoded.append((key if number is None else number, b"".join(entry)))
    # Sorted only now, because the loop above refuses keys of different types.
    if deterministic:
        encoded.sort(key=_map_order)
    for _, content in encoded:
        out += (start, varint(len(content)), content)


def _map_order(entry: tuple[Any, bytes]) -> Any:
    key = entry[0]
    return key.encode("utf-8", "surrogateescape") if isinstance(key, str) else key


def _value(field: Field, value: Any, deterministic: bool) -> bytes:
    if field.kind == "message":
        return b"".join(_message(check_message(field, value), deterministic))
    return _SCALARS[field.kind](field, value)


def _varint(field: Field, value: Any) -> bytes:
    return varint(check_int(field, value) & 0xFFFFFFFFFFFFFFFF)


def _zigzag(field: Field, value: Any) -> bytes:
    number = check_int(field, value)
    return varint(number << 1 if number >= 0 else ~number << 1 | 1)


def _fixed(field: Field, value: Any) -> bytes:
    return STRUCTS[field.kind].pack(check_int(field, value))


def _bool(field: Field, value: Any) -> bytes:
    return b"\x01" if check_bool(value) else b"\x00"


def _string(field: Field, value: Any) -> bytes:
    errors = utf8_errors(field)
    return check_text(value, errors=errors).encode("utf-8", errors)


def _bytes(field: Field, value: Any) -> bytes:
    return check_bytes(value)


def _enum(field: Field, value: Any) -> bytes:
    return varint(check_enum(field, value) & 0xFFFFFFFFFFFFFFFF)


_SCALARS: dict[str, Callable[[Field, Any], bytes]] = by_group(
    integer=_varint,
    zigzag=_zigzag,
    fixed=_fixed,
    float=pack_float,
    bool=_bool,
    string=_string,
    bytes=_bytes,
    enum=_enum,
)
