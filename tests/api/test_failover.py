"""Where calls of LiveKit Cloud go when their host fails."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from lkproto import CallOptions, TwirpError
from lkproto.api import _failover
from lkproto.http import Request, Response, TransportError

from .callers import DENIED, Caller, answered, both, failed
from .cloud import HOME, LOST, UNAVAILABLE, Cloud

pytestmark = pytest.mark.usefixtures("nothing_known", "waits")
B, C = "b.livekit.cloud", "c.livekit.cloud"
REAL_SLEEP = asyncio.sleep


@both
@pytest.mark.parametrize(
    "answer",
    [UNAVAILABLE, LOST, Response(500), failed(501, '{"code":"unimplemented"}')],
    ids=["503", "lost", "500", "501"],
)
def test_a_call_that_fails_goes_to_the_next_region(
    is_async: bool, answer: Any, waits: list[float]
) -> None:
    cloud = Cloud(is_async, a=answer)

    assert cloud.call() is None
    assert cloud.asked == [HOME, "GET", B]
    assert waits == [0.2]


@both
def test_regions_are_tried_in_their_order_three_attempts_in_all(
    is_async: bool, waits: list[float]
) -> None:
    last = failed(500, '{"code":"internal","msg":"last"}')
    cloud = Cloud(is_async, b=UNAVAILABLE, c=last)
    error = cloud.call()

    assert error
    assert error.msg == "last"
    assert cloud.asked == [HOME, "GET", B, C]
    assert waits == [0.2, 0.4]


def sent(request: Request) -> dict[str, str]:
    """The headers of a request, without its time, of which a moment may have passed."""
    return {k: v for k, v in request.headers.items() if k != "X-Twirp-Timeout-Ms"}


@both
def test_attempts_are_the_same_request_with_one_id(is_async: bool) -> None:
    cloud = Cloud(is_async, b=UNAVAILABLE, c=answered())
    cloud.call(name="r")

    first, question, *others = cloud.requests
    for each in others:
        assert each.body == first.body == b"\x0a\x01r"
        assert sent(each) == sent(first)
    for name in ("Authorization", "X-Livekit-Request-Id", "User-Agent"):
        assert question.headers[name] == first.headers[name]
    assert question.method == "GET"
    assert question.url == f"https://{HOME}/settings/regions"
    assert question.timeout == 2
    assert question.body == b""
    assert not {"Content-Type", "Accept"} & question.headers.keys()


@both
def test_each_attempt_has_the_whole_time(is_async: bool) -> None:
    cloud = Cloud(is_async, a=TransportError("timeout", True), b=UNAVAILABLE, c=LOST)
    cloud.caller(timeout=100)
    with pytest.raises(TwirpError):
        cloud.caller(timeout=100).call("room.list_rooms")

    posts = [each for each in cloud.requests if each.method == "POST"]
    times = [int(each.headers["X-Twirp-Timeout-Ms"]) for each in posts]
    assert len(times) == 3
    # The waits are not waited here, so they are left over.
    assert 99_000 < times[0] <= 100_000 <= times[1] + 1000 <= times[2] + 1000


def test_other_refusals_are_final() -> None:
    for status, code in ((400, "malformed"), (404, "not_found"), (408, "canceled")):
        cloud = Cloud(a=failed(status, f'{{"code":"{code}"}}'))
        assert cloud.call()
        assert cloud.asked == [HOME]
    for answer in (failed(401, DENIED), Response(429), Response(302), Response(403)):
        cloud = Cloud(a=answer)
        assert cloud.call()
        assert cloud.asked == [HOME]


@pytest.mark.parametrize(
    ("answer", "attempts"),
    [
        (TransportError("closed", True, "", 403), 1),
        (TransportError("too_large", True, "", 200), 1),
        (TransportError("closed", True, "", 502), 2),
        (TransportError("connect", False), 2),
        (TransportError("tls", False), 2),
    ],
)
def test_of_an_answer_that_was_lost_its_status_counts(
    answer: TransportError, attempts: int
) -> None:
    cloud = Cloud(a=answer)
    cloud.call()

    assert len(cloud.asked) - cloud.asked.count("GET") == attempts


def test_the_same_host_is_tried_again_where_there_is_no_other() -> None:
    for answer in (Response(404), Response(500), LOST, Response(200, (), b"<html>")):
        cloud = Cloud(a=[UNAVAILABLE, UNAVAILABLE, answered()])
        cloud.list = answer
        assert cloud.call() is None
        assert cloud.asked.count(HOME) == 3


def test_a_path_stays_on_the_first_host() -> None:
    cloud = Cloud()
    cloud.caller(f"wss://{HOME}/a/b").call("room.create_room")
    first, question, second = (each.url for each in cloud.requests)
    assert first == f"https://{HOME}/a/b/twirp/livekit.RoomService/CreateRoom"
    assert question == f"https://{HOME}/settings/regions"
    assert second == f"https://{B}/twirp/livekit.RoomService/CreateRoom"

    cloud = Cloud(o=[LOST, answered()])
    cloud.list = Response(500)
    cloud.caller("wss://other.livekit.cloud/a").call("room.create_room")
    assert cloud.requests[-1].url == cloud.requests[0].url
    assert cloud.asked == ["other.livekit.cloud", "GET", "other.livekit.cloud"]


@pytest.mark.parametrize(
    "host",
    ["cloud-api.livekit.io", "cloud-api.staging.livekit.io", "CLOUD-API.livekit.io"],
)
def test_the_api_of_the_cloud_has_no_regions_and_is_asked_again(host: str) -> None:
    cloud = Cloud(c=[UNAVAILABLE, LOST, answered()])
    cloud.caller(f"https://{host}").call("room.create_room")

    assert cloud.asked == [host.lower()] * 3


@both
@pytest.mark.parametrize(
    "host",
    ["livekit.cloud", "xlivekit.cloud", "demo.livekit.cloud.example", "livekit.io"],
)
def test_other_hosts_have_retries_instead(is_async: bool, host: str) -> None:
    caller = Caller(is_async, UNAVAILABLE, f"https://{host}")
    with pytest.raises(TwirpError):
        caller.call("room.create_room")

    assert len(caller.requests) == 1


@pytest.mark.parametrize(
    ("url", "home"),
    [
        ("https://demo.livekit.cloud/twirp/", "https://demo.livekit.cloud"),
        ("https://DEMO.LiveKit.Cloud:443/a/", "https://demo.livekit.cloud"),
        ("http://demo.livekit.cloud:8080/", "http://demo.livekit.cloud:8080"),
        ("https://a.b.livekit.cloud./", "https://a.b.livekit.cloud."),
        ("https://cloud-api.livekit.io/", "https://cloud-api.livekit.io"),
        ("https://cloud-api.x.livekit.io/", "https://cloud-api.x.livekit.io"),
        ("https://my-cloud-api.livekit.io/", ""),
        ("https://livekit.cloud/", ""),
        ("https://livekit.cloud.example/", ""),
        ("http://127.0.0.1:7880/", ""),
    ],
)
def test_hosts_with_failover_are_known_by_their_names(url: str, home: str) -> None:
    assert _failover.home_of(url) == home


def test_calls_with_little_time_have_one_attempt() -> None:
    cloud = Cloud()
    with pytest.raises(TwirpError):
        cloud.caller(timeout=4.9).call("room.list_rooms")
    options = CallOptions(timeout=4)
    with pytest.raises(TwirpError):
        cloud.caller().call("room.list_rooms", call=options)
    assert cloud.asked == [HOME, HOME]

    assert Cloud().caller(timeout=5).call("room.list_rooms") is not None


def test_a_call_may_say_how_often_it_is_tried() -> None:
    for retries, attempts in ((0, 1), (1, 2), (2, 3), (9, 3)):
        cloud = Cloud(b=LOST, c=LOST)
        assert cloud.call(call=CallOptions(retries=retries))
        assert len(cloud.asked) - cloud.asked.count("GET") == attempts


def test_without_failover_an_api_has_retries_on_all_hosts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("random.random", lambda: 0.001)
    cloud = Cloud(a=[UNAVAILABLE, answered()])
    cloud.caller(failover=False).call("room.list_rooms")
    assert cloud.asked == [HOME, HOME]

    cloud = Cloud()
    with pytest.raises(TwirpError):
        cloud.caller(failover=False).call("room.create_room")
    assert cloud.asked == [HOME]


@both
def test_interceptors_of_users_see_one_call(is_async: bool) -> None:
    seen: list[Any] = []

    def intercept(call: Any, proceed: Any) -> Any:
        seen.append(call)
        return proceed(call)

    async def intercept_async(call: Any, proceed: Any) -> Any:
        seen.append(call)
        return await proceed(call)

    cloud = Cloud(is_async)
    mine = intercept_async if is_async else intercept
    cloud.caller(interceptors=[mine]).call("room.create_room")

    [call] = seen
    assert call.base == f"https://{B}/twirp/"


def test_each_retry_is_logged_without_the_token(
    caplog: pytest.LogCaptureFixture,
) -> None:
    cloud = Cloud()
    with caplog.at_level(logging.WARNING, "lkproto.api"):
        cloud.call()

    [record] = caplog.records
    assert record.getMessage() == (
        f"livekit.RoomService/CreateRoom: attempt 1 at https://{HOME} failed with unavailable "
        f"(HTTP 503); trying https://{B} in 0.20 s"
    )
    assert cloud.requests[0].headers["Authorization"] not in str(record.__dict__)


def test_the_agents_of_the_cloud_have_failover_of_their_own() -> None:
    cloud = Cloud(a=[LOST, answered()])
    cloud.list = Response(404)
    cloud.caller("wss://demo-x.livekit.cloud").call("agents.list_agents")

    assert cloud.asked == ["agents.livekit.cloud", "GET", "agents.livekit.cloud"]


def test_a_call_is_cancelled_while_it_waits_for_the_next_attempt() -> None:
    cloud = Cloud(True, b=UNAVAILABLE)

    async def main() -> None:
        caller = cloud.caller()
        task = asyncio.create_task(caller.api.room.create_room())
        while len(cloud.requests) < 2:
            await REAL_SLEEP(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "sleep", lambda _: REAL_SLEEP(60))
        asyncio.run(main())
    assert cloud.asked == [HOME, "GET"]
