"""Deliberate mistakes of a user; checkers must report each line marked `# error`.

`# error of` names the only checker that does.
"""

from __future__ import annotations

import dataclasses
from typing import assert_never

from lkproto import find_message, get_extension, set_extension
from lkproto.google.protobuf import Any, Duration, FieldOptions, Timestamp
from lkproto.livekit import (
    DataPacket,
    EgressInfo,
    ParticipantInfo,
    Room,
    TrackInfo,
    TrackType,
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
