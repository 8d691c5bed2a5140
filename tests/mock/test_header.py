"""The header X-Lk-Mock, as LiveKit's test server has it: each field, the order, what is wrong."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from http.client import RemoteDisconnected

import pytest
from lkproto import CallOptions, TwirpError
from lkproto.call_errors import SipCallError
from lkproto.livekit import RegionSettings
from lkproto.mock import MockLiveKit

from .asking import CREATE, DIAL, JSON, LIST, ask, bearer, controlled

REGIONS = "/settings/regions"


@pytest.fixture(scope="module")
def mock() -> Iterator[MockLiveKit]:
    with MockLiveKit(regions=3) as found:
        yield found


def test_each_region_answers_by_its_own_number(mock: MockLiveKit) -> None:
    urls = mock.region_urls
    headers = controlled(failRegions=[0, 2])

    answers = [ask(url, LIST, headers=headers) for url in urls]

    assert len(set(urls)) == 3
    assert urls[0] == mock.http_url
    assert [each.status for each in answers] == [503, 200, 503]
    assert [each.headers["x-lk-mock-region"] for each in answers] == ["", "1", ""]
    assert answers[0].json == {
        "code": "unavailable",
        "msg": "mock failure (status 503)",
    }


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "invalid_argument"),
        (401, "unauthenticated"),
        (403, "permission_denied"),
        (404, "not_found"),
        (429, "resource_exhausted"),
        (418, "internal"),
        (500, "unavailable"),
        (599, "unavailable"),
    ],
)
def test_the_code_of_a_failure_follows_from_its_status(
    mock: MockLiveKit, status: int, code: str
) -> None:
    headers = controlled(failRegions=[0], failStatus=status)

    answer = ask(mock.http_url, LIST, headers=headers)

    assert answer.status == status
    assert answer.json == {"code": code, "msg": f"mock failure (status {status})"}


def test_the_code_of_a_failure_may_be_any_text(mock: MockLiveKit) -> None:
    headers = controlled(failRegions=[0], failStatus=409, failTwirpCode="of_tomorrow")

    answer = ask(mock.http_url, LIST, headers=headers)

    assert (answer.status, answer.json["code"]) == (409, "of_tomorrow")


def test_a_dropped_connection_has_no_answer(mock: MockLiveKit) -> None:
    headers = controlled(failRegions=[0], failMode="drop")

    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        ask(mock.http_url, LIST, headers=headers)

    assert mock.requests[-1].status is None
    assert ask(mock.region_urls[1], LIST, headers=headers).status == 200


def test_a_region_may_be_silent_while_another_answers(mock: MockLiveKit) -> None:
    headers = controlled(failRegions=[0], failMode="delay")

    with (
        mock.api(timeout=0.2, headers={"X-Lk-Mock": headers["X-Lk-Mock"]}) as api,
        pytest.raises(TwirpError) as caught,
    ):
        api.room.list_rooms()

    assert caught.value.code == "deadline_exceeded"
    assert ask(mock.region_urls[1], LIST, headers=headers).status == 200


def test_a_response_replaces_the_answer(mock: MockLiveKit) -> None:
    headers = controlled(response={"sid": "RM_x", "numParticipants": 7})

    answer = ask(mock.http_url, CREATE, '{"name":"r"}', headers)

    assert (answer.json["sid"], answer.json["name"]) == ("RM_x", "")
    assert answer.json["num_participants"] == 7


def test_a_delay_comes_before_the_answer_whatever_it_is(mock: MockLiveKit) -> None:
    before = time.monotonic()
    good = ask(mock.http_url, LIST, headers=controlled(delayMs=60))
    failed = ask(mock.http_url, LIST, headers=controlled(delayMs=60, failRegions=[0]))

    assert (good.status, failed.status) == (200, 503)
    assert time.monotonic() - before >= 0.12


def test_the_regions_are_listed_in_their_order(mock: MockLiveKit) -> None:
    answer = ask(mock.http_url, REGIONS, None, {}, "GET")

    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "max-age=0"
    assert answer.headers["x-lk-mock-region"] == "0"
    found = RegionSettings.from_json(answer.body).regions
    assert [(each.region, each.url, each.distance) for each in found] == [
        (f"region-{number}", url, number) for number, url in enumerate(mock.region_urls)
    ]


def test_the_list_of_regions_can_fail(mock: MockLiveKit) -> None:
    answer = ask(mock.http_url, REGIONS, None, controlled(regionsStatus=500), "GET")

    assert (answer.status, answer.body) == (500, b"")


def test_a_failure_of_calls_is_not_one_of_the_list_of_regions(
    mock: MockLiveKit,
) -> None:
    headers = controlled(failRegions=[0], delayMs=60_000)

    answer = ask(mock.http_url, REGIONS, None, headers, "GET")

    assert (answer.status, len(answer.json["regions"])) == (200, 3)


def test_a_project_is_answered_in_the_regions_it_is_pinned_to(
    mock: MockLiveKit,
) -> None:
    headers = controlled(pinnedRegions=["region-1", "region-99"], delayMs=60_000)
    listed = ask(mock.http_url, REGIONS, None, headers, "GET")
    refused = ask(mock.http_url, LIST, headers=headers)
    answered = ask(
        mock.region_urls[1], LIST, headers=controlled(pinnedRegions=["region-1"])
    )

    names = [each["region"] for each in listed.json["regions"]]
    assert names == ["region-1"]
    assert (refused.status, refused.body) == (
        451,
        b"project not allowed in this region.",
    )
    assert refused.headers["x-lk-mock-region"] == ""
    assert answered.status == 200


def test_a_dial_ends_with_a_status_of_sip(mock: MockLiveKit) -> None:
    busy = {"X-Lk-Mock": '{"sipStatus":{"code":486,"status":"Busy Here"}}'}
    with mock.api() as api, pytest.raises(SipCallError) as caught:
        api.sip.create_sip_participant(
            sip_trunk_id="ST_1", room_name="r", call=CallOptions(headers=busy)
        )

    assert caught.value.sip_status_code == 486
    assert caught.value.sip_status == "Busy Here"
    assert caught.value.code == "failed_precondition"


def test_only_dials_end_with_a_status_of_sip(mock: MockLiveKit) -> None:
    headers = controlled(sipStatus={"code": 603})

    assert ask(mock.http_url, LIST, headers=headers).status == 200
    assert (
        ask(mock.http_url, DIAL, headers=headers).json["meta"]["sip_status_code"]
        == "603"
    )


def test_the_token_counts_before_all_else(mock: MockLiveKit) -> None:
    control = {"failRegions": [0], "pinnedRegions": ["region-9"], "delayMs": 60_000}
    headers = {**JSON, "X-Lk-Mock": json.dumps(control)}
    wrong = bearer(mock, room_create=True)

    assert ask(mock.http_url, LIST, headers=headers).status == 401
    assert ask(mock.http_url, LIST, headers={**headers, **wrong}).status == 401


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a JSON object"),
        (
            '{"failRegion":[0]}',
            "has no field 'failRegion'; did you mean 'failRegions'?",
        ),
        ('{"failRegions":0}', "failRegions of the header X-Lk-Mock is not a list of"),
        ('{"failRegions":["0"]}', "failRegions of the header"),
        (
            '{"failMode":"slow"}',
            'failMode of the header X-Lk-Mock is not "status", "drop" or "delay"',
        ),
        ('{"failStatus":99}', "is not an HTTP status"),
        ('{"failStatus":"503"}', "is not an HTTP status"),
        ('{"failTwirpCode":5}', "is not text"),
        ('{"delayMs":-1}', "is not milliseconds"),
        ('{"skipAuth":"true"}', "is not true or false"),
        ('{"response":"{}"}', "is not a JSON object"),
        ('{"response":{"sidd":""}}', "response of the header X-Lk-Mock"),
        ('{"sipStatus":486}', "is not like"),
        ('{"sipStatus":{"code":200}}', "is not like"),
        ('{"pinnedRegions":"region-1"}', "is not a list of names"),
    ],
)
def test_a_header_that_is_wrong_is_an_error_that_names_it(
    mock: MockLiveKit, value: str, why: str
) -> None:
    token = bearer(mock, room_create=True)
    answer = ask(mock.http_url, CREATE, headers={**token, "X-Lk-Mock": value})

    assert (answer.status, answer.json["code"]) == (400, "invalid_argument")
    assert why in answer.json["msg"]


def test_fields_that_are_null_are_not_there(mock: MockLiveKit) -> None:
    headers = controlled(failRegions=None, delayMs=None, response=None)

    assert ask(mock.http_url, LIST, headers=headers).status == 200


def test_headers_of_the_past_are_named(mock: MockLiveKit) -> None:
    older = {**JSON, "X-Lk-Mock-Fail-Regions": "0"}

    answer = ask(mock.http_url, LIST, headers=older)

    assert answer.status == 400
    assert (
        "X-Lk-Mock-Fail-Regions is not supported; use X-Lk-Mock" in answer.json["msg"]
    )


def test_a_client_of_ours_sends_it_like_any_other_header(mock: MockLiveKit) -> None:
    headers = {"X-Lk-Mock": '{"failRegions":[0],"failStatus":404}'}
    with mock.api(headers=headers) as api, pytest.raises(TwirpError) as caught:
        api.room.list_rooms()

    assert caught.value.code == "not_found"


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("[" * 50_000, "is not JSON"),
        ('{"delayMs": 1' + "0" * 400 + "}", "delayMs"),
        ('{"delayMs": 1' + "0" * 25 + "}", "delayMs"),
        ('{"failStatus": 100}', "failStatus"),
    ],
)
def test_what_no_machine_can_do_is_an_error(
    mock: MockLiveKit, header: str, why: str
) -> None:
    answer = ask(mock.http_url, LIST, headers={**JSON, "X-Lk-Mock": header})

    assert answer.status == 400
    assert why in answer.json["msg"]
