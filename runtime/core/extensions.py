"""Extensions: fields that another schema adds to a message (proto2 and custom options).

A message keeps the extensions it carries as the bytes they came in, among its unknown fields;
these functions read and write them there.
"""

# Modules of the runtime share the layout of messages; see `message`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from .message import Message
from .table import Field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Generic, TypeVar

    from .specifiers import Specifier

    T = TypeVar("T")

    class _Base(Generic[T]):
        """Makes Extension generic to checkers; at run time it only subscripts."""

else:

    class _Base:
        """Makes `Extension[T]` spellable without importing typing."""

        __slots__ = ()

        def __class_getitem__(cls, item):
            return cls


class Extension(_Base["T"]):
    """An extension of a message: its full name, the extended message and the field.

    `field` says kind, type and presence, as for a field of a message.
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
    """The value of an extension in a message, or None where it is not set.

    A repeated extension gives a list. Raises TypeError if it extends another message,
    DecodeError if the bytes the message carries are not of the extension's type.
    """
    from .binary_decode import decode_field_from_unknown

    _check(message, extension)
    found: Any = decode_field_from_unknown(extension.field, message._unknown)
    return found  # type: ignore[no-any-return]


def has_extension(message: Message, extension: Extension[Any], /) -> bool:
    """Whether a message carries an extension."""
    from .binary_decode import split_unknown

    _check(message, extension)
    numbers = (number for number, _ in split_unknown(message._unknown))
    return extension.field.number in numbers


def clear_extension(message: Message, extension: Extension[Any], /) -> None:
    """Remove an extension from a message."""
    from .binary_decode import split_unknown

    _check(message, extension)
    message._unknown = b"".join(
        raw
        for number, raw in split_unknown(message._unknown)
        if number != extension.field.number
    )


def set_extension(message: Message, extension: Extension[T], value: T, /) -> None:
    """Set an extension of a message. Raises EncodeError for a value outside its type."""
    from .binary_encode import encode_field

    _check(message, extension)
    encoded = encode_field(extension.field, value)
    clear_extension(message, extension)
    message._unknown += encoded


def _check(message: Message, extension: Extension[Any]) -> None:
    if message.__class__.__proto_name__ != extension.extendee:
        raise TypeError(
            f"{extension.name} extends {extension.extendee}, "
            f"not {message.__class__.__proto_name__}"
        )
