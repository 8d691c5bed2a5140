"""Servers under asyncio: clients that leave, threads, startup and shutdown, other applications."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import threading
from typing import Any

import pytest
from lkproto import TwirpContext, TwirpError, TwirpHooks, TwirpLimits, twirp_asgi
from lkproto.livekit import CreateRoomRequest, Room

from .serving import (
    BODY,
    PATH,
    AsyncRooms,
    Doing,
    Rooms,
    Serving,
    asgi_scope,
    ask_asgi,
)

VARIABLE: contextvars.ContextVar[str] = contextvars.ContextVar("VARIABLE")


class Connection:
    """A request whose client leaves when the test says so."""

    def __init__(self, body: bytes = BODY) -> None:
        self.left = asyncio.Event()
        self.sent: list[Any] = []
        self._events = [{"type": "http.request", "body": body}]

    async def receive(self) -> Any:
        if self._events:
            return self._events.pop()
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, event: Any) -> None:
        self.sent.append(event)


class Errors(TwirpHooks):
    def __init__(self) -> None:
        self.seen: list[TwirpError] = []
        self.sent = 0

    def error(self, context: TwirpContext, error: TwirpError, /) -> None:
        self.seen.append(error)

    def response_sent(self, context: TwirpContext, /) -> None:
        self.sent += 1


def test_a_method_is_cancelled_when_its_client_leaves() -> None:
    async def run() -> None:
        begun, cancelled = asyncio.Event(), asyncio.Event()

        async def method(*_: object) -> Room:
            begun.set()
            try:
                await asyncio.sleep(60)
            finally:
                cancelled.set()
            raise AssertionError

        hooks, connection = Errors(), Connection()
        app = twirp_asgi(Doing(method), hooks=[hooks])
        task = asyncio.ensure_future(
            app(asgi_scope(), connection.receive, connection.send)
        )
        await begun.wait()
        connection.left.set()
        await asyncio.wait_for(task, 20)

        assert cancelled.is_set()
        assert [(each.code, each.msg) for each in hooks.seen] == [
            ("canceled", "canceled")
        ]
        assert hooks.sent == 1
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(run())


def test_a_client_that_leaves_before_its_body_is_there() -> None:
    async def run() -> None:
        connection, hooks = Connection(), Errors()
        connection._events = [
            {"type": "http.disconnect"},
            {"type": "http.request", "body": b"\x0a", "more_body": True},
        ]
        app = twirp_asgi(AsyncRooms(), hooks=[hooks])
        await app(asgi_scope(), connection.receive, connection.send)

        [error] = hooks.seen
        assert error.code == "canceled"
        assert error.msg == "failed to read request: context canceled"

    asyncio.run(run())


@pytest.mark.parametrize(
    ("name", "codes"), [("r", ["unknown"]), ("none", ["internal"])]
)
def test_an_answer_that_cannot_be_sent(name: str, codes: list[str]) -> None:
    async def run() -> None:
        async def send(_: object) -> None:
            raise OSError("the client has left")

        hooks = Errors()
        connection = Connection(CreateRoomRequest(name=name).to_bytes())
        app = twirp_asgi(AsyncRooms(), hooks=[hooks])
        await app(asgi_scope(), connection.receive, send)

        assert [each.code for each in hooks.seen] == codes
        assert hooks.sent == 1

    asyncio.run(run())


def test_a_quick_call_makes_no_task_that_waits_for_its_client() -> None:
    async def run() -> None:
        app, connection = twirp_asgi(AsyncRooms()), Connection()
        await app(asgi_scope(), connection.receive, connection.send)

        assert connection.sent[0]["status"] == 200
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(run())


def test_a_slow_call_leaves_no_task() -> None:
    async def run() -> None:
        async def method(*_: object) -> Room:
            await asyncio.sleep(0.2)
            return Room()

        app, connection = twirp_asgi(Doing(method)), Connection()
        await app(asgi_scope(), connection.receive, connection.send)
        await asyncio.sleep(0)

        assert connection.sent[0]["status"] == 200
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(run())


def test_many_calls_leave_nothing() -> None:
    async def run() -> None:
        app = twirp_asgi(Rooms(), limits=TwirpLimits(threads=3, timeout=30))
        bodies = [CreateRoomRequest(name=each).to_bytes() for each in ("r", "taken")]
        for _ in range(3):
            asked = [ask_asgi(app, body=bodies[at % 2]) for at in range(20)]
            answers = await asyncio.gather(*asked)
            assert {each.status for each in answers} == {200, 409}
        await app.aclose()

    gc.collect()
    before = [*map(type, gc.get_objects())].count(CreateRoomRequest)  # other tests'
    gc.disable()  # so that cycles are seen, too
    try:
        asyncio.run(run())
        assert [*map(type, gc.get_objects())].count(CreateRoomRequest) == before
    finally:
        gc.enable()


def test_several_loops_in_turn() -> None:
    app = twirp_asgi(Rooms(), limits=TwirpLimits(timeout=30))
    for _ in range(3):
        assert asyncio.run(ask_asgi(app)).status == 200
    assert len(app._clocks._by_loop) == 1


def test_two_loops_at_once() -> None:
    both = threading.Barrier(2, timeout=20)

    async def method(*_: object) -> Room:
        both.wait()
        await asyncio.sleep(60)
        raise AssertionError

    app = twirp_asgi(Doing(method), limits=TwirpLimits(timeout=0.2))
    answers: list[Any] = []
    threads = [
        threading.Thread(target=lambda: answers.append(asyncio.run(ask_asgi(app))))
        for _ in range(2)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    assert [each.json["code"] for each in answers] == ["deadline_exceeded"] * 2


def test_plain_functions_run_in_threads_with_the_context_variables() -> None:
    seen: list[Any] = []

    def method(*_: object) -> Room:
        seen.append((VARIABLE.get(), threading.current_thread()))
        VARIABLE.set("changed")
        return Room()

    async def run() -> None:
        VARIABLE.set("mine")
        app = twirp_asgi(Doing(method))
        assert (await ask_asgi(app)).status == 200
        assert VARIABLE.get() == "mine"
        await app.aclose()

    asyncio.run(run())
    [(value, thread)] = seen
    assert value == "mine"
    assert thread is not threading.main_thread()
    assert thread.daemon
    thread.join(20)
    assert not thread.is_alive()


@pytest.mark.parametrize(
    "error", [SystemExit(3), KeyboardInterrupt(), StopIteration(), ValueError("oh")]
)
def test_what_a_plain_function_raises_stays_its_own(
    error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    def method(*_: object) -> Room:
        raise error

    answer = asyncio.run(ask_asgi(twirp_asgi(Doing(method))))

    assert answer.json == {"code": "internal", "msg": "internal service error"}
    assert type(error).__name__ in caplog.text


def test_no_more_threads_than_allowed() -> None:
    names: set[str] = set()
    most: list[int] = []
    running: set[object] = set()

    def method(*_: object) -> Room:
        names.add(str(threading.get_ident()))
        mine = object()
        running.add(mine)
        most.append(len(running))
        threading.Event().wait(0.01)
        running.discard(mine)
        return Room()

    async def run() -> None:
        app = twirp_asgi(Doing(method), limits=TwirpLimits(threads=2))
        answers = await asyncio.gather(*(ask_asgi(app) for _ in range(12)))
        assert all(each.status == 200 for each in answers)
        await app.aclose()

    asyncio.run(run())
    assert len(names) == 2
    assert max(most) <= 2


def test_a_function_that_waits_for_a_thread_is_not_called_after_its_time() -> None:
    called: list[str] = []
    goes_on = threading.Event()

    def method(request: CreateRoomRequest, _: object) -> Room:
        called.append(request.name)
        goes_on.wait(20)
        return Room()

    async def run() -> None:
        limits = TwirpLimits(threads=1, timeout=1)  # which a thread has to begin in
        app = twirp_asgi(Doing(method), limits=limits)
        bodies = [CreateRoomRequest(name=each).to_bytes() for each in ("a", "b")]
        answers = await asyncio.gather(*(ask_asgi(app, body=each) for each in bodies))
        goes_on.set()
        await app.aclose()

        assert {each.json["code"] for each in answers} == {"deadline_exceeded"}

    asyncio.run(run())
    assert called == ["a"]


class Server:
    """The side of a server in a lifespan."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.answers: list[str] = []
        self.events: asyncio.Queue[str] = asyncio.Queue()

    async def receive(self) -> Any:
        return {"type": await self.events.get()}

    async def send(self, event: Any) -> None:
        self.answers.append(event["type"])

    async def run(self, *events: str) -> None:
        for each in events:
            self.events.put_nowait(f"lifespan.{each}")
        scope = {"type": "lifespan", "state": {}}
        await asyncio.wait_for(self.app(scope, self.receive, self.send), 20)


