"""Participants of a mock: what they do, what is done to them, and the events of both."""

from __future__ import annotations

from threading import Thread

import pytest
from lkproto.ids import has_prefix
from lkproto.livekit import (
    DisconnectReason,
    ParticipantInfo,
    ParticipantPermission,
    TrackSource,
    TrackType,
)
from lkproto.mock import MockError, MockParticipant, RpcError

from .states import NOW, PREFIX, World

BOTH = ["participant_left", "participant_joined"]


@pytest.fixture
def ann(world: World) -> MockParticipant:
    found = world.join(
        "demo", "ann", name="Ann", metadata="m", attributes={"k": "v", "z": "1"}
    )
    world.events.clear()
    return found


def test_who_joins_opens_the_room(world: World) -> None:
    ann = world.join("demo", "ann")

    assert world.names == ["room_started", "participant_joined"]
    assert ann.connected
    assert world.call("ListRooms").rooms[0].num_participants == 1


def test_a_participant_is_described_as_the_server_does(ann: MockParticipant) -> None:
    info = ann.info

    assert has_prefix("PA_", info.sid)
    assert info.state == ParticipantInfo.State.ACTIVE
    assert info.joined_at == int(NOW)
    assert info.joined_at_ms == int(NOW * 1000)
    assert (info.name, info.metadata, info.version) == ("Ann", "m", 2)
    assert info.attributes == {"k": "v", "z": "1"}
    assert info.permission == ParticipantPermission(
        can_subscribe=True, can_publish=True, can_publish_data=True
    )


def test_who_joins_again_takes_the_place(world: World, ann: MockParticipant) -> None:
    again = world.join("demo", "ann")

    assert world.names == BOTH
    assert (ann.connected, again.connected) == (False, True)
    assert ann.disconnect_reason == DisconnectReason.DUPLICATE_IDENTITY
    assert ann.sid != again.sid
    with pytest.raises(MockError, match="'ann' of room 'demo' is not there any more"):
        ann.leave()


def test_a_room_lets_in_as_many_as_it_may_and_agents(world: World) -> None:
    world.call("CreateRoom", name="demo", maxParticipants=1)
    world.join("demo", "ann")
    world.join("demo", "ann")
    world.join("demo", "bot", kind=ParticipantInfo.Kind.AGENT)
    recorder = ParticipantPermission(recorder=True, hidden=True)
    world.join("demo", "tape", permission=recorder)

    with pytest.raises(MockError, match="room 'demo' is full: its max_participants is"):
        world.join("demo", "ben")
    assert world.call("ListRooms").rooms[0].num_participants == 1


@pytest.mark.parametrize(
    ("room", "identity", "text"),
    [
        ("", "ann", "the name of a room is empty"),
        ("demo", "", "an identity is empty"),
        ("demo", "é" * 129, "an identity has 258 bytes; 256 are allowed"),
    ],
)
def test_names_have_limits(world: World, room: str, identity: str, text: str) -> None:
    with pytest.raises(MockError, match=text):
        world.join(room, identity)
    assert world.names == []


def test_who_leaves_has_no_tracks_any_more(world: World, ann: MockParticipant) -> None:
    ann.publish()
    world.events.clear()
    ann.leave()
    left = world.events[-1].participant

    assert world.names == ["track_unpublished", "participant_left"]
    assert left
    assert left == ann.info
    assert left.state == ParticipantInfo.State.DISCONNECTED
    assert left.disconnect_reason == DisconnectReason.CLIENT_INITIATED
    assert (left.tracks, left.is_publisher) == ([], True)
    assert world.call("ListParticipants", room="demo").participants == []


def test_a_room_stays_when_everybody_has_left(
    world: World, ann: MockParticipant
) -> None:
    ann.leave()

    assert [room.name for room in world.call("ListRooms").rooms] == ["demo"]


