# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Events by their names, each with a class that has what such an event holds.

A `WebhookEvent` has members for every kind of event, each of them optional. The classes have those
of their kind, never None: what the server left out is an empty message.
"""

from __future__ import annotations

from ..auth import InvalidArgumentError
from ..auth._secrets import always
from ..livekit_agent_pb import Job
from ..livekit_egress_pb import EgressInfo
from ..livekit_ingress_pb import IngressInfo
from ..livekit_models_pb import ParticipantInfo, Room, TrackInfo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

    from ..livekit_webhook_pb import WebhookEvent

_EMPTY: dict[str, Any] = {
    "room": Room,
    "participant": ParticipantInfo,
    "track": TrackInfo,
    "egress_info": EgressInfo,
    "ingress_info": IngressInfo,
    "job": Job,
}


class Event:
    """An event of a webhook. `event` is the whole message."""

    __slots__ = ("event",)
    name: ClassVar[str] = ""
    """The name of the events of this class, such as `room_started`."""
    event: WebhookEvent

    def __init__(self, event: WebhookEvent) -> None:
        """Raises InvalidArgumentError for an event of another name."""
        if event.event != self.name:
            raise InvalidArgumentError(
                f"{type(self).__name__} is for {self.name!r}, not {event.event!r}"
            )
        put = object.__setattr__
        put(self, "event", event)
        for name, make in _EMPTY.items():
            if hasattr(type(self), name):
                put(self, name, getattr(event, name) or make())

    @property
    def id(self) -> str:
        """The id of the event, the same for every delivery of it."""
        return self.event.id

    @property
    def created_at(self) -> int:
        """When it happened, in seconds since 1970."""
        return self.event.created_at

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"an event cannot be changed: {name!r}")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.event == other.event

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.event,)

    @always
    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.event!r})"


class RoomEvent(Event):
    """An event of a room."""

    __slots__ = ("room",)
    room: Room


class ParticipantEvent(RoomEvent):
    """An event of a participant in a room."""

    __slots__ = ("participant",)
    participant: ParticipantInfo


class TrackEvent(ParticipantEvent):
    """An event of a track. Room and participant have nothing but `sid` and name or identity."""

    __slots__ = ("track",)
    track: TrackInfo


class EgressEvent(Event):
    """An event of a recording or a stream out of a room."""

    __slots__ = ("egress_info",)
    egress_info: EgressInfo


class IngressEvent(Event):
    """An event of a stream into a room."""

    __slots__ = ("ingress_info",)
    ingress_info: IngressInfo


class AgentJobEvent(Event):
    """An event of an agent's job."""

    __slots__ = ("job",)
    job: Job


class RoomStarted(RoomEvent):
    """A room was opened."""

    __slots__ = ()
    name = "room_started"


class RoomFinished(RoomEvent):
    """A room was closed; `event.room_end_reason` says why."""

    __slots__ = ()
    name = "room_finished"


class ParticipantJoined(ParticipantEvent):
    """A participant joined. A `ParticipantLeft` may arrive before, or without it."""

    __slots__ = ()
    name = "participant_joined"


class ParticipantLeft(ParticipantEvent):
    """A participant left."""

    __slots__ = ()
    name = "participant_left"


class ParticipantConnectionAborted(ParticipantEvent):
    """A participant's connection ended before it was set up; it may come in place of `left`."""

    __slots__ = ()
    name = "participant_connection_aborted"


class TrackPublished(TrackEvent):
    """A participant published a track."""

    __slots__ = ()
    name = "track_published"


class TrackUnpublished(TrackEvent):
    """A track ended."""

    __slots__ = ()
    name = "track_unpublished"


class EgressStarted(EgressEvent):
    """A recording or stream out of a room started."""

    __slots__ = ()
    name = "egress_started"


class EgressUpdated(EgressEvent):
    """Something about a recording or stream out of a room changed."""

    __slots__ = ()
    name = "egress_updated"


class EgressEnded(EgressEvent):
    """A recording or stream out of a room ended."""

    __slots__ = ()
    name = "egress_ended"


class IngressStarted(IngressEvent):
    """A stream into a room started."""

    __slots__ = ()
    name = "ingress_started"


class IngressEnded(IngressEvent):
    """A stream into a room ended."""

    __slots__ = ()
    name = "ingress_ended"


class AgentJobPending(AgentJobEvent):
    """An agent's job waits for a worker."""

    __slots__ = ()
    name = "agent_job_pending"


class AgentJobStarted(AgentJobEvent):
    """An agent's job started."""

    __slots__ = ()
    name = "agent_job_started"


class AgentJobEnded(AgentJobEvent):
    """An agent's job ended."""

    __slots__ = ()
    name = "agent_job_ended"


EVENTS: dict[str, type[Event]] = {
    each.name: each
    for each in (
        RoomStarted,
        RoomFinished,
        ParticipantJoined,
        ParticipantLeft,
        ParticipantConnectionAborted,
        TrackPublished,
        TrackUnpublished,
        EgressStarted,
        EgressUpdated,
        EgressEnded,
        IngressStarted,
        IngressEnded,
        AgentJobPending,
        AgentJobStarted,
        AgentJobEnded,
    )
}
"""The class of each kind of event, by its name."""


def typed(event: WebhookEvent) -> Event | None:
    """An event as one of its kind; None for a name that is not known, as of a newer server."""
    cls = EVENTS.get(event.event)
    return None if cls is None else cls(event)
