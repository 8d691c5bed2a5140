# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
"""Message sets: the oldest form of extensions, with a form of their own on the wire.

A set with the option `message_set_wire_format` holds groups numbered 1, each with the number of
an extension (field 2) and the extension's message (field 3). Here such an item becomes a record
of the extension, and back.
"""

from __future__ import annotations

from .binary.wire import read_tag, read_varint, skip, tag, varint
from .kinds import END_GROUP, LEN, START_GROUP, VARINT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .binary.wire import Record

_ITEM, _TYPE_ID, _MESSAGE = 1, 2, 3


def unwrapped(data: bytes, records: Iterable[Record]) -> Iterator[Record]:
    """The records of a set's fields, with those of extensions in place of items."""
    for record in records:
        number, wire_type, start, value, end = record
        if number == _ITEM and wire_type == START_GROUP:
            found = _content(data, value, end)
            if found is not None:
                yield found[0], LEN, start, found[1], end
                continue
        yield record


def _content(data: bytes, at: int, end: int) -> tuple[int, int] | None:
    """Number and offset of an item's message, or None if it is not whole.

    The first of each counts, in either order.
    """
    type_id: int | None = None
    message: int | None = None
    while True:
        number, wire_type, at = read_tag(data, at, end)
        if wire_type == END_GROUP:
            break
        if number == _TYPE_ID and wire_type == VARINT and type_id is None:
            type_id = read_varint(data, at, end)[0]
        elif number == _MESSAGE and wire_type == LEN and message is None:
            message = at
        at = skip(data, at, end, number, wire_type, end)
    return None if type_id is None or message is None else (type_id, message)


def wrapped(number: int, record: bytes) -> bytes:
    """The item of an encoded extension, a record of its number."""
    content = record[len(tag(number, LEN)) :]
    start = tag(_ITEM, START_GROUP) + tag(_TYPE_ID, VARINT) + varint(number)
    return start + tag(_MESSAGE, LEN) + content + tag(_ITEM, END_GROUP)