@pytest.mark.parametrize(
    ("source", "prefix", "type_", "mime"),
    [
        (TrackSource.MICROPHONE, "TR_AM", TrackType.AUDIO, "audio/red"),
        (TrackSource.CAMERA, "TR_VC", TrackType.VIDEO, "video/VP8"),
        (TrackSource.SCREEN_SHARE, "TR_VS", TrackType.VIDEO, "video/VP8"),
        (TrackSource.SCREEN_SHARE_AUDIO, "TR_As", TrackType.AUDIO, "audio/red"),
    ],
)
def test_a_track_is_described_as_the_server_does(
    world: World,
    ann: MockParticipant,
    source: TrackSource,
    prefix: str,
    type_: TrackType,
    mime: str,
) -> None:
    track = ann.publish(name="t", source=source, width=320)
    event = world.events[0]

    assert has_prefix(prefix, track.sid)
    assert (track.type, track.mime_type, track.width) == (type_, mime, 320)
    assert ann.tracks == [track]
    assert ann.info.is_publisher
    assert world.call("ListRooms").rooms[0].num_publishers == 1
    assert event.event == "track_published"
    assert event.room
    assert set(event.room.to_dict()) == {"sid", "name"}
    assert event.participant
    assert set(event.participant.to_dict()) == {"sid", "identity"}
    assert event.track == track


def test_a_track_ends_once(world: World, ann: MockParticipant) -> None:
    track = ann.publish()
    ann.unpublish(track.sid)

    assert world.names == ["track_published", "track_unpublished"]
    with pytest.raises(
        MockError, match=f"'ann' of room 'demo' has no track '{track.sid}'"
    ):
        ann.unpublish(track.sid)


def test_who_is_not_permitted_to_publish_cannot(world: World) -> None:
    only_camera = ParticipantPermission(
        can_publish=True, can_publish_sources=[TrackSource.CAMERA]
    )
    nothing = world.join("demo", "ann", permission=ParticipantPermission())
    camera = world.join("demo", "ben", permission=only_camera)

    camera.publish(source=TrackSource.CAMERA)
    for who in (nothing, camera):
        with pytest.raises(MockError, match="is not permitted to publish"):
            who.publish()


def test_the_state_names_who_is_there(world: World, ann: MockParticipant) -> None:
    assert world.participant("demo", "ann") is ann
    with pytest.raises(MockError, match="'ben' is not in room 'demo'; there is 'ann'"):
        world.leave("demo", "ben")
    with pytest.raises(MockError, match="there is no room 'other'"):
        world.publish("other", "ann")


def test_a_connection_can_end_before_it_is_set_up(world: World) -> None:
    world.abort("demo", "gone")
    aborted = world.events[-1].participant

    assert world.names == ["room_started", "participant_connection_aborted"]
    assert aborted
    assert aborted.disconnect_reason == DisconnectReason.SIGNAL_CLOSE
    assert world.call("ListParticipants", room="demo").participants == []


def test_who_is_removed_is_gone(world: World, ann: MockParticipant) -> None:
    world.call("RemoveParticipant", room="demo", identity="ann")

    assert ann.disconnect_reason == DisconnectReason.PARTICIPANT_REMOVED
    assert world.names == ["participant_left"]


def test_an_update_changes_what_is_not_empty(
    world: World, ann: MockParticipant
) -> None:
    changes = {"k": "", "n": "new", "missing": ""}
    found = world.call(
        "UpdateParticipant",
        room="demo",
        identity="ann",
        name="Anne",
        attributes=changes,
    )

    assert (found.name, found.metadata) == ("Anne", "m")
    assert found.attributes == {"n": "new", "z": "1"}
    assert found.version == 4
    assert (ann.name, ann.attributes) == ("Anne", {"n": "new", "z": "1"})
    nothing = world.call("UpdateParticipant", room="demo", identity="ann")
    assert nothing == found


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"name": "x" * 257}, "name length exceeds limits 256"),
        ({"metadata": "x" * 524_289}, "metadata size exceeds limits 524288"),
        ({"attributes": {"a": "x" * 65_536}}, "attribute size exceeds limits 65536"),
    ],
)
def test_an_update_has_limits(
    world: World, fields: dict[str, object], text: str
) -> None:
    expected = ("invalid_argument", text)

    assert (
        world.refused("UpdateParticipant", room="a", identity="b", **fields) == expected
    )


