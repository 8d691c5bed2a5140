# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Default answers: what is asked for is repeated, ids are made up, and lists have one element.

They are those of LiveKit's test server (cmd/test-server of livekit-server 1.13.5).
"""

from __future__ import annotations

from .._runtime.reflection.members import fields_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    from .._runtime.message import Message
    from .._runtime.table import Field

    M = TypeVar("M", bound=Message)

_NO_SCALARS = ("message", "group", "enum", "map")
_MANY = ("repeated", "map")


def populated(cls: type[M], request: Message) -> M:
    """The default answer of a class to a request."""
    # Decoding makes classes that are deprecated without a warning.
    return _filled(
        cls.from_bytes(b""),
        {each.proto_name: each for each in fields_of(request)},
        request,
    )


def _filled(message: M, asked: dict[str, Field], request: Message | None) -> M:
    for field in fields_of(message):
        if field.kind == "message" and field.presence == "repeated":
            if request is not None:  # elements of elements are none
                getattr(message, field.name).append(
                    _filled(field.type.from_bytes(b""), {}, None)
                )
        elif field.presence not in _MANY and field.kind not in _NO_SCALARS:
            value = _echoed(field, asked, request)
            if value is None and field.kind == "string" and _is_id(field.proto_name):
                value = f"MOCK_{field.proto_name.upper()}"
            if value is not None:
                setattr(message, field.name, value)
    return message


def _echoed(field: Field, asked: dict[str, Field], request: Message | None) -> object:
    """What a request says in a field of the same name and kind; None if that is nothing."""
    other = asked.get(field.proto_name)
    if other is None or other.kind != field.kind or other.presence in _MANY:
        return None
    value: object = getattr(request, other.name)
    return None if other.presence == "implicit" and not value else value


def _is_id(name: str) -> bool:
    return name in ("id", "sid") or name.endswith(("_id", "_sid"))
