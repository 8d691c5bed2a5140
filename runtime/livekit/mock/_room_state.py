# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""A room as the server keeps it. All methods are called by who holds the lock of the state."""

from __future__ import annotations

from os import urandom
from string import ascii_letters, digits

from ..ids import new_guid
from ..livekit_agent_dispatch_pb import AgentDispatch, AgentDispatchState
from ..livekit_egress_pb import EgressStatus
from ..livekit_models_pb import Codec, DisconnectReason, Room
from ._copies import copied, same
from ._limits import problem_of_deployment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..livekit_room_pb import CreateRoomRequest
    from ._presence import Presence
    from ._state import State

# The defaults of livekit-server's configuration, in seconds.
EMPTY_TIMEOUT, DEPARTURE_TIMEOUT = 300, 20
CODECS = (
    "audio/PCMU",
    "audio/PCMA",
    "audio/opus",
    "audio/red",
    "video/VP8",
    "video/H264",
    "video/VP9",
    "video/AV1",
    "video/H265",
    "video/rtx",
)
_LETTERS = ascii_letters + digits
_PASSWORD = 43


class RoomState:
    """A room: its description, who is there, and its dispatches."""

    def __init__(self, state: State, request: CreateRoomRequest) -> None:
        now = state.clock()
        self.state = state
        self.participants: dict[str, Presence] = {}
        self.dispatches: dict[str, AgentDispatch] = {}
        self.nonces: set[bytes] = set()
        self._info = Room(
            sid=new_guid("RM_"),
            name=request.name,
            empty_timeout=request.empty_timeout or EMPTY_TIMEOUT,
            departure_timeout=request.departure_timeout or DEPARTURE_TIMEOUT,
            max_participants=request.max_participants,
            creation_time=int(now),
            creation_time_ms=int(now * 1000),
            turn_password=_password(),
            enabled_codecs=[Codec(mime=mime) for mime in CODECS],
            metadata=request.metadata,
        )
        for wanted in request.agents:
            if not problem_of_deployment(wanted.deployment):
                self.dispatch(same(AgentDispatch, wanted))
        if not request.agents:
            self.dispatch(AgentDispatch())  # agents without a name join every room

    @property
    def name(self) -> str:
        """Its name."""
        return self._info.name

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.state.rooms.get(self.name) is self

    @property
    def info(self) -> Room:
        """A description, with who is counted at this moment."""
        found = copied(self._info)
        present = self.participants.values()
        found.num_participants = sum(each.counts for each in present)
        found.num_publishers = sum(each.info.is_publisher for each in present)
        found.active_recording = any(
            each.room_name == self.name and each.status == EgressStatus.EGRESS_ACTIVE
            for each in self.state.egresses.values()
        )
        return found

    def brief(self) -> Room:
        """What events of tracks have of a room."""
        return Room(sid=self._info.sid, name=self.name)

    def set_metadata(self, metadata: str) -> None:
        """Replace its metadata."""
        self._info.metadata = metadata

    @property
    def is_full(self) -> bool:
        """Whether nobody else is let in; agents are."""
        limit = self._info.max_participants
        return 0 < limit <= sum(each.counts for each in self.participants.values())

    def dispatch(self, dispatch: AgentDispatch) -> AgentDispatch:
        """Send for an agent."""
        dispatch.id = new_guid("AD_")
        dispatch.room = self.name
        created = int(self.state.clock() * 1_000_000_000)
        dispatch.state = AgentDispatchState(created_at=created)
        self.dispatches[dispatch.id] = dispatch
        return dispatch

    def add(self, presence: Presence) -> None:
        """Let somebody in; whoever has the same identity has to go."""
        identity = presence.info.identity
        if identity in self.participants:
            old = self.participants[identity]
            self.remove(old, DisconnectReason.DUPLICATE_IDENTITY)
        self.participants[identity] = presence
        self.tell("participant_joined", presence)

    def remove(self, presence: Presence, reason: DisconnectReason) -> None:
        """End somebody's presence."""
        presence.disconnect(reason)
        del self.participants[presence.info.identity]
        self.tell("participant_left", presence)

    def close(self) -> None:
        """End the room, and everybody's presence."""
        for presence in list(self.participants.values()):
            self.remove(presence, DisconnectReason.ROOM_DELETED)
        if self.state.egresses:
            from ._egress.life import stop_all_of

            stop_all_of(self.state, self._info.sid)
        del self.state.rooms[self.name]
        self.state.emit("room_finished", room=self.info)

    def tell(self, event: str, presence: Presence) -> None:
        """Emit an event of a participant."""
        self.state.emit(event, room=self.info, participant=presence.info)


def _password() -> str:
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in urandom(_PASSWORD))
