# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Secrets in room configurations, which anyone who has the token can read.

`strict` looks at every field that the schema marks as SECRET, at any depth, and at stream
outputs, whose addresses contain stream keys. `go` looks where livekit/protocol v1.54.0 does
(auth/grants.go, CheckCredentials): not at image outputs, deprecated outputs, access keys, session
tokens, external ids and proxy passwords.
"""

from __future__ import annotations

import re

from .._runtime.message import Message
from .._runtime.table import table_of
from ..livekit_egress_pb import StreamOutput
from ._errors import SensitiveCredentialsError
from ._jws import is_strict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .._runtime.table import Field
    from ..livekit_room_pb import RoomConfiguration
    from ._jws import Profile

_WHERE_GO_LOOKS = re.compile(
    r"\$\.egress\.(?:"
    r"(?:(?:participant|room)\.(?:file|segment)_outputs\[\d+\]|tracks)"
    r"\.(?:s3\.secret|gcp\.credentials|azure\.account_key|aliOSS\.secret)"
    r"|room\.stream_outputs\[\d+\])"
)


def check_credentials(
    config: RoomConfiguration | None, *, profile: Profile = "strict"
) -> None:
    """Raise SensitiveCredentialsError for the first secret, with its place."""
    strict = is_strict(profile)
    if config is not None:
        refuse_secrets(config, strict)


def refuse_secrets(config: RoomConfiguration, strict: bool) -> None:
    """As `check_credentials`, for a profile that was checked."""
    for path in secrets_in(config):
        if strict or _WHERE_GO_LOOKS.fullmatch(path):
            raise SensitiveCredentialsError(path)


def secrets_in(message: Message, path: str = "$") -> Iterator[str]:
    """Paths of the secrets in a message, at any depth, in the order of declaration."""
    for field in _leads(message.__class__):
        for step, value in _values(field, getattr(message, field.name)):
            place = f"{path}.{field.proto_name}{step}"
            if field.redact == "SECRET" or isinstance(value, StreamOutput):
                yield place
            else:
                yield from secrets_in(value, place)


def _values(field: Field, value: Any) -> Iterator[tuple[str, Any]]:
    """The values of a field that is set, each with its place in the field."""
    if not value:
        return
    if field.redact == "SECRET" or field.presence in ("explicit", "implicit"):
        yield "", value
    elif field.presence == "map":
        yield from ((f"[{key!r}]", each) for key, each in value.items())
    else:
        yield from ((f"[{index}]", each) for index, each in enumerate(value))


_leads_of: dict[type[Message], tuple[Field, ...]] = {}


def _leads(cls: type[Message]) -> tuple[Field, ...]:
    """The fields of a message class that are secrets or may contain some."""
    found = _leads_of.get(cls)
    if found is None:
        fields = table_of(cls).fields
        _leads_of[cls] = (
            fields  # until it is known, for classes that contain themselves
        )
        found = _leads_of[cls] = tuple(field for field in fields if _is_lead(field))
    return found


def _is_lead(field: Field) -> bool:
    part = field.value or field
    if field.redact == "SECRET":
        return True
    if part.kind not in ("message", "group"):
        return False
    return part.type is StreamOutput or bool(_leads(part.type))
