"""Limits of servers: bodies, time, calls at once."""

from __future__ import annotations

import asyncio
import io
import threading
import time
from contextlib import suppress
from typing import Any

import pytest
from lkproto import TwirpHooks, TwirpLimits, twirp_asgi, twirp_wsgi
from lkproto.livekit import CreateRoomRequest, Room

from .serving import (
    BODY,
    PATH,
    PROTOBUF,
    AsyncRooms,
    Doing,
    Rooms,
    Serving,
    asgi_scope,
    ask_asgi,
    ask_wsgi,
)

SMALL = TwirpLimits(max_body=100)
FITS = CreateRoomRequest(name="r" * 98).to_bytes()
KIND = ("Content-Type", PROTOBUF)
TOO_LONG = {
    "code": "resource_exhausted",
    "msg": "the request is longer than 100 bytes",
}


def test_what_they_are() -> None:
    assert repr(TwirpLimits(timeout=2.5)) == (
        "TwirpLimits(concurrency=None, grace=30.0, max_body=10485760, threads=40, timeout=2.5)"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_body": -1},
        {"max_body": 1.5},
        {"max_body": None},
        {"timeout": 0},
        {"timeout": float("inf")},
        {"timeout": float("nan")},
        {"concurrency": 0},
        {"threads": 0},
        {"threads": True},
        {"grace": -1},
        {"grace": float("nan")},
    ],
)
def test_what_they_cannot_be(wrong: Any) -> None:
    [name] = wrong
    with pytest.raises(ValueError, match=f"{name} has to be"):
        TwirpLimits(**wrong)


@pytest.mark.parametrize("parts", [1, 7])
def test_bodies(serving: Serving, parts: int) -> None:
    app = serving.app(limits=SMALL)

    assert len(FITS) == 100
    assert serving.ask(app, body=FITS, parts=parts).status == 200
    answer = serving.ask(app, body=FITS + b"\0", parts=parts)
    assert answer.status == 429
    assert answer.json == TOO_LONG


def test_a_length_is_refused_before_anything_is_read() -> None:
    async def receive() -> Any:
        raise AssertionError("the body was read")

    sent: list[Any] = []

    async def send(event: Any) -> None:
        sent.append(event)

    scope = asgi_scope(PATH, KIND, ("Content-Length", "101"))
    asyncio.run(twirp_asgi(AsyncRooms(), limits=SMALL)(scope, receive, send))
    assert sent[0]["status"] == 429

    stream = io.BytesIO(b"x" * 101)
    answer = ask_wsgi(
        twirp_wsgi(Rooms(), limits=SMALL),
        CONTENT_LENGTH="101",
        **{"wsgi.input": stream},
    )
    assert answer.status == 429
    assert stream.tell() == 0


@pytest.mark.parametrize("length", ["-1", "x", "²", "1,1", "٣", "9" * 19, "+5", "0x1"])
def test_lengths_that_are_none(serving: Serving, length: str) -> None:
    kwargs: Any = {} if serving.is_async else {"CONTENT_LENGTH": length}
    headers = [KIND]
    if serving.is_async:
        headers.append(("Content-Length", length.encode("utf-8").decode("latin-1")))
        answer = serving.ask(serving.app(), PATH, *headers)
    else:
        answer = _unvalidated(serving.app(), length)

    assert answer == (400, "malformed") or answer.json["code"] == "malformed"
    del kwargs


def _unvalidated(app: Any, length: str) -> Any:
    """WSGI's own validator does not let such a length through."""
    import json

    statuses: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": PATH,
        "CONTENT_TYPE": PROTOBUF,
        "CONTENT_LENGTH": length,
        "wsgi.input": io.BytesIO(BODY),
    }
    body = b"".join(app(environ, lambda status, _: statuses.append(status)))
    return int(statuses[0][:3]), json.loads(body)["code"]


def test_a_body_that_ends_early() -> None:
    answer = ask_wsgi(twirp_wsgi(Rooms()), CONTENT_LENGTH="50")

    assert answer.status == 400
    assert answer.json == {"code": "malformed", "msg": "failed to read request body"}


