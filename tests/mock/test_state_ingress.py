"""Ingress of a mock: each answer is what livekit-server 1.13.5 gave to the same request."""

from __future__ import annotations

from typing import Any

import pytest
from lkproto.ids import has_prefix
from lkproto.livekit import IngressInfo, IngressState, ParticipantInfo
from lkproto.mock import MockError

from .states import NOW, PREFIX, World

MISSING = ("not_found", PREFIX + "ingress does not exist")
WHO = {"participantIdentity": "cam"}
BYPASS = "invalid transcoding bypass configuration: "
PULL = {**WHO, "inputType": "URL_INPUT", "url": "https://example.com/a.m3u8"}


def made(world: World, **fields: Any) -> IngressInfo:
    found = world.call("CreateIngress", **{**WHO, "roomName": "demo", **fields})
    assert isinstance(found, IngressInfo)
    return found


def test_a_new_ingress_waits_for_a_stream(world: World) -> None:
    info = made(world, name="n", participantName="Cam", participantMetadata="m")

    assert has_prefix("IN_", info.ingress_id)
    assert has_prefix("", info.stream_key)
    assert info.url.startswith("rtmp://")
    assert (info.reusable, info.enable_transcoding, info.bypass_transcoding) == (
        True,
        True,
        False,
    )
    assert info.state == IngressState()
    assert (info.name, info.participant_name, info.participant_metadata) == (
        "n",
        "Cam",
        "m",
    )
    assert world.names == []


def test_whip_is_not_transcoded_unless_it_is_asked_for(world: World) -> None:
    plain = made(world, inputType="WHIP_INPUT")
    asked = made(world, inputType="WHIP_INPUT", enableTranscoding=True)

    assert plain.url.endswith("/whip")
    assert (plain.enable_transcoding, plain.bypass_transcoding) == (False, True)
    assert (asked.enable_transcoding, asked.bypass_transcoding) == (True, False)


def test_a_stream_that_is_pulled_has_no_key(world: World) -> None:
    info = made(world, **PULL)

    assert (info.stream_key, info.url, info.reusable) == ("", PULL["url"], False)
    assert info.state == IngressState(status=IngressState.Status.ENDPOINT_BUFFERING)
    code, text = world.refused("UpdateIngress", ingressId=info.ingress_id, name="x")
    assert code == "invalid_argument"
    assert text == PREFIX + "ingress is not reusable and cannot be modified"


LAYER = {"width": 4, "height": 4}


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "invalid ingress: no participant identity"),
        ({"inputType": 7}, "invalid ingress type"),
        ({**PULL, "url": ""}, "invalid ingress: missing URL parameter"),
        ({**PULL, "url": "ftp://x"}, "invalid ingress: invalid url scheme ftp"),
        ({**PULL, "url": "x/y"}, "invalid ingress: invalid url scheme "),
        (PULL, "invalid ingress: no room name"),
        (
            {**PULL, "roomName": "r", "enabled": False},
            "invalid ingress: disabled non reusable ingress",
        ),
        (
            {**WHO, "enableTranscoding": False},
            BYPASS + "bypassing transcoding impossible with selected input type",
        ),
        (
            {**WHO, "inputType": "WHIP_INPUT", "video": {"preset": 1}},
            BYPASS + "video encoding options must be empty if transcoding is disabled",
        ),
        (
            {**WHO, "video": {"source": "MICROPHONE"}},
            "invalid video parameters: invalid track source",
        ),
        (
            {**WHO, "audio": {"source": "CAMERA"}},
            "invalid audio parameters: invalid track source",
        ),
        ({**WHO, "video": {"preset": 99}}, "invalid video parameters: invalid preset"),
        ({**WHO, "audio": {"preset": 99}}, "invalid audio parameters: invalid preset"),
        (
            {**WHO, "audio": {"options": {"channels": 9}}},
            "invalid audio parameters: invalid audio channel count",
        ),
        (
            {**WHO, "audio": {"options": {"audioCodec": "AAC"}}},
            "invalid audio parameters: audio codec unsupported",
        ),
        (
            {**WHO, "video": {"options": {"videoCodec": "H264_HIGH"}}},
            "invalid video parameters: video codec unsupported",
        ),
        (
            {**WHO, "video": {"options": {"frameRate": -1}}},
            "invalid video parameters: invalid framerate",
        ),
        (
            {**WHO, "video": {"options": {"layers": [{"width": 3, "height": 4}]}}},
            "invalid ingress: layer width must be even",
        ),
        (
            {**WHO, "video": {"options": {"layers": [{}]}}},
            "invalid video parameters: invalid output media dimensions",
        ),
        (
            {**WHO, "video": {"options": {"layers": [LAYER, LAYER]}}},
            "invalid video parameters: more than one layer with the same quality level",
        ),
        (
            {
                **WHO,
                "video": {
                    "options": {
                        "layers": [
                            {"width": 2, "height": 4, "quality": "HIGH"},
                            {**LAYER, "quality": "LOW"},
                        ]
                    }
                },
            },
            "invalid video parameters: video layers do not have increasing width with "
            "increasing quality",
        ),
    ],
)
def test_an_ingress_that_is_wrong_is_refused(
    world: World, fields: dict[str, Any], text: str
) -> None:
    refused = world.refused("CreateIngress", **fields)
    assert refused == ("invalid_argument", PREFIX + text)
    assert world.call("ListIngress").items == []


