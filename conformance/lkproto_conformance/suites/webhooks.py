"""Laws of webhooks: what was signed is received, and nothing that was changed on the way."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from lkproto.livekit import WebhookEvent

from ..judging.equality import difference
from ..strategies import (
    KeyPair,
    key_pairs,
    webhook_bodies,
    webhook_deliveries,
    webhook_events,
)
from ..strategies.tokens import NOW
from ..strategies.webhooks import Delivery, authorization, flipped_token
from ..strategies.wire import flip
from .law import Law
from .session import Session

SIGN, RECEIVE = "webhook.sign", "webhook.receive"
_KINDS = {
    "no header": ("missing_auth",),
    "other secret": ("bad_signature",),
    "body": ("hash_mismatch",),
    "no hash": ("hash_mismatch",),
    "late": ("expired",),
    "bearer": ("malformed",),
}
"""How a receiver has to refuse; a token with a bit changed may be refused as anything."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An event, who signs it, and a number that decides what is changed."""

    event: WebhookEvent
    pair: KeyPair
    place: int

    @property
    def body(self) -> bytes:
        """The event as its sender writes it."""
        return self.event.to_json().encode()

    @property
    def value(self) -> dict[str, Any]:
        """The event as ProtoJSON."""
        found: dict[str, Any] = json.loads(self.body)
        return found


def _sent() -> SearchStrategy[Sent]:
    return st.builds(Sent, webhook_events(), key_pairs(), st.integers(0, 1 << 14))


def _bodies() -> SearchStrategy[bytes]:
    return webhook_bodies()


def _sign(session: Session, given: Sent) -> str:
    result = session.result(
        SIGN,
        body_b64=base64.b64encode(given.body).decode(),
        api_key=given.pair.api_key,
        secret=given.pair.secret,
        now=NOW,
    )
    token: str = session.member(result, "authorization", str)
    return token


def _received(
    body: bytes, header: str | None, keys: dict[str, str], now: int = NOW
) -> Any:
    return {
        "authorization": header,
        "body_b64": base64.b64encode(body).decode(),
        "keys": keys,
        "now": now,
    }


def round_trip(session: Session, given: Sent) -> None:
    """A signed event is received."""
    asked = _received(given.body, _sign(session, given), given.pair.keys)
    found = session.result(RECEIVE, **asked)
    session.check(difference(given.value, found.get("event")), "event")


def changed(session: Session, given: Sent) -> None:
    """One bit of body or token decides."""
    token, keys = _sign(session, given), given.pair.keys
    body = flip(given.body, given.place)
    why = "a bit of the body was changed"
    session.refusal(RECEIVE, "hash_mismatch", why=why, **_received(body, token, keys))
    other = flipped_token(token, given.place)
    why = "a bit of the token was changed"
    session.refusal(RECEIVE, why=why, **_received(given.body, other, keys))


def deliveries(session: Session, given: Delivery) -> None:
    """A delivery is received as it was sent, and refused if it was tampered with."""
    asked = _received(given.body, given.authorization, given.keys, given.now)
    if given.tampering == "none":
        found = session.result(RECEIVE, **asked)
        session.check(difference(json.loads(given.body), found.get("event")), "event")
        return
    kinds = _KINDS.get(given.tampering, ())
    session.refusal(
        RECEIVE, *kinds, why=f"of its tampering: {given.tampering}", **asked
    )


def any_body(session: Session, given: bytes) -> None:
    """What was signed is an event or a malformed body, never an error of the token."""
    pair = KeyPair("APIkey", "a secret of at least thirty-two bytes")
    reply = session.ask(
        RECEIVE, **_received(given, authorization(given, pair), pair.keys)
    )
    if reply.outcome == "reject" and reply.kind != "body_malformed":
        session.fail(f"refused as {reply.kind}, although only the body can be wrong")


LAWS = (
    Law(
        "webhooks/round-trip",
        "an event that is signed is received, as the same event",
        (SIGN, RECEIVE),
        _sent,
        round_trip,
    ),
    Law(
        "webhooks/changed",
        "a webhook in which one bit of the body or of the token was changed is refused",
        (SIGN, RECEIVE),
        _sent,
        changed,
    ),
    Law(
        "webhooks/deliveries",
        "a delivery that another implementation signed is received; without header, with another "
        "secret, another body, no hash, too late, or with `Bearer` before the token, it is "
        "refused as such",
        (RECEIVE,),
        webhook_deliveries,
        deliveries,
    ),
    Law(
        "webhooks/any-body",
        "of a body that is signed as it is, whatever it is, only the body can be refused",
        (RECEIVE,),
        _bodies,
        any_body,
    ),
)