def test_a_body_that_cannot_be_read() -> None:
    class Broken(io.BytesIO):
        def read(self, *_: Any) -> bytes:
            raise OSError("the connection is gone")

    answer = ask_wsgi(twirp_wsgi(Rooms()), **{"wsgi.input": Broken()})
    assert answer.json == {"code": "malformed", "msg": "failed to read request body"}


def test_bodies_in_chunks_under_wsgi() -> None:
    app = twirp_wsgi(Rooms(), limits=SMALL)
    known: Any = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
    terminated: Any = {**known, "wsgi.input_terminated": True}

    def stream(body: bytes) -> Any:
        return {"wsgi.input": io.BytesIO(body)}

    assert ask_wsgi(app, **terminated, **stream(FITS)).status == 200
    assert ask_wsgi(app, **terminated, **stream(FITS + b"x")).json == TOO_LONG
    answer = ask_wsgi(app, **known, **stream(FITS))
    assert answer.status == 400
    assert "comes in chunks" in answer.json["msg"]


@pytest.mark.parametrize("path", ["/nowhere", "/twirp/livekit.RoomService/Nothing"])
def test_bodies_of_bad_routes_are_read_under_wsgi(path: str) -> None:
    stream = io.BytesIO(BODY + b"POST / HTTP/1.1")
    answer = ask_wsgi(
        twirp_wsgi(Rooms()),
        path,
        CONTENT_LENGTH=str(len(BODY)),
        **{"wsgi.input": stream},
    )

    assert answer.status == 404
    assert stream.tell() == len(BODY)


def test_time_under_asgi() -> None:
    cancelled: list[bool] = []

    class Slow(AsyncRooms):
        async def create_room(self, request: Any, context: Any, /) -> Room:
            assert context.time_left() < 1
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                cancelled.append(True)
                raise
            raise AssertionError

    app = twirp_asgi(Slow(), limits=TwirpLimits(timeout=1))
    begun = time.monotonic()
    answer = asyncio.run(ask_asgi(app))

    assert answer.status == 408
    assert answer.json == {"code": "deadline_exceeded", "msg": "deadline exceeded"}
    assert time.monotonic() - begun < 30
    assert cancelled == [True]


@pytest.mark.parametrize("wanted", ["700", "60000"])
def test_the_shorter_time_counts(wanted: str) -> None:
    left: list[float] = []

    class Seen(TwirpHooks):
        def request_routed(self, context: Any, /) -> None:
            left.append(context.time_left())

    app = twirp_asgi(
        Doing(lambda *_: asyncio.sleep(60)),
        limits=TwirpLimits(timeout=1),
        hooks=[Seen()],
    )
    answer = asyncio.run(ask_asgi(app, PATH, KIND, ("X-Twirp-Timeout-Ms", wanted)))

    assert answer.json["code"] == "deadline_exceeded"
    assert left[0] <= (0.7 if wanted == "700" else 1)


def test_time_runs_while_a_body_comes() -> None:
    async def receive() -> Any:
        await asyncio.sleep(60)

    sent: list[Any] = []

    async def send(event: Any) -> None:
        sent.append(event)

    app = twirp_asgi(AsyncRooms(), limits=TwirpLimits(timeout=0.1))
    asyncio.run(app(asgi_scope(), receive, send))

    assert sent[0]["status"] == 408
    assert b"failed to read request: deadline exceeded" in sent[1]["body"]


def test_a_method_in_a_thread_runs_on_after_its_time() -> None:
    ended = threading.Event()
    goes_on = threading.Event()

    def method(*_: object) -> Room:
        goes_on.wait(20)
        ended.set()
        return Room()

    async def run() -> Any:
        limits = TwirpLimits(timeout=1)  # which a thread has to begin in
        app = twirp_asgi(Doing(method), limits=limits)
        answer = await ask_asgi(app)
        assert not ended.is_set()
        goes_on.set()
        await app.aclose()  # waits for it
        assert ended.is_set()
        return answer

    assert asyncio.run(run()).json["code"] == "deadline_exceeded"


