"""Testing what receives webhooks: each kind, signed and posted, and those that a mock sends."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator

import pytest
from lkproto.auth import ExpiredTokenError, NotYetValidError
from lkproto.http import TransportError
from lkproto.livekit import WebhookEvent
from lkproto.mock import MockLiveKit, _mock, sample_events
from lkproto.mock._mock import API_KEY, API_SECRET
from lkproto.webhook import WebhookReceiver, typed
from lkproto.webhook.notifier import EndpointError

from .asking import ask, talk
from .sink import Sink, receiving

SENT_BY_THE_SERVER = {
    *("room_started", "room_finished", "participant_joined", "participant_left"),
    *("participant_connection_aborted", "track_published", "track_unpublished"),
    *("egress_started", "egress_updated", "egress_ended"),
    *("ingress_started", "ingress_ended"),
}


RECEIVER = WebhookReceiver(API_KEY, API_SECRET)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with receiving(RECEIVER) as found:
        yield found


@pytest.fixture
def gone() -> str:
    """The URL of an application that has ended."""
    with receiving(RECEIVER) as found:
        return found.url


def test_there_is_a_sample_of_each_kind_that_the_server_sends() -> None:
    events = sample_events(room="r", identity="bob")

    assert {each.event for each in events} == SENT_BY_THE_SERVER
    assert len(events) == len({each.id for each in events}) == 12
    assert [each.created_at for each in events] == sorted(x.created_at for x in events)
    rooms = {each.room.name for each in events if each.room is not None}
    people = {each.participant.identity for each in events if each.participant}
    assert (rooms, people) == ({"r"}, {"bob"})


@pytest.mark.parametrize("event", sample_events(), ids=lambda each: each.event)
def test_a_sample_is_delivered_as_the_server_does(
    mock: MockLiveKit, sink: Sink, event: WebhookEvent
) -> None:
    status = mock.post_webhook(sink.url, event)

    (came,) = sink.posts
    assert status == 200
    assert came.headers["Content-Type"] == "application/webhook+json"
    assert came.headers["User-Agent"] == "LiveKit"
    assert not came.headers["Authorization"].startswith("Bearer")
    assert sink.received == [event]
    assert typed(event).name == event.event


def test_a_webhook_is_signed_at_any_time(mock: MockLiveKit) -> None:
    event = sample_events()[0]
    early = mock.sign_webhook(event, clock=lambda: 1_800_000_000)
    late = WebhookReceiver(mock.api_key, mock.api_secret, clock=lambda: 1_800_001_000)
    before = WebhookReceiver(mock.api_key, mock.api_secret, clock=lambda: 1_799_000_000)

    with pytest.raises(ExpiredTokenError):
        late.receive(early.body, early.headers["Authorization"])
    with pytest.raises(NotYetValidError):
        before.receive(early.body, early.headers["Authorization"])
    assert repr(early) == f"<SignedWebhook of {len(early.body)} bytes>"


def test_an_application_that_is_not_there_is_an_error(
    mock: MockLiveKit, gone: str
) -> None:
    with pytest.raises(TransportError):
        mock.post_webhook(gone, sample_events()[0])


def test_webhooks_that_wait_at_the_end_are_still_sent(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_mock, "_LAST", 20)  # a machine that has much to do is slow
    with MockLiveKit(webhook_urls=[sink.url]) as mock:
        mock.join("r", "ann")

    assert len(sink.received) == 2


def test_an_application_that_is_gone_does_not_keep_a_mock_from_its_end(
    caplog: pytest.LogCaptureFixture, gone: str
) -> None:
    begin = time.monotonic()
    caplog.set_level(logging.CRITICAL, "lkproto")
    with MockLiveKit(webhook_urls=[gone]) as mock:
        mock.join("r", "ann")
        with pytest.raises(TimeoutError, match="webhooks still wait after 0.1 s"):
            mock.flush_webhooks(0.1)

    assert time.monotonic() - begin < 12  # attempts take 15 s


def test_a_url_that_cannot_be_is_refused_when_it_is_given() -> None:
    with pytest.raises(EndpointError, match="'sink'"):
        MockLiveKit(webhook_urls=["sink"])


def test_tests_in_other_languages_give_orders_over_http(mock: MockLiveKit) -> None:
    def order(path: str, method: str = "POST", **body: object) -> tuple[int, object]:
        answer = ask(mock.http_url, path, json.dumps(body), method=method)
        return answer.status, answer.json

    status, someone = order("/mock/join", room="r", identity="ann", name="Ann")
    with mock.api() as api:
        found = api.room.get_participant(room="r", identity="ann")
    names = [each.event for each in mock.webhooks]

    assert (status, someone) == (200, found.to_dict())
    assert names == ["room_started", "participant_joined"]
    assert order("/mock/webhooks", "GET")[1] == {
        "events": [each.to_dict() for each in mock.webhooks]
    }
    assert order("/mock/leave", room="r", identity="bob")[0] == 400
    assert order("/mock/nothing")[0] == 404
    assert [each.method for each in mock.requests] == [
        "livekit.RoomService/GetParticipant"
    ]
    assert order("/mock/reset") == (200, {})
    assert mock.webhooks == mock.requests == []


def test_an_order_that_is_not_whole_is_malformed(mock: MockLiveKit) -> None:
    head = b"POST /mock/join HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"

    answer = talk(mock.http_url, head + b"Content-Length: 9\r\n\r\n{}")

    assert answer.startswith(b"HTTP/1.1 400 Bad Request")
    assert b'"code": "malformed", "msg": "the body ends early"' in answer


def test_a_page_of_another_origin_cannot_give_orders(mock: MockLiveKit) -> None:
    headers = {"Content-Type": "text/plain", "Origin": "http://evil"}

    answer = ask(mock.http_url, "/mock/reset", "{}", headers)
    headers["Access-Control-Request-Method"] = "POST"
    before = ask(mock.http_url, "/mock/reset", None, headers, "OPTIONS")

    assert (answer.status, before.status) == (403, 403)
    for each in (answer, before):
        assert "access-control-allow-origin" not in each.headers