COMPLETE = ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_shutdown_lets_calls_end_and_takes_no_more() -> None:
    async def run() -> None:
        begun, goes_on = asyncio.Event(), asyncio.Event()

        async def method(*_: object) -> Room:
            begun.set()
            await goes_on.wait()
            return Room(name="done")

        app = twirp_asgi(Doing(method))
        call = asyncio.ensure_future(ask_asgi(app))
        await begun.wait()
        server = Server(app)
        ending = asyncio.ensure_future(server.run("startup", "shutdown"))
        await asyncio.sleep(0.05)
        late = await ask_asgi(app)
        assert not ending.done()
        goes_on.set()
        await ending

        assert server.answers == COMPLETE
        assert late.json == {
            "code": "unavailable",
            "msg": "the server is shutting down",
        }
        assert Room.from_bytes((await call).body).name == "done"
        await Server(app).run("startup", "shutdown")

    asyncio.run(run())


def test_a_server_may_start_again() -> None:
    async def run() -> None:
        app = twirp_asgi(AsyncRooms())
        await Server(app).run("startup", "shutdown")
        assert (await ask_asgi(app)).status == 503
        server = Server(app)
        running = asyncio.ensure_future(server.run("startup"))
        await asyncio.sleep(0.01)
        assert (await ask_asgi(app)).status == 200
        server.events.put_nowait("lifespan.shutdown")
        await running
        assert server.answers == COMPLETE

    asyncio.run(run())


