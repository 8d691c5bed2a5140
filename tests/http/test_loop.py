"""The standard library's transport for asyncio: what happens on the loop, what takes a thread."""

from __future__ import annotations

import asyncio
import gzip
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from lkproto._runtime.http import _wire
from lkproto.http import Request, Response, StdlibAsyncTransport, TransportError

from .kinds import KINDS, Client
from .server import OK, Peer, RawServer, answer

LARGE = b"HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + b"x" * 3_000_000
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
INTERIM = b"HTTP/1.1 103 Early Hints\r\n\r\n"


@pytest.fixture
def client() -> Iterator[Client]:
    found = KINDS["stdlib-async"]()
    yield found
    found.close()


@pytest.fixture
def threads(client: Client, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of what was given to threads."""
    seen: list[str] = []
    original = StdlibAsyncTransport._in_thread

    def noted(self: Any, function: Callable[..., Any], *words: Any) -> Any:
        seen.append(function.__name__)
        return original(self, function, *words)

    monkeypatch.setattr(StdlibAsyncTransport, "_in_thread", noted)
    return seen


def ask(client: Client, server: RawServer, body: bytes = b"?") -> Response:
    return client.send(Request("POST", server.url(), {}, body, timeout=5))


def zipped(text: bytes) -> bytes:
    body = gzip.compress(text)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


@pytest.mark.parametrize("sent", [OK, LARGE, zipped(b"ok" * 9)])
def test_only_a_new_connection_takes_a_thread(
    client: Client, threads: list[str], sent: bytes
) -> None:
    with RawServer(answer(sent)) as server:
        found = [ask(client, server).body for _ in range(3)]

    assert threads == ["_load", "_opened"]
    assert len({*found}) == 1
    assert [each.connection for each in server.asked] == [0, 0, 0]


@pytest.mark.parametrize("sent", [CHUNKED, INTERIM + OK, OK[:10] + b"\0" + OK[10:]])
def test_an_answer_that_is_not_simple_is_received_in_a_thread_or_refused(
    client: Client, threads: list[str], sent: bytes
) -> None:
    """The last one is not valid: a status line with a zero byte."""
    with RawServer(answer(sent)) as server:
        if sent.endswith(OK) or sent is CHUNKED:
            assert [ask(client, server).body for _ in range(2)] == [b"ok", b"ok"]
            assert threads == ["_load", "_opened", "_finished", "_finished"]
        else:
            with pytest.raises(TransportError, match="not valid HTTP"):
                ask(client, server)


def test_what_a_connection_does_not_take_at_once_is_sent_in_a_thread(
    client: Client, threads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        _wire.Wire, "send_now", lambda wire, data: wire.sock.send(data[:20])
    )
    with RawServer(answer(OK)) as server:
        assert [ask(client, server).body for _ in range(2)] == [b"ok", b"ok"]

    assert threads == ["_load", "_opened", "_finished", "_finished"]
    assert [each.body for each in server.asked] == [b"?", b"?"]


def test_a_large_request_is_sent_whole(client: Client) -> None:
    body = bytes(range(256)) * (1 << 14)
    with RawServer(answer(OK)) as server:
        assert [ask(client, server, body).body for _ in range(2)] == [b"ok", b"ok"]

    assert [each.body == body for each in server.asked] == [True, True]


def test_a_loop_that_cannot_wait_for_sockets_waits_in_threads(
    client: Any, threads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unable(*_: object) -> None:
        raise NotImplementedError

    monkeypatch.setattr(client.runner.get_loop(), "add_reader", unable)
    with RawServer(answer(OK)) as server:
        assert [ask(client, server).body for _ in range(2)] == [b"ok", b"ok"]

    assert threads == ["_load", "_opened", "_finished", "_finished"]


def test_more_requests_wait_for_their_answers_than_there_are_threads(
    client: Any,
) -> None:
    count = 80
    all_there = threading.Barrier(count, timeout=20)

    def together(peer: Peer) -> None:
        if peer.request():
            all_there.wait()
            peer.send(OK)

    async def at_once(url: str) -> list[Response]:
        transport, request = client.transport, Request("POST", url, {}, b"?", 20)
        return await asyncio.gather(*(transport.send(request) for _ in range(count)))

    with RawServer(together) as server:
        found = client.runner.run(at_once(server.url()))

    assert [each.body for each in found] == [b"ok"] * count


def test_a_request_cancelled_on_a_kept_connection_ends_it(client: Any) -> None:
    closed: list[bool] = []

    def slow(peer: Peer) -> None:
        if peer.request():
            peer.send(OK)
            peer.request()
            closed.append(peer.wait_for_close())

    async def cancelled(url: str) -> None:
        request = Request("POST", url, {}, b"?", 20)
        await client.transport.send(request)
        task = asyncio.ensure_future(client.transport.send(request))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        while not closed:
            await asyncio.sleep(0.01)

    with RawServer(slow) as server:
        client.runner.run(asyncio.wait_for(cancelled(server.url()), 5))

    assert closed == [True]


def test_a_kept_connection_is_waited_for_no_longer_than_the_timeout(
    client: Client,
) -> None:
    def silent(peer: Peer) -> None:
        peer.request()
        peer.send(OK)
        peer.request()
        peer.send(OK[:-1])
        peer.wait_for_close()

    with RawServer(silent) as server:
        ask(client, server)
        with pytest.raises(TransportError, match="in time") as caught:
            client.send(Request("POST", server.url(), {}, b"?", timeout=0.2))

    error = caught.value
    assert (error.reason, error.sent, error.status) == ("timeout", True, 200)
