"""Secrets in room configurations, which whoever has the token can read.

`strict` looks at every field that the schema marks as SECRET, wherever it sits, and at stream
outputs, whose addresses hold stream keys. `go` looks where livekit/protocol v1.54.0 does
(auth/grants.go, CheckCredentials): not at image outputs, deprecated outputs, access keys, session
tokens, external ids and proxy passwords.
"""

from __future__ import annotations

import re

from .._runtime.message import Message
from .._runtime.visit import set_fields
from ..livekit_egress_pb import StreamOutput
from .errors import SensitiveCredentialsError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Literal, TypeAlias

    from .._runtime.table import Field
    from ..livekit_room_pb import RoomConfiguration

    Profile: TypeAlias = Literal["strict", "go"]

_WHERE_GO_LOOKS = re.compile(
    r"\$\.egress\.(?:"
    r"(?:(?:participant|room)\.(?:file|segment)_outputs\[\d+\]|tracks)"
    r"\.(?:s3\.secret|gcp\.credentials|azure\.account_key|aliOSS\.secret)"
    r"|room\.stream_outputs\[\d+\])"
)


def check_credentials(
    config: RoomConfiguration | None, *, profile: Profile = "strict"
) -> None:
    """Raise SensitiveCredentialsError, which names the place, for the first secret."""
    if config is None:
        return
    for path in secrets_in(config):
        if profile == "strict" or _WHERE_GO_LOOKS.fullmatch(path):
            raise SensitiveCredentialsError(path)


def secrets_in(message: Message, path: str = "$") -> Iterator[str]:
    """Paths of the secrets in a message, at any depth, in the order of declaration."""
    for field, value in set_fields(message):
        place = f"{path}.{field.proto_name}"
        if field.redact == "SECRET":
            yield place
        else:
            for step, each in _items(field, value):
                if isinstance(each, StreamOutput):
                    yield place + step
                elif isinstance(each, Message):
                    yield from secrets_in(each, place + step)


def _items(field: Field, value: Any) -> Iterator[tuple[str, Any]]:
    if field.presence == "repeated":
        yield from ((f"[{index}]", each) for index, each in enumerate(value))
    elif field.presence == "map":
        yield from ((f"[{key!r}]", each) for key, each in value.items())
    else:
        yield "", value
