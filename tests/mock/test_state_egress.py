"""Egress of a mock: records of it, and what livekit-server 1.13.5 says without a worker."""

from __future__ import annotations

from typing import Any

import pytest
from lkproto.ids import has_prefix
from lkproto.livekit import (
    EgressInfo,
    EgressSourceType,
    EgressStatus,
    FileInfo,
    StreamInfo,
)
from lkproto.mock import MockError

from .states import NOW, PREFIX, World

MISSING = ("not_found", PREFIX + "egress does not exist")
NO_ROOM = ("not_found", PREFIX + "requested room does not exist")
NANOS = int(NOW * 1_000_000_000)
WEB = EgressSourceType.EGRESS_SOURCE_TYPE_WEB
SDK = EgressSourceType.EGRESS_SOURCE_TYPE_SDK
PAGE = {"url": "https://example.com"}
STREAM = "rtmp://live.example.com/app/secret-key"


def started(world: World, **fields: Any) -> EgressInfo:
    found = world.call("StartWebEgress", **{**PAGE, **fields})
    assert isinstance(found, EgressInfo)
    return found


@pytest.mark.parametrize(
    ("method", "fields", "member", "source"),
    [
        ("StartEgress", {"template": {}}, "egress", WEB),
        ("StartEgress", {"web": PAGE}, "egress", WEB),
        ("StartEgress", {"media": {}}, "egress", SDK),
        ("StartRoomCompositeEgress", {}, "room_composite", WEB),
        ("StartParticipantEgress", {"identity": "ann"}, "participant", SDK),
        ("StartTrackCompositeEgress", {}, "track_composite", SDK),
        ("StartTrackEgress", {"trackId": "TR_x"}, "track", SDK),
    ],
)
def test_what_is_asked_for_starts(
    world: World,
    method: str,
    fields: dict[str, Any],
    member: str,
    source: EgressSourceType,
) -> None:
    room = world.call("CreateRoom", name="demo")
    info = world.call(method, roomName="demo", **fields)

    assert has_prefix("EG_", info.egress_id)
    assert (info.room_name, info.room_id) == ("demo", room.sid)
    assert info.status == EgressStatus.EGRESS_STARTING
    assert info.source_type == source
    assert getattr(info, member).room_name == "demo"
    assert world.events[-1].egress_info == info
    assert world.names == ["room_started", "egress_started"]


def test_a_page_has_no_room(world: World) -> None:
    world.call("CreateRoom")
    info = started(world)

    assert (info.room_name, info.room_id) == ("", "")
    assert info.web
    assert info.web.url == PAGE["url"]


@pytest.mark.parametrize(
    "method",
    ["StartEgress", "StartRoomCompositeEgress", "StartTrackEgress"],
)
def test_a_room_that_is_not_there_cannot_be_recorded(world: World, method: str) -> None:
    assert world.refused(method, roomName="nope") == NO_ROOM


def test_outputs_are_among_the_results(world: World) -> None:
    outputs = {
        "fileOutputs": [{"filepath": "a.mp4"}],
        "streamOutputs": [
            {"urls": [STREAM], "destinations": [{"id": "d", "url": STREAM}]}
        ],
        "segmentOutputs": [{"playlistName": "p", "livePlaylistName": "l"}],
        "imageOutputs": [{"filenamePrefix": "i"}],
    }
    info = started(world, **outputs)
    (segments,) = info.segment_results

    assert [each.filename for each in info.file_results] == ["a.mp4"]
    assert [each.id for each in info.stream_results] == ["", "d"]
    assert (segments.playlist_name, segments.live_playlist_name) == ("p", "l")
    assert [each.filename_prefix for each in info.image_results] == ["i"]
    new = world.call(
        "StartEgress",
        web=PAGE,
        outputs=[{"file": {"filepath": "b"}}, {"stream": {"urls": [STREAM]}}],
    )
    assert [each.filename for each in new.file_results] == ["b"]
    assert len(new.stream_results) == 1
    direct = {"filepath": "c"}
    world.call("CreateRoom", name="r")
    track = world.call("StartTrackEgress", roomName="r", file=direct)
    assert [each.filename for each in track.file_results] == ["c"]


def test_secrets_are_in_no_record(world: World) -> None:
    s3 = {"accessKey": "AK-secret", "secret": "s-secret", "bucket": "b"}
    info = started(
        world,
        fileOutputs=[{"filepath": "a", "s3": s3}],
        streamOutputs=[{"urls": [STREAM]}],
    )
    text = info.to_json() + world.events[-1].to_json()

    assert "secret-key" not in text
    assert "-secret" not in text
    assert info.web
    hidden = info.web.file_outputs[0].s3
    assert hidden
    assert (hidden.access_key, hidden.secret) == ("{access_key}", "{secret}")
    assert hidden.bucket == "b"
    shown = "rtmp://live.example.com/app/{sec...key}"
    assert info.web.stream_outputs[0].urls == [shown]
    assert info.stream_results[0].url == shown


