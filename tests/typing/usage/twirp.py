"""Twirp as users write it: checkers see the types of requests, answers and implementations."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import assert_type

import lkproto
from lkproto import (
    CallOptions,
    Method,
    Service,
    TwirpContext,
    TwirpError,
    service_of,
    twirp_asgi,
    twirp_wsgi,
)
from lkproto.google.protobuf import Empty
from lkproto.livekit import (
    REPLAY_SERVICE,
    ROOM_SERVICE,
    AsyncRoomServiceClient,
    ClosePlaybackRequest,
    CreateRoomRequest,
    DeleteReplayRequest,
    DeleteRoomRequest,
    DeleteRoomResponse,
    EgressInfo,
    ExportReplayRequest,
    ListReplaysRequest,
    ListReplaysResponse,
    ListRoomsRequest,
    ListRoomsResponse,
    PlaybackRequest,
    PlaybackResponse,
    Replay,
    ReplayClient,
    Room,
    RoomService,
    RoomServiceClient,
    SeekRequest,
    SendDataRequest,
)
from lkproto.rpc import ROOM_SERVICE as INTERNAL_ROOM_SERVICE


def calls(client: RoomServiceClient, replay: ReplayClient) -> None:
    """A request is a message, or its fields as keywords."""
    assert_type(client.create_room(CreateRoomRequest(name="a")), Room)
    assert_type(client.create_room(name="a", tags={"x": "y"}, egress=None), Room)
    assert_type(client.list_rooms(), ListRoomsResponse)
    assert_type(replay.close(playback_id="P"), Empty)
    assert_type(replay.close(ClosePlaybackRequest()), Empty)
    with client as same:
        options = CallOptions(timeout=3, headers={"X-A": "b"}, idempotent=True)
        assert_type(same.delete_room(room="a", call=options), DeleteRoomResponse)
        same.delete_room(DeleteRoomRequest(room="a"), call=options)


async def async_calls(client: AsyncRoomServiceClient) -> None:
    """The same for asyncio."""
    async with client as same:
        assert_type(await same.create_room(name="a"), Room)
        assert_type(await same.create_room(CreateRoomRequest()), Room)
        assert_type(await same.list_rooms(names=["a"]), ListRoomsResponse)


class Partial(RoomService):
    """A part of a service, by inheritance: plain and async methods."""

    def create_room(self, request: CreateRoomRequest, context: TwirpContext, /) -> Room:
        """With the names of the service."""
        return Room(name=request.name, metadata=context.headers["X-Metadata"])

    async def list_rooms(
        self, wanted: ListRoomsRequest, _: TwirpContext
    ) -> ListRoomsResponse:
        """With other names of the parameters."""
        return ListRoomsResponse(rooms=[Room(name=each) for each in wanted.names])


class Whole:
    """A whole implementation of a service, without inheritance."""

    def list_replays(
        self, request: ListReplaysRequest, context: TwirpContext, /
    ) -> ListReplaysResponse:
        """A plain method."""
        return ListReplaysResponse()

    async def playback(
        self, request: PlaybackRequest, context: TwirpContext
    ) -> PlaybackResponse:
        """An async one."""
        return PlaybackResponse()

    async def seek(self, request: SeekRequest, context: TwirpContext) -> Empty:
        """One that returns nothing of interest."""
        return Empty()

    def close(self, request: ClosePlaybackRequest, context: TwirpContext) -> Empty:
        """A name that clients have for nothing else."""
        return Empty()

    def export(
        self, request: ExportReplayRequest, context: TwirpContext
    ) -> Awaitable[EgressInfo]:
        """What it returns is awaited."""
        return self._exported(request)

    async def _exported(self, request: ExportReplayRequest) -> EgressInfo:
        return EgressInfo()

    def delete_replay(self, request: DeleteReplayRequest, context: object) -> Empty:
        """One that takes more than is given."""
        return Empty()


def servers() -> None:
    """What an application serves."""
    twirp_asgi(Partial(), prefix="/api")
    twirp_wsgi(Partial())
    twirp_asgi(ROOM_SERVICE.serve(Partial()), REPLAY_SERVICE.serve(Whole()))
    partial: RoomService = Partial()
    whole: Replay = Whole()
    del partial, whole


def tables(service: Service) -> None:
    """Tables say the types of each method, also of services that have no client."""
    create = ROOM_SERVICE["CreateRoom"]
    assert_type(create, Method[CreateRoomRequest, Room])
    assert_type(create.input_type(name="a"), CreateRoomRequest)
    assert_type(create.output_type.from_bytes(b""), Room)
    assert_type(create.grant, str)
    sent = INTERNAL_ROOM_SERVICE["SendData"]
    assert_type(sent.input_type, type[SendDataRequest])
    assert_type([method.path for method in ROOM_SERVICE], list[str])
    name = str(service)
    assert_type(ROOM_SERVICE[name], Method)
    assert_type(service_of(name)["X"].input_type, type[lkproto.Message])
    tables(ROOM_SERVICE)


def errors(client: AsyncRoomServiceClient) -> Awaitable[Room]:
    """An error says why."""
    error = TwirpError("not_found", "no such room", {"room": "a"})
    assert_type(error.msg, str)
    if error.code == lkproto.TwirpCode.NOT_FOUND:
        return client.create_room(name=error.meta["room"])
    raise error
