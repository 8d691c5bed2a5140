# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The fields of a message class, and the numbers and names that it or an enum reserves."""

from __future__ import annotations

from ..arguments import is_message_class
from ..registry import is_own, not_own
from ..table import Field, table_of
from .descriptors import descriptor_of

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from ..enums import Enum
    from ..message import Message


class Reserved:
    """The numbers and names that a message or enum reserves, so that no field or value uses them.

    `ranges` are pairs of the first and last number, both inclusive. `in` takes a number or a name.
    """

    __slots__ = ("names", "ranges")

    def __init__(
        self, ranges: tuple[tuple[int, int], ...], names: tuple[str, ...]
    ) -> None:
        self.ranges = ranges
        self.names = names

    def __contains__(self, item: object) -> bool:
        if isinstance(item, str):
            return item in self.names
        return isinstance(item, int) and any(a <= item <= b for a, b in self.ranges)

    def __repr__(self) -> str:
        return f"Reserved(ranges={self.ranges!r}, names={self.names!r})"


def fields_of(message: type[Message] | Message, /) -> tuple[Field, ...]:
    """The fields of a message or message class, in declaration order.

    Raises TypeError for a value that is neither a message nor a message class of this package.
    """
    cls = message if isinstance(message, type) else type(message)
    if not is_message_class(cls) or not is_own(cls):
        raise not_own(cls)
    return table_of(cls).fields


def reserved_of(source: type[Message] | type[Enum], /) -> Reserved:
    """The numbers and names that a message or enum class reserves.

    Raises TypeError for a value that is not a message or enum class of this package.
    """
    descriptor = descriptor_of(source)
    # A message's range ends before `end`, an enum's includes it (descriptor.proto).
    last = 1 if is_message_class(source) else 0
    ranges = tuple(
        (each.start or 0, (each.end or 0) - last) for each in descriptor.reserved_range
    )
    return Reserved(ranges, tuple(descriptor.reserved_name))