def test_permissions_are_replaced_as_a_whole(
    world: World, ann: MockParticipant
) -> None:
    ann.publish()
    world.events.clear()
    found = world.call(
        "UpdateParticipant",
        room="demo",
        identity="ann",
        permission={"canSubscribe": True},
    )

    assert found.permission == ParticipantPermission(can_subscribe=True)
    assert (found.tracks, found.is_publisher) == ([], False)
    assert world.names == ["track_unpublished"]


def test_a_track_is_muted_and_not_unmuted(world: World, ann: MockParticipant) -> None:
    track = ann.publish()
    where = {"room": "demo", "identity": "ann", "trackSid": track.sid}

    for _ in range(2):
        assert world.call("MutePublishedTrack", **where, muted=True).track.muted
    assert ann.tracks[0].muted
    refused = ("failed_precondition", PREFIX + "remote unmute not enabled")
    assert world.refused("MutePublishedTrack", **where) == refused
    unknown = {**where, "trackSid": "TR_none"}
    assert world.call("MutePublishedTrack", **unknown, muted=True).track is None
    assert world.refused("MutePublishedTrack", **unknown) == refused


def test_subscriptions_are_kept(world: World, ann: MockParticipant) -> None:
    where = {"room": "demo", "identity": "ann"}
    more = [{"participantSid": "PA_x", "trackSids": ["TR_2", "TR_3"]}]
    world.call(
        "UpdateSubscriptions",
        **where,
        trackSids=["TR_1"],
        participantTracks=more,
        subscribe=True,
    )
    world.call("UpdateSubscriptions", **where, trackSids=["TR_2"])

    assert ann.subscribed == ["TR_1", "TR_3"]


def test_data_reach_whom_they_are_for(world: World, ann: MockParticipant) -> None:
    ben = world.join("demo", "ben")
    world.call("SendData", room="demo", data="YWxs")
    world.call(
        "SendData", room="demo", data="YW5u", destinationIdentities=["ann"], topic="t"
    )
    world.call("SendData", room="demo", data="YmVu", destinationSids=[ben.sid])
    world.call("SendData", room="demo", data="bm8=", destinationIdentities=["nobody"])

    assert [each.payload for each in ann.data] == [b"all", b"ann"]
    assert [each.payload for each in ben.data] == [b"all", b"ben"]
    assert [each.topic for each in ann.data] == [None, "t"]


def test_a_nonce_makes_data_arrive_once(world: World, ann: MockParticipant) -> None:
    nonce = "AAAAAAAAAAAAAAAAAAAAAA=="
    for _ in range(2):
        world.call("SendData", room="demo", data="YWxs", nonce=nonce)

    assert len(ann.data) == 1
    text = "nonce should be 16-bytes or not present, got: 3 bytes"
    refused = world.refused("SendData", room="demo", nonce="AAAA")
    assert refused == ("invalid_argument", text)


def test_rpc_is_answered_by_a_function(world: World, ann: MockParticipant) -> None:
    @ann.on_rpc("greet")
    def greet(payload: str) -> str:
        return f"hello {payload}"

    where = {"room": "demo", "destinationIdentity": "ann"}
    assert greet("x") == "hello x"
    answer = world.call("PerformRpc", **where, method="greet", payload="you")
    assert answer.payload == "hello you"


def failing(payload: str) -> str:
    if payload == "own":
        raise RpcError(1234, "custom failure", "extra")
    raise ValueError(payload)


