"""What is tried again, when, and what never."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from lkproto import CallOptions, TwirpError
from lkproto.http import Response, TransportError

from .callers import Caller, answered, both, failed

UNSENT = TransportError("connect", False)
LOST = TransportError("closed", True)
UNAVAILABLE = failed(503, '{"code":"unavailable","msg":"no response from servers"}')


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random is its upper end divided by a thousand, so that tests do not wait."""
    monkeypatch.setattr("random.random", lambda: 0.001)


def attempts(
    answers: list[Any], name: str, is_async: bool = False, **settings: Any
) -> tuple[int, TwirpError | None]:
    """How many requests a call made, and its error."""
    caller = Caller(is_async, answers, **{"retries": 2} | settings)
    try:
        caller.call(name)
    except TwirpError as error:
        return len(caller.requests), error
    return len(caller.requests), None


@both
def test_nothing_is_tried_again_unless_it_is_asked_for(is_async: bool) -> None:
    count, error = attempts([UNSENT], "list_rooms", is_async, retries=0)

    assert count == 1
    assert error


@both
@pytest.mark.parametrize("name", ["create_room", "list_rooms"])
def test_what_was_not_sent_is_tried_again_for_every_method(
    is_async: bool, name: str
) -> None:
    assert attempts([UNSENT, UNSENT, answered(b"")], name, is_async) == (3, None)


@both
@pytest.mark.parametrize(
    "answer",
    [
        LOST,
        UNAVAILABLE,
        Response(502),
        Response(503),
        Response(504),
        failed(500, '{"code":"unavailable"}'),
        failed(429, '{"code":"resource_exhausted"}', Retry_After="0"),
    ],
)
def test_what_may_have_arrived_is_tried_again_for_idempotent_methods_only(
    is_async: bool, answer: Any
) -> None:
    assert attempts([answer, answered(b"")], "list_rooms", is_async) == (2, None)
    count, error = attempts([answer], "send_data", is_async)
    assert count == 1
    assert error


@pytest.mark.parametrize(
    "answer",
    [
        failed(400, '{"code":"invalid_argument"}'),
        failed(401, '{"code":"unauthenticated"}'),
        failed(404, '{"code":"not_found"}'),
        failed(429, '{"code":"resource_exhausted"}'),
        failed(500, '{"code":"internal"}'),
        failed(503, '{"code":"unavailable","meta":{"sip_status_code":"503"}}'),
        Response(301),
        Response(500),
        TransportError("protocol", True),
        TransportError("too_large", True, "", 200),
    ],
)
def test_other_answers_are_final(answer: Any) -> None:
    count, error = attempts([answer], "list_rooms")

    assert count == 1
    assert error


def test_the_last_error_is_raised() -> None:
    last = failed(503, '{"code":"unavailable","msg":"last"}')
    count, error = attempts([UNSENT, LOST, last], "list_rooms")

    assert count == 3
    assert error
    assert error.msg == "last"


def test_a_call_may_say_that_it_is_idempotent_and_how_often_it_is_tried() -> None:
    caller = Caller(False, [LOST, LOST, LOST, answered(b"")])
    caller.call("send_data", call=CallOptions(retries=3, idempotent=True))
    assert len(caller.requests) == 4

    caller = Caller(False, [LOST], retries=5)
    with pytest.raises(TwirpError):
        caller.call("list_rooms", call=CallOptions(idempotent=False))


def test_waits_double_up_to_five_seconds_and_are_random(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from lkproto._runtime.twirp import _client

    waits: list[float] = []
    monkeypatch.setattr(_client, "sleep", waits.append)
    monkeypatch.setattr("random.random", lambda: 0.5)
    attempts([UNSENT] * 9, "list_rooms", retries=8, timeout=1000)

    assert waits == [0.1, 0.2, 0.4, 0.8, 1.6, 2.5, 2.5, 2.5]


def test_the_server_may_ask_for_a_longer_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    from lkproto._runtime.twirp import _client

    waits: list[float] = []
    monkeypatch.setattr(_client, "sleep", waits.append)
    busy = failed(429, "{}", Retry_After="3")
    date = failed(503, "{}", Retry_After="Fri, 31 Dec 1999 23:59:59 GMT")
    attempts([busy, date, answered(b"")], "list_rooms", timeout=99)

    assert waits[0] == 3
    assert waits[1] < 1


def test_no_attempt_begins_after_the_deadline() -> None:
    busy = failed(429, '{"code":"resource_exhausted"}', Retry_After="3")
    count, error = attempts([busy], "list_rooms", timeout=2.9)

    assert count == 1
    assert error
    assert error.retry_after == 3


def test_each_attempt_says_what_is_left_of_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("random.random", lambda: 0.25)
    caller = Caller(False, [UNSENT, answered()], retries=1)
    caller.call("create_room")

    first, second = (int(r.headers["X-Twirp-Timeout-Ms"]) for r in caller.requests)
    assert second <= first - 50


def test_each_retry_is_logged_without_secrets(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "lkproto.twirp"):
        attempts([UNSENT, answered(b"")], "list_rooms")

    [record] = caplog.records
    assert "livekit.RoomService/ListRooms: attempt 1 failed with unavailable" in (
        record.getMessage()
    )
