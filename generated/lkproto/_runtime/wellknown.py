# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Conversions of the well-known types to Python types, as mixins of their generated classes.

Messages have nanoseconds, `datetime` and `timedelta` microseconds: converting to these drops the
rest, converting from them is exact.
"""

from __future__ import annotations

from .arguments import is_message_class, kind_of

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from typing import Any, Self, TypeVar

    from .message import Message
    from .registry import Registry

    M = TypeVar("M", bound=Message)

_TYPE_PREFIX = "type.googleapis.com/"


class TimestampMethods:
    """Converts `google.protobuf.Timestamp` to and from `datetime`."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __init__(self, *, seconds: int = ..., nanos: int = ...) -> None: ...

    @classmethod
    def from_datetime(cls, value: datetime, /) -> Self:
        """A timestamp from an aware datetime. Raises ValueError for a naive one."""
        if value.tzinfo is None:
            raise ValueError(
                "a timestamp needs an aware datetime; give it a time zone, as in "
                "datetime.now(timezone.utc)"
            )
        from datetime import datetime, timezone

        since = value - datetime(1970, 1, 1, tzinfo=timezone.utc)
        seconds = since.days * 86400 + since.seconds
        return cls(seconds=seconds, nanos=since.microseconds * 1000)

    @classmethod
    def now(cls) -> Self:
        """The current time, in nanoseconds if the clock is that precise."""
        from time import time_ns

        seconds, nanos = divmod(time_ns(), 1_000_000_000)
        return cls(seconds=seconds, nanos=nanos)

    def to_datetime(self) -> datetime:
        """An aware datetime in UTC, rounded down to microseconds.

        Raises OverflowError outside the years 1 to 9999.
        """
        from datetime import datetime, timedelta, timezone

        message: Any = self
        epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)
        return epoch + timedelta(
            seconds=message.seconds, microseconds=message.nanos // 1000
        )


class DurationMethods:
    """Converts `google.protobuf.Duration` to and from `timedelta`."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __init__(self, *, seconds: int = ..., nanos: int = ...) -> None: ...

    @classmethod
    def from_timedelta(cls, value: timedelta, /) -> Self:
        """A duration from a timedelta; its seconds and nanos have the same sign."""
        micros = (value.days * 86400 + value.seconds) * 1_000_000 + value.microseconds
        sign = -1 if micros < 0 else 1
        seconds, rest = divmod(abs(micros), 1_000_000)
        return cls(seconds=sign * seconds, nanos=sign * rest * 1000)

    def to_timedelta(self) -> timedelta:
        """A timedelta, rounded toward zero to microseconds."""
        from datetime import timedelta

        message: Any = self
        micros = abs(message.nanos) // 1000
        return timedelta(
            seconds=message.seconds,
            microseconds=-micros if message.nanos < 0 else micros,
        )


class AnyMethods:
    """`google.protobuf.Any`: a message of any type, together with its type's name."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __init__(self, *, type_url: str = ..., value: bytes = ...) -> None: ...

    @classmethod
    def pack(cls, message: Message, /) -> Self:
        """Wrap a message.

        Raises EncodeError if it cannot be encoded, TypeError for a value that is not a message.
        """
        if not is_message_class(message.__class__):
            raise TypeError(f"Any.pack takes a message, not {kind_of(message)}")
        url = _TYPE_PREFIX + message.__class__.__proto_name__
        return cls(type_url=url, value=message.to_bytes(deterministic=True))

    def unpack(self, *, registry: Registry | None = None) -> Any:
        """The message inside, whose type is looked up in this package, then in `registry`.

        A registry is a function that takes a full proto name and returns a message class or None,
        such as another generated package's `find_message`. Raises DecodeError if the type is not
        found or the message is invalid.
        """
        from .registry import registry_with

        this: Any = self
        found = registry_with(registry)(type_name(this.type_url))
        if found is None:
            from .errors import DecodeError, shown

            raise DecodeError(
                f"{shown(this.type_url, 100)} is not a message type of this package; pass the "
                "`find_message` of the package that has it as `registry`",
                0,
            )
        return found.from_bytes(this.value)

    def unpack_as(self, cls: type[M], /) -> M | None:
        """The message inside if its type is `cls`, else None.

        Raises DecodeError if it is invalid.
        """
        this: Any = self
        if type_name(this.type_url) != cls.__proto_name__:
            return None
        return cls.from_bytes(this.value)


def type_name(url: str) -> str:
    """The full proto name in a type URL: the part after the last slash."""
    return url.rpartition("/")[2]


class StructMethods:
    """`google.protobuf.Struct`: a JSON object.

    `from_dict` takes and `to_dict` returns a plain dict, as in ProtoJSON. `struct[key]` is the
    value of a key as a plain Python value.
    """

    __slots__ = ()

    def __getitem__(self, key: str, /) -> Any:
        this: Any = self
        return this.fields[key].to_dict()


class ListValueMethods:
    """`google.protobuf.ListValue`: a JSON array.

    `from_dict` takes and `to_dict` returns a plain list. `values[index]` is a plain Python value,
    or a list of them for a slice.
    """

    __slots__ = ()

    def __getitem__(self, index: int | slice, /) -> Any:
        this: Any = self
        found = this.values[index]
        if isinstance(index, slice):
            return [value.to_dict() for value in found]
        return found.to_dict()


class ValueMethods:
    """`google.protobuf.Value`: any JSON value.

    `from_dict` takes and `to_dict` returns the plain Python value.
    """

    __slots__ = ()


class FieldMaskMethods:
    """`google.protobuf.FieldMask`: a list of field names."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __init__(self, *, paths: list[str] = ...) -> None: ...

    @classmethod
    def all_of(cls, message: type[Message], /) -> Self:
        """A mask with the names of all fields of a message class."""
        from .table import table_of

        return cls(paths=[field.proto_name for field in table_of(message).fields])