def test_what_is_stopped_is_complete(world: World) -> None:
    info = started(world, streamOutputs=[{"urls": [STREAM]}])
    id_ = {"egressId": info.egress_id}
    world.events.clear()

    assert world.call("StopEgress", **id_).status == EgressStatus.EGRESS_ENDING
    (now,) = world.call("ListEgress", **id_).items
    assert (now.status, now.ended_at) == (EgressStatus.EGRESS_COMPLETE, NANOS)
    assert now.stream_results[0].status == StreamInfo.Status.FINISHED
    states = [
        each.egress_info and each.egress_info.status.name for each in world.events
    ]
    assert states == ["EGRESS_ENDING", "EGRESS_COMPLETE"]
    assert world.names == ["egress_updated", "egress_ended"]
    text = "egress with status EGRESS_COMPLETE cannot be "
    stopped = world.refused("StopEgress", **id_)
    assert stopped == ("failed_precondition", f"{text}stopped")
    updated = world.refused("UpdateStream", **id_)
    assert updated == ("failed_precondition", f"{text}updated")
    gone = ("not_found", PREFIX + "participant does not exist")
    assert world.refused("UpdateLayout", **id_) == gone


def test_a_test_says_what_becomes_of_an_egress(world: World) -> None:
    id_ = started(world).egress_id
    world.events.clear()
    active = world.update_egress(id_, EgressStatus.EGRESS_ACTIVE)
    files = [FileInfo(filename="a.mp4", size=7)]
    failed = world.update_egress(
        id_, EgressStatus.EGRESS_FAILED, error="disk full", file_results=files
    )

    assert active.status == EgressStatus.EGRESS_ACTIVE
    assert (failed.error, failed.file_results) == ("disk full", files)
    assert failed.ended_at == NANOS
    assert world.names == ["egress_updated", "egress_ended"]
    with pytest.raises(MockError, match=f"egress '{id_}' has ended: EGRESS_FAILED"):
        world.update_egress(id_, EgressStatus.EGRESS_ACTIVE)
    with pytest.raises(MockError, match=f"no egress 'EG_no'; there is '{id_}'"):
        world.update_egress("EG_no", EgressStatus.EGRESS_ACTIVE)


def test_egresses_are_listed_as_asked_for(world: World) -> None:
    world.call("CreateRoom", name="demo")
    page = started(world).egress_id
    room = world.call("StartRoomCompositeEgress", roomName="demo").egress_id
    world.call("StopEgress", egressId=page)

    def listed(**fields: Any) -> list[str]:
        return [each.egress_id for each in world.call("ListEgress", **fields).items]

    assert listed() == [page, room]
    assert listed(roomName="demo") == listed(active=True) == [room]
    assert listed(roomName="else") == []
    assert listed(egressId=page, roomName="else", active=True) == [page]


@pytest.mark.parametrize(
    "method", ["ListEgress", "StopEgress", "UpdateLayout", "UpdateStream"]
)
def test_an_egress_that_is_not_there_is_an_error(world: World, method: str) -> None:
    assert world.refused(method, egressId="EG_no") == MISSING


def test_streams_are_added_and_removed(world: World) -> None:
    other = STREAM + "2"
    info = started(world, streamOutputs=[{"urls": [STREAM]}])
    id_ = {"egressId": info.egress_id}
    destinations = [{"id": "d", "url": "rtmp://x/y/another"}]
    world.call(
        "UpdateStream", **id_, addOutputUrls=[other], addDestinations=destinations
    )
    found = world.call("UpdateStream", **id_, removeOutputUrls=[STREAM, "d"])

    assert [each.status.name for each in found.stream_results] == [
        "FINISHED",
        "ACTIVE",
        "FINISHED",
    ]
    assert world.names == ["egress_started", "egress_updated", "egress_updated"]


def test_a_layout_of_what_runs_can_be_changed(world: World) -> None:
    info = started(world)

    assert world.call("UpdateLayout", egressId=info.egress_id, layout="grid") == info


def test_recordings_end_with_their_room(world: World) -> None:
    world.call("CreateRoom", name="demo")
    world.call("StartRoomCompositeEgress", roomName="demo")
    page = started(world)
    world.events.clear()
    world.call("DeleteRoom", room="demo")

    assert world.names == ["egress_updated", "egress_ended", "room_finished"]
    (left,) = world.call("ListEgress", active=True).items
    assert left == page
