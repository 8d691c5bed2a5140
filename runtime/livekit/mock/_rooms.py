# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""RoomService, as livekit-server 1.13.5 answers it.

It answers `not implemented` for what only LiveKit Cloud does: moving and forwarding. The mock
does both.
"""

from __future__ import annotations

from time import monotonic

from .._runtime.twirp import TwirpCode, TwirpContext, TwirpError
from ..livekit_models_pb import (
    DisconnectReason,
    ParticipantInfo,
    Room,
    UserPacket,
)
from ..livekit_room_pb import (
    CreateRoomRequest,
    DeleteRoomRequest,
    DeleteRoomResponse,
    ForwardParticipantRequest,
    ForwardParticipantResponse,
    ListParticipantsRequest,
    ListParticipantsResponse,
    ListRoomsRequest,
    ListRoomsResponse,
    MoveParticipantRequest,
    MoveParticipantResponse,
    MuteRoomTrackRequest,
    MuteRoomTrackResponse,
    PerformRpcRequest,
    PerformRpcResponse,
    RemoveParticipantResponse,
    RoomParticipantIdentity,
    SendDataRequest,
    SendDataResponse,
    UpdateParticipantRequest,
    UpdateRoomMetadataRequest,
    UpdateSubscriptionsRequest,
    UpdateSubscriptionsResponse,
)
from ..livekit_room_twirp import RoomService
from ._copies import copied, copies
from ._errors import bad_argument, invalid, missing, plainly_invalid, refusal
from ._limits import check_name, check_room_name, check_values
from ._moving import forward, move
from ._rpc import perform

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..livekit_egress_pb import RoomCompositeEgressRequest
    from ._presence import Presence
    from ._room_state import RoomState
    from ._state import State

_NONCE = 16


class Rooms(RoomService):
    """Rooms and participants of a state."""

    def __init__(self, state: State) -> None:
        self._state = state

    def create_room(self, request: CreateRoomRequest, context: TwirpContext, /) -> Room:
        """A new room, or the one that is there, as it is: the request does not change it."""
        check_room_name(request.name)
        check_values(request.metadata, {})
        for agent in request.agents:
            check_values(agent.metadata, agent.attributes)
        with self._state.lock:
            if request.name not in self._state.rooms:
                _check_new(request)
            room, is_new = self._state.opened(request)
            if is_new and request.egress and request.egress.room:
                _record(room, request.egress.room)
            return room.info

    def list_rooms(
        self, request: ListRoomsRequest, context: TwirpContext, /
    ) -> ListRoomsResponse:
        """All rooms, the oldest first, or those of the request, in its order."""
        with self._state.lock:
            rooms = self._state.rooms
            names = request.names or list(rooms)
            found = [rooms[name].info for name in names if name in rooms]
        return ListRoomsResponse(rooms=found)

    def delete_room(
        self, request: DeleteRoomRequest, context: TwirpContext, /
    ) -> DeleteRoomResponse:
        """Everybody has to go, and recordings of the room stop."""
        with self._state.lock:
            self._room(request.room).close()
        return DeleteRoomResponse()

    def update_room_metadata(
        self, request: UpdateRoomMetadataRequest, context: TwirpContext, /
    ) -> Room:
        """Also empty metadata replace those that were there."""
        check_values(request.metadata, {})
        with self._state.lock:
            room = self._room(request.room)
            room.set_metadata(request.metadata)
            return room.info

    def list_participants(
        self, request: ListParticipantsRequest, context: TwirpContext, /
    ) -> ListParticipantsResponse:
        """Nobody, if there is no such room."""
        with self._state.lock:
            room = self._state.rooms.get(request.room)
            present = room.participants.values() if room else ()
            infos = copies(each.info for each in present)
        return ListParticipantsResponse(participants=infos)

    def get_participant(
        self, request: RoomParticipantIdentity, context: TwirpContext, /
    ) -> ParticipantInfo:
        """Somebody who is there."""
        with self._state.lock:
            return copied(self._participant(request.room, request.identity).info)

    def remove_participant(
        self, request: RoomParticipantIdentity, context: TwirpContext, /
    ) -> RemoveParticipantResponse:
        """Who is removed may join again: `revoke_token_ts` has no effect."""
        with self._state.lock:
            who = self._participant(request.room, request.identity)
            who.room.remove(who, DisconnectReason.PARTICIPANT_REMOVED)
        return RemoveParticipantResponse()

    def update_participant(
        self, request: UpdateParticipantRequest, context: TwirpContext, /
    ) -> ParticipantInfo:
        """Empty fields change nothing; an attribute that is empty ends."""
        check_name(request.name)
        check_values(request.metadata, request.attributes)
        with self._state.lock:
            who = self._participant(request.room, request.identity)
            who.update(request.name, request.metadata, request.attributes)
            if request.permission is not None:
                who.permit(request.permission)
            return copied(who.info)

    def mute_published_track(
        self, request: MuteRoomTrackRequest, context: TwirpContext, /
    ) -> MuteRoomTrackResponse:
        """None for a track that is not there. Unmuting fails."""
        with self._state.lock:
            who = self._state.present(request.room, request.identity)
            if not request.muted:
                code = TwirpCode.FAILED_PRECONDITION
                raise refusal(code, "remote unmute not enabled")
            track = who.mute(request.track_sid)
            return MuteRoomTrackResponse(track=track and copied(track))

    def update_subscriptions(
        self, request: UpdateSubscriptionsRequest, context: TwirpContext, /
    ) -> UpdateSubscriptionsResponse:
        """What tracks somebody wants; whether they exist is not looked at."""
        with self._state.lock:
            who = self._state.present(request.room, request.identity)
            who.subscribe(request.track_sids, request.subscribe)
            for publisher in request.participant_tracks:
                who.subscribe(publisher.track_sids, request.subscribe)
        return UpdateSubscriptionsResponse()

    def send_data(
        self, request: SendDataRequest, context: TwirpContext, /
    ) -> SendDataResponse:
        """Whoever is named gets it, or everybody. Names that are not there do not matter."""
        if len(request.nonce) not in (0, _NONCE):
            raise plainly_invalid(
                f"nonce should be {_NONCE}-bytes or not present, got: {len(request.nonce)} bytes"
            )
        with self._state.lock:
            _deliver(self._state.live(request.room), request)
        return SendDataResponse()

    def perform_rpc(
        self, request: PerformRpcRequest, context: TwirpContext, /
    ) -> PerformRpcResponse:
        """The function that a test has registered answers, on the thread of this call."""
        if not request.destination_identity:
            raise invalid("destination identity is required")
        with self._state.lock:
            who = self._state.present(request.room, request.destination_identity)
            handler = who.handlers.get(request.method)
        seconds = request.response_timeout_ms / 1000
        payload = perform(handler, request.payload, seconds, monotonic)
        return PerformRpcResponse(payload=payload)

    def move_participant(
        self, request: MoveParticipantRequest, context: TwirpContext, /
    ) -> MoveParticipantResponse:
        """They leave here and join there, with their tracks."""
        with self._state.lock:
            move(self._state, self._traveller(request), request.destination_room)
        return MoveParticipantResponse()

    def forward_participant(
        self, request: ForwardParticipantRequest, context: TwirpContext, /
    ) -> ForwardParticipantResponse:
        """They are there, too, with their tracks of this moment."""
        with self._state.lock:
            forward(self._state, self._traveller(request), request.destination_room)
        return ForwardParticipantResponse()

    def _room(self, name: str) -> RoomState:
        room = self._state.rooms.get(name)
        if room is None:
            raise missing("requested room does not exist")
        return room

    def _participant(self, name: str, identity: str) -> Presence:
        room = self._state.rooms.get(name)
        found = room.participants.get(identity) if room else None
        if found is None:
            raise missing("participant does not exist")
        return found

    def _traveller(
        self, request: MoveParticipantRequest | ForwardParticipantRequest
    ) -> Presence:
        if request.room == request.destination_room:
            raise bad_argument("destination room cannot be the same as source room", "")
        return self._state.present(request.room, request.identity)


def _check_new(request: CreateRoomRequest) -> None:
    """What the server looks at only if a room is not there yet."""
    if request.node_id:
        raise TwirpError(TwirpCode.UNKNOWN, "could not find object")
    if request.room_preset:
        raise invalid("unknown room configuration in create room request")


def _record(room: RoomState, request: RoomCompositeEgressRequest) -> None:
    """Record a room from its beginning on."""
    from ..livekit_egress_pb import EgressSourceType
    from ._egress.life import start

    wanted = copied(request)
    wanted.room_name = room.name
    web = EgressSourceType.EGRESS_SOURCE_TYPE_WEB
    start(room.state, room.name, room.brief().sid, web, room_composite=wanted)


def _deliver(room: RoomState, request: SendDataRequest) -> None:
    """Give data to those it is for; a nonce that came before makes it a repetition."""
    if request.nonce:
        if request.nonce in room.nonces:
            return
        room.nonces.add(request.nonce)
    identities, sids = request.destination_identities, request.destination_sids
    packet = UserPacket(
        payload=request.data,
        destination_sids=sids,
        destination_identities=identities,
        topic=request.topic,
        nonce=request.nonce,
    )
    for who in room.participants.values():
        if (
            not (identities or sids)
            or who.info.identity in identities
            or who.info.sid in sids
        ):
            who.data.append(copied(packet))
