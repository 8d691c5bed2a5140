"""Deliveries of webhooks: the body, the header, and what may have been done to them on the way."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from lkproto.livekit import WebhookEvent

from ..values import base64url, from_base64url
from .json_texts import hostile_json
from .keys import KeyPair, key_pairs
from .messages import from_message
from .tokens import HEADER, NOW, signed
from .wire import flip

TAMPERING = (
    "none",
    "body",
    "token",
    "no header",
    "other secret",
    "no hash",
    "late",
    "bearer",
)
"""What may be wrong with a delivery: nothing, or one thing. The header has the token alone."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A request that delivers a webhook, and the keys of who receives it."""

    body: bytes
    authorization: str | None
    keys: dict[str, str]
    tampering: str = "none"
    now: int = NOW


def webhook_events() -> SearchStrategy[WebhookEvent]:
    """Events with any of their fields set."""
    return from_message(WebhookEvent)


def webhook_bodies() -> SearchStrategy[bytes]:
    """Bodies that are events, as any language may write them, and hostile ones."""
    events = webhook_events().map(lambda event: event.to_json().encode())
    hostile = hostile_json(WebhookEvent).map(
        lambda text: text.encode("utf-8", "replace")
    )
    return st.one_of(events, events, hostile, st.binary(max_size=8))


def webhook_deliveries(*tampering: str) -> SearchStrategy[Delivery]:
    """Deliveries, signed as livekit-server does, with some of `TAMPERING`; by default, any."""
    how = st.sampled_from(tampering or TAMPERING)
    bodies = webhook_events().map(lambda event: event.to_json().encode())
    return st.builds(_delivery, bodies, key_pairs(), how, st.integers(0, 1 << 12))


def authorization(
    body: bytes, pair: KeyPair, now: int = NOW, *, hashed: bool = True
) -> str:
    """The token of a delivery: valid for five minutes, with the hash of the body."""
    claims = {"iss": pair.api_key, "exp": now + 300, "nbf": now}
    if hashed:
        digest = hashlib.sha256(body).digest()
        claims["sha256"] = base64.b64encode(digest).decode()
    return signed(HEADER.encode(), json.dumps(claims).encode(), pair.secret)


def _delivery(body: bytes, pair: KeyPair, how: str, place: int) -> Delivery:
    token = authorization(body, pair, hashed=how != "no hash")
    if how == "other secret":
        token = authorization(body, KeyPair(pair.api_key, pair.secret + "x"))
    if how == "body":
        body = flip(body, place)
    if how == "token":
        token = flipped_token(token, place)
    header = {"no header": None, "bearer": f"Bearer {token}"}.get(how, token)
    return Delivery(body, header, pair.keys, how, NOW + 3600 * (how == "late"))


def flipped_token(token: str, place: int) -> str:
    """A token with one bit of what its segments hold changed."""
    segments = [from_base64url(each) for each in token.split(".")]
    at = place % 3
    segments[at] = flip(segments[at], place // 3)
    return ".".join(map(base64url, segments))
