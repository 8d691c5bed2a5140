"""Calls about what comes in and goes out: ingress and egress."""

from __future__ import annotations

from typing import Any

from .steps import Call, Step

_RTMP = {
    "input_type": "RTMP_INPUT",
    "name": "camera",
    "room_name": "lobby",
    "participant_identity": "visitor",
    "participant_name": "Visitor",
}
_FILE: dict[str, Any] = {"file_outputs": [{"filepath": "lobby.mp4"}]}
_NONE = {"egress_id": "EG_none"}
# Without a worker the server waits for one for 21 seconds.
_SHORT = 400

INGRESS: tuple[Step, ...] = (
    Call("list-ingress-none", "Ingress/ListIngress"),
    Call(
        "create-ingress-rtmp",
        "Ingress/CreateIngress",
        _RTMP,
        keep={"ingress": "ingress_id"},
    ),
    Call(
        "create-ingress-whip",
        "Ingress/CreateIngress",
        {**_RTMP, "input_type": "WHIP_INPUT", "name": "browser"},
        keep={"whip": "ingress_id"},
    ),
    Call(
        "create-ingress-url-without-url",
        "Ingress/CreateIngress",
        {**_RTMP, "input_type": "URL_INPUT"},
    ),
    Call("create-ingress-nobody", "Ingress/CreateIngress", {"room_name": "lobby"}),
    Call(
        "create-ingress-whip-transcoded",
        "Ingress/CreateIngress",
        {
            **_RTMP,
            "input_type": "WHIP_INPUT",
            "name": "browser",
            "enable_transcoding": True,
            "video": {"name": "camera", "preset": "H264_1080P_30FPS_3_LAYERS"},
            "audio": {"source": "MICROPHONE", "preset": "OPUS_MONO_64KBS"},
        },
    ),
    Call(
        "create-ingress-rtmp-not-transcoded",
        "Ingress/CreateIngress",
        {**_RTMP, "enable_transcoding": False},
    ),
    Call(
        "create-ingress-whip-not-transcoded-with-video",
        "Ingress/CreateIngress",
        {
            **_RTMP,
            "input_type": "WHIP_INPUT",
            "video": {"preset": "H264_1080P_30FPS_3_LAYERS"},
        },
    ),
    Call(
        "create-ingress-disabled", "Ingress/CreateIngress", {**_RTMP, "enabled": False}
    ),
    Call("list-ingress", "Ingress/ListIngress"),
    Call("list-ingress-by-room", "Ingress/ListIngress", {"room_name": "none"}),
    Call("list-ingress-by-id", "Ingress/ListIngress", {"ingress_id": "{ingress}"}),
    Call("list-ingress-unknown", "Ingress/ListIngress", {"ingress_id": "IN_none"}),
    Call(
        "update-ingress",
        "Ingress/UpdateIngress",
        {"ingress_id": "{ingress}", "name": "door", "participant_name": "Guest"},
    ),
    Call(
        "update-ingress-unknown",
        "Ingress/UpdateIngress",
        {"ingress_id": "IN_none", "name": "door"},
    ),
    Call("delete-ingress", "Ingress/DeleteIngress", {"ingress_id": "{ingress}"}),
    Call("delete-ingress-unknown", "Ingress/DeleteIngress", {"ingress_id": "IN_none"}),
)


def _start(kind: str, name: str, request: dict[str, Any]) -> Call:
    return Call(name, f"Egress/Start{kind}", request, timeout_ms=_SHORT)


EGRESS: tuple[Step, ...] = (
    Call("list-egress-none", "Egress/ListEgress"),
    Call("list-egress-unknown", "Egress/ListEgress", _NONE),
    Call("update-layout-unknown", "Egress/UpdateLayout", {**_NONE, "layout": "grid"}),
    Call(
        "update-stream-unknown",
        "Egress/UpdateStream",
        {**_NONE, "add_output_urls": ["rtmp://example.com/live/key"]},
        timeout_ms=_SHORT,
    ),
)
# The server waits for a worker.
START: tuple[Call, ...] = (
    Call("stop-egress-unknown", "Egress/StopEgress", _NONE),
    _start("Egress", "start-egress-no-room", {"room_name": "none"}),
    _start(
        "RoomCompositeEgress",
        "start-room-composite-egress-no-room",
        {"room_name": "none", **_FILE},
    ),
    _start(
        "RoomCompositeEgress",
        "start-room-composite-egress",
        {"room_name": "lobby", **_FILE},
    ),
    _start(
        "RoomCompositeEgress",
        "start-room-composite-egress-no-output",
        {"room_name": "lobby"},
    ),
    _start("Egress", "start-egress", {"room_name": "lobby"}),
    _start(
        "ParticipantEgress",
        "start-participant-egress",
        {"room_name": "lobby", "identity": "ann", **_FILE},
    ),
    _start(
        "TrackCompositeEgress",
        "start-track-composite-egress",
        {"room_name": "lobby", "audio_track_id": "TR_none", **_FILE},
    ),
    _start(
        "TrackEgress",
        "start-track-egress",
        {"room_name": "lobby", "track_id": "TR_none", "file": {"filepath": "a.ogg"}},
    ),
    _start("WebEgress", "start-web-egress", {"url": "https://example.com", **_FILE}),
    _start("WebEgress", "start-web-egress-no-url", _FILE),
    _start(
        "ParticipantEgress",
        "start-participant-egress-no-room",
        {"room_name": "none", "identity": "ann", **_FILE},
    ),
    _start(
        "TrackCompositeEgress",
        "start-track-composite-egress-no-room",
        {"room_name": "none", "audio_track_id": "TR_none", **_FILE},
    ),
    _start(
        "TrackEgress",
        "start-track-egress-no-room",
        {
            "room_name": "none",
            "track_id": "TR_none",
            "file": {"filepath": "lobby.ogg"},
        },
    ),
)
RECORDS: tuple[Step, ...] = (Call("list-egress", "Egress/ListEgress"),)