@pytest.mark.parametrize(
    ("method", "payload", "code", "text"),
    [
        ("none", "", "invalid_argument", "1400: Method not supported at destination"),
        ("fail", "x" * 15_361, "invalid_argument", "1402: Request payload too large"),
        ("fail", "own", "internal", "1234: custom failure: extra"),
        ("fail", "other", "internal", "1500: Application error in method handler"),
        ("big", "", "internal", "1504: Response payload too large"),
    ],
)
def test_an_error_of_rpc_is_that_of_the_server(
    world: World, ann: MockParticipant, method: str, payload: str, code: str, text: str
) -> None:
    ann.on_rpc("fail")(failing)
    ann.on_rpc("big")(lambda payload: "é" * 7_681)
    where = {"room": "demo", "destinationIdentity": "ann"}

    refused = world.refused("PerformRpc", **where, method=method, payload=payload)
    assert refused == (code, f"{PREFIX}RpcError {text}")


def test_an_answer_of_rpc_that_is_too_late_is_an_error(
    world: World, ann: MockParticipant, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter([0.0, 1.5])
    monkeypatch.setattr("lkproto.mock._rooms.monotonic", lambda: next(times))
    ann.on_rpc("slow")(str)
    where = {"room": "demo", "destinationIdentity": "ann", "responseTimeoutMs": 1000}

    late = ("canceled", PREFIX + "RpcError 1502: Response timeout")
    assert world.refused("PerformRpc", **where, method="slow") == late


def test_rpc_needs_somebody_to_answer(world: World, ann: MockParticipant) -> None:
    nobody = ("unavailable", PREFIX + "no response from servers")
    missing = ("invalid_argument", PREFIX + "destination identity is required")

    assert world.refused("PerformRpc", room="demo", destinationIdentity="x") == nobody
    assert world.refused("PerformRpc", room="demo") == missing


def test_who_is_moved_takes_everything_along(
    world: World, ann: MockParticipant
) -> None:
    track = ann.publish()
    ann.on_rpc("echo")(str)
    old = ann.sid
    world.events.clear()
    where = {"room": "demo", "identity": "ann", "destinationRoom": "other"}
    world.call("MoveParticipant", **where)

    assert world.names == [
        "room_started",
        "track_unpublished",
        "participant_left",
        "participant_joined",
        "track_published",
    ]
    assert (ann.room, ann.connected, ann.name) == ("other", True, "Ann")
    assert ann.sid != old
    assert [each.sid for each in ann.tracks] == [track.sid]
    assert world.participant("other", "ann") is ann
    rpc = {"room": "other", "destinationIdentity": "ann"}
    assert world.call("PerformRpc", **rpc, method="echo", payload="x").payload == "x"


def test_who_is_forwarded_is_in_two_rooms(world: World, ann: MockParticipant) -> None:
    ann.publish()
    where = {"room": "demo", "identity": "ann", "destinationRoom": "other"}
    world.call("ForwardParticipant", **where)
    there = world.participant("other", "ann")

    assert ann.connected
    assert there is not ann
    assert there.tracks == ann.tracks
    assert there.info.kind_details == [ParticipantInfo.KindDetail.FORWARDED]


@pytest.mark.parametrize("method", ["MoveParticipant", "ForwardParticipant"])
def test_nobody_goes_where_they_are_or_where_there_is_no_place(
    world: World, ann: MockParticipant, method: str
) -> None:
    where = {"room": "demo", "identity": "ann"}
    same = ("invalid_argument", "destination room cannot be the same as source room ")
    world.call("CreateRoom", name="full", maxParticipants=1)
    world.join("full", "ben")
    world.events.clear()

    assert world.refused(method, **where, destinationRoom="demo") == same
    code, text = world.refused(method, **where, destinationRoom="full")
    assert (code, text[:19]) == ("failed_precondition", "room 'full' is full")
    assert ann.connected
    assert world.names == []


def test_threads_join_and_leave_without_losing_anybody(world: World) -> None:
    def visit(number: int) -> None:
        for each in range(20):
            world.join("demo", f"{number}-{each}").publish()
        world.leave("demo", f"{number}-0")

    threads = [Thread(target=visit, args=[number]) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(world.call("ListParticipants", room="demo").participants) == 8 * 19
    names = world.names
    assert names.count("room_started") == 1
    assert names.count("participant_joined") == names.count("track_published") == 160
    assert names.count("participant_left") == names.count("track_unpublished") == 8
