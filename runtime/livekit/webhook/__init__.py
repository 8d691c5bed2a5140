# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Webhooks of LiveKit: receiving them safely, and signing them."""

from __future__ import annotations

from ..auth._verifier import LEEWAY
from ._errors import (
    BodyError,
    BodyHashError,
    BodyTooLargeError,
    MissingAuthError,
    WebhookError,
)
from ._events import (
    EVENTS,
    AgentJobEnded,
    AgentJobEvent,
    AgentJobPending,
    AgentJobStarted,
    EgressEnded,
    EgressEvent,
    EgressStarted,
    EgressUpdated,
    Event,
    IngressEnded,
    IngressEvent,
    IngressStarted,
    ParticipantConnectionAborted,
    ParticipantEvent,
    ParticipantJoined,
    ParticipantLeft,
    RoomEvent,
    RoomFinished,
    RoomStarted,
    TrackEvent,
    TrackPublished,
    TrackUnpublished,
    typed,
)
from ._order import ParticipantOrder
from ._receiver import MAX_BODY, WebhookReceiver, receive
from ._seen import RedisSeenEvents, SeenEvents
from ._signing import VALID_FOR, sign

__all__ = [
    "EVENTS",
    "LEEWAY",
    "MAX_BODY",
    "VALID_FOR",
    "AgentJobEnded",
    "AgentJobEvent",
    "AgentJobPending",
    "AgentJobStarted",
    "BodyError",
    "BodyHashError",
    "BodyTooLargeError",
    "EgressEnded",
    "EgressEvent",
    "EgressStarted",
    "EgressUpdated",
    "Event",
    "IngressEnded",
    "IngressEvent",
    "IngressStarted",
    "MissingAuthError",
    "ParticipantConnectionAborted",
    "ParticipantEvent",
    "ParticipantJoined",
    "ParticipantLeft",
    "ParticipantOrder",
    "RedisSeenEvents",
    "RoomEvent",
    "RoomFinished",
    "RoomStarted",
    "SeenEvents",
    "TrackEvent",
    "TrackPublished",
    "TrackUnpublished",
    "WebhookError",
    "WebhookReceiver",
    "receive",
    "sign",
    "typed",
]

# People see the classes where they import them from, also in tracebacks and pickles.
for _each in (
    *EVENTS.values(),
    BodyError,
    BodyHashError,
    BodyTooLargeError,
    MissingAuthError,
    WebhookError,
):
    _each.__module__ = __name__