def test_a_method_under_wsgi_finds_its_time_over_and_answers_all_the_same() -> None:
    left: list[float] = []

    def method(_: object, context: Any) -> Room:
        time.sleep(0.6)
        left.append(context.time_left())
        return Room()

    app = twirp_wsgi(Doing(method), limits=TwirpLimits(timeout=0.5))

    assert ask_wsgi(app).status == 200
    assert left[0] < 0


def test_an_error_of_time_of_its_own_is_the_method_s(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def method(*_: object) -> Room:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(60)
        raise AssertionError

    app = twirp_asgi(Doing(method), limits=TwirpLimits(timeout=30))
    answer = asyncio.run(ask_asgi(app))

    assert answer.json["code"] == "internal"
    assert "TimeoutError" in caplog.text


def test_a_cancelled_task_of_the_method_does_not_cancel_the_call(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def method(*_: object) -> Room:
        task = asyncio.ensure_future(asyncio.sleep(60))
        asyncio.get_running_loop().call_soon(task.cancel)
        await task
        raise AssertionError

    answer = asyncio.run(ask_asgi(twirp_asgi(Doing(method))))

    assert answer.json == {"code": "internal", "msg": "internal service error"}
    assert "cancelled, but not by the server" in caplog.text


def test_a_server_that_cancels_is_not_held_up() -> None:
    async def run() -> None:
        app = twirp_asgi(Doing(lambda *_: asyncio.sleep(60)))
        task = asyncio.ensure_future(ask_asgi(app))
        await asyncio.sleep(0.05)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        assert task.cancelled()

    asyncio.run(run())


def test_a_method_that_answers_although_it_was_cancelled() -> None:
    async def method(*_: object) -> Room:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        return Room(name="all the same")

    async def run() -> Any:
        app = twirp_asgi(Doing(method), limits=TwirpLimits(timeout=0.5))
        answer = await ask_asgi(app)
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0
        return answer

    answer = asyncio.run(run())
    assert Room.from_bytes(answer.body).name == "all the same"


@pytest.mark.parametrize("is_sync", [False, True])
def test_calls_at_a_time_under_asgi(is_sync: bool) -> None:
    async def run() -> None:
        begun, goes_on = threading.Event(), threading.Event()

        def method(*_: object) -> Room:
            begun.set()
            goes_on.wait(20)
            return Room()

        async def method_async(*_: object) -> Room:
            begun.set()
            while not goes_on.is_set():
                await asyncio.sleep(0.01)
            return Room()

        does = method if is_sync else method_async
        app = twirp_asgi(Doing(does), limits=TwirpLimits(concurrency=1))
        first = asyncio.ensure_future(ask_asgi(app))
        while not begun.is_set():
            await asyncio.sleep(0.01)
        second = await ask_asgi(app)
        goes_on.set()

        assert second.status == 503
        assert second.json["code"] == "unavailable"
        assert (await first).status == 200
        assert (await ask_asgi(app)).status == 200

    asyncio.run(run())


def test_calls_at_a_time_under_wsgi() -> None:
    begun, goes_on = threading.Event(), threading.Event()

    def method(*_: object) -> Room:
        begun.set()
        goes_on.wait(20)
        return Room()

    app = twirp_wsgi(Doing(method), limits=TwirpLimits(concurrency=1))
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(ask_wsgi(app)))
    thread.start()
    begun.wait(20)
    second = ask_wsgi(app)
    goes_on.set()
    thread.join(20)

    assert second.json["code"] == "unavailable"
    assert answers[0].status == 200
    assert ask_wsgi(app).status == 200


def test_bad_routes_do_not_count(serving: Serving) -> None:
    app = serving.app(limits=TwirpLimits(concurrency=1))
    for _ in range(3):
        assert serving.ask(app, "/nowhere").status == 404
    assert serving.ask(app).status == 200
