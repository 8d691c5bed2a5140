"""Connections: kept, lost, slow, shared by threads, and in forked children."""

from __future__ import annotations

import asyncio
import gc
import os
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from lkproto.http import Request, TransportError

from tests.support import until

from .kinds import ASYNC, KINDS, OWN, Client, keeps, kinds
from .server import OK, Peer, RawServer, answer

FILES = Path("/proc/self/fd")
PART = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"


def failed(client: Client, request: Request) -> tuple[str, bool]:
    with pytest.raises(TransportError) as caught:
        client.send(request)
    return caught.value.reason, caught.value.sent


def status_or_error(client: Client, request: Request) -> object:
    try:
        return client.send(request).status
    except TransportError as error:
        return error.reason, error.sent


def test_a_connection_is_kept(client: Client, kind: str) -> None:
    with RawServer(answer(OK)) as server:
        for _ in range(5):
            client.send(Request("POST", server.url(), {}, b"x"))

        assert keeps(kind, server)


def chunked(peer: Peer) -> None:
    while peer.request():
        peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        peer.send(b"2\r\nok\r\n0\r\n\r\n")


def test_a_connection_is_kept_after_chunks(client: Client, kind: str) -> None:
    with RawServer(chunked) as server:
        for _ in range(5):
            assert client.send(Request("POST", server.url())).body == b"ok"

        assert keeps(kind, server)


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: x, Close\r\n",
        b"HTTP/1.0 200 OK\r\n",
    ],
)
def test_a_connection_is_not_kept_if_the_peer_says_so(
    client: Client, head: bytes
) -> None:
    def closing(peer: Peer) -> None:
        peer.request()
        peer.send(head + b"Content-Length: 2\r\n\r\nok")
        assert peer.wait_for_close()

    with RawServer(closing) as server:
        for _ in range(2):
            assert client.send(Request("POST", server.url())).body == b"ok"

        assert server.connections == 2
        assert server.errors == []


def test_what_follows_an_answer_is_not_taken_for_the_next(client: Client) -> None:
    with RawServer(answer(OK + OK.replace(b"ok", b"no"))) as server:
        for _ in range(2):
            assert client.send(Request("POST", server.url())).body == b"ok"
            time.sleep(0.05)


def test_a_connection_closed_while_idle_is_replaced(client: Client) -> None:
    def one_each(peer: Peer) -> None:
        peer.request()
        peer.send(OK)

    with RawServer(one_each) as server:
        for number in range(4):
            assert client.send(Request("POST", server.url(), {}, b"x")).body == b"ok"
            until(lambda number=number: server.ended > number)
            time.sleep(0.3)  # pyreqwest finds it out in a thread of its own

        assert len(server.asked) == 4


def test_a_request_that_may_have_arrived_is_not_repeated(client: Client) -> None:
    def second_fails(peer: Peer) -> None:
        peer.request()
        peer.send(OK)
        peer.request()  # read, so it may have been acted on

    with RawServer(second_fails) as server:
        assert client.send(Request("POST", server.url(), {}, b"1")).body == b"ok"
        assert failed(client, Request("POST", server.url(), {}, b"2")) == (
            "closed",
            True,
        )
        assert [each.body for each in server.asked] == [b"1", b"2"]


def test_a_reset_after_sending(client: Client) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.reset()

    with RawServer(script) as server:
        request = Request("POST", server.url(), {}, b"x" * 60, timeout=30)
        assert failed(client, request) == ("closed", True)
        assert server.connections == 1


def test_a_reset_within_the_answer(client: Client) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(PART)
        time.sleep(0.05)
        peer.reset()

    with RawServer(script) as server:
        assert failed(client, Request("POST", server.url())) == ("closed", True)


def test_a_reset_before_sending_may_not_claim_that_nothing_left(client: Client) -> None:
    with RawServer(lambda peer: peer.reset()) as server:
        found = failed(client, Request("POST", server.url(), {}, b"x", timeout=30))

    # Some resets are seen before the connection is there.
    assert found in [("closed", True), ("closed", False), ("connect", False)]


def test_nobody_listens(client: Client) -> None:
    with RawServer(answer(OK)) as server:
        url = server.url()

    assert failed(client, Request("POST", url)) == ("connect", False)


def test_an_answer_before_the_whole_request(client: Client) -> None:
    large = (
        b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno"
    )

    def impatient(peer: Peer) -> None:
        peer.sock.recv(1000)
        peer.send(large)
        time.sleep(0.2)

    with RawServer(impatient) as server:
        request = Request("POST", server.url(), {}, b"x" * 20_000_000, timeout=30)
        # The answer may be lost in the reset.
        assert status_or_error(client, request) in [413, ("closed", True)]


# --- time


def slowly(*pieces: bytes) -> Callable[[Peer], None]:
    def script(peer: Peer) -> None:
        peer.request()
        for piece in pieces:
            for byte in piece:
                peer.send(bytes([byte]))
                time.sleep(0.05)
        peer.wait_for_close()

    return script


SILENT = slowly()
SLOW_HEAD = slowly(b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 60)
SLOW_BODY = slowly(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + b"a" * 60)
SLOW_CHUNKS = slowly(
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * 9
)
INTERIM = slowly(b"HTTP/1.1 102 Processing\r\n\r\n" * 3)