def test_the_grace_of_a_shutdown_ends() -> None:
    async def run() -> None:
        app = twirp_asgi(
            Doing(lambda *_: asyncio.sleep(60)), limits=TwirpLimits(grace=0.1)
        )
        call = asyncio.ensure_future(ask_asgi(app))
        await asyncio.sleep(0.05)
        await asyncio.wait_for(app.aclose(), 20)
        answer = await call

        assert answer.json == {
            "code": "unavailable",
            "msg": "the server is shutting down",
        }

    asyncio.run(run())


class Other:
    """Another application, which says what it got."""

    def __init__(self, lifespan: str = "answers") -> None:
        self.seen: list[str] = []
        self.lifespan = lifespan

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.seen.append(scope["type"])
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            start = {"type": "http.response.start", "status": 418, "headers": []}
            start["headers"] = [(b"content-length", b"5")]
            await send(start)
            await send({"type": "http.response.body", "body": b"other"})

    async def _live(self, receive: Any, send: Any) -> None:
        if self.lifespan == "refuses":
            raise ValueError("no lifespan here")
        if self.lifespan == "ignores":
            return
        self.seen.append((await receive())["type"])
        if self.lifespan == "breaks":
            raise ValueError("cannot start")
        await send({"type": "lifespan.startup.complete"})
        self.seen.append((await receive())["type"])
        await send({"type": "lifespan.shutdown.complete"})


@pytest.mark.parametrize("path", ["/", "/twirpx", "/other/twirp/x", "/TWIRP/x"])
def test_another_application_gets_the_rest(path: str) -> None:
    app = twirp_asgi(AsyncRooms(), fallback=Other())

    assert asyncio.run(ask_asgi(app, path)).body == b"other"
    assert asyncio.run(ask_asgi(app)).status == 200


@pytest.mark.parametrize("path", ["/twirp", "/twirp/", "/twirp/other.Service/X"])
def test_all_below_the_prefix_is_ours(path: str) -> None:
    app = twirp_asgi(AsyncRooms(), fallback=Other())

    assert asyncio.run(ask_asgi(app, path)).json["code"] == "bad_route"


def test_without_a_prefix_what_names_a_service_is_ours() -> None:
    app = twirp_asgi(AsyncRooms(), prefix="", fallback=Other())
    ask = lambda path: asyncio.run(ask_asgi(app, path))  # noqa: E731

    assert ask("/livekit.RoomService/CreateRoom").status == 200
    assert ask("/livekit.RoomService/Nothing").json["code"] == "bad_route"
    assert ask("/other").body == b"other"


@pytest.mark.parametrize("kind", ["answers", "refuses", "ignores"])
def test_a_lifespan_is_for_both(kind: str) -> None:
    async def run() -> None:
        other = Other(kind)
        app = twirp_asgi(AsyncRooms(), fallback=other)
        server = Server(app)
        await server.run("startup", "shutdown")

        assert server.answers == COMPLETE
        events = ["lifespan.startup", "lifespan.shutdown"] if kind == "answers" else []
        assert other.seen == ["lifespan", *events]
        assert (await ask_asgi(app)).json["code"] == "unavailable"

    asyncio.run(run())


def test_an_application_that_cannot_start_says_so() -> None:
    with pytest.raises(ValueError, match="cannot start"):
        asyncio.run(
            Server(twirp_asgi(AsyncRooms(), fallback=Other("breaks"))).run("startup")
        )


def test_web_sockets_are_for_the_other_application() -> None:
    other = Other()
    scope = {"type": "websocket", "path": PATH}

    asyncio.run(twirp_asgi(AsyncRooms(), fallback=other)(scope, None, None))  # type: ignore[arg-type]
    assert other.seen == ["websocket"]
    with pytest.raises(ValueError, match="not by websocket"):
        asyncio.run(twirp_asgi(AsyncRooms())(scope, None, None))  # type: ignore[arg-type]


def test_a_head_request_has_no_body(serving: Serving) -> None:
    from .serving import ask_wsgi

    app = serving.app()
    if serving.is_async:
        answer = asyncio.run(ask_asgi(app, method="HEAD"))
    else:
        answer = ask_wsgi(app, method="HEAD", body=b"")

    assert answer.status == 404
    assert int(answer.headers["content-length"]) > 0
    assert answer.body == b""


def test_what_it_serves_is_in_its_repr(serving: Serving) -> None:
    assert "livekit.RoomService" in repr(serving.app())
