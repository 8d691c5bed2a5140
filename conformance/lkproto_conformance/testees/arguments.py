"""Arguments of requests as lkproto's values."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from lkproto import auth
from lkproto.auth import grants as rules
from lkproto.auth.claims_reader import read_claims
from lkproto.livekit_models_pb import ParticipantPermission

Args = dict[str, Any]


def claims_of(given: Any) -> auth.ClaimGrants:
    """Claims a request gives as in a token. Raises AuthError."""
    return read_claims(json.dumps(given), strict=False)[0]


def clock(args: Args) -> Callable[[], float]:
    """The clock of a request."""
    now: float = args["now"]
    return lambda: now


def enum_value_of(cls: Any, text: str) -> Any:
    """The enum value that a claim's text names, or its number."""
    found = rules.enum_value(cls, text)
    return cls(int(text)) if found is None else found


def permission_of(given: Any) -> ParticipantPermission | None:
    """The permission of a request, or None."""
    if given is None:
        return None
    return ParticipantPermission.from_dict(given, ignore_unknown=True)
