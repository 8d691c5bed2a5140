# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Extensions: fields that another schema adds to a message (proto2 and custom options).

A message stores its extensions encoded, among its unknown fields; these functions read and write
them there.
"""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from contextlib import suppress

from .binary.wire import records
from .errors import DecodeError, EncodeError
from .message_set import unwrapped, wrapped
from .table import Field, unknown_of

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from typing import Any, Generic, TypeVar

    from .binary.wire import Record
    from .message import Message
    from .specifiers import Specifier

    T = TypeVar("T")

    class _Base(Generic[T]):
        """Makes `Extension` generic for type checkers."""

else:

    class _Base:
        """Makes `Extension[T]` valid at run time without importing typing."""

        __slots__ = ()

        def __class_getitem__(cls, item):
            return cls


class Extension(_Base["T"]):
    """An extension of a message.

    `name` is its full proto name and `extendee` that of the message it extends. `field` has its
    number, kind, type and presence, as for a field of a message.
    """

    __slots__ = ("extendee", "field", "name")

    def __init__(self, extendee: str, name: str, field: Field) -> None:
        self.extendee = extendee
        self.name = name
        self.field = field

    def __repr__(self) -> str:
        return f"<Extension {self.name} = {self.field.number} of {self.extendee}>"


def extension(extendee: str, name: str, specifier: Specifier) -> Extension[Any]:
    """Declare an extension; generated modules call this."""
    field = Field(name, specifier, None)
    return Extension(extendee, name, field)


def get_extension(message: Message, extension: Extension[T], /) -> T | None:
    """The value of an extension in a message, or None if it is not set.

    A repeated extension returns a list, which is empty if it is not set. Changes to the value do
    not change the message. Raises TypeError if the extension extends another message, and
    DecodeError if its bytes in the message do not fit the extension's type.
    """
    from .binary.decode import decode_occurrences

    _check(message, extension)
    field = extension.field
    try:
        found: Any = decode_occurrences(field, unknown_of(message), _records(message))
    except DecodeError as error:
        error.inside(f".[{extension.name}]")
        raise
    return found  # type: ignore[no-any-return]


def has_extension(message: Message, extension: Extension[Any], /) -> bool:
    """Whether a message has an extension. Raises the errors of `get_extension`."""
    value = get_extension(message, extension)
    many = extension.field.presence == "repeated"
    return bool(value) if many else value is not None


def clear_extension(message: Message, extension: Extension[Any], /) -> None:
    """Remove an extension from a message. Raises TypeError if it extends another message."""
    _check(message, extension)
    message._unknown = unknown_without(message, (extension.field.number,))


def set_extension(message: Message, extension: Extension[T], value: T, /) -> None:
    """Set an extension of a message.

    Raises TypeError if it extends another message, EncodeError for a value it cannot hold.
    """
    from .binary.encode import encode_field

    _check(message, extension)
    try:
        encoded = encode_field(extension.field, value)
    except EncodeError as error:
        error.inside(f".[{extension.name}]")
        raise
    if message._message_set:
        encoded = wrapped(extension.field.number, encoded)
    clear_extension(message, extension)
    message._unknown += encoded


def known_extensions(message: Message) -> Iterator[tuple[Extension[Any], Any]]:
    """The extensions of a message that its package knows, with their values.

    They are in the order of their first record. Bytes that do not fit their extension's type
    count as unknown fields.
    """
    if not unknown_of(message):
        return
    from .registry import find_extension

    extendee = message.__class__.__proto_name__
    for number in dict.fromkeys(number for number, *_ in _records(message)):
        found = find_extension(extendee, number)
        if found is None:
            continue
        value = None
        with suppress(DecodeError):
            value = get_extension(message, found)
        if value is not None and value != []:
            yield found, value


def unknown_without(message: Message, numbers: Container[int]) -> bytes:
    """The unknown fields of a message, without the extensions that have these numbers."""
    data = unknown_of(message)
    return b"".join(
        data[start:end]
        for number, _, start, _, end in _records(message)
        if number not in numbers
    )


def _records(message: Message) -> Iterator[Record]:
    """The records of a message's unknown fields, which include its extensions."""
    data = unknown_of(message)
    found = records(data, len(data))
    return unwrapped(data, found) if message._message_set else found


def _check(message: Message, extension: Extension[Any]) -> None:
    if message.__class__.__proto_name__ != extension.extendee:
        raise TypeError(
            f"{extension.name} extends {extension.extendee}, "
            f"not {message.__class__.__proto_name__}"
        )
