"""Webhooks as a user types against them; mypy and pyright check this file, strictly."""

from __future__ import annotations

from typing import assert_type

from lkproto.livekit import EgressInfo, ParticipantInfo, Room, TrackInfo, WebhookEvent
from lkproto.webhook import (
    EgressEnded,
    Event,
    ParticipantJoined,
    ParticipantOrder,
    SeenEvents,
    TrackPublished,
    WebhookReceiver,
    receive,
    typed,
)

receiver = WebhookReceiver("key", "secret", seen=SeenEvents())


class Recorded:
    """A memory of an application's own."""

    def has(self, event_id: str, /) -> bool:
        """Whether an event was handled."""
        return not event_id

    def add(self, event_id: str, /) -> None:
        """Record an event."""


other = WebhookReceiver(seen=Recorded())


def receiving(body: bytes, header: str | None) -> None:
    """Body and header make an event, and an event has its kind."""
    event = receive(body, header)
    assert_type(event, WebhookEvent)
    assert_type(event.room, Room | None)
    assert_type(receiver.handle(event), bool)
    found = typed(event)
    assert_type(found, Event | None)
    if isinstance(found, TrackPublished):
        assert_type(found.track, TrackInfo)
        assert_type(ParticipantOrder().accept(found), bool)


@receiver.on("participant_joined")
def joined(event: ParticipantJoined) -> None:
    """A name stands for its class."""
    assert_type(event.participant, ParticipantInfo)
    assert_type(event.room, Room)


@receiver.on(EgressEnded)
async def ended(event: EgressEnded) -> None:
    """A coroutine function."""
    assert_type(event.egress_info, EgressInfo)


@receiver.on_any
def every(event: WebhookEvent) -> None:
    """Any event at all."""
    assert_type(event.event, str)


async def handling(event: WebhookEvent) -> None:
    """Coroutines are awaited."""
    assert_type(await receiver.handle_async(event), bool)
