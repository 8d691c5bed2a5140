# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What a server keeps in memory: rooms, dispatches, trunks, rules, ingress and egress."""

from __future__ import annotations

from threading import RLock
from time import time

from ..ids import new_guid
from ..livekit_models_pb import ParticipantInfo
from ..livekit_room_pb import CreateRoomRequest
from ..livekit_webhook_pb import WebhookEvent
from ._copies import copied
from ._errors import MockError, no_answer
from ._limits import MAX_NAME, size
from ._participants import MockParticipant
from ._presence import Presence
from ._room_state import RoomState

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .._runtime.message import Message
    from ..livekit_egress_pb import EgressInfo
    from ..livekit_ingress_pb import IngressInfo
    from ..livekit_sip_pb import (
        SIPDispatchRuleInfo,
        SIPInboundTrunkInfo,
        SIPOutboundTrunkInfo,
    )


class State:
    """The state of a server. `emit` gets an event for every change, in order.

    `clock` has the time, in seconds since 1970. All public methods may be called by any thread;
    attributes only by who holds `lock`. Nothing happens by itself: a room without participants
    stays until it is deleted, because tests would otherwise depend on time.
    """

    def __init__(
        self,
        emit: Callable[[WebhookEvent], object] = lambda event: None,
        clock: Callable[[], float] = time,
    ) -> None:
        self.lock = RLock()
        self.clock = clock
        self._emit = emit
        self._clear()

    def _clear(self) -> None:
        self.rooms: dict[str, RoomState] = {}
        self.egresses: dict[str, EgressInfo] = {}
        self.ingresses: dict[str, IngressInfo] = {}
        self.inbound: dict[str, SIPInboundTrunkInfo] = {}
        self.outbound: dict[str, SIPOutboundTrunkInfo] = {}
        self.rules: dict[str, SIPDispatchRuleInfo] = {}

    def reset(self) -> None:
        """Forget everything, without an event."""
        with self.lock:
            self._clear()

    def emit(self, event: str, **members: Message) -> None:
        """Emit an event with copies of messages."""
        copies: dict[str, Any] = {name: copied(each) for name, each in members.items()}
        now = int(self.clock())
        self._emit(
            WebhookEvent(event=event, id=new_guid("EV_"), created_at=now, **copies)
        )

    def opened(self, request: CreateRoomRequest) -> tuple[RoomState, bool]:
        """A room, and whether it is new; one that is there is not changed. Holds the lock."""
        found = self.rooms.get(request.name)
        if found is not None:
            return found, False
        room = self.rooms[request.name] = RoomState(self, request)
        self.emit("room_started", room=room.info)
        return room, True

    def live(self, room: str) -> RoomState:
        """An open room; holds the lock. Raises TwirpError, as when no node serves it."""
        found = self.rooms.get(room)
        if found is None:
            raise no_answer()
        return found

    def present(self, room: str, identity: str) -> Presence:
        """Who is in a room; holds the lock. Raises TwirpError, as when no node serves it."""
        found = self.live(room).participants.get(identity)
        if found is None:
            raise no_answer()
        return found

    def arrival(self, identity: str, **fields: Any) -> ParticipantInfo:
        """The description of somebody who arrives now."""
        now = self.clock()
        return ParticipantInfo(
            sid=new_guid("PA_"),
            identity=identity,
            state=ParticipantInfo.State.ACTIVE,
            joined_at=int(now),
            joined_at_ms=int(now * 1000),
            version=2,
            **fields,
        )

    def admit(self, room: str, info: ParticipantInfo) -> Presence:
        """Let in whom a description says; holds the lock. Raises MockError."""
        presence = self.arrived(room, info)
        presence.room.add(presence)
        return presence

    def arrived(self, room: str, info: ParticipantInfo) -> Presence:
        """Somebody at the door of a room, which is opened; holds the lock. Raises MockError."""
        _check_name("the name of a room", room)
        _check_name("an identity", info.identity)
        found, _ = self.opened(CreateRoomRequest(name=room))
        presence = Presence(found, info)
        MockParticipant(presence)
        if (
            presence.counts
            and info.identity not in found.participants
            and found.is_full
        ):
            limit = found.info.max_participants
            raise MockError(f"room {room!r} is full: its max_participants is {limit}")
        return presence


def _check_name(what: str, value: str) -> None:
    if not value:
        raise MockError(f"{what} is empty")
    if size(value) > MAX_NAME:
        raise MockError(f"{what} has {size(value)} bytes; {MAX_NAME} are allowed")
