"""Deliveries for tests."""

from __future__ import annotations

from lkproto.livekit import ParticipantInfo, Room, WebhookEvent
from lkproto.webhook import WebhookReceiver, sign

KEY, SECRET = "APIkey", "a secret of at least thirty-two bytes"
NOW = 1_767_225_600.0
BODY = (
    b'{"event":"participant_joined","room":{"sid":"RM_1","name":"lobby"},'
    b'"participant":{"sid":"PA_1","identity":"ann"},"id":"EV_1","createdAt":"1767225600"}'
)


def clock() -> float:
    """The time of all tests."""
    return NOW


def signed(body: bytes = BODY, at: float = NOW) -> str:
    """The Authorization header for a body."""
    return sign(body, KEY, SECRET, clock=lambda: at)


def receiver(**options: object) -> WebhookReceiver:
    """A receiver with the key of all tests."""
    given: dict[str, object] = {"clock": clock, **options}
    return WebhookReceiver(KEY, SECRET, **given)  # type: ignore[arg-type]


def event(
    name: str,
    *,
    sid: str = "PA_1",
    at: int = 0,
    event_id: str = "",
    identity: str = "ann",
) -> WebhookEvent:
    """An event of a participant."""
    return WebhookEvent(
        event=name,
        id=event_id,
        created_at=at,
        room=Room(sid="RM_1"),
        participant=ParticipantInfo(sid=sid, identity=identity),
    )
