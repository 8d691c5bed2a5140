"""Rooms of a mock: each answer is what livekit-server 1.13.5 gave to the same request."""

from __future__ import annotations

import re

import pytest
from lkproto.ids import has_prefix
from lkproto.livekit import EgressStatus
from lkproto.mock import MockLiveKit

from .states import NOW, PREFIX, World

DEAD = ("unavailable", PREFIX + "no response from servers")
NO_ROOM = ("not_found", PREFIX + "requested room does not exist")
NOBODY = ("not_found", PREFIX + "participant does not exist")
METADATA, ATTRIBUTES = "x" * 524_289, {"a": "x" * 65_536}
CODECS = """audio/PCMU audio/PCMA audio/opus audio/red video/VP8 video/H264 video/VP9 video/AV1
    video/H265 video/rtx"""


def test_a_new_room_has_the_defaults_of_the_server(world: World) -> None:
    room = world.call("CreateRoom", name="demo", metadata="m", maxParticipants=3)

    assert has_prefix("RM_", room.sid)
    assert (room.name, room.metadata, room.max_participants) == ("demo", "m", 3)
    assert (room.empty_timeout, room.departure_timeout) == (300, 20)
    assert room.creation_time == int(NOW)
    assert room.creation_time_ms == int(NOW * 1000)
    assert re.fullmatch("[0-9A-Za-z]{43}", room.turn_password)
    assert [each.mime for each in room.enabled_codecs] == CODECS.split()


def test_a_room_that_is_there_is_not_changed(world: World) -> None:
    first = world.call("CreateRoom", name="demo")

    assert world.call("CreateRoom", name="demo", metadata="new") == first
    assert world.names == ["room_started"]


def test_a_room_may_have_no_name(world: World) -> None:
    assert world.call("CreateRoom").name == ""
    world.call("DeleteRoom")
    assert world.names == ["room_started", "room_finished"]


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        (
            {"name": "n" * 257},
            PREFIX + "room name length exceeds limits: max length 256",
        ),
        (
            {"name": "é" * 129},
            PREFIX + "room name length exceeds limits: max length 256",
        ),
        ({"metadata": METADATA}, "metadata size exceeds limits 524288"),
        ({"agents": [{"metadata": METADATA}]}, "metadata size exceeds limits 524288"),
        (
            {"agents": [{"attributes": ATTRIBUTES}]},
            "attribute size exceeds limits 65536",
        ),
        (
            {"roomPreset": "q"},
            PREFIX + "unknown room configuration in create room request",
        ),
    ],
)
def test_a_room_that_exceeds_a_limit_is_refused(
    world: World, request_: dict[str, object], text: str
) -> None:
    assert world.refused("CreateRoom", **request_) == ("invalid_argument", text)
    assert world.names == []


def test_a_node_that_is_not_there_is_refused_for_a_new_room_alone(world: World) -> None:
    unknown = ("unknown", "could not find object")

    assert world.refused("CreateRoom", name="a", nodeId="ND_x") == unknown
    world.call("CreateRoom", name="a")
    world.call("CreateRoom", name="a", nodeId="ND_x")


def test_rooms_are_listed_as_asked_for(world: World) -> None:
    for name in "abc":
        world.call("CreateRoom", name=name)

    def listed(*names: str) -> list[str]:
        return [room.name for room in world.call("ListRooms", names=names).rooms]

    assert listed() == ["a", "b", "c"]
    assert listed("c", "nope", "a", "c") == ["c", "a", "c"]


def test_metadata_of_a_room_are_replaced_even_by_nothing(world: World) -> None:
    world.call("CreateRoom", name="a", metadata="old")

    assert world.call("UpdateRoomMetadata", room="a", metadata="new").metadata == "new"
    assert world.call("UpdateRoomMetadata", room="a").metadata == ""
    assert world.refused("UpdateRoomMetadata", room="b") == NO_ROOM


def test_who_is_in_a_room_has_to_leave_when_it_is_deleted(world: World) -> None:
    ann = world.join("demo", "ann")
    ann.publish()
    world.call("DeleteRoom", room="demo")

    assert ann.disconnect_reason.name == "ROOM_DELETED"
    assert not ann.connected
    left = world.events[-2].room
    assert left
    assert left.num_participants == 0
    assert world.names[3:] == ["track_unpublished", "participant_left", "room_finished"]
    assert world.refused("DeleteRoom", room="demo") == NO_ROOM


def test_a_room_can_be_recorded_from_its_beginning(world: World) -> None:
    wanted = {"room": {"fileOutputs": [{"filepath": "a.mp4"}]}}
    room = world.call("CreateRoom", name="a", egress=wanted)
    world.call("CreateRoom", name="a", egress=wanted)
    (egress,) = world.call("ListEgress", roomName="a").items

    assert egress.room_id == room.sid
    assert egress.room_composite.room_name == "a"
    assert world.names == ["room_started", "egress_started"]


