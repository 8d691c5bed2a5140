"""Arguments of requests as values of lkproto."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from lkproto import auth
from lkproto.livekit_models_pb import ParticipantPermission

Args = dict[str, Any]


class DeclinedError(Exception):
    """A request that is deliberately not answered; the text says why."""


_KEYS = auth.HMACKeySet.from_bytes("HS256", bytes(32))
_VERIFIER = auth.TokenVerifier(
    keys=_KEYS, profile="go", max_size=sys.maxsize, clock=lambda: 0
)


def claims_of(given: Any) -> auth.ClaimGrants:
    """Claims that a request gives as in a token: they are put into one and read from it.

    Raises AuthError.
    """
    token = _KEYS.sign({**given, "sub": given.get("identity") or "", "exp": 1})
    return _VERIFIER.verify(token).grants


def clock(args: Args) -> Callable[[], float]:
    """The clock of a request."""
    now: float = args["now"]
    return lambda: now


def enum_value_of(cls: Any, text: str) -> Any:
    """The enum value that the text of a claim names, or that has its number."""
    found = auth.enum_value(cls, text)
    return cls(int(text)) if found is None else found


def permission_of(given: Any) -> ParticipantPermission | None:
    """The permission of a request, or None."""
    if given is None:
        return None
    return ParticipantPermission.from_dict(given, ignore_unknown=True)
