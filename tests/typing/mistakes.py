"""Deliberate mistakes of a user; checkers must report each line marked `# error`.

`# error of` names the only checker that does.
"""

from __future__ import annotations

import dataclasses
from typing import assert_never

from lkproto import TwirpContext as Context
from lkproto import find_message, get_extension, set_extension
from lkproto.api import AsyncLiveKitAPI, LiveKitAPI
from lkproto.google.protobuf import Any, Duration, FieldOptions, Timestamp
from lkproto.http import AsyncScriptedTransport, ScriptedTransport
from lkproto.livekit import (
    ROOM_SERVICE,
    AsyncRoomServiceClient,
    CreateRoomRequest,
    DataPacket,
    DeleteRoomRequest,
    DeleteRoomResponse,
    EgressInfo,
    ListRoomsRequest,
    ParticipantInfo,
    Room,
    RoomService,
    RoomServiceClient,
    SIPClient,
    TrackInfo,
    TrackType,
    UpdateRoomMetadataRequest,
    UserPacket,
)
from lkproto.logger import redact_format, sensitivity


def construction() -> None:
    Room("RM_1")  # error
    Room(sid=b"RM_1")  # error
    Room(siid="RM_1")  # error
    Room(empty_timeout="300")  # error
    Room(enabled_codecs=["video/vp8"])  # error
    Room(name=None)  # error
    TrackInfo(type=1)  # error
    ParticipantInfo(attributes={"a": 1})  # error
    DataPacket(user=Room())  # error


def attributes(room: Room) -> None:
    room.sidd  # error  # noqa: B018
    room.sid = 3  # error
    room.enabled_codecs.append(room)  # error
    room.version.unix_micro  # error  # noqa: B018
    room.sid.unix_micro  # error  # noqa: B018


def oneofs(packet: DataPacket, info: EgressInfo, room: Room) -> None:
    packet.which("valeu")  # error
    info.which("value")  # error
    room.which("value")  # error
    match packet.which("value"):
        case ("user", user):
            user.digit  # error  # noqa: B018
        case ("speaker", _):
            pass
        case _ as rest:
            assert_never(rest)  # error


def enums(track: TrackInfo) -> None:
    track.type = 1  # error
    TrackType.AUDO  # error  # noqa: B018
    TrackType("AUDIO")  # error of mypy
    name: bytes = track.type.name  # error
    del name


def codecs(room: Room) -> None:
    Room.from_bytes("text")  # error
    Room.from_json(3)  # error
    room.to_bytes(True)  # error
    user: UserPacket = Room.from_bytes(b"")  # error
    room.merge_from(UserPacket())  # error
    del user


def copies(room: Room) -> None:
    user: UserPacket = dataclasses.replace(room, name="x")  # error
    {room}  # error of pyright  # noqa: B018
    del user


def extensions(options: FieldOptions) -> None:
    shown: bytes | None = get_extension(options, redact_format)  # error
    set_extension(options, sensitivity, "PII")  # error
    get_extension(options, "logger.sensitivity")  # error
    del shown


def well_known(stamp: Timestamp, duration: Duration) -> None:
    Timestamp.from_datetime(3)  # error
    Timestamp(seconds="1")  # error
    duration.to_datetime()  # error
    Any.pack(b"bytes")  # error
    stamp.to_datetime() + stamp.to_datetime()  # error


def reflection() -> None:
    find_message("livekit.Room")()  # error


def calls(client: RoomServiceClient) -> None:
    client.create_room(nam="a")  # error
    client.create_room(name=3)  # error
    client.create_room(Room())  # error
    client.create_room("a")  # error
    client.create_room(CreateRoomRequest(), name="a")  # error
    client.create_room(request=CreateRoomRequest())  # error
    client.create_room(name="a", call=3)  # error
    client.create_room(name="a").nam  # error  # noqa: B018
    client.creat_room(name="a")  # error
    answer: DeleteRoomResponse = client.create_room()  # error
    RoomServiceClient("http://a", transprt=None)  # error
    SIPClient("http://a").list_sip_trunk()  # error of pyright
    del answer


async def async_calls(client: AsyncRoomServiceClient) -> None:
    client.create_room(name="a").name  # error  # noqa: B018
    await client.create_room(nam="a")  # error
    answer: DeleteRoomResponse = await client.create_room()  # error
    del answer


def whole_api(api: LiveKitAPI, other: AsyncLiveKitAPI) -> None:
    api.romo.create_room()  # error
    api.room.creat_room()  # error
    api.room.create_room(nam="a")  # error
    api.close().room  # error  # noqa: B018
    room: Room = other.room.create_room()  # error
    LiveKitAPI("wss://a", apiKey="b")  # error
    LiveKitAPI(transport=AsyncScriptedTransport())  # error
    AsyncLiveKitAPI(transport=ScriptedTransport())  # error
    AsyncLiveKitAPI(codec="xml")  # error
    with other:  # error
        del room


class Part(RoomService):
    def create_room(self, request: DeleteRoomRequest, _: Context) -> Room:  # error
        return Room()

    def list_rooms(self, request: ListRoomsRequest, _: Context) -> Room:  # error
        return Room()

    def update_room_metadata(self, request: UpdateRoomMetadataRequest) -> Room:  # error
        return Room()


class Structural:
    def create_room(self, request: CreateRoomRequest, context: Context) -> Room:
        return Room()


def servers() -> None:
    implementation: RoomService = Structural()  # error
    ROOM_SERVICE.serve(Structural())  # error
    del implementation


def tables() -> None:
    ROOM_SERVICE["CreateRoom"].input_type(nam="a")  # error
    answer: DeleteRoomResponse = ROOM_SERVICE["CreateRoom"].output_type()  # error
    ROOM_SERVICE[0]  # error
    del answer