def test_an_update_changes_what_is_not_empty(world: World) -> None:
    info = made(world, name="n")
    found = world.call(
        "UpdateIngress", ingressId=info.ingress_id, roomName="other", enabled=False
    )

    assert (found.name, found.room_name, found.enabled) == ("n", "other", False)
    assert found.stream_key == info.stream_key
    assert world.call("ListIngress", roomName="other").items == [found]
    wrong = {"ingressId": info.ingress_id, "enableTranscoding": False}
    code, _ = world.refused("UpdateIngress", **wrong)
    assert code == "invalid_argument"
    assert world.call("ListIngress").items == [found]


def test_an_ingress_is_found_and_deleted_by_its_id(world: World) -> None:
    info = made(world)
    id_ = {"ingressId": info.ingress_id}

    assert world.call("ListIngress", roomName="else", **id_).items == [info]
    assert world.call("ListIngress", roomName="else").items == []
    assert world.call("DeleteIngress", **id_) == info
    for method in ("ListIngress", "DeleteIngress", "UpdateIngress"):
        assert world.refused(method, **id_) == MISSING


def test_a_stream_is_a_participant_while_it_lasts(world: World) -> None:
    info = made(world, participantName="Cam")
    who = world.start_ingress(info.ingress_id)

    assert world.names == ["room_started", "ingress_started", "participant_joined"]
    assert (who.room, who.identity, who.name) == ("demo", "cam", "Cam")
    assert who.info.kind == ParticipantInfo.Kind.INGRESS
    assert who.attributes == {"ingress.ingressID": info.ingress_id}
    (now,) = world.call("ListIngress").items
    assert now.state.status == IngressState.Status.ENDPOINT_PUBLISHING
    assert now.state.started_at == int(NOW * 1_000_000_000)
    assert now.state.room_id.startswith("RM_")

    world.end_ingress(info.ingress_id)
    ended = world.events[-1].ingress_info
    assert ended
    assert ended.state
    assert ended.state.status == IngressState.Status.ENDPOINT_INACTIVE
    assert world.names == ["participant_left", "ingress_ended"]
    assert not who.connected


def test_a_stream_can_fail_and_begin_again(world: World) -> None:
    id_ = made(world).ingress_id
    world.start_ingress(id_)
    world.end_ingress(id_, error="no signal")
    (info,) = world.call("ListIngress").items

    assert info.state.status == IngressState.Status.ENDPOINT_ERROR
    assert info.state.error == "no signal"
    world.call("UpdateIngress", ingressId=id_)
    (info,) = world.call("ListIngress").items
    assert info.state.status == IngressState.Status.ENDPOINT_INACTIVE
    world.start_ingress(id_)


def test_a_stream_that_is_pulled_ends_for_good(world: World) -> None:
    id_ = made(world, **PULL).ingress_id
    world.start_ingress(id_)
    world.end_ingress(id_)
    (info,) = world.call("ListIngress").items

    assert info.state.status == IngressState.Status.ENDPOINT_COMPLETE


def test_a_stream_ends_with_its_ingress(world: World) -> None:
    info = made(world)
    world.start_ingress(info.ingress_id)
    world.events.clear()
    world.call("DeleteIngress", ingressId=info.ingress_id)

    assert world.names == ["participant_left", "ingress_ended"]


def test_what_cannot_stream_says_why(world: World) -> None:
    off = made(world, enabled=False).ingress_id
    on = made(world, participantIdentity="b").ingress_id

    with pytest.raises(MockError, match=f"ingress '{off}' is not enabled"):
        world.start_ingress(off)
    with pytest.raises(MockError, match=f"ingress '{on}' is not streaming"):
        world.end_ingress(on)
    world.start_ingress(on)
    with pytest.raises(MockError, match=f"ingress '{on}' is streaming already"):
        world.start_ingress(on)
    with pytest.raises(
        MockError, match=f"no ingress 'IN_no'; there is '{off}', '{on}'"
    ):
        world.start_ingress("IN_no")
