"""Scripts: what the next calls meet with, said in Python."""

from __future__ import annotations

import time
from typing import Any

import pytest
from lkproto import TwirpCode, TwirpError
from lkproto.call_errors import SipCallError
from lkproto.livekit import Room, SIPStatusCode
from lkproto.mock import MockLiveKit

from .asking import CREATE, LIST, ask, bearer


def code_of(mock: MockLiveKit) -> str:
    """How a call of CreateRoom ends, without a second attempt."""
    with mock.api(retries=0) as api:
        try:
            api.room.create_room(name="r")
        except TwirpError as error:
            return str(error.code)
        return "ok"


def test_a_script_is_for_so_many_calls(mock: MockLiveKit) -> None:
    script = mock.script("CreateRoom", times=2, status=503)

    assert [code_of(mock) for _ in range(3)] == ["unavailable", "unavailable", "ok"]
    assert script.calls == 2


def test_a_script_ends_with_its_block(mock: MockLiveKit) -> None:
    with mock.script("CreateRoom", code="aborted") as script:
        assert [code_of(mock) for _ in range(2)] == ["aborted"] * 2
        assert script.calls == 2
        assert repr(script) == "<Script for livekit.RoomService/CreateRoom: 2 calls>"
    assert code_of(mock) == "ok"


def test_scripts_with_times_go_in_their_order_and_before_others(
    mock: MockLiveKit,
) -> None:
    with mock.script(code="internal"), mock.script("RoomService", code="aborted"):
        mock.script("CreateRoom", times=1, code="not_found")
        mock.script(times=1, code="canceled")
        found = [code_of(mock) for _ in range(3)]
        assert found == ["not_found", "canceled", "aborted"]
    assert code_of(mock) == "ok"


@pytest.mark.parametrize(
    "name",
    [
        "*",
        "CreateRoom",
        "RoomService/CreateRoom",
        "livekit.RoomService/CreateRoom",
        "RoomService",
        "livekit.RoomService",
    ],
)
def test_a_method_has_short_names(mock: MockLiveKit, name: str) -> None:
    with mock.script(name, code="aborted"):
        assert code_of(mock) == "aborted"
    with mock.script("ListRooms", code="aborted"):
        assert code_of(mock) == "ok"


def test_an_error_has_all_that_twirp_has(mock: MockLiveKit) -> None:
    mock.script(
        times=1, code=TwirpCode.NOT_FOUND, status=410, msg="gone", meta={"a": "b"}
    )
    with mock.api() as api, pytest.raises(TwirpError) as caught:
        api.room.create_room(name="r")

    found = caught.value
    assert (found.code, found.status, found.msg) == ("not_found", 410, "gone")
    assert found.meta == {"a": "b"}


