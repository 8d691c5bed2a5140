"""Connections that are kept, and closed by the peer when it likes: idle, or in a race."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable

import pytest
from lkproto._runtime.http import _pool, _turn, _wire
from lkproto.http import Request, TransportError

from tests.support import until

from .kinds import OWN, WITH_SETTINGS, Client, kinds
from .server import OK, Peer, RawServer, answer

own = pytest.mark.parametrize("kind", kinds(*OWN), indirect=True)
LATE = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


def ask(client: Client, server: RawServer, body: bytes = b"x") -> bytes:
    return client.send(Request("POST", server.url(), {}, body, timeout=30)).body


@pytest.mark.parametrize(
    "end",
    [lambda peer: peer.reset(), lambda peer: peer.sock.shutdown(socket.SHUT_WR)],
    ids=["reset", "half-closed"],
)
def test_an_idle_connection_that_the_peer_has_ended_is_replaced(
    client: Client, end: Callable[[Peer], None]
) -> None:
    assert replaced(client, end)


# aiohttp looks at nothing that came in the meantime.
@pytest.mark.parametrize("kind", kinds(*WITH_SETTINGS), indirect=True)
@pytest.mark.parametrize("said", [LATE, OK], ids=["408", "200"])
def test_an_idle_connection_on_which_the_peer_said_something_is_replaced(
    client: Client, said: bytes
) -> None:
    assert replaced(client, lambda peer: peer.send(said))


def replaced(client: Client, end: Callable[[Peer], None]) -> bool:
    """Whether each connection has one request, if the peer does something after it."""
    ended = threading.Event()

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(OK)
        time.sleep(0.02)
        end(peer)
        ended.set()
        peer.sock.settimeout(30)
        assert not peer.sock.recv(1), "a request came after the end"

    with RawServer(script) as server:
        for _ in range(3):
            assert ask(client, server) == b"ok"
            assert ended.wait(30)
            ended.clear()
            rest(client)
    return (server.connections, server.errors) == (3, [])


def rest(client: Client) -> None:
    """Let the end arrive, and an event loop see it."""
    runner = getattr(client, "runner", None)
    time.sleep(0.05)
    if runner:
        runner.run(asyncio.sleep(0.01))


def test_requests_that_race_with_the_end_arrive_once_at_most(client: Client) -> None:
    def hasty(peer: Peer) -> None:
        for _ in range(1 + peer.number % 2):
            if not peer.request():
                return
            peer.send(OK)

    def outcome(body: bytes) -> str:
        try:
            return ask(client, server, body).decode()
        except TransportError as error:
            return error.reason

    with RawServer(hasty) as server:
        found = {body: outcome(body) for body in (b"%d" % at for at in range(150))}
        arrived = [each.body for each in server.asked]

    assert len(arrived) == len({*arrived})
    assert {*found.values()} <= {"ok", "closed"}
    assert {body for body in found if found[body] == "ok"} <= {*arrived}
    assert [*found.values()].count("ok") > 75


def reset_after_one(peer: Peer) -> None:
    peer.request()
    peer.send(OK)
    peer.reset()


@own
def test_what_a_lost_connection_takes_nothing_of_goes_out_on_a_new_one(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_wire.Wire, "is_stale", lambda _: False)
    with RawServer(reset_after_one) as server:
        for number in range(3):
            assert ask(client, server, b"%d" % number) == b"ok"
            until(lambda number=number: server.ended > number)

        assert [each.body for each in server.asked] == [b"0", b"1", b"2"]


@own
def test_a_new_connection_that_takes_nothing_is_an_error_that_says_so(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: object, data: bytes) -> None:
        raise _wire.NothingSentError

    monkeypatch.setattr(_wire.Wire, "send", refused)
    monkeypatch.setattr(_turn.Turn, "_send", refused)
    with RawServer(answer(OK)) as server:
        with pytest.raises(TransportError) as caught:
            ask(client, server)

        assert (caught.value.reason, caught.value.sent) == ("closed", False)
        assert server.asked == []


@own
def test_a_connection_is_not_used_after_a_minute(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RawServer(answer(OK)) as server:
        ask(client, server)
        monkeypatch.setattr(_pool, "monotonic", lambda: time.monotonic() + 61)
        ask(client, server)

        assert [each.connection for each in server.asked] == [0, 1]


@own
def test_idle_connections_are_limited(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_pool, "_MAX_IDLE", 0)
    with RawServer(answer(OK)) as server:
        for _ in range(3):
            ask(client, server)

        assert server.connections == 3
