"""Hooks and interceptors of servers, in the order of twitchtv/twirp's Go server."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from lkproto import (
    TwirpCall,
    TwirpError,
    TwirpHooks,
    TwirpReply,
    twirp_asgi,
    twirp_wsgi,
)
from lkproto.livekit import CreateRoomRequest, Room

from .serving import (
    BODY,
    JSON,
    PATH,
    PROTOBUF,
    AsyncRooms,
    Doing,
    Rooms,
    Serving,
    ask_asgi,
)

NAMES = (
    "request_received",
    "request_routed",
    "response_prepared",
    "response_sent",
    "error",
)


class Recorder(TwirpHooks):
    """Says which hooks were called; one of them may fail."""

    def __init__(self, failing: str = "", error: Exception | None = None) -> None:
        self.calls: list[str] = []
        self.errors: list[TwirpError] = []
        self.failing = failing
        self.failure = error

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if name == self.failing and self.failure is not None:
            raise self.failure

    def request_received(self, context: Any, /) -> None:
        assert (context.service, context.method) == ("", None)
        self._called("request_received")

    def request_routed(self, context: Any, /) -> None:
        assert context.method.path == f"{context.service}/CreateRoom"
        self._called("request_routed")

    def response_prepared(self, context: Any, /) -> None:
        context.response_headers["X-Prepared"] = "yes"
        self._called("response_prepared")

    def response_sent(self, context: Any, /) -> None:
        self._called("response_sent")

    def error(self, context: Any, error: TwirpError, /) -> None:
        self.errors.append(error)
        self._called("error")


class AsyncRecorder(Recorder):
    """The same with hooks that have to be awaited."""

    async def request_received(self, context: Any, /) -> None:  # type: ignore[override]
        await asyncio.sleep(0)
        super().request_received(context)

    async def response_prepared(self, context: Any, /) -> None:  # type: ignore[override]
        await asyncio.sleep(0)
        super().response_prepared(context)

    async def error(self, context: Any, error: TwirpError, /) -> None:  # type: ignore[override]
        await asyncio.sleep(0)
        super().error(context, error)


@pytest.mark.parametrize(
    ("asked", "calls"),
    [
        ({}, ["request_received", "request_routed", "response_prepared"]),
        (
            {"body": CreateRoomRequest(name="taken").to_bytes()},
            ["request_received", "request_routed", "error"],
        ),
        (
            {"body": CreateRoomRequest(name="broken").to_bytes()},
            ["request_received", "request_routed", "error"],
        ),
        ({"body": b"\xff"}, ["request_received", "request_routed", "error"]),
        ({"method": "GET"}, ["request_received", "error"]),
        ({"path": "/nowhere"}, ["request_received", "error"]),
    ],
)
def test_hooks(serving: Serving, asked: Any, calls: list[str]) -> None:
    hooks = Recorder(), AsyncRecorder() if serving.is_async else Recorder()
    answer = serving.ask(serving.app(hooks=hooks), **asked)

    for each in hooks:
        assert each.calls == [*calls, "response_sent"]
    assert ("x-prepared" in answer.headers) == (answer.status == 200)


def test_a_wrong_content_type_is_routed_to_no_method(serving: Serving) -> None:
    hooks = Recorder()
    serving.ask(serving.app(hooks=[hooks]), PATH, ("Content-Type", "text/plain"))

    assert hooks.calls == ["request_received", "error", "response_sent"]


@pytest.mark.parametrize("name", ["request_received", "request_routed"])
def test_the_first_two_may_answer(serving: Serving, name: str) -> None:
    error = TwirpError("unauthenticated", "who is there?")
    failing, second = Recorder(name, error), Recorder()
    answer = serving.ask(serving.app(hooks=[failing, second]))

    assert answer.json == {"code": "unauthenticated", "msg": "who is there?"}
    assert failing.errors == second.errors == [error]
    assert name not in second.calls  # as in Go, the rest of the chain is not asked
    assert failing.calls[-2:] == second.calls[-2:] == ["error", "response_sent"]


@pytest.mark.parametrize("name", ["request_received", "request_routed"])
def test_another_error_of_the_first_two_is_internal(
    serving: Serving, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    app = serving.app(hooks=[Recorder(name, ValueError("hunter2"))])
    answer = serving.ask(app)

    assert answer.json == {"code": "internal", "msg": "internal service error"}
    assert "hunter2" in caplog.text


@pytest.mark.parametrize("name", ["response_prepared", "response_sent", "error"])
@pytest.mark.parametrize("error", [ValueError("oh"), TwirpError("internal", "oh")])
def test_errors_of_the_others_are_logged(
    serving: Serving, name: str, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    app = serving.app(hooks=[Recorder(name, error)])
    told = "taken" if name == "error" else "r"
    answer = serving.ask(app, body=CreateRoomRequest(name=told).to_bytes())

    assert answer.status == (409 if name == "error" else 200)
    assert f"the hook Recorder.{name} failed" in caplog.text


def test_the_error_of_a_hook_has_what_the_method_raised(serving: Serving) -> None:
    hooks = Recorder()
    body = CreateRoomRequest(name="broken").to_bytes()
    serving.ask(serving.app(hooks=[hooks]), body=body)

    [error] = hooks.errors
    assert isinstance(error.__cause__, RuntimeError)


def test_what_is_not_overridden_is_not_called(serving: Serving) -> None:
    class Sent(TwirpHooks):
        def __init__(self) -> None:
            self.count = 0

        def response_sent(self, context: Any, /) -> None:
            self.count += 1

    hooks = Sent()
    app = serving.app(hooks=[hooks, TwirpHooks()])

    assert serving.ask(app).status == 200
    assert hooks.count == 1


@pytest.mark.parametrize(
    ("hooks", "told"),
    [
        (TwirpHooks(), "hooks takes several"),
        ([TwirpHooks], "instances of TwirpHooks"),
        ([print], "instances of TwirpHooks"),
    ],
)
def test_what_is_not_hooks(serving: Serving, hooks: Any, told: str) -> None:
    with pytest.raises(TypeError, match=told):
        serving.app(hooks=hooks)


def test_wsgi_takes_no_async_hooks() -> None:
    with pytest.raises(TypeError, match=r"AsyncRecorder\.request_received is async"):
        twirp_wsgi(Rooms(), hooks=[AsyncRecorder()])


def adding(serving: Serving, text: str) -> Any:
    """An interceptor that adds a text to what goes in and what comes out."""

    def before(call: TwirpCall) -> TwirpCall:
        call.request.name += text
        call.state.setdefault("seen", []).append(text)
        return call

    def after(reply: TwirpReply) -> TwirpReply:
        reply.message.sid += text
        return reply

    if serving.is_async:

        async def intercept(call: TwirpCall, proceed: Any) -> TwirpReply:
            return after(await proceed(before(call)))

        return intercept

    def intercept_sync(call: TwirpCall, proceed: Any) -> TwirpReply:
        return after(proceed(before(call)))

    return intercept_sync


def test_interceptors(serving: Serving) -> None:
    seen: list[Any] = []

    def method(request: CreateRoomRequest, context: Any) -> Room:
        seen.append(context.state["seen"])
        return Room(name=request.name)

    around = [adding(serving, "1"), adding(serving, "2")]
    app = serving.app(Doing(method), interceptors=around)
    room = Room.from_bytes(serving.ask(app).body)

    assert room == Room(name="r12", sid="21")
    assert seen == [["1", "2"]]


def test_what_interceptors_see(serving: Serving) -> None:
    seen: list[TwirpCall] = []

    def look(call: TwirpCall) -> None:
        seen.append(call)

    headers = ("Content-Type", PROTOBUF), ("X-Twirp-Timeout-Ms", "9000"), ("A-B", "c")
    app = serving.app(interceptors=[wrapped(serving, look)])
    serving.ask(app, PATH, *headers)

    [call] = seen
    assert call.method.path == "livekit.RoomService/CreateRoom"
    assert call.request == CreateRoomRequest(name="r")
    assert call.headers["a-b"] == "c"
    assert 0 < (call.time_left() or 0) <= 9
    assert call.context is not None
    assert call.context.path == PATH


def wrapped(
    serving: Serving, before: Any = id, after: Any = lambda reply: reply
) -> Any:
    if serving.is_async:

        async def intercept(call: TwirpCall, proceed: Any) -> Any:
            before(call)
            return after(await proceed(call))

        return intercept

    def intercept_sync(call: TwirpCall, proceed: Any) -> Any:
        before(call)
        return after(proceed(call))

    return intercept_sync


def test_interceptors_may_answer(serving: Serving) -> None:
    def refuse(_: TwirpCall) -> None:
        raise TwirpError("permission_denied", "not you")

    app = serving.app(interceptors=[wrapped(serving, refuse)])
    assert serving.ask(app).json == {"code": "permission_denied", "msg": "not you"}


def test_interceptors_may_replace_the_reply(serving: Serving) -> None:
    def replace(reply: TwirpReply) -> TwirpReply:
        assert reply.headers["x-asked"] == "r"
        return TwirpReply(Room(sid="RM_2"), {"X-Mine": "yes"})

    app = serving.app(interceptors=[wrapped(serving, after=replace)])
    answer = serving.ask(app)

    assert Room.from_bytes(answer.body).sid == "RM_2"
    assert answer.headers["x-mine"] == "yes"


@pytest.mark.parametrize("reply", [None, Room()])
def test_what_is_not_a_reply_is_an_internal_error(
    serving: Serving, reply: object, caplog: pytest.LogCaptureFixture
) -> None:
    app = serving.app(interceptors=[wrapped(serving, after=lambda _: reply)])

    assert serving.ask(app).json["code"] == "internal"
    assert "not a TwirpReply" in caplog.text


def test_interceptors_are_of_the_server_s_kind(serving: Serving) -> None:
    other = adding(Serving(not serving.is_async), "x")
    with pytest.raises(TypeError, match="interceptor"):
        serving.app(interceptors=[other])


def test_async_methods_are_refused_under_wsgi_at_start() -> None:
    with pytest.raises(TypeError, match=r"AsyncRooms\.create_room is async"):
        twirp_wsgi(AsyncRooms())


def test_a_method_that_turns_out_to_be_async_fails_under_wsgi(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def method(*_: object) -> Room:
        return Room()

    serving = Serving(is_async=False)
    app = serving.app(Doing(lambda *given: method(*given)))  # noqa: PLW0108

    assert serving.ask(app).json["code"] == "internal"
    assert "is async; WSGI takes plain functions" in caplog.text


def test_a_plain_function_may_return_what_is_awaited_under_asgi() -> None:
    async def method(*_: object) -> Room:
        return Room(name="later")

    app = twirp_asgi(Doing(lambda *given: method(*given)))  # noqa: PLW0108
    answer = asyncio.run(ask_asgi(app, PATH, ("Content-Type", JSON), body=b"{}"))

    assert answer.json["name"] == "later"


def test_a_server_without_hooks_calls_none() -> None:
    answer = asyncio.run(
        ask_asgi(twirp_asgi(AsyncRooms(), hooks=[TwirpHooks()]), body=BODY)
    )

    assert answer.status == 200
