"""Iterates over the set fields and the sub-messages of a message."""

from __future__ import annotations

from .table import table_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .message import Message
    from .table import Field


def set_fields(message: Message) -> Iterator[tuple[Field, Any]]:
    """The fields of a message that are set, with their values, in declaration order.

    A field without presence counts as set if it is not zero, a repeated field or map if it is not
    empty.
    """
    for field in table_of(message.__class__).fields:
        value = getattr(message, field.name)
        if field.presence in ("explicit", "required"):
            if value is not None:
                yield field, value
        elif value or (value.__class__ is float and str(value) == "-0.0"):
            yield field, value


def submessages(message: Message) -> Iterator[Message]:
    """The messages directly inside a message: in its fields, lists and map values."""
    for field, value in set_fields(message):
        part = field.value or field
        if part.kind not in ("message", "group"):
            continue
        if field.presence == "map":
            yield from value.values()
        elif field.presence == "repeated":
            yield from value
        else:
            yield value
