"""Every kind of event that a LiveKit server sends is received, verified and read."""

from __future__ import annotations

import json
from collections import Counter
from typing import TypeVar

import pytest
from lkproto.auth import parse_unverified, read_unverified
from lkproto.livekit import (
    DisconnectReason,
    EgressStatus,
    IngressState,
    ParticipantInfo,
    TrackSource,
    TrackType,
)
from lkproto.webhook import (
    EVENTS,
    EgressEnded,
    EgressStarted,
    EgressUpdated,
    Event,
    IngressEnded,
    IngressStarted,
    ParticipantConnectionAborted,
    ParticipantEvent,
    ParticipantJoined,
    ParticipantLeft,
    ParticipantOrder,
    RoomFinished,
    RoomStarted,
    TrackPublished,
    TrackUnpublished,
)

from . import captures, scenario
from .conftest import FIRST, KEYS, Run, needs_session

needs_session()
E = TypeVar("E", bound=Event)
P = TypeVar("P", bound=ParticipantEvent)


def of(run: Run, kind: type[E]) -> list[E]:
    """The events of a class, as a function for it got them."""
    return [each for each in run.typed if isinstance(each, kind)]


def the(run: Run, kind: type[E]) -> E:
    """The one event of a class."""
    (only,) = of(run, kind)
    return only


def by_identity(run: Run, kind: type[P]) -> dict[str, P]:
    return {each.participant.identity: each for each in of(run, kind)}


def test_all_twelve_kinds_arrive_and_are_verified(run: Run) -> None:
    names = Counter(each.event for each in run.hook.events)

    assert names == scenario.KINDS
    assert set(names) == {each for each in EVENTS if not each.startswith("agent_job")}
    assert run.hook.refused == []


def test_every_event_has_an_id_of_its_own_and_the_time(run: Run) -> None:
    events = run.hook.events
    times = [each.created_at for each in events]

    assert len({each.id for each in events}) == len(events)
    assert all(each.id.startswith("EV_") for each in events)
    assert 1_767_225_600 < min(times) <= max(times) < min(times) + 60


def test_functions_get_each_event_once_as_one_of_its_class(run: Run) -> None:
    assert [each.event for each in run.typed] == run.hook.events
    assert all(type(each) is EVENTS[each.event.event] for each in run.typed)
    assert all(each.handled for each in run.hook.taken)


def test_a_delivery_is_an_ordinary_post_whose_token_is_for_its_body(run: Run) -> None:
    for delivery in run.hook.deliveries:
        token = read_unverified(delivery.authorization)
        claims = token.registered

        assert delivery.headers["content-type"] == "application/webhook+json"
        assert parse_unverified(delivery.authorization) == FIRST
        assert claims.iat is not None
        assert claims.exp == claims.iat + 300
        assert claims.nbf == claims.iat
        assert (claims.sub, token.grants.video) == ("", None)


def test_room_events_have_the_room(run: Run) -> None:
    started, finished = the(run, RoomStarted).room, the(run, RoomFinished).room

    assert started.name == finished.name == scenario.ROOM
    assert started.sid == finished.sid
    assert (started.metadata, started.max_participants) == ("{}", 5)


def test_participants_are_whole_with_kind_attributes_and_any_text(run: Run) -> None:
    joined, left = by_identity(run, ParticipantJoined), by_identity(
        run, ParticipantLeft
    )
    ann = joined["ann"].participant

    assert set(joined) == set(left) == {"ann", "listener"}
    assert ann.name == scenario.NAME
    assert ann.attributes == scenario.ATTRIBUTES
    assert ann.metadata == "seat 12"
    assert (ann.kind, ann.state) == (
        ParticipantInfo.Kind.STANDARD,
        ParticipantInfo.State.ACTIVE,
    )
    assert joined["listener"].participant.kind is ParticipantInfo.Kind.AGENT
    assert {each.room.sid for each in joined.values()} == {
        the(run, RoomStarted).room.sid
    }


