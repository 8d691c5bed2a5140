"""What happens on the server: every kind of event that it sends webhooks for."""

from __future__ import annotations

import asyncio

from lkproto.livekit import (
    CreateIngressRequest,
    CreateRoomRequest,
    DeleteRoomRequest,
    EgressInfo,
    EgressStatus,
    FileInfo,
    IngressInfo,
    IngressInput,
    IngressState,
    RoomParticipantIdentity,
)
from lkproto.rpc import UpdateIngressStateRequest

from tests.services.ioinfo import IOInfo
from tests.services.livekit_server import LiveKitServer

from .client import access, call, connect_and_leave

ROOM = "lobby"
NAME = "Ann <&> \u2028 😀"
"""A name with characters that ways of writing JSON treat in different ways."""
ATTRIBUTES = {"user_id": "7", "language": "de"}
EGRESS, FILE = "EG_live", "lobby.mp4"
INGRESS = "doorbell"
# What the server has sent when all of this is over.
KINDS = {
    "room_started": 1,
    "participant_joined": 2,
    "participant_connection_aborted": 1,
    "track_published": 2,
    "track_unpublished": 2,
    "participant_left": 2,
    "room_finished": 1,
    "egress_started": 1,
    "egress_updated": 1,
    "egress_ended": 1,
    "ingress_started": 1,
    "ingress_ended": 1,
}


def play(server: LiveKitServer, redis: int) -> None:
    """Let it all happen. `redis` is the port of the server's Redis."""
    open_room(server)
    asyncio.run(_meet(server))
    gone = access(server, room_join=True, room=ROOM).with_identity("gone")
    connect_and_leave(server, gone.to_jwt())
    with IOInfo(redis) as worker:
        _record(worker)
        _stream_in(server, worker)


def open_room(server: LiveKitServer) -> None:
    """Create the room."""
    request = CreateRoomRequest(
        name=ROOM,
        metadata="{}",
        max_participants=5,
        empty_timeout=60,
        departure_timeout=60,  # by default it is 20 s, which a busy machine can rest
    )
    call(server, "RoomService/CreateRoom", request, room_create=True)


def end(server: LiveKitServer) -> None:
    """End the room."""
    request = DeleteRoomRequest(room=ROOM)
    call(server, "RoomService/DeleteRoom", request, room_create=True)


async def _meet(server: LiveKitServer) -> None:
    """Ann publishes, an agent listens; she leaves, and it is removed."""
    # Only the session `live` has the library that this needs.
    from .participants import joined, publish

    agent = access(server, room_join=True, room=ROOM, agent=True)
    agent.with_identity("listener").with_kind("agent")
    ann = access(server, room_join=True, room=ROOM).with_identity("ann")
    ann.with_name(NAME).with_attributes(ATTRIBUTES).with_metadata("seat 12")
    async with joined(server.url, agent.to_jwt()) as listener:
        async with joined(server.url, ann.to_jwt()) as room:
            await publish(room, listener)
        who = RoomParticipantIdentity(room=ROOM, identity="listener")
        method = "RoomService/RemoveParticipant"
        call(server, method, who, room_admin=True, room=ROOM)


def _record(worker: IOInfo) -> None:
    """A recording starts, runs and is complete."""
    info = EgressInfo(egress_id=EGRESS, room_name=ROOM, started_at=1)
    worker.call("CreateEgress", info.to_json())
    info.status = EgressStatus.EGRESS_ACTIVE
    worker.call("UpdateEgress", info.to_json())
    info.status = EgressStatus.EGRESS_COMPLETE
    info.ended_at = 2
    info.file_results.append(FileInfo(filename=FILE, size=1 << 40))
    worker.call("UpdateEgress", info.to_json())


def _stream_in(server: LiveKitServer, worker: IOInfo) -> None:
    """A stream starts and ends."""
    wanted = CreateIngressRequest(
        input_type=IngressInput.WHIP_INPUT,
        name=INGRESS,
        room_name=ROOM,
        participant_identity="visitor",
    )
    answer = call(server, "Ingress/CreateIngress", wanted, ingress_admin=True)
    created = IngressInfo.from_json(answer, ignore_unknown=True)
    for status in (
        IngressState.Status.ENDPOINT_PUBLISHING,
        IngressState.Status.ENDPOINT_INACTIVE,
    ):
        state = IngressState(status=status)
        now = UpdateIngressStateRequest(ingress_id=created.ingress_id, state=state)
        worker.call("UpdateIngressState", now.to_json())
