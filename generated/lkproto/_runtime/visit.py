# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Iterates over the set fields and the sub-messages of a message."""

from __future__ import annotations

from .arguments import is_dict, is_list, is_message_class, kind_of
from .errors import EncodeError, key_step
from .table import table_of, value_of
from .values import is_unset

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .message import Message
    from .table import Field


def set_fields(message: Message) -> Iterator[tuple[Field, Any]]:
    """The fields of a message that are set, with their values, in declaration order.

    A field without presence counts as set if it is not zero, a repeated field or map if it is not
    empty. A value of a type that the field does not take counts as set.
    """
    for field in table_of(message.__class__).fields:
        value = value_of(message, field)
        if not is_unset(field, value):
            yield field, value


def submessages(message: Message) -> Iterator[Message]:
    """Each message directly inside a message, in fields, lists and map values.

    Raises EncodeError for anything else in the place of one: a class, for instance.
    """
    for field, value in set_fields(message):
        part = field.value or field
        if part.kind not in ("message", "group"):
            continue
        for step, child in _parts(field, value):
            if not is_message_class(child.__class__):
                holder = f"{message.__class__.__proto_name__}.{field.proto_name}{step}"
                raise EncodeError(
                    f"{holder} takes a {part.type_name}, not {kind_of(child)}"
                )
            yield child


def _parts(field: Field, value: Any) -> Iterator[tuple[str, Any]]:
    """The values in what a field holds, each with its step of a path."""
    if field.presence == "map" and is_dict(value):
        for key, each in value.items():
            yield key_step(field, key), each
    elif field.presence == "repeated" and is_list(value):
        for index, each in enumerate(value):
            yield f"[{index}]", each
    else:
        yield "", value