def test_who_left_says_why(run: Run) -> None:
    reasons = {
        identity: each.participant.disconnect_reason
        for identity, each in by_identity(run, ParticipantLeft).items()
    }
    aborted = the(run, ParticipantConnectionAborted).participant

    assert reasons == {
        "ann": DisconnectReason.CLIENT_INITIATED,
        "listener": DisconnectReason.PARTICIPANT_REMOVED,
    }
    assert aborted.identity == "gone"
    assert aborted.disconnect_reason is DisconnectReason.SIGNAL_CLOSE


def test_tracks_are_whole_and_the_rest_of_their_events_is_names(run: Run) -> None:
    published = {each.track.name: each for each in of(run, TrackPublished)}
    unpublished = {each.track.name: each for each in of(run, TrackUnpublished)}
    sound, pictures = published["microphone"].track, published["camera"].track

    assert set(published) == set(unpublished) == {"microphone", "camera"}
    assert (sound.type, sound.source) == (TrackType.AUDIO, TrackSource.MICROPHONE)
    assert (pictures.type, pictures.source) == (TrackType.VIDEO, TrackSource.CAMERA)
    assert (pictures.width, pictures.height) == (320, 180)
    for each in (*published.values(), *unpublished.values()):
        assert set(each.room.to_dict()) == {"sid", "name"}
        assert set(each.participant.to_dict()) == {"sid", "identity"}
        assert each.participant.identity == "ann"


def test_egress_events_have_what_the_worker_reported(run: Run) -> None:
    infos = [
        the(run, each).egress_info
        for each in (EgressStarted, EgressUpdated, EgressEnded)
    ]
    (file,) = infos[-1].file_results

    assert {each.egress_id for each in infos} == {scenario.EGRESS}
    assert {each.room_name for each in infos} == {scenario.ROOM}
    assert [each.status for each in infos] == [
        EgressStatus.EGRESS_STARTING,
        EgressStatus.EGRESS_ACTIVE,
        EgressStatus.EGRESS_COMPLETE,
    ]
    assert (file.filename, file.size) == (scenario.FILE, 1 << 40)


def test_ingress_events_have_the_ingress_and_its_state(run: Run) -> None:
    started, ended = (
        the(run, each).ingress_info for each in (IngressStarted, IngressEnded)
    )

    assert started.name == ended.name == scenario.INGRESS
    assert started.ingress_id == ended.ingress_id
    assert [each.state and each.state.status for each in (started, ended)] == [
        IngressState.Status.ENDPOINT_PUBLISHING,
        IngressState.Status.ENDPOINT_INACTIVE,
    ]


def test_events_of_a_room_come_in_order(run: Run) -> None:
    of_the_room = [each for each in run.hook.events if each.room]
    names = [each.event for each in of_the_room]
    of_ann = [
        each.event
        for each in of_the_room
        if each.participant and each.participant.identity == "ann"
    ]

    assert (names[0], names[-1]) == ("room_started", "room_finished")
    assert (of_ann[0], of_ann[-1]) == ("participant_joined", "participant_left")
    assert of_ann[1:-1] == ["track_published"] * 2 + ["track_unpublished"] * 2
    order = ParticipantOrder()
    of_participants = [e for e in run.typed if isinstance(e, ParticipantEvent)]
    counts = [order.accept(each) for each in of_participants]
    assert counts == [True] * len(of_participants)


def test_nothing_that_the_server_writes_is_lost(run: Run) -> None:
    for delivery, event in zip(run.hook.deliveries, run.hook.events, strict=True):
        assert json.loads(event.to_json()) == json.loads(delivery.body)


def test_secrets_in_events_are_not_shown(run: Run) -> None:
    room = the(run, RoomStarted).room
    ingress = the(run, IngressStarted).ingress_info

    assert room.turn_password
    assert ingress.stream_key
    assert room.turn_password not in repr(run.hook.events)
    assert ingress.stream_key not in repr(run.hook.events)


def test_events_have_the_members_that_the_documentation_lists(
    run: Run, request: pytest.FixtureRequest
) -> None:
    if request.config.getoption("--record"):
        captures.record({FIRST: KEYS[FIRST]}, run.hook.deliveries)
    bodies = [json.loads(each.body) for each in run.hook.deliveries]

    assert captures.members(bodies) == captures.members(captures.recorded())
