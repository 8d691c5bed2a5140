"""What users of livekit-api 1.2 report, and must not happen here; against servers that do it."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import pytest
from lkproto import TwirpCode, TwirpError
from lkproto.api import AsyncLiveKitAPI, LiveKitAPI
from lkproto.livekit import SendDataResponse

from tests.http.server import Peer, RawServer, Script, answer, once

from .callers import DENIED, KEY, SECRET, both

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJBUEkifQ.c2lnbmF0dXJl"


def http(status: str, body: str = "", kind: str = "", *headers: str) -> bytes:
    """An answer as bytes."""
    lines = [f"HTTP/1.1 {status}", *headers]
    if kind:
        lines.append(f"Content-Type: {kind}")
    if not status.startswith("204"):
        lines.append(f"Content-Length: {len(body.encode())}")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def call(is_async: bool, url: str, name: str = "list_rooms", **settings: Any) -> Any:
    """Call a method of the room service of an API that is then closed."""
    fields = settings.pop("fields", {})
    settings = {"timeout": 60, "retries": 0} | settings
    if not is_async:
        with LiveKitAPI(url, KEY, SECRET, **settings) as api:
            return getattr(api.room, name)(**fields)

    async def main() -> Any:
        async with AsyncLiveKitAPI(url, KEY, SECRET, **settings) as api:
            return await getattr(api.room, name)(**fields)

    return asyncio.run(main())


def refused(is_async: bool, script: Script, **settings: Any) -> TwirpError:
    with RawServer(script) as server, pytest.raises(TwirpError) as caught:
        call(is_async, server.url(), **settings)
    return caught.value


@both
def test_a_timeout_ends_a_call(is_async: bool) -> None:
    ended = threading.Event()

    def silent(peer: Peer) -> None:
        peer.request()
        ended.wait(60)

    with RawServer(silent) as server:
        with pytest.raises(TwirpError) as caught:
            call(is_async, server.url(), timeout=0.2)
        assert not ended.is_set()  # the server would still wait
        ended.set()
    assert caught.value.code is TwirpCode.DEADLINE_EXCEEDED
    assert server.asked[0].header("x-twirp-timeout-ms") in map(str, range(201))


@both
def test_there_is_a_timeout_although_nobody_asks_for_one(is_async: bool) -> None:
    with RawServer(answer(http("200 OK"))) as server:
        cls: Any = AsyncLiveKitAPI if is_async else LiveKitAPI
        api = cls(server.url(), KEY, SECRET)
        called = api.room.list_rooms()
        if is_async:
            asyncio.run(called)
            asyncio.run(api.aclose())
        else:
            api.close()

    assert 1000 < int(server.asked[0].header("x-twirp-timeout-ms") or 0) <= 10_000


@both
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("invalid API key: APInope", "invalid API key: APInope"),
        (
            f"invalid token: {JWT}, error: token signature is invalid",
            "invalid token: <token>, error: token signature is invalid",
        ),
        ("invalid authorization token", "invalid authorization token"),
    ],
)
def test_the_text_of_a_plain_401_is_shown(is_async: bool, text: str, told: str) -> None:
    error = refused(is_async, once(http("401 Unauthorized", text, "text/plain")))

    assert error.code is TwirpCode.UNAUTHENTICATED
    assert error.status == 401
    assert told in str(error)
    assert JWT not in str(error)


@both
def test_a_denied_call_says_what_it_needs_and_what_its_token_has(
    is_async: bool,
) -> None:
    error = refused(
        is_async, once(http("401 Unauthorized", DENIED, "application/json"))
    )

    assert (error.needs, error.has) == ("video.roomList", "video.roomList")
    assert "permissions denied: it needs the grant video.roomList" in str(error)


@both
@pytest.mark.parametrize(
    "status", ["301 Moved Permanently", "302 Found", "307 X", "308 X"]
)
def test_redirects_are_not_followed(is_async: bool, status: str) -> None:
    with RawServer(answer(http("200 OK"))) as other:
        to = f"Location: {other.url('/elsewhere')}"
        error = refused(is_async, once(http(status, "", "", to)))
        assert other.asked == []

    assert error.from_intermediary
    assert error.meta["location"] == other.url("/elsewhere")
    assert error.status == int(status[:3])


@both
@pytest.mark.parametrize(
    ("script", "code"),
    [
        (lambda peer: peer.request() and peer.reset(), "unavailable"),
        (lambda peer: peer.reset(), "unavailable"),
        (once(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"), "unavailable"),
        (once(b"220 mail.example.org ESMTP\r\n\r\n"), "internal"),
        (once(b""), "unavailable"),
    ],
    ids=["reset", "reset at once", "cut", "not HTTP", "end"],
)
def test_what_happens_to_a_connection_is_an_error_of_the_library(
    is_async: bool, script: Script, code: str
) -> None:
    error = refused(is_async, script)

    assert error.code == code
    assert error.method == "ListRooms"
    assert error.__cause__ is not None
    assert KEY not in str(error)


@both
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<html>welcome</html>", "text/html"),
        ("OK", "text/plain; charset=utf-8"),
        ("", "text/html"),
        ("<html>", ""),
        ('{"rooms":[]}', "application/json"),
    ],
)
def test_a_200_that_is_not_twirp_is_an_error(
    is_async: bool, body: str, kind: str
) -> None:
    error = refused(is_async, once(http("200 OK", body, kind)))

    assert error.code is TwirpCode.INTERNAL
    assert "is this the URL of the API?" in str(error)
    assert "/twirp/livekit.RoomService/ListRooms answered 200" in str(error)


@both
def test_a_204_is_an_error(is_async: bool) -> None:
    error = refused(is_async, once(http("204 No Content")))

    assert error.status == 204
    assert error.from_intermediary
    assert "204" in str(error)


@both
@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("404 Not Found", "bad_route"),
        ("429 Too Many Requests", "resource_exhausted"),
        ("502 Bad Gateway", "unavailable"),
        ("503 Service Unavailable", "unavailable"),
        ("504 Gateway Timeout", "unavailable"),
        ("418 Teapot", "unknown"),
    ],
)
def test_answers_of_proxies_have_a_code_and_their_text(
    is_async: bool, status: str, code: str
) -> None:
    page = http(status, "<h1>nginx says no</h1>", "text/html", "Retry-After: 7")
    error = refused(is_async, once(page))

    assert error.code == code
    assert error.status == int(status[:3])
    assert "nginx says no" in str(error)
    assert error.retry_after == 7


@both
def test_a_wrong_base_path_says_which_route_is_missing(is_async: bool) -> None:
    body = (
        '{"code":"bad_route","msg":"no handler for path","meta":'
        '{"twirp_invalid_route":"POST /a/twirp/livekit.RoomService/ListRooms"}}'
    )
    error = refused(is_async, once(http("404 Not Found", body, "application/json")))

    assert error.code is TwirpCode.BAD_ROUTE
    assert error.meta["twirp_invalid_route"].startswith("POST /a/")


@both
def test_data_loss_is_called_as_on_the_wire(is_async: bool) -> None:
    body = '{"code":"data_loss","msg":"gone"}'
    error = refused(is_async, once(http("500 X", body, "application/json")))

    assert error.code is TwirpCode.DATA_LOSS
    assert TwirpCode.DATA_LOSS.value == "data_loss"


@both
@pytest.mark.parametrize(
    "msg",
    [
        "twirp error unknown: participant does not exist",
        "participant does not exist",
        "",
    ],
)
def test_what_is_not_there_is_known_by_its_code(is_async: bool, msg: str) -> None:
    body = json.dumps({"code": "not_found", "msg": msg})
    error = refused(
        is_async,
        once(http("404 Not Found", body, "application/json")),
        name="get_participant",
        fields={"room": "r", "identity": "nobody"},
    )

    assert error.code is TwirpCode.NOT_FOUND
    assert error.code == "not_found"
    assert error.msg == msg
    assert not error.from_intermediary


@both
def test_a_lost_answer_is_asked_for_again_where_that_does_no_harm(
    is_async: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("random.random", lambda: 0.001)

    def first_is_lost(peer: Peer) -> None:
        while peer.request():
            if len(peer.server.asked) == 1:
                peer.reset()
                break
            peer.send(http("200 OK"))

    with RawServer(first_is_lost) as server:
        call(is_async, server.url(), retries=2)
    assert len(server.asked) == 2
    ids = {each.header("x-livekit-request-id") for each in server.asked}
    assert len(ids) == 1

    with RawServer(first_is_lost) as server, pytest.raises(TwirpError):
        call(is_async, server.url(), "send_data", retries=2)
    assert len(server.asked) == 1


@both
def test_a_panic_that_resets_the_next_call_is_survived(is_async: bool) -> None:
    def one_call_per_connection(peer: Peer) -> None:
        peer.request()
        peer.send(http("200 OK"))
        peer.reset()

    async def twice() -> None:
        async with AsyncLiveKitAPI(server.url(), KEY, SECRET, timeout=60) as api:
            for _ in range(3):
                await api.room.list_rooms()

    with RawServer(one_call_per_connection) as server:
        if is_async:
            asyncio.run(twice())
        else:
            with LiveKitAPI(server.url(), KEY, SECRET, timeout=60) as api:
                for _ in range(3):
                    api.room.list_rooms()
    assert len(server.asked) == 3


@both
def test_json_keeps_the_keys_of_maps(is_async: bool) -> None:
    body = '{"identity":"a","attributes":{"user_id":"1","userId":"2"}}'
    with RawServer(answer(http("200 OK", body, "application/json"))) as server:
        found = call(
            is_async,
            server.url(),
            "update_participant",
            codec="json",
            fields={"room": "r", "attributes": {"user_id": "1", "a_b_c": "3"}},
        )

    sent = json.loads(server.asked[0].body)
    assert sent["attributes"] == {"user_id": "1", "a_b_c": "3"}
    assert found.attributes == {"user_id": "1", "userId": "2"}


@both
def test_an_empty_answer_of_twirp_is_an_answer(is_async: bool) -> None:
    with RawServer(answer(http("200 OK", "", "application/protobuf"))) as server:
        assert call(is_async, server.url(), "send_data") == SendDataResponse()


@both
def test_a_path_of_a_proxy_is_kept_and_slashes_are_single(is_async: bool) -> None:
    with RawServer(answer(http("200 OK"))) as server:
        for path in ("/a/b", "/a/b/", "//a//b//"):
            call(is_async, server.url(path))

    lines = {each.line for each in server.asked}
    assert lines == {"POST /a/b/twirp/livekit.RoomService/ListRooms HTTP/1.1"}
