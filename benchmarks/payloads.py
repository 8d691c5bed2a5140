"""Five messages of LiveKit traffic, built and read the same way with every library.

A library is a namespace of message classes with keyword constructors, with enum values under
their proto names; it is resolved before anything is timed.
"""

# pyright: reportUnusedExpression=false

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Build = Callable[[], Any]
Read = Callable[[Any], None]


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
                Codec(
                    mime="video/H264",
                    fmtp_line="profile-level-id=42e01f;packetization-mode=1",
                ),
                Codec(mime="video/VP9"),
                Codec(mime="video/AV1"),
            ],
            metadata='{"topic":"planning","locale":"en-GB","agenda":["Q3","Q4"]}',
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
        codec.mime, codec.fmtp_line
    m.metadata, m.num_participants, m.num_publishers, m.active_recording
    version = m.version
    version.unix_micro, version.ticks


def participant(lib: Any, tracks: int = 4) -> Build:
    """A participant who publishes audio and simulcast video; about 890 bytes with 4 tracks."""
    ParticipantInfo, Permission = lib.ParticipantInfo, lib.ParticipantPermission
    active = lib.ACTIVE
    sources = [lib.CAMERA, lib.MICROPHONE]
    metadata = (
        '{"avatar":"https://example.com/avatars/4711.png","locale":"en","dark":true}'
    )
    makers = video_track(lib), audio_track(lib)

    def build() -> Any:
        return ParticipantInfo(
            sid="PA_rPHPsDFuBmVq",
            identity="user-4711",
            state=active,
            tracks=[makers[number % 2](number) for number in range(tracks)],
            metadata=metadata,
            joined_at=1_790_000_000,
            joined_at_ms=1_790_000_000_456,
            name="Ada Lovelace",
            version=17,
            permission=Permission(
                can_subscribe=True,
                can_publish=True,
                can_publish_data=True,
                can_publish_sources=sources,
                can_update_metadata=True,
            ),
            region="eu-central",
            is_publisher=True,
            attributes={"role": "host", "example.com/team": "protocol"},
            client_protocol=1,
        )

    return build


def video_track(lib: Any) -> Callable[[int], Any]:
    """A camera in three qualities; about 220 bytes."""
    TrackInfo, Codec, Layer = lib.TrackInfo, lib.SimulcastCodecInfo, lib.VideoLayer
    TimedVersion = lib.TimedVersion
    video, camera = lib.VIDEO, lib.CAMERA
    low, medium, high = lib.LOW, lib.MEDIUM, lib.HIGH
    ssrc = 3_141_592_653

    def build(number: int) -> Any:
        layers = [
            Layer(
                quality=low, width=320, height=180, bitrate=160_000, ssrc=ssrc, rid="q"
            ),
            Layer(
                quality=medium,
                width=640,
                height=360,
                bitrate=450_000,
                ssrc=ssrc + 1,
                spatial_layer=1,
                rid="h",
            ),
            Layer(
                quality=high,
                width=1280,
                height=720,
                bitrate=1_700_000,
                ssrc=ssrc + 2,
                spatial_layer=2,
                rid="f",
            ),
        ]
        return TrackInfo(
            sid=f"TR_VCk7d2Xq9mWzP{number}",
            type=video,
            name="camera",
            width=1280,
            height=720,
            source=camera,
            mime_type="video/VP8",
            mid=f"{number}",
            codecs=[
                Codec(
                    mime_type="video/VP8",
                    mid=f"{number}",
                    cid="b1f3c0d2-5a52-4a0e-9d5e-7f2c8e6b1a34",
                    layers=layers,
                )
            ],
            stream="camera",
            version=TimedVersion(unix_micro=1_790_000_000_123_456, ticks=1),
        )

    return build


