"""Orders of tests in other languages: `POST /mock/join` and so on, in JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lkproto.livekit import IngressInput, TrackSource, TrackType
from lkproto.mock import MockLiveKit

from .asking import Answered, ask

JSON = {"Content-Type": "application/json"}
ANN = {"room": "demo", "identity": "ann"}


def order(mock: MockLiveKit, what: str, **body: Any) -> Answered:
    return ask(mock.http_url, f"/mock/{what}", json.dumps(body), JSON)


def test_somebody_joins_and_leaves(mock: MockLiveKit) -> None:
    answer = order(
        mock,
        "join",
        **ANN,
        name="Ann",
        metadata="m",
        attributes={"user_id": "7"},
        kind="AGENT",
        permission={"canSubscribe": True},
    )
    info = mock.participant("demo", "ann").info

    assert answer.status == 200
    assert answer.json == info.to_dict()
    assert (info.name, info.kind.name) == ("Ann", "AGENT")
    assert info.attributes == {"user_id": "7"}
    assert info.permission
    assert info.permission.to_dict() == {"canSubscribe": True}
    assert order(mock, "leave", **ANN).json == {}
    assert [each.event for each in mock.webhooks][-1] == "participant_left"


def test_who_says_nothing_else_may_publish(mock: MockLiveKit) -> None:
    order(mock, "join", **ANN)

    assert mock.participant("demo", "ann").permission.can_publish


def test_a_track_is_published_and_ends(mock: MockLiveKit) -> None:
    order(mock, "join", **ANN)
    track = order(mock, "publish", **ANN).json
    camera = order(mock, "publish", **ANN, name="c", source="CAMERA", width=320).json
    other = order(mock, "publish", **ANN, source="UNKNOWN", type="VIDEO").json
    found = mock.participant("demo", "ann").tracks

    assert [each.sid for each in found] == [
        each["sid"] for each in (track, camera, other)
    ]
    assert [each.source for each in found] == [
        TrackSource.MICROPHONE,
        TrackSource.CAMERA,
        TrackSource.UNKNOWN,
    ]
    assert [each.type for each in found] == [
        TrackType.AUDIO,
        TrackType.VIDEO,
        TrackType.VIDEO,
    ]
    assert (camera["name"], camera["width"]) == ("c", 320)
    assert order(mock, "unpublish", **ANN, trackSid=track["sid"]).json == {}
    assert len(mock.participant("demo", "ann").tracks) == 2


def test_a_connection_is_aborted(mock: MockLiveKit) -> None:
    assert order(mock, "abort", **ANN).status == 200
    assert mock.webhooks[-1].event == "participant_connection_aborted"


def test_streams_and_recordings_go_on(mock: MockLiveKit) -> None:
    with mock.api() as api:
        ingress = api.ingress.create_ingress(
            input_type=IngressInput.RTMP_INPUT,
            room_name="demo",
            participant_identity="cam",
        )
        egress = api.egress.start_web_egress(url="https://example.com")
    joined = order(mock, "ingress/start", ingressId=ingress.ingress_id)
    ended = order(mock, "ingress/end", ingressId=ingress.ingress_id, error="gone")
    changed = order(
        mock,
        "egress/update",
        egressId=egress.egress_id,
        status="EGRESS_FAILED",
        error="disk full",
    )

    assert joined.json["identity"] == "cam"
    assert ended.json == {}
    assert (changed.json["status"], changed.json["error"]) == (
        "EGRESS_FAILED",
        "disk full",
    )
    assert mock.webhooks[-1].event == "egress_ended"


def test_events_are_listed_and_forgotten(mock: MockLiveKit) -> None:
    order(mock, "join", **ANN)
    answer = ask(mock.http_url, "/mock/webhooks", None, method="GET")

    names = [each["event"] for each in answer.json["events"]]
    assert names == ["room_started", "participant_joined"]
    assert ask(mock.http_url, "/mock/reset", "", JSON).json == {}
    answer = ask(mock.http_url, "/mock/webhooks", None, method="GET")
    assert answer.json == {"events": []}


@pytest.mark.parametrize(
    ("what", "body", "text"),
    [
        ("join", "{", "the body is not JSON: "),
        ("join", "[" * 100_000, "the body is not JSON: "),
        ("join", "[]", "the body is a JSON object"),
        ("join", "{}", "room: a text, it is missing"),
        ("join", '{"room":5}', "room: a text, not 5"),
        ("join", '{"room":"r","identity":5}', "identity: "),
        (
            "join",
            '{"room":"r","identity":"a","permission":{"canPublish":"yes"}}',
            "permission.can_publish: ",
        ),
        ("join", '{"room":"r","identity":"a","nmae":"x"}', "nmae"),
        (
            "join",
            '{"room":"r","identity":"a","sid":"PA_x"}',
            "sid: whoever joins cannot say it; there are room, identity, name, metadata, "
            "attributes, kind, permission",
        ),
        ("join", '{"room":"r"}', "an identity is empty"),
        ("leave", '{"room":"r","identity":"a"}', "there is no room 'r'"),
        (
            "leave",
            '{"room":"r","identity":"a","x":1}',
            "x: there is no such member here",
        ),
        ("reset", '{"x":1}', "x: there is no such member here"),
    ],
)
def test_an_order_that_is_wrong_says_where(
    mock: MockLiveKit, what: str, body: str, text: str
) -> None:
    answer = ask(mock.http_url, f"/mock/{what}", body, JSON)

    assert answer.status == 400
    assert answer.json.keys() == {"code", "msg"}
    assert text in answer.json["msg"]
    assert mock.webhooks == []


def test_a_page_in_a_browser_cannot_give_orders(mock: MockLiveKit) -> None:
    body = json.dumps(ANN)
    for headers in ({"Content-Type": "text/plain"}, {}):
        answer = ask(mock.http_url, "/mock/join", body, headers)
        assert answer.status == 415
    assert mock.webhooks == []


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "/mock/join", 405, "POST"),
        ("POST", "/mock/webhooks", 405, "GET"),
        ("POST", "/mock/jion", 404, None),
    ],
)
def test_what_is_not_an_order_is_refused(
    mock: MockLiveKit, method: str, path: str, status: int, allow: str | None
) -> None:
    answer = ask(mock.http_url, path, "{}", JSON, method)

    assert answer.status == status
    assert answer.headers.get("allow") == allow
    assert status != 404 or "/mock/join, /mock/leave" in answer.json["msg"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://127.0.0.1:3000"},
        {"Origin": "null"},
        {"Host": "rebound.example.com:7880"},
        {"Host": "127.0.0.1.example.com"},
    ],
)
def test_pages_in_a_browser_are_refused(
    mock: MockLiveKit, headers: dict[str, str]
) -> None:
    body = json.dumps(ANN)
    answer = ask(mock.http_url, "/mock/join", body, JSON | headers)
    read = ask(mock.http_url, "/mock/webhooks", None, headers, "GET")

    assert (answer.status, read.status) == (403, 403)
    assert mock.webhooks == []


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:7880", "localhost", "LocalHost", "a.localhost", "[::1]:7880"],
)
def test_names_of_this_machine_are_not_refused(mock: MockLiveKit, host: str) -> None:
    answer = ask(mock.http_url, "/mock/join", json.dumps(ANN), JSON | {"Host": host})

    assert answer.status == 200


def test_a_mock_for_other_machines_has_any_name() -> None:
    with MockLiveKit(host="0.0.0.0") as mock:
        headers = JSON | {"Host": "livekit:7880"}
        assert ask(mock.http_url, "/mock/reset", "{}", headers).status == 200
