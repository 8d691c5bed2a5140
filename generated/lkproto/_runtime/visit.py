# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
"""Walking the set fields and the sub-messages of a message."""

from __future__ import annotations

from .arguments import is_dict, is_list, is_message_class
from .table import table_of, value_of
from .values import is_unset

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from .message import Message
    from .table import Field


def set_fields(message: Message) -> Iterator[tuple[Field, Any]]:
    """Each field of a message that is set, with its value, in declaration order.

    A field without presence is set when it differs from its zero value; repeated fields and
    maps when they are not empty. A value of a type that the field does not take is set.
    """
    for field in table_of(message.__class__).fields:
        value = value_of(message, field)
        if not is_unset(field, value):
            yield field, value


def submessages(message: Message) -> Iterator[Message]:
    """Each message directly inside a message, in fields, lists and map values.

    What stands there and is no message is left out.
    """
    for field, value in set_fields(message):
        part = field.value or field
        if part.kind not in ("message", "group"):
            continue
        many: Iterable[Any] = (value,)
        if field.presence == "map":
            many = value.values() if is_dict(value) else ()
        elif field.presence == "repeated":
            many = value if is_list(value) else ()
        yield from (each for each in many if is_message_class(each.__class__))