def audio_track(lib: Any) -> Callable[[int], Any]:
    """A microphone; about 130 bytes."""
    TrackInfo, TimedVersion = lib.TrackInfo, lib.TimedVersion
    microphone, encrypted = lib.MICROPHONE, lib.GCM
    features = [lib.TF_AUTO_GAIN_CONTROL, lib.TF_ECHO_CANCELLATION]

    def build(number: int) -> Any:
        return TrackInfo(
            sid=f"TR_AMq4rCbvUPxqE{number}",
            name="microphone of the headset (the default device)",
            source=microphone,
            mime_type="audio/red",
            mid=f"{number}",
            encryption=encrypted,
            stream="camera-and-microphone-1",
            version=TimedVersion(unix_micro=1_790_000_000_223_456, ticks=2),
            audio_features=features,
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
    for _ in permission.can_publish_sources:
        pass
    m.region, m.is_publisher, m.client_protocol
    for _ in m.attributes.items():
        pass


def read_track(m: Any) -> None:
    """Read every set field of a track of `participant`."""
    m.sid, m.type, m.name, m.source, m.mime_type, m.mid, m.stream
    m.width, m.height, m.encryption
    for codec in m.codecs:
        codec.mime_type, codec.mid, codec.cid
        for layer in codec.layers:
            layer.quality, layer.width, layer.height, layer.bitrate
            layer.ssrc, layer.spatial_layer, layer.rid
    version = m.version
    version.unix_micro, version.ticks
    for _ in m.audio_features:
        pass


def webhook(lib: Any) -> Build:
    """A participant_joined webhook: a room and who joined it; about 560 bytes."""
    WebhookEvent = lib.WebhookEvent
    a_room, a_participant = room(lib), participant(lib, 0)

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
    """A data packet with 1 kB of payload.

    Where a library holds a oneof as one attribute, `lib.one_of(name, value)` makes its value.
    """
    DataPacket, UserPacket = lib.DataPacket, lib.UserPacket
    payload = bytes(range(256)) * 4
    identifier = "7f9c24e8-3b1a-4c2d-9e0f-5a6b7c8d9e0f"
    one_of: Any = getattr(lib, "one_of", None)

    def build() -> Any:
        user = UserPacket(payload=payload, topic="cursor-moves", id=identifier)
        return DataPacket(
            participant_identity="user-4711",
            destination_identities=["user-4712", "user-4713"],
            user=user,
            sequence=4711,
            participant_sid="PA_rPHPsDFuBmVq",
        )

    def build_with_one_of() -> Any:
        user = UserPacket(payload=payload, topic="cursor-moves", id=identifier)
        return DataPacket(
            participant_identity="user-4711",
            destination_identities=["user-4712", "user-4713"],
            value=one_of("user", user),
            sequence=4711,
            participant_sid="PA_rPHPsDFuBmVq",
        )

    return build_with_one_of if one_of else build


def read_packet(m: Any) -> None:
    """Read every set field of the packet."""
    read_envelope(m)
    user = m.user
    user.payload, user.topic, user.id


def read_packet_with_one_of(m: Any) -> None:
    """The same where the oneof is one attribute."""
    read_envelope(m)
    user = m.value.value
    user.payload, user.topic, user.id


def read_envelope(m: Any) -> None:
    """Read every set field of the packet but its payload."""
    m.participant_identity, m.sequence, m.participant_sid
    for _ in m.destination_identities:
        pass


@dataclass(frozen=True, slots=True)
class Payload:
    """A message to measure with: its class's name, how to build it and how to read it."""

    name: str
    cls: str
    builder: Callable[[Any], Build]
    read: Read
    read_with_one_of: Read | None = None

    def reader(self, lib: Any) -> Read:
        """The function that reads every set field of a message of this library."""
        if self.read_with_one_of and hasattr(lib, "one_of"):
            return self.read_with_one_of
        return self.read


PAYLOADS = (
    Payload("Room", "Room", room, read_room),
    Payload("ParticipantInfo", "ParticipantInfo", participant, read_participant),
    Payload("WebhookEvent", "WebhookEvent", webhook, read_webhook),
    Payload(
        "ListParticipants",
        "ListParticipantsResponse",
        participants,
        read_participants,
    ),
    Payload("DataPacket", "DataPacket", packet, read_packet, read_packet_with_one_of),
)