def late(script: Callable[[Peer], None], head: bytes) -> Callable[[Peer], None]:
    """The same, but with the head at once."""

    def run(peer: Peer) -> None:
        peer.request()
        peer.send(head)
        for _ in range(60):
            peer.send(b"a")
            time.sleep(0.05)

    return run


@pytest.mark.parametrize(
    "script",
    [
        SILENT,
        SLOW_HEAD,
        INTERIM,
        late(SLOW_BODY, b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"),
        late(SLOW_BODY, b"HTTP/1.1 200 OK\r\n\r\n"),
        late(
            SLOW_CHUNKS, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n384\r\n"
        ),
    ],
    ids=["silent", "head", "interim", "body", "until-close", "chunk"],
)
def test_the_timeout_is_for_the_whole_exchange(
    client: Client, script: Callable[[Peer], None]
) -> None:
    with RawServer(script) as server:
        request = Request("POST", server.url(), {}, b"x", timeout=1.0)
        assert times_out(client, request, 0.95, 2.9)


def times_out(client: Client, request: Request, least: float, most: float) -> bool:
    """Whether there is no answer in time; a machine that rests may spoil a round."""
    for _ in range(4):
        begin = time.monotonic()
        found = failed(client, request)
        if least < time.monotonic() - begin < most:
            return found == ("timeout", True)
    return False


def test_each_request_has_its_own_timeout(client: Client) -> None:
    def script(peer: Peer) -> None:
        while peer.request():
            if len(server.asked) > 5:
                peer.wait_for_close()
                return
            time.sleep(0.3)
            peer.send(OK)

    with RawServer(script) as server:
        for timeout in (30, 30, 30, 90, 30):
            request = Request("POST", server.url(), timeout=timeout)
            assert client.send(request).body == b"ok"
        late = Request("POST", server.url(), timeout=1)
        assert failed(client, late) == ("timeout", True)


def test_a_peer_that_reads_nothing(client: Client) -> None:
    with RawServer(lambda _: time.sleep(4)) as server:
        request = Request("POST", server.url(), {}, b"x" * 30_000_000, timeout=1.5)
        assert times_out(client, request, 1.4, 3.9)


# --- threads, loops, forks


@pytest.mark.parametrize("kind", kinds("stdlib", "pyreqwest"), indirect=True)
def test_threads_share_a_transport(kind: str, client: Client) -> None:
    def echo(peer: Peer) -> None:
        while asked := peer.request():
            size = len(asked.body)
            peer.send(
                b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + asked.body
            )

    def exchange(number: int) -> bool:
        body = str(number).encode() * (number % 50)
        return client.send(Request("POST", server.url(), {}, body)).body == body

    with RawServer(echo) as server, ThreadPoolExecutor(16) as threads:
        assert all(threads.map(exchange, range(800)))

        assert kind != "stdlib" or server.connections <= 16


def in_child(work: Callable[[], object]) -> int:
    """The exit code of a forked child that does something, 255 if it hangs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # a process with threads
        pid = os.fork()
    if not pid:
        code = 1
        try:
            code = 0 if work() else 2
        finally:
            os._exit(code)
    end = time.monotonic() + 10
    while time.monotonic() < end:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    return 255


@pytest.mark.parametrize("kind", kinds("stdlib", "pyreqwest"), indirect=True)
def test_a_forked_child_has_connections_of_its_own(client: Client) -> None:
    def numbered(peer: Peer) -> None:
        while peer.request():
            peer.send(OK.replace(b"ok", b"%02d" % peer.number))

    def ask() -> bytes:
        return client.send(Request("POST", server.url(), timeout=30)).body

    with RawServer(numbered) as server:
        assert ask() == b"00"
        assert in_child(lambda: ask() == ask() == b"01") == 0
        assert ask() == b"00"
        assert in_child(lambda: ask() == b"02") == 0
        assert ask() == b"00"


@pytest.mark.parametrize("name", kinds(*ASYNC))
def test_a_forked_child_sends_in_a_loop_of_its_own(name: str) -> None:
    transport = ASYNC[name]()

    async def ask() -> bytes:
        body: bytes = (
            await transport.send(Request("POST", server.url(), timeout=30))
        ).body
        return body

    with RawServer(answer(OK)) as server:
        assert asyncio.run(ask()) == b"ok"
        assert in_child(lambda: asyncio.run(ask()) == b"ok") == 0
        assert asyncio.run(ask()) == b"ok"
        asyncio.run(transport.aclose())


# --- nothing is left open


@pytest.mark.parametrize("name", kinds(*OWN, "pyreqwest", "pyreqwest-async"))
def test_what_is_forgotten_is_closed_without_a_warning(name: str) -> None:
    with RawServer(answer(OK)) as server, warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        client = KINDS[name]()
        client.send(Request("POST", server.url()))
        client.transport.cycle = client.transport
        if hasattr(client, "runner"):
            client.runner.close()
        del client
        gc.collect()

    assert [str(each.message) for each in seen] == []


@pytest.mark.parametrize("kind", kinds(*OWN), indirect=True)
def test_failed_exchanges_leave_no_connection(client: Client) -> None:
    def open_files() -> int:
        return len([*FILES.iterdir()])

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(PART)

    if not FILES.is_dir():
        pytest.skip("the system does not list open files")
    with RawServer(script) as server:
        failed(client, Request("POST", server.url()))
        time.sleep(0.05)
        before = open_files()
        for _ in range(10):
            failed(client, Request("POST", server.url()))

        until(lambda: open_files() <= before + 1)
