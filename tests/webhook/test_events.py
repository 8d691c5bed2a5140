"""Events as classes of their kind."""

from __future__ import annotations

import copy
import pickle
import re

import pytest
from lkproto.auth import InvalidArgumentError
from lkproto.livekit import EgressInfo, ParticipantInfo, Room, TrackInfo, WebhookEvent
from lkproto.webhook import (
    EVENTS,
    EgressUpdated,
    ParticipantJoined,
    RoomStarted,
    TrackPublished,
    typed,
)

from .support import event


def test_every_event_that_the_schema_documents_has_a_class() -> None:
    documented = re.findall(r"`([a-z]+(?:_[a-z]+)+)`", WebhookEvent.__doc__ or "")
    names = {name for name in documented if not hasattr(WebhookEvent, name)}

    assert names == set(EVENTS)


def test_a_class_is_named_as_its_event() -> None:
    for name, cls in EVENTS.items():
        assert cls.__name__ == "".join(map(str.capitalize, name.split("_")))
        assert cls.__module__ == "lkproto.webhook"
        assert cls.__doc__


def test_members_of_a_kind_are_never_none() -> None:
    found = typed(WebhookEvent(event="track_published", id="EV_1", created_at=5))

    assert isinstance(found, TrackPublished)
    assert (found.room, found.participant) == (Room(), ParticipantInfo())
    assert found.track == TrackInfo()
    assert (found.id, found.created_at) == ("EV_1", 5)


def test_members_are_those_of_the_message() -> None:
    message = event("participant_joined")
    found = ParticipantJoined(message)

    assert found.event is message
    assert found.room is message.room
    assert found.participant is message.participant
    assert not hasattr(found, "track")
    info = EgressInfo(egress_id="EG_1")
    assert (
        EgressUpdated(
            WebhookEvent(event="egress_updated", egress_info=info)
        ).egress_info
        is info
    )


def test_an_unknown_name_has_no_class() -> None:
    assert typed(WebhookEvent(event="room_renamed")) is None
    with pytest.raises(InvalidArgumentError, match="'room_started', not 'x'"):
        RoomStarted(WebhookEvent(event="x"))


def test_an_event_is_a_value_that_cannot_be_changed() -> None:
    found = ParticipantJoined(event("participant_joined"))

    with pytest.raises(AttributeError, match="'room'"):
        found.room = Room()
    with pytest.raises(AttributeError):
        found.other = 1  # type: ignore[attr-defined]
    assert found == ParticipantJoined(event("participant_joined"))
    assert found != ParticipantJoined(event("participant_joined", sid="PA_2"))
    assert found != 5
    assert pickle.loads(pickle.dumps(found)) == found
    assert copy.deepcopy(found) == found
    assert repr(found).startswith("ParticipantJoined(")
