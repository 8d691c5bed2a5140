# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Message sets: the oldest kind of extensions, which has its own form on the wire.

A message with the option `message_set_wire_format` has groups with number 1. Each group has the
number of an extension (field 2) and the extension's message (field 3). This module converts such
items to records of extensions, and back.
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
    """The records of a message set, with each item replaced by the record of its extension."""
    for record in records:
        number, wire_type, start, value, end = record
        if number == _ITEM and wire_type == START_GROUP:
            found = _content(data, value, end)
            if found is not None:
                yield found[0], LEN, start, found[1], end
                continue
        yield record


def _content(data: bytes, at: int, end: int) -> tuple[int, int] | None:
    """The extension's number and the offset of its message in an item, None if one is missing.

    They can be in either order; if one is repeated, the first counts.
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
    """The item of a message set for the record of an encoded extension."""
    content = record[len(tag(number, LEN)) :]
    start = tag(_ITEM, START_GROUP) + tag(_TYPE_ID, VARINT) + varint(number)
    return start + tag(_MESSAGE, LEN) + content + tag(_ITEM, END_GROUP)
