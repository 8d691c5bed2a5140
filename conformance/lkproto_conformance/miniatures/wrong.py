"""Small testees that are wrong on purpose.

`lint` runs them: a vector that none of them fails proves nothing. The first three are wrong in
every operation; `hasty` makes the mistakes of a token library written in an afternoon, `careless`
those of a loop that posts webhooks, `NaiveTwirp` those of a client and a server.
"""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any

from ..protocol import CLOCK, OPERATIONS, PROFILES, VERSION
from ..serve import Answer
from .codec import HastyCodec
from .notifier import careless_run
from .twirp import NaiveTwirp


class Miniature:
    """A testee with one answer to everything."""

    def __init__(
        self, name: str, same: Answer, ops: frozenset[str] = frozenset(OPERATIONS)
    ) -> None:
        self._name, self._same, self._ops = name, same, ops

    def hello(self) -> dict[str, Any]:
        """Claim to offer all of them."""
        return {
            "protocol": VERSION,
            "implementation": {"name": self._name},
            "capabilities": [CLOCK, *sorted(self._ops)],
            "profiles": list(PROFILES),
        }

    def answer(self, op: str, args: dict[str, Any]) -> Answer:
        """The same answer to every request."""
        del op, args
        return self._same


def accept_all() -> Miniature:
    """Accepts everything and finds nothing in it."""
    return Miniature("accept-all", {"ok": {}})


def reject_all() -> Miniature:
    """Refuses everything, as malformed."""
    return Miniature("reject-all", {"reject": {"kind": "malformed", "message": "no"}})


def wrong_token() -> Miniature:
    """Mints and signs the same token, whatever the request is."""
    token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2lnbmF0dXJl"  # noqa: S105
    ops = frozenset(["token.mint", "token.service", "keyset.sign", "webhook.sign"])
    return Miniature(
        "wrong-token", {"ok": {"token": token, "authorization": token}}, ops
    )


class Hasty(Miniature):
    """Verifies with a lenient decoder, any HMAC and no leeway, and does not need `exp`."""

    def answer(self, op: str, args: dict[str, Any]) -> Answer:
        """Verify, in a hurry."""
        del op
        try:
            return self._verify(args["token"], args["keys"], float(args["now"]))
        except (
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            RecursionError,
        ) as error:
            return {"reject": {"kind": "malformed", "message": str(error)}}

    def _verify(self, token: str, keys: dict[str, str], now: float) -> Answer:
        head, _, signature = token.rpartition(".")
        header, payload = (json.loads(_decode(part)) for part in head.split("."))
        key = payload["iss"]
        digest = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}[
            header["alg"]
        ]
        if key not in keys:
            return {"reject": {"kind": "unknown_key", "message": "unknown key"}}
        right = hmac.digest(keys[key].encode(), head.encode(), digest)
        if right != _decode(signature):
            return {"reject": {"kind": "bad_signature", "message": "bad signature"}}
        if now >= payload.get("exp", now + 1):
            return {"reject": {"kind": "expired", "message": "expired"}}
        claims = {
            name: value for name, value in payload.items() if name not in _REGISTERED
        }
        result = {"api_key": key, "identity": payload.get("sub", ""), "claims": claims}
        return {"ok": {**result, "effective": {}}}


_REGISTERED = frozenset(["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "identity"])


def _decode(part: str) -> bytes:
    return base64.b64decode(part.replace("-", "+").replace("_", "/") + "==")


def hasty() -> Hasty:
    """A token library written in an afternoon."""
    return Hasty("hasty", {}, frozenset(["token.verify"]))


class Careless(Miniature):
    """Posts each event once, at once, and takes any answer for success."""

    def answer(self, op: str, args: dict[str, Any]) -> Answer:
        """Post, and forget."""
        del op
        return {"ok": careless_run(args)}


def careless() -> Careless:
    """A loop that posts webhooks."""
    return Careless("careless", {}, frozenset(["notifier.run"]))


ALL = (accept_all, reject_all, wrong_token, hasty, careless, HastyCodec, NaiveTwirp)
