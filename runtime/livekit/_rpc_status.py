# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""`google.rpc.Status`, in which errors of gRPC carry their details; our schema does not have it."""

from __future__ import annotations

from ._runtime.binary import wire
from .google.protobuf import Any as AnyMessage

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from ._runtime.message import Message

_MESSAGE, _DETAILS = 2, 3
_LEN = 2


def status_bytes(code: int, message: str, detail: Message) -> bytes:
    """An encoded status with one detail."""
    parts = [wire.tag(1, 0) + wire.varint(code)]
    packed = AnyMessage.pack(detail).to_bytes()
    for number, data in ((_MESSAGE, message.encode()), (_DETAILS, packed)):
        parts += (wire.tag(number, _LEN), wire.varint(len(data)), data)
    return b"".join(parts)


def details_in(data: bytes) -> tuple[Message, ...]:
    """The details of an encoded status; those of unknown types as they are packed.

    Raises DecodeError.
    """
    found: list[Message] = []
    for number, wire_type, _, value, end in wire.records(data):
        if number == _DETAILS and wire_type == _LEN:
            start, _ = wire.read_length(data, value, end)
            found.append(_unpacked(AnyMessage.from_bytes(data[start:end])))
    return tuple(found)


def _unpacked(packed: AnyMessage) -> Message:
    from ._runtime.registry import find_message

    known = find_message(packed.type_url.rpartition("/")[2])
    return packed if known is None else known.from_bytes(packed.value)
