"""Lists of regions: how long they hold, and that nothing in them does harm."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lkproto.api import _regions
from lkproto.http import Response, TransportError

from .callers import answered, both
from .cloud import HOME, LOST, UNAVAILABLE, Cloud, regions

pytestmark = pytest.mark.usefixtures("nothing_known", "waits")
B, C = "b.livekit.cloud", "c.livekit.cloud"
ORIGIN = f"https://{HOME}"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time of the list, to be set."""
    now = [1000.0]
    monkeypatch.setattr(_regions, "monotonic", lambda: now[0])
    return now


def test_a_list_holds_for_all_apis_as_long_as_it_says(clock: list[float]) -> None:
    cloud = Cloud()
    for _ in range(2):
        cloud.call()
    assert cloud.asked == [HOME, "GET", B, HOME, B]

    clock[0] += 61
    cloud.call()
    assert cloud.asked[5:] == [HOME, "GET", B]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Cache-Control": "max-age=0"},
        {"Cache-Control": "no-store, s-maxage=60"},
        {"Cache-Control": "max-age=x"},
        {"Cache-Control": "max-age=-5"},
    ],
)
def test_a_list_that_may_not_be_kept_is_asked_for_each_time(headers: Any) -> None:
    cloud = Cloud()
    cloud.list = Response(200, headers, regions(f"wss://{B}").body)
    for _ in range(2):
        cloud.call()

    assert cloud.asked == [HOME, "GET", B] * 2


@pytest.mark.parametrize("value", ["max-age=9", 'public, Max-Age="9"', "a,max-age=9,b"])
def test_the_age_of_a_list_is_read_in_any_form(value: str, clock: list[float]) -> None:
    answer = Response(200, {"cache-control": value}, b'{"regions":[]}')

    assert _regions.learned(ORIGIN, answer) == ()
    clock[0] += 8.9
    assert _regions.fresh(ORIGIN) == ()
    clock[0] += 0.2
    assert _regions.fresh(ORIGIN) is None


@pytest.mark.parametrize(
    "answer",
    [LOST, Response(503), Response(200, (), b"<html>"), Response(401), Response(204)],
)
def test_an_old_list_is_used_where_there_is_no_newer(
    answer: Any, clock: list[float]
) -> None:
    cloud = Cloud()
    cloud.call()
    clock[0] += 61
    cloud.list = answer

    assert cloud.call() is None
    assert cloud.asked[3:] == [HOME, "GET", B]


def test_each_host_has_a_list_of_its_own() -> None:
    cloud = Cloud(o=UNAVAILABLE)
    cloud.call()
    cloud.caller("wss://other.livekit.cloud").call("room.create_room")

    assert cloud.asked[3:5] == ["other.livekit.cloud", "GET"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"regions"',
        b"{}",
        b'{"regions":null}',
        b'{"regions":{}}',
        b'{"regions":"wss://b.livekit.cloud"}',
        b'{"regions":[',
        b"\xff\xfe",
        b"[" * 50_000,
        b'{"regions":[' * 5_000,
        b"1" * 5_000,
    ],
)
def test_other_answers_change_nothing(body: bytes) -> None:
    cloud = Cloud(a=[UNAVAILABLE, answered()])
    cloud.list = Response(200, {"Cache-Control": "max-age=60"}, body)

    assert cloud.call() is None
    assert cloud.asked == [HOME, "GET", HOME]
    assert _regions.fresh(ORIGIN) is None


def test_odd_regions_are_passed_over() -> None:
    odd: list[Any] = [
        None,
        1,
        "wss://x",
        [],
        {},
        {"url": None},
        {"url": 7},
        {"url": ["wss://x"]},
        {"url": ""},
        {"url": "b.livekit.cloud"},
        {"url": "ftp://x"},
        {"url": "file:///etc/passwd"},
        {"url": "wss://"},
        {"url": "wss://x y"},
        {"url": "wss://x\r\nHost: y"},
        {"url": "wss://[::1"},
        {"url": "wss://x:99999"},
        {"url": "wss://x\\@y"},
        {"url": "ws://unsafe.livekit.cloud"},
        {"url": "HTTP://unsafe.livekit.cloud"},
        {"url": "\ud800"},
    ]
    body = json.dumps({"regions": [*odd, {"url": f"WSS://{B}/rtc?x=y#z"}]})
    answer = Response(200, (), body.encode())

    assert _regions.learned(ORIGIN, answer) == (f"https://{B}",)


def test_credentials_in_a_region_are_not_sent() -> None:
    answer = regions("wss://user:secret@b.livekit.cloud:444")

    assert _regions.learned(ORIGIN, answer) == ("https://b.livekit.cloud:444",)


def test_a_server_without_tls_may_have_regions_without_it() -> None:
    home = "http://demo.livekit.cloud:8080"
    answer = regions("ws://b.livekit.cloud", "wss://c.livekit.cloud")

    assert _regions.learned(home, answer) == (f"http://{B}", f"https://{C}")


def test_a_list_is_limited_in_size_and_time() -> None:
    request = _regions.question(ORIGIN, {"A": "b", "content-TYPE": "c"})

    assert request.max_response == 64 << 10
    assert request.timeout == 2
    assert dict(request.headers) == {"A": "b"}
    assert "b" not in repr(request.headers)


@both
def test_a_list_that_is_too_long_is_not_used(is_async: bool) -> None:
    cloud = Cloud(is_async, a=[UNAVAILABLE, answered()])
    cloud.list = TransportError("too_large", True, "", 200)

    assert cloud.call() is None
    assert cloud.asked == [HOME, "GET", HOME]