def test_an_answer_may_be_that_of_a_proxy(mock: MockLiveKit) -> None:
    page = "<html>Bad Gateway</html>"
    mock.script(times=1, status=502, body=page, content_type="text/html")
    with mock.api(retries=0) as api, pytest.raises(TwirpError) as caught:
        api.room.create_room(name="r")
    mock.script(times=1, body=b"\xff", skip_auth=True)
    plain = ask(mock.http_url, CREATE)

    assert caught.value.from_intermediary
    assert caught.value.meta["body"] == page
    assert (plain.status, plain.body) == (200, b"\xff")
    assert plain.headers["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("response", [Room(sid="RM_1"), {"sid": "RM_1"}])
def test_a_response_takes_the_place_of_the_answer(
    mock: MockLiveKit, response: Any
) -> None:
    with mock.api() as api, mock.script("CreateRoom", response=response):
        assert api.room.create_room(name="r") == Room(sid="RM_1")

    assert mock.webhooks == []  # the method was not called


def test_an_answer_can_be_lost_before_or_after_the_work(mock: MockLiveKit) -> None:
    with mock.api(retries=0) as api:
        for drop, rooms in (("before", []), ("after", ["r"])):
            with mock.script("CreateRoom", drop=drop), pytest.raises(TwirpError) as lost:  # type: ignore[arg-type]
                api.room.create_room(name="r")
            assert lost.value.code == "unavailable"
            assert lost.value.status is None
            assert [each.name for each in api.room.list_rooms().rooms] == rooms

    assert [each.status for each in mock.requests] == [None, 200, None, 200]


def test_a_lost_answer_is_asked_for_again_where_that_is_safe(mock: MockLiveKit) -> None:
    mock.script("ListRooms", times=1, drop="after")
    with mock.api() as api:
        assert api.room.list_rooms().rooms == []

    first, second = mock.requests
    name = "X-Livekit-Request-Id"
    assert first.headers[name] == second.headers[name]


def test_a_call_of_sip_ends_as_is_said(mock: MockLiveKit) -> None:
    given = [486, (603, "Decline"), SIPStatusCode.SIP_STATUS_BUSY_HERE]
    found = []
    with mock.api() as api:
        for each in given:
            mock.script("CreateSIPParticipant", times=1, sip_status=each)  # type: ignore[arg-type]
            with pytest.raises(SipCallError) as caught:
                api.sip.create_sip_participant(sip_trunk_id="ST_1", room_name="r")
            found.append((caught.value.sip_status_code, caught.value.sip_status))

    busy = (486, "SIP_STATUS_BUSY_HERE")
    assert found == [busy, (603, "Decline"), busy]


def test_time_passes_before_the_answer(mock: MockLiveKit) -> None:
    mock.script("ListRooms", times=1, delay=0.1)
    before = time.monotonic()

    ask(mock.http_url, LIST, headers=bearer(mock, room_list=True))

    assert time.monotonic() - before >= 0.1


def test_a_caller_who_waits_no_longer_gets_its_own_error(mock: MockLiveKit) -> None:
    mock.script("ListRooms", delay=60.0)
    with mock.api(timeout=0.1) as api, pytest.raises(TwirpError) as caught:
        api.room.list_rooms()

    assert caught.value.code == "deadline_exceeded"
    assert [each.status for each in mock.requests] == [None]


def test_a_dial_takes_time_where_that_is_wanted() -> None:
    with MockLiveKit(dial_seconds=0.2) as mock, mock.api() as api:
        spent = []
        for waits in (False, True):
            before = time.monotonic()
            api.sip.create_sip_participant(
                sip_trunk_id=trunk(mock),
                sip_call_to="+1",
                room_name="r",
                wait_until_answered=waits,
            )
            spent.append(time.monotonic() - before)

    assert spent[1] >= 0.2


def trunk(mock: MockLiveKit) -> str:
    """A trunk to dial by."""
    from lkproto.livekit import SIPOutboundTrunkInfo

    info = SIPOutboundTrunkInfo(name="t", address="sip.example.org", numbers=["+2"])
    with mock.api() as api:
        return api.sip.create_sip_outbound_trunk(trunk=info).sip_trunk_id


def test_the_regions_can_be_scripted() -> None:
    with MockLiveKit(regions=2) as mock:
        first, second = mock.region_urls
        with mock.script("regions", times=1, status=500):
            assert ask(first, "/settings/regions", None, {}, "GET").status == 500
            assert ask(first, "/settings/regions", None, {}, "GET").status == 200
        with mock.script("ListRooms", regions=[0], code="unavailable", skip_auth=True):
            assert ask(first, LIST).status == 503
            assert ask(second, LIST).status == 401
        with mock.script(pinned_regions=["region-1"], skip_auth=True):
            assert ask(first, LIST).status == 451
            assert ask(second, LIST).status == 200


def test_a_header_of_the_call_comes_before_scripts(mock: MockLiveKit) -> None:
    script = mock.script("ListRooms", status=500)
    headers = {**bearer(mock, room_list=True), "X-Lk-Mock": '{"delayMs":0}'}

    assert ask(mock.http_url, LIST, headers=headers).status == 200
    assert script.calls == 0


def test_a_script_is_met_once_the_token_is_verified(mock: MockLiveKit) -> None:
    with mock.script("ListRooms", status=500):
        assert ask(mock.http_url, LIST).status == 401


@pytest.mark.parametrize(
    ("words", "error", "why"),
    [
        (
            {"method": "CreateRom"},
            ValueError,
            "no method 'CreateRom'; did you mean 'Cre",
        ),
        (
            {"code": "not_fond"},
            ValueError,
            "not a code of Twirp; did you mean 'not_found'",
        ),
        (
            {"status": 99},
            ValueError,
            "status is that of an answer, from 200 to 599, not 99",
        ),
        ({"status": 100, "body": ""}, ValueError, "from 200 to 599, not 100"),
        ({"drop": "now"}, ValueError, "drop is 'before' or 'after', not 'now'"),
        (
            {"drop": "before", "code": "aborted"},
            ValueError,
            "not by drop and status or",
        ),
        ({"msg": "m"}, ValueError, "msg and meta belong to an error"),
        ({"body": "", "meta": {"a": "b"}}, ValueError, "msg and meta belong to an"),
        ({"content_type": "text/html"}, ValueError, "content_type belongs to a body"),
        ({"times": 0}, ValueError, "times is a number of calls, from 1, not 0"),
        ({"delay": -1}, ValueError, "delay is seconds, up to a day, not -1"),
        ({"regions": [5]}, ValueError, "there is no region 5; there are 1, from 0"),
        (
            {"pinned_regions": "region-1"},
            TypeError,
            "pinned_regions is a list of names",
        ),
        ({"sip_status": 200, "method": "SIP"}, ValueError, "200 is success"),
        (
            {"sip_status": 486, "method": "CreateRoom"},
            ValueError,
            "is for CreateSIPPart",
        ),
        ({"response": Room()}, TypeError, "name the method that is meant"),
        ({"response": {"sid": 5}, "method": "CreateRoom"}, ValueError, "sid"),
        ({"response": {}, "method": "regions"}, ValueError, "response is for methods"),
    ],
)
def test_words_that_do_not_fit_are_named(
    mock: MockLiveKit, words: dict[str, Any], error: type[Exception], why: str
) -> None:
    with pytest.raises(error) as caught:
        mock.script(words.pop("method", "*"), **words)

    assert why in str(caught.value)
    assert code_of(mock) == "ok"
