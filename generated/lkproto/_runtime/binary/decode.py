# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Binary format to messages: the exact decoder, driven by field tables.

The last value of a scalar wins, sub-messages merge, repeated fields are appended. Fields that the
schema does not know are kept byte for byte. Work is linear in the input, and nesting is limited.
"""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from ..arguments import as_bytes, check_depth
from ..checks import check_message, utf8_errors
from ..errors import DecodeError, key_step
from ..kinds import (
    END_GROUP,
    KINDS,
    LEN,
    STRUCTS,
    VARINT,
    by_group,
)
from ..layout import blank
from ..table import table_of
from .wire import read_length, read_tag, read_varint, skip, tag, varint

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, TypeVar

    from ..message import Message
    from ..table import Field
    from .wire import Record

    M = TypeVar("M", bound=Message)

# Groups in unknown fields were limited when the message was decoded; the limit is not known here.
_ANY_DEPTH = 1 << 30


class _UnknownValue(Exception):
    """A number that its closed enum does not name, which makes the field unknown."""


def decode(
    cls: type[M],
    data: bytes,
    *,
    max_depth: int = 100,
    max_messages: int | None = None,
) -> M:
    """Decode a message. Raises DecodeError.

    `max_depth` bounds how deep messages nest, `max_messages` how many are inside.
    """
    check_depth(max_depth)
    if max_messages is not None and max_messages < 0:
        raise ValueError(f"max_messages is at least 0, not {max_messages}")
    message = blank(cls)
    merge(message, data, max_depth=max_depth, max_messages=max_messages)
    return message


def merge(
    message: Message,
    data: bytes,
    *,
    max_depth: int = 100,
    max_messages: int | None = None,
) -> None:
    """Decode into a message that may already have content. Raises DecodeError."""
    data = as_bytes(data, "from_bytes")
    decoder = _Decoder(data, max_messages)
    try:
        decoder.fields(message, 0, len(data), max_depth)
    except RecursionError:
        raise DecodeError("messages are nested too deeply", 0) from None
    finally:
        decoder.settle()


def decode_occurrences(field: Field, data: bytes, among: Iterable[Record]) -> Any:
    """The value of an extension, merged from all of its records in encoded fields.

    If no record fits its type, returns None, or an empty list for a repeated extension.
    """
    holder = _Holder()
    decoder = _Decoder(data)
    for number, wire_type, _, at, end in among:
        if number == field.number and accepts(field, wire_type):
            try:
                decoder.known(holder, field, wire_type, at, end, _ANY_DEPTH)
            except _UnknownValue:
                pass
            except RecursionError:
                raise DecodeError("messages are nested too deeply", at) from None
    decoder.settle()
    return holder.value if field.presence != "repeated" else holder.items


class _Holder:
    """Holds the value of an extension, in place of a message."""

    def __init__(self) -> None:
        self.value: Any = None
        self.items: list[Any] = []
        self._unknown = b""


def _get(holder: Any, field: Field) -> Any:
    if holder.__class__ is _Holder:
        return holder.items if field.presence == "repeated" else holder.value
    return getattr(holder, field.name)


def _set(holder: Any, field: Field, value: Any) -> None:
    setattr(holder, "value" if holder.__class__ is _Holder else field.name, value)


def accepts(field: Field, wire_type: int) -> bool:
    """Whether a field can be read from a wire type; packable ones can, packed or not."""
    if field.presence == "map":
        return wire_type == LEN
    kind = KINDS[field.kind]
    if wire_type == kind.wire_type:
        return True
    return wire_type == LEN and field.presence == "repeated" and kind.packable


class _Decoder:
    """One pass over encoded fields.

    Every method reads from an offset, not beyond `end`, and returns the offset after what it read.
    Unknown fields are joined once, by `settle`: a sub-message may be split into many parts, and
    appending to its bytes for each of them would take quadratic time.
    """

    __slots__ = ("_data", "_left", "_most", "_unknown")

    def __init__(self, data: bytes, max_messages: int | None = None) -> None:
        self._data = data
        # How many more messages may be made; a number below zero never comes to be zero.
        self._most = max_messages
        self._left = -1 if max_messages is None else max_messages
        self._unknown: dict[int, tuple[Any, list[bytes]]] = {}

    def settle(self) -> None:
        """Add to each message the unknown fields that were found in it."""
        for message, parts in self._unknown.values():
            message._unknown += b"".join(parts)

    def _keep(self, message: Any, record: bytes) -> None:
        found = self._unknown.get(id(message))
        if found is None:
            found = self._unknown[id(message)] = (message, [])
        found[1].append(record)

    def fields(
        self, message: Any, at: int, end: int, depth: int, group: int | None = None
    ) -> int:
        """Read fields up to `end`, or in a group up to its end tag."""
        data = self._data
        by_number = table_of(message.__class__).by_number
        opened = at
        while at < end:
            start = at
            number, wire_type, at = read_tag(data, at, end)
            if wire_type == END_GROUP:
                if number != group:
                    raise DecodeError(f"group {number} ends but was not started", start)
                return at
            field = by_number.get(number)
            if field is not None and accepts(field, wire_type):
                try:
                    at = self.known(message, field, wire_type, at, end, depth)
                    continue
                except _UnknownValue:
                    pass
                except DecodeError as error:
                    error.conceal(field)
                    error.inside("." + field.proto_name)
                    raise
            at = skip(data, at, end, number, wire_type, depth)
            self._keep(message, data[start:at])
        if group is not None:
            raise DecodeError(f"group {group} does not end", opened)
        return at

    def known(
        self, message: Any, field: Field, wire_type: int, at: int, end: int, depth: int
    ) -> int:
        """Read the value of a field whose tag was just read."""
        if field.presence == "map":
            return self._map_entry(message, field, at, end, depth)
        if field.presence == "repeated":
            if wire_type == LEN and KINDS[field.kind].packable:
                return self._packed(message, field, at, end)
            items = _get(message, field)
            value, at = self._item(field, at, end, depth, len(items))
            items.append(value)
            return at
        previous = _get(message, field) if field.kind in ("message", "group") else None
        value, at = self._single(field, at, end, depth, previous)
        _set(message, field, value)
        return at

    def _single(
        self, field: Field, at: int, end: int, depth: int, previous: Any = None
    ) -> tuple[Any, int]:
        """Read one value; a sub-message merges into `previous`."""
        if field.kind == "message":
            inner, end = read_length(self._data, at, end)
            value = self._target(field, previous, at)
            self.fields(value, inner, end, _deeper(depth, at))
            return value, end
        if field.kind == "group":
            value = self._target(field, previous, at)
            return value, self.fields(value, at, end, _deeper(depth, at), field.number)
        return _SCALARS[field.kind](field, self._data, at, end)

    def _target(self, field: Field, previous: Any, at: int) -> Any:
        """The message that a sub-message is read into."""
        if previous is not None:
            return check_message(field, previous)
        return self._new(field.type, at)

    def _new(self, cls: Any, at: int) -> Any:
        if not self._left:
            raise DecodeError(
                f"there are more messages than max_messages, {self._most}", at
            )
        self._left -= 1
        return blank(cls)

    def _item(
        self, field: Field, at: int, end: int, depth: int, index: int
    ) -> tuple[Any, int]:
        try:
            return self._single(field, at, end, depth)
        except DecodeError as error:
            error.inside(f"[{index}]")
            raise

    def _packed(self, message: Any, field: Field, at: int, end: int) -> int:
        data = self._data
        at, end = read_length(data, at, end)
        items: list[Any] = _get(message, field)
        read = _SCALARS[field.kind]
        while at < end:
            start = at
            try:
                value, at = read(field, data, at, end)
                items.append(value)
            except _UnknownValue:
                number, at = read_varint(data, start, end)
                self._keep(message, tag(field.number, VARINT) + varint(number))
            except DecodeError as error:
                error.inside(f"[{len(items)}]")
                raise
        return end

    def _map_entry(
        self, message: Any, field: Field, at: int, end: int, depth: int
    ) -> int:
        """Read one entry. A missing key or value is zero; if one is repeated, the last one counts.

        If the value is a number that its closed enum does not name, the whole entry is unknown. It
        is still read to its end, because it may be invalid.
        """
        at, end = read_length(self._data, at, end)
        key_field, value_field = field.key, field.value
        assert key_field is not None
        assert value_field is not None
        key: Any = key_field.default
        value: Any = None
        unnamed = False
        while at < end:
            number, wire_type, at = read_tag(self._data, at, end)
            if number == 1 and accepts(key_field, wire_type):
                key, at = self._single(key_field, at, end, depth)
            elif number == 2 and accepts(value_field, wire_type):
                try:
                    value, at = self._entry_value(
                        value_field, at, end, depth, value, key
                    )
                    unnamed = False
                except _UnknownValue:
                    unnamed, at = True, read_varint(self._data, at, end)[1]
            else:
                at = skip(self._data, at, end, number, wire_type, depth)
        if unnamed:
            raise _UnknownValue
        if value is None:
            is_message = value_field.kind == "message"
            value = (
                self._new(value_field.type, at) if is_message else value_field.default
            )
        _get(message, field)[key] = value
        return at

    def _entry_value(
        self, field: Field, at: int, end: int, depth: int, previous: Any, key: Any
    ) -> tuple[Any, int]:
        kept = previous if field.kind == "message" else None
        try:
            return self._single(field, at, end, depth, kept)
        except DecodeError as error:
            error.inside(key_step(field, key))
            raise


def _deeper(depth: int, offset: int) -> int:
    if depth <= 1:
        raise DecodeError("messages are nested too deeply", offset)
    return depth - 1


def _unsigned(field: Field, data: bytes, at: int, end: int) -> tuple[int, int]:
    value, at = read_varint(data, at, end)
    return (value & 0xFFFFFFFF if field.kind == "uint32" else value), at


def _signed(field: Field, data: bytes, at: int, end: int) -> tuple[int, int]:
    value, at = read_varint(data, at, end)
    bits = 64 if field.kind == "int64" else 32
    value &= (1 << bits) - 1
    return (value - (1 << bits) if value >> (bits - 1) else value), at


def _zigzag(field: Field, data: bytes, at: int, end: int) -> tuple[int, int]:
    value, at = read_varint(data, at, end)
    if field.kind == "sint32":
        value &= 0xFFFFFFFF
    return value >> 1 ^ -(value & 1), at


def _fixed(field: Field, data: bytes, at: int, end: int) -> tuple[Any, int]:
    form = STRUCTS[field.kind]
    if at + form.size > end:
        raise DecodeError("the input ends inside a fixed-width value", end)
    return form.unpack_from(data, at)[0], at + form.size


def _bool(field: Field, data: bytes, at: int, end: int) -> tuple[bool, int]:
    value, at = read_varint(data, at, end)
    return value != 0, at


def _string(field: Field, data: bytes, at: int, end: int) -> tuple[str, int]:
    at, end = read_length(data, at, end)
    try:
        return data[at:end].decode("utf-8", utf8_errors(field)), end
    except UnicodeDecodeError as error:
        at += error.start
    # Raised outside of `except`, because Python's error holds the text.
    raise DecodeError("the text is not valid UTF-8", at)


def _bytes(field: Field, data: bytes, at: int, end: int) -> tuple[bytes, int]:
    at, end = read_length(data, at, end)
    return data[at:end], end


def _enum(field: Field, data: bytes, at: int, end: int) -> tuple[Any, int]:
    value, at = _signed(field, data, at, end)
    try:
        return field.type(value), at
    except ValueError:
        raise _UnknownValue from None


_SCALARS: dict[str, Callable[[Field, bytes, int, int], tuple[Any, int]]] = by_group(
    signed=_signed,
    unsigned=_unsigned,
    zigzag=_zigzag,
    fixed=_fixed,
    float=_fixed,
    bool=_bool,
    string=_string,
    bytes=_bytes,
    enum=_enum,
)
