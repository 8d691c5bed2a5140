# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Merging one message into another, in memory.

The result is that of decoding both in sequence: set values replace, sub-messages merge, lists are
appended, maps updated, unknown fields appended. The messages share no mutable value afterwards.
Neither required fields nor types are checked; encoding does that.
"""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from .arguments import is_bytes, is_message_class, kind_of
from .checks import check_dict, check_list, check_message, wrong_message
from .copying import clone_value
from .table import unknown_of, value_of
from .visit import set_fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .message import Message
    from .table import Field


def merge_from(message: Message, other: object) -> None:
    """Merge another message of the same class, or an encoded one, into a message.

    Raises ForeignMessageError for a message of another class, TypeError for a value that is neither
    a message nor bytes, DecodeError for invalid bytes.
    """
    if is_bytes(other):
        from .binary.decode import merge

        merge(message, other)
    elif is_message_class(other.__class__):
        _merge(message, other)
    else:
        name = message.__class__.__proto_name__
        raise TypeError(f"merge_from takes a {name} or bytes, not {kind_of(other)}")


def _merge(message: Message, other: Any) -> None:
    if other.__class__ is not message.__class__:
        raise wrong_message(message.__class__, other)
    for field, value in set_fields(other):
        _merge_field(message, field, value)
    message._unknown = unknown_of(message) + unknown_of(other)


def _merge_field(message: Message, field: Field, value: Any) -> None:
    present = value_of(message, field)
    if field.presence == "repeated":
        present += clone_value(list(check_list(value)))
        setattr(message, field.name, present)
    elif field.presence == "map":
        present.update(clone_value(dict(check_dict(value))))
        setattr(message, field.name, present)
    elif field.kind in ("message", "group") and present is not None:
        _merge(check_message(field, present), value)
    else:
        setattr(message, field.name, clone_value(value))
