# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Fields of a message that its schema does not know, which it keeps byte for byte."""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from .table import unknown_of

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from .message import Message


def has_unknown(message: Message) -> bool:
    """Whether a message has fields that its schema does not know, apart from its sub-messages."""
    return bool(unknown_of(message))


def unknown_bytes(message: Message) -> bytes:
    """The fields of a message that its schema does not know, encoded as they were received.

    Those of its sub-messages are not included.
    """
    return unknown_of(message)


def clear_unknown(message: Message) -> None:
    """Remove the fields that its schema does not know from a message and all its sub-messages."""
    from .visit import submessages

    seen: set[int] = set()
    todo = [message]
    while todo:
        each = todo.pop()
        if id(each) not in seen:
            seen.add(id(each))
            each._unknown = b""
            todo += submessages(each)
