"""Five messages of LiveKit traffic, built and read the same way with every library.

A library is a namespace of message classes with keyword constructors, with enum values under
their proto names; it is resolved before anything is timed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Build = Callable[[], Any]
Read = Callable[[Any], None]

TEXT = "0123456789abcdef" * 64


def room(lib: Any) -> Build:
    """A room as RoomService.ListRooms returns it; about 290 bytes."""
    Room, Codec, TimedVersion = lib.Room, lib.Codec, lib.TimedVersion

    def build() -> Any:
        return Room(
            sid="RM_hycBMAjmt6Ub",
            name="weekly-planning",
            empty_timeout=300,
            departure_timeout=20,
            max_participants=50,
            creation_time=1_790_000_000,
            creation_time_ms=1_790_000_000_123,
            turn_password="dR5qRwPzUaXkvoR9uS3kGWa3zCPM5Vr",
            enabled_codecs=[
                Codec(mime="audio/opus"),
                Codec(mime="audio/red"),
                Codec(mime="video/VP8"),
                Codec(mime="video/H264"),
                Codec(mime="video/VP9"),
                Codec(mime="video/AV1"),
            ],
            metadata='{"topic":"planning","locale":"en-GB"}',
            num_participants=12,
            num_publishers=4,
            active_recording=True,
            version=TimedVersion(unix_micro=1_790_000_000_123_456, ticks=3),
        )

    return build


def read_room(m: Any) -> None:
    """Read every set field of a room."""
    m.sid, m.name, m.empty_timeout, m.departure_timeout, m.max_participants
    m.creation_time, m.creation_time_ms, m.turn_password
    for codec in m.enabled_codecs:
        codec.mime
    m.metadata, m.num_participants, m.num_publishers, m.active_recording
    version = m.version
    version.unix_micro, version.ticks


def participant(lib: Any, tracks: int = 4) -> Build:
    """A participant who publishes audio and simulcast video; about 890 bytes with 4 tracks."""
    ParticipantInfo, ParticipantPermission = (
        lib.ParticipantInfo,
        lib.ParticipantPermission,
    )
    TrackInfo, VideoLayer, Simulcast = (
        lib.TrackInfo,
        lib.VideoLayer,
        lib.SimulcastCodecInfo,
    )
    TimedVersion = lib.TimedVersion
    active, video, camera = lib.ACTIVE, lib.VIDEO, lib.CAMERA
    microphone, red, low, medium, high = lib.MICROPHONE, lib.GCM, lib.LOW, lib.MEDIUM, lib.HIGH

    def track(number: int) -> Any:
        if number % 2:
            return TrackInfo(
                sid="TR_AMq4rCbvUPxqE%d" % number,
                name="microphone",
                source=microphone,
                mime_type="audio/red",
                mid="%d" % number,
                encryption=red,
                stream="camera",
                version=TimedVersion(unix_micro=1_790_000_000_223_456),
            )
        return TrackInfo(
            sid="TR_VCk7d2Xq9mWzP%d" % number,
            type=video,
            name="camera",
            width=1280,
            height=720,
            source=camera,
            mime_type="video/VP8",
            mid="%d" % number,
            codecs=[
                Simulcast(
                    mime_type="video/VP8",
                    mid="%d" % number,
                    cid="b1f3c0d2-5a52",
                    layers=[
                        VideoLayer(quality=low, width=320, height=180, bitrate=160_000, ssrc=3_141_592_653),
                        VideoLayer(quality=medium, width=640, height=360, bitrate=450_000, ssrc=2_718_281_828),
                        VideoLayer(quality=high, width=1280, height=720, bitrate=1_700_000, ssrc=1_618_033_988),
                    ],
                )
            ],
            stream="camera",
            version=TimedVersion(unix_micro=1_790_000_000_123_456, ticks=1),
        )

    def build() -> Any:
        return ParticipantInfo(
            sid="PA_rPHPsDFuBmVq",
            identity="user-4711",
            state=active,
            tracks=[track(number) for number in range(tracks)],
            metadata='{"avatar":"https://example.com/a/4711.png"}',
            joined_at=1_790_000_000,
            joined_at_ms=1_790_000_000_456,
            name="Ada Lovelace",
            version=17,
            permission=ParticipantPermission(
                can_subscribe=True,
                can_publish=True,
                can_publish_data=True,
                can_update_metadata=True,
            ),
            region="eu-central",
            is_publisher=True,
            attributes={"role": "host", "team": "protocol"},
        )

    return build


def read_participant(m: Any) -> None:
    """Read every set field of a participant."""
    m.sid, m.identity, m.state
    for track in m.tracks:
        read_track(track)
    m.metadata, m.joined_at, m.joined_at_ms, m.name, m.version
    permission = m.permission
    permission.can_subscribe, permission.can_publish
    permission.can_publish_data, permission.can_update_metadata
    m.region, m.is_publisher
    for _ in m.attributes.items():
        pass


def read_track(m: Any) -> None:
    """Read every set field of a track of `participant`."""
    m.sid, m.type, m.name, m.source, m.mime_type, m.mid, m.stream
    m.width, m.height, m.encryption
    for codec in m.codecs:
        codec.mime_type, codec.mid, codec.cid
        for layer in codec.layers:
            layer.quality, layer.width, layer.height, layer.bitrate, layer.ssrc
    version = m.version
    version.unix_micro, version.ticks


def webhook(lib: Any) -> Build:
    """A track_published webhook; about 560 bytes."""
    WebhookEvent = lib.WebhookEvent
    a_room, a_participant = room(lib), participant(lib, 1)

    def build() -> Any:
        return WebhookEvent(
            event="participant_joined",
            room=a_room(),
            participant=a_participant(),
            id="EV_eugWmGhovZmm",
            created_at=1_790_000_001,
        )

    return build


def read_webhook(m: Any) -> None:
    """Read every set field of the event."""
    m.event, m.id, m.created_at
    read_room(m.room)
    read_participant(m.participant)


def participants(lib: Any) -> Build:
    """ListParticipantsResponse of 50 participants with two tracks each; about 28 kB."""
    Response = lib.ListParticipantsResponse
    a_participant = participant(lib, 2)

    def build() -> Any:
        return Response(participants=[a_participant() for _ in range(50)])

    return build


def read_participants(m: Any) -> None:
    """Read every set field of all participants."""
    for each in m.participants:
        read_participant(each)


def packet(lib: Any) -> Build:
    """A data packet with 1 kB of payload."""
    DataPacket, UserPacket = lib.DataPacket, lib.UserPacket
    payload = bytes(range(256)) * 4

    def build() -> Any:
        return DataPacket(
            participant_identity="user-4711",
            destination_identities=["user-4712", "user-4713"],
            user=UserPacket(payload=payload, topic="cursor", id="7f9c24e8"),
            sequence=4711,
            participant_sid="PA_rPHPsDFuBmVq",
        )

    return build


def read_packet(m: Any) -> None:
    """Read every set field of the packet."""
    m.participant_identity, m.sequence, m.participant_sid
    for _ in m.destination_identities:
        pass
    user = m.user
    user.payload, user.topic, user.id


PAYLOADS: dict[str, tuple[Callable[[Any], Build], Read]] = {
    "Room": (room, read_room),
    "ParticipantInfo": (participant, read_participant),
    "WebhookEvent": (webhook, read_webhook),
    "ListParticipants": (participants, read_participants),
    "DataPacket": (packet, read_packet),
}
CLASSES = {
    "Room": "Room",
    "ParticipantInfo": "ParticipantInfo",
    "WebhookEvent": "WebhookEvent",
    "ListParticipants": "ListParticipantsResponse",
    "DataPacket": "DataPacket",
}
