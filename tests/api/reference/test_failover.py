"""Regions that fail, as LiveKit's test server plays them, next to livekit-api on the same server."""

from __future__ import annotations

import time
from typing import Any

import pytest
from lkproto.call_errors import SipCallError
from lkproto.livekit import SIPStatus, SIPStatusCode

from tests.services.livekit_test_server import LiveKitTestServer

from .callers import MOCK, OURS, REQUEST_ID, Made, Outcome, livekit_api
from .recipes import RECIPES, SIP_RECIPES, Recipe

ROOM = "standup"
recipes = pytest.mark.parametrize("recipe", RECIPES, ids=lambda each: each.name)
sip_recipes = pytest.mark.parametrize("recipe", SIP_RECIPES, ids=lambda each: each.name)
both = pytest.mark.parametrize("caller", OURS, ids=["sync", "async"])


def create_room(api: Any) -> Any:
    return api.room.create_room(name=ROOM)


def dial(api: Any) -> Any:
    return api.sip.create_sip_participant(room_name=ROOM, sip_call_to="+15105550100")


def transfer(api: Any) -> Any:
    return api.sip.transfer_sip_participant(
        room_name=ROOM, participant_identity="caller", transfer_to="tel:+15105550100"
    )


CALLS: dict[str, Made] = {
    "CreateRoom": create_room,
    "CreateSIPParticipant": dial,
    "TransferSIPParticipant": transfer,
}


def called_by_livekit_api(recipe: Recipe, port: int) -> Outcome:
    from livekit import api as theirs

    requests: dict[str, Made] = {
        "CreateRoom": lambda api: api.room.create_room(
            theirs.CreateRoomRequest(name=ROOM)
        ),
        "CreateSIPParticipant": lambda api: api.sip.create_sip_participant(
            theirs.CreateSIPParticipantRequest(room_name=ROOM)
        ),
        "TransferSIPParticipant": lambda api: api.sip.transfer_sip_participant(
            theirs.TransferSIPParticipantRequest(
                room_name=ROOM, participant_identity="caller"
            )
        ),
    }
    call = requests[recipe.method]
    return livekit_api(port, call, recipe.control, **recipe.settings)


@both
@recipes
def test_a_call_goes_where_the_recipe_says(
    recipe: Recipe, caller: Any, server: LiveKitTestServer
) -> None:
    call = CALLS[recipe.method]

    found = caller(server.ports[0], call, recipe.control, **recipe.settings)

    assert found.steps(server.ports) == recipe.steps
    assert found.result == recipe.result
    if found.error is None:
        assert (found.answer.name, found.answer.sid) == (ROOM, "MOCK_SID")


@pytest.mark.parametrize("recipe", [*RECIPES, *SIP_RECIPES], ids=lambda each: each.name)
def test_livekit_api_does_the_same_but_for_what_a_recipe_says(
    recipe: Recipe, server: LiveKitTestServer
) -> None:
    found = called_by_livekit_api(recipe, server.ports[0])

    steps, result = recipe.theirs or (recipe.steps, recipe.result)
    assert found.steps(server.ports) == steps
    assert found.result == result


@both
def test_all_attempts_of_a_call_have_one_id_and_all_of_its_headers(
    caller: Any, server: LiveKitTestServer
) -> None:
    found = caller(server.ports[0], create_room, {"failRegions": [0, 1]})

    calls = [each for each in found.sent if each.method == "POST"]
    (asked,) = (each for each in found.sent if each.method == "GET")
    assert len({each.headers[REQUEST_ID.lower()] for each in calls}) == 1
    for header in (MOCK.lower(), "authorization", "user-agent"):
        assert len({each.headers[header] for each in found.sent}) == 1, header
    assert asked.headers.keys().isdisjoint({"content-type", "content-length"})


@both
def test_calls_have_ids_of_their_own(caller: Any, server: LiveKitTestServer) -> None:
    ids = {
        caller(server.ports[0], create_room, {}).sent[0].headers[REQUEST_ID.lower()]
        for _ in range(2)
    }

    assert len(ids) == 2


@both
def test_who_waits_less_than_five_seconds_has_one_attempt(
    caller: Any, server: LiveKitTestServer
) -> None:
    control = {"delayMs": 30_000}

    begun = time.monotonic()
    found = caller(server.ports[0], create_room, control, timeout=1)

    assert found.steps(server.ports) == ["0"]
    assert found.result == "deadline_exceeded"
    assert time.monotonic() - begun < 25  # the answer would come after 30


@both
def test_a_short_time_does_not_lead_to_another_region(
    caller: Any, server: LiveKitTestServer
) -> None:
    found = caller(server.ports[0], create_room, {"failRegions": [0]}, timeout=4.9)

    assert found.steps(server.ports) == ["0"]
    assert found.result == "unavailable"


@both
def test_a_region_that_is_silent_is_left_and_the_next_one_has_the_whole_time(
    caller: Any, server: LiveKitTestServer
) -> None:
    # As the SDK for Go tests it: region 0 sleeps for 30 seconds.
    control = {"failRegions": [0], "failMode": "delay"}

    found = caller(server.ports[0], create_room, control, timeout=5)

    assert found.steps(server.ports) == ["0", "regions of 0", "1"]
    assert found.result == "1"


@both
@sip_recipes
def test_an_answer_of_the_other_side_is_typed_and_nothing_dials_again(
    recipe: Recipe, caller: Any, server: LiveKitTestServer
) -> None:
    found = caller(server.ports[0], CALLS[recipe.method], recipe.control)

    assert found.steps(server.ports) == recipe.steps
    assert found.result == recipe.result
    error, status = found.error, recipe.control["sipStatus"]
    assert isinstance(error, SipCallError)
    assert error.sip_status_code == SIPStatusCode(status["code"])
    assert error.sip_status == status["status"]
    (detail,) = error.details
    assert isinstance(detail, SIPStatus)
    assert detail.status == status["status"]
    assert "grant" not in str(error)
