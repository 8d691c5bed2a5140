"""The package as a user types against it; mypy and pyright check this file, strictly."""

from __future__ import annotations

import copy
import dataclasses
from typing import assert_never, assert_type

import lkproto
from lkproto import (
    Extension,
    Field,
    clear_extension,
    fields_of,
    find_message,
    get_extension,
    has_extension,
    redacted,
    replace,
    service_of,
    set_extension,
)
from lkproto.google.protobuf import (
    Any,
    Duration,
    FieldOptions,
    Struct,
    Timestamp,
)
from lkproto.livekit import (
    DataPacket,
    EgressInfo,
    ParticipantInfo,
    Room,
    TrackInfo,
    TrackType,
    UserPacket,
)
from lkproto.logger import Sensitivity, redact_format, sensitivity


def construct() -> None:
    """Construction is keyword-only and every field is optional."""
    room = Room(sid="RM_1", empty_timeout=300, num_participants=2)
    assert_type(room, Room)
    assert_type(room.sid, str)
    assert_type(room.enabled_codecs[0].mime, str)
    assert_type(Room().version is None, bool)
    Room(3)  # type: ignore[call-arg, arg-type] # pyright: ignore[reportCallIssue]
    Room(sid=3)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    Room(nope=3)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]


def optional(participant: ParticipantInfo) -> str:
    """Sub-messages and proto3 optional fields may be None."""
    permission = participant.permission
    if permission is None:
        return "none"
    assert_type(permission.can_publish, bool)
    return str(permission.can_publish_sources)


def oneofs(packet: DataPacket) -> str:
    """`match` on `which` narrows name and value together and is exhaustive."""
    match packet.which("value"):
        case ("user", user):
            assert_type(user, UserPacket)
            return user.topic or ""
        case ("sip_dtmf", dtmf):
            return dtmf.digit
        case ("speaker" | "transcription" | "metrics" | "chat_message", _):
            return "content"
        case ("rpc_request" | "rpc_ack" | "rpc_response", _):
            return "rpc"
        case ("stream_header" | "stream_chunk" | "stream_trailer", _):
            return "stream"
        case ("encrypted_packet", encrypted):
            return encrypted.encrypted_value.hex()
        case (None, _):
            return "nothing"
        case _ as never:
            assert_never(never)


def several_oneofs(info: EgressInfo) -> None:
    """With several oneofs, `which` is overloaded by name."""
    match info.which("request"):
        case ("room_composite", request):
            assert_type(request.room_name, str)
        case _:
            pass
    match info.which("result"):
        case ("file", file):
            assert_type(file.filename, str)
        case _:
            pass


def enums(track: TrackInfo) -> int:
    """Enums are IntEnums to checkers and people."""
    assert_type(track.type, TrackType)
    names: list[str] = [each.name for each in TrackType]
    return len(names) + TrackType.AUDIO.value + TrackType(99)


def codecs() -> None:
    """Codecs give the class they are called on."""
    room = Room.from_bytes(Room(sid="RM_1").to_bytes())
    assert_type(room, Room)
    assert_type(Room.from_json(room.to_json(indent=2)), Room)
    assert_type(room.to_bytes(), bytes)


def copies(room: Room) -> None:
    """All ways to copy keep the type."""
    assert_type(replace(room, name="x"), Room)
    assert_type(dataclasses.replace(room, name="x"), Room)
    assert_type(copy.deepcopy(room), Room)
    assert_type(redacted(room), Room)


def reflection() -> None:
    """Fields and types are readable at run time."""
    field: Field = fields_of(Room)[0]
    assert_type(field.number, int)
    found = find_message("livekit.Room")
    assert found is not None
    assert_type(found.from_bytes(b""), lkproto.Message)


def services() -> None:
    """Services say their methods, and those their messages."""
    for method in service_of("livekit.RoomService").methods:
        assert_type(method.name, str)
        assert_type(method.input_type, type[lkproto.Message])


def extensions() -> None:
    """An extension carries the type of its value."""
    options = FieldOptions()
    assert_type(sensitivity, Extension[Sensitivity])
    set_extension(options, sensitivity, Sensitivity.SENSITIVITY_PII)
    assert_type(get_extension(options, sensitivity), Sensitivity | None)
    assert_type(get_extension(options, redact_format), str | None)
    if has_extension(options, sensitivity):
        clear_extension(options, sensitivity)


def well_known() -> None:
    """The well-known types convert to and from Python's own."""
    assert_type(Timestamp.now(), Timestamp)
    Timestamp.from_datetime(Timestamp.now().to_datetime())
    Duration.from_timedelta(Duration(seconds=3).to_timedelta())
    Struct.from_dict({"a": [1, None]}).to_dict()
    packed = Any.pack(Room(sid="RM_1"))
    message: lkproto.Message = packed.unpack()
    message.to_json()
    assert_type(packed.unpack_as(Room), Room | None)
