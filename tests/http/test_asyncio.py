"""What is of asyncio alone: several loops, many requests at once, and requests that are cancelled."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from lkproto import http
from lkproto._runtime.http import _pool, _stdlib_async
from lkproto.http import Request, TransportError

from .kinds import ASYNC, keeps, kinds
from .server import OK, Peer, RawServer, answer

PART = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"
async_kinds = pytest.mark.parametrize("name", kinds(*ASYNC))


@async_kinds
def test_loops_in_turn_share_a_transport(name: str) -> None:
    transport = ASYNC[name]()  # outside of any loop

    async def several() -> list[bytes]:
        sending = (transport.send(Request("POST", server.url())) for _ in range(40))
        return [each.body for each in await asyncio.gather(*sending)]

    with RawServer(answer(OK)) as server:
        for _ in range(2):
            assert asyncio.run(several()) == [b"ok"] * 40
        asyncio.run(transport.aclose())


@async_kinds
def test_threads_with_loops_of_their_own_share_a_transport(name: str) -> None:
    transport = ASYNC[name]()

    async def several(thread: int) -> bool:
        bodies = [b"%d-%d" % (thread, number) for number in range(20)]
        sending = [
            transport.send(Request("POST", server.url(), {}, body, timeout=60))
            for body in bodies
        ]
        return [each.body for each in await asyncio.gather(*sending)] == bodies

    def echo(peer: Peer) -> None:
        while asked := peer.request():
            length = b"Content-Length: %d\r\n\r\n" % len(asked.body)
            peer.send(b"HTTP/1.1 200 OK\r\n" + length + asked.body)

    with RawServer(echo) as server, ThreadPoolExecutor(16) as threads:
        assert all(threads.map(lambda at: asyncio.run(several(at)), range(16)))
        asyncio.run(transport.aclose())


@async_kinds
def test_a_loop_uses_the_connection_of_an_earlier_one(name: str) -> None:
    transport = ASYNC[name]()

    async def ask() -> bytes:
        body: bytes = (await transport.send(Request("POST", server.url()))).body
        return body

    with RawServer(answer(OK)) as server:
        assert [asyncio.run(ask()) for _ in range(5)] == [b"ok"] * 5
        assert keeps(name, server)
        asyncio.run(transport.aclose())


@async_kinds
def test_many_requests_are_in_flight_at_once(name: str) -> None:
    transport, number = ASYNC[name](), 150
    all_are_there = threading.Barrier(number)

    def script(peer: Peer) -> None:
        peer.request()
        all_are_there.wait(60)
        peer.send(OK)

    async def several() -> list[bytes]:
        url = server.url()
        sending = [transport.send(Request("POST", url, timeout=60)) for _ in range(150)]
        bodies = [each.body for each in await asyncio.gather(*sending)]
        await transport.aclose()
        return bodies

    with RawServer(script) as server:
        assert asyncio.run(several()) == [b"ok"] * number


class WithoutReaders(asyncio.SelectorEventLoop):
    """A loop that watches no sockets, as that of Windows."""

    add_reader = asyncio.AbstractEventLoop.add_reader

    # What it needs for its own pipe, which it has from its base.
    def _add_reader(self, *args: Any) -> Any:
        return super()._add_reader(*args)  # type: ignore[misc]


def test_a_loop_that_watches_no_sockets_is_served_by_threads() -> None:
    transport = http.StdlibAsyncTransport()

    async def ask() -> tuple[list[bytes], str]:
        url = server.url()
        sending = [transport.send(Request("POST", url)) for _ in range(10)]
        bodies = [each.body for each in await asyncio.gather(*sending)]
        with pytest.raises(TransportError) as caught:
            await transport.send(Request("POST", "http://127.0.0.1:1/"))
        await transport.aclose()
        return bodies, caught.value.reason

    with (
        RawServer(answer(OK)) as server,
        asyncio.Runner(loop_factory=WithoutReaders) as runner,
    ):
        assert runner.run(ask()) == ([b"ok"] * 10, "connect")


LATER = ("stdlib-async", "pyreqwest-async", "aiohttp")


def closed_after_cancelling(client: Any, timeout: float, *pieces: bytes) -> bool:
    """Whether the connection of a cancelled request ends long before its timeout."""
    closed = threading.Event()

    def script(peer: Peer) -> None:
        peer.request()
        for piece in pieces:
            peer.send(piece)
        if peer.wait_for_close():
            closed.set()

    async def run(url: str) -> bool:
        request = Request("POST", url, timeout=timeout)
        task = asyncio.create_task(client.transport.send(request))
        while not server.asked:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await asyncio.to_thread(closed.wait, 15)

    with RawServer(script) as server:
        found: bool = client.runner.run(run(server.url()))
    return found


@pytest.mark.parametrize("kind", kinds(*LATER), indirect=True)
def test_a_request_cancelled_within_its_answer_ends_its_connection(client: Any) -> None:
    assert closed_after_cancelling(client, 60, PART)


@pytest.mark.parametrize("kind", kinds(*LATER), indirect=True)
def test_a_request_cancelled_before_its_answer_ends_its_connection(
    kind: str, client: Any
) -> None:
    # That of pyreqwest goes on without us, until its timeout.
    assert closed_after_cancelling(client, 0.5 if kind == "pyreqwest-async" else 60)


async def cancelled(sending: Any, until: Callable[[], bool]) -> None:
    """Begin a request, and cancel it once something has happened."""
    task = asyncio.ensure_future(sending)
    while not until():
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 20)


def test_a_request_cancelled_in_its_handshake_ends_its_connection() -> None:
    begun, ended = threading.Event(), threading.Event()

    def script(peer: Peer) -> None:
        peer.sock.recv(1)
        begun.set()
        with contextlib.suppress(OSError):
            peer.sock.settimeout(20)
            while peer.sock.recv(65536):
                pass
        ended.set()

    transport = http.StdlibAsyncTransport()
    with RawServer(script) as server:
        url = server.url().replace("http:", "https:")
        sending = transport.send(Request("POST", url, timeout=30))
        asyncio.run(cancelled(sending, begun.is_set))
        assert ended.wait(10)
    asyncio.run(transport.aclose())


def test_a_request_cancelled_while_connecting_ends_at_once() -> None:
    # A full queue of connections: those that come now have to wait.
    transport = http.StdlibAsyncTransport()
    with contextlib.ExitStack() as stack:
        listener = socket.create_server(("127.0.0.1", 0), backlog=0)
        address = stack.enter_context(listener).getsockname()
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(address)
        at = iter(range(5))
        url = f"http://127.0.0.1:{address[1]}/"
        sending = transport.send(Request("POST", url, timeout=60))
        begin = time.monotonic()
        asyncio.run(cancelled(sending, lambda: next(at, None) is None))
        asyncio.run(transport.aclose())
        _wait_for_threads()
        assert time.monotonic() - begin < 40


def _wait_for_threads() -> None:
    for thread in threading.enumerate():
        if thread.name.startswith("lkproto-http"):
            thread.join(50)


def test_a_connection_that_is_there_too_late_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opening, given_up, closed = (threading.Event() for _ in range(3))
    opened = _pool.Pool.opened

    def late(pool: _pool.Pool, job: Any, _: object) -> Any:
        wire = opened(pool, job, None)
        opening.set()
        given_up.wait(30)
        return wire

    def script(peer: Peer) -> None:
        assert peer.request() is None
        closed.set()

    monkeypatch.setattr(_pool.Pool, "opened", late)
    transport = http.StdlibAsyncTransport()
    with RawServer(script) as server:
        sending = transport.send(Request("POST", server.url(), timeout=30))
        asyncio.run(cancelled(sending, opening.is_set))
        given_up.set()
        assert closed.wait(10)
    asyncio.run(transport.aclose())
    assert server.errors == []


def test_the_timeout_counts_while_others_connect(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_stdlib_async, "_THREADS", 1)
    over = threading.Event()
    monkeypatch.setattr(_pool.Pool, "opened", lambda *_: over.wait(60))
    transport = http.StdlibAsyncTransport()

    async def second() -> TransportError:
        url = "http://127.0.0.1:1/"
        first = asyncio.ensure_future(transport.send(Request("GET", url, timeout=30)))
        await asyncio.sleep(0)
        with pytest.raises(TransportError) as caught:
            await transport.send(Request("GET", url, timeout=0.2))
        assert not first.done()
        first.cancel()
        over.set()
        await transport.aclose()
        return caught.value

    error = asyncio.run(second())
    assert (error.reason, error.sent) == ("timeout", False)