def test_a_room_says_whether_it_is_recorded(world: World) -> None:
    world.call("CreateRoom", name="a")
    egress = world.call("StartRoomCompositeEgress", roomName="a")
    world.update_egress(egress.egress_id, EgressStatus.EGRESS_ACTIVE)

    assert world.call("ListRooms").rooms[0].active_recording
    world.call("StopEgress", egressId=egress.egress_id)
    assert not world.call("ListRooms").rooms[0].active_recording


@pytest.mark.parametrize(
    "method", ["SendData", "ListDispatch", "DeleteDispatch", "MutePublishedTrack"]
)
def test_nobody_answers_for_a_room_that_is_not_there(world: World, method: str) -> None:
    assert world.refused(method, room="nope") == DEAD


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("GetParticipant", NOBODY),
        ("RemoveParticipant", NOBODY),
        ("UpdateParticipant", NOBODY),
        ("MutePublishedTrack", DEAD),
        ("UpdateSubscriptions", DEAD),
    ],
)
def test_a_participant_who_is_not_there_is_an_error(
    world: World, method: str, expected: tuple[str, str]
) -> None:
    assert world.refused(method, room="nope", identity="x") == expected
    world.call("CreateRoom", name="a")
    assert world.refused(method, room="a", identity="x") == expected


def test_nobody_is_in_a_room_that_is_not_there(world: World) -> None:
    assert world.call("ListParticipants", room="nope").participants == []


def test_dispatches_are_made_listed_and_deleted(world: World) -> None:
    made = world.call(
        "CreateDispatch",
        room="a",
        agentName="bob",
        metadata="m",
        attributes={"k": "v"},
        restartPolicy="JRP_NEVER",
        deployment="prod",
    )

    assert has_prefix("AD_", made.id)
    assert made.state.created_at == int(NOW * 1_000_000_000)
    assert (made.room, made.agent_name, made.metadata) == ("a", "bob", "m")
    assert (made.attributes, made.deployment) == ({"k": "v"}, "prod")
    assert made.restart_policy.name == "JRP_NEVER"
    by_id = world.call("ListDispatch", room="a", dispatchId=made.id)
    assert by_id.agent_dispatches == [made]
    assert world.call("DeleteDispatch", room="a", dispatchId=made.id) == made
    gone = ("not_found", PREFIX + "dispatch ID not found")
    assert world.refused("DeleteDispatch", room="a", dispatchId=made.id) == gone
    assert world.call("ListDispatch", room="a", dispatchId="x").agent_dispatches == []


def test_a_room_without_agents_has_a_dispatch_for_those_without_a_name(
    world: World,
) -> None:
    world.call("CreateRoom", name="a")
    world.call("CreateRoom", name="b", agents=[{"agentName": "bob", "metadata": "m"}])

    (one,) = world.call("ListDispatch", room="a").agent_dispatches
    (other,) = world.call("ListDispatch", room="b").agent_dispatches
    assert (one.agent_name, one.room) == ("", "a")
    assert (other.agent_name, other.metadata) == ("bob", "m")


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        (
            {"deployment": "UP x"},
            "deployment contains whitespace or control byte at position 2",
        ),
        ({"deployment": "a_x"}, "deployment contains reserved character '_'"),
        ({"deployment": "a" * 65}, "deployment exceeds 64 bytes"),
        ({"metadata": METADATA}, "metadata size exceeds limits"),
        ({"attributes": ATTRIBUTES}, "attribute size exceeds limits"),
    ],
)
def test_a_dispatch_that_exceeds_a_limit_is_refused(
    world: World, fields: dict[str, object], text: str
) -> None:
    expected = ("invalid_argument", PREFIX + text)

    assert world.refused("CreateDispatch", room="a", **fields) == expected
    assert world.call("ListRooms").rooms == []


def test_what_is_returned_does_not_change_the_state(world: World) -> None:
    room = world.call("CreateRoom", name="a")
    room.metadata = "changed"
    room.enabled_codecs.clear()

    assert world.call("ListRooms").rooms[0].metadata == ""
    assert world.call("ListRooms").rooms[0].enabled_codecs


def test_a_reset_forgets_everything_without_events(world: World) -> None:
    ann = world.join("a", "ann")
    world.events.clear()
    world.state.reset()

    assert not ann.connected
    assert world.call("ListRooms").rooms == []
    assert world.names == []


def test_the_mock_serves_its_state(mock: MockLiveKit) -> None:
    with mock.api() as api:
        api.room.create_room(name="demo")
        ann = mock.join("demo", "ann")
        api.room.send_data(room="demo", data=b"hello")
        found = api.room.get_participant(room="demo", identity="ann")

    assert found == ann.info
    assert [each.payload for each in ann.data] == [b"hello"]
