"""Where transports may be made and used, what they close, and what is left when they end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from lkproto import http
from lkproto.http import Request, TransportError

from .kinds import WITH_SETTINGS, is_there, kinds
from .server import OK, Peer, RawServer, answer

ASYNC: dict[str, Callable[[], Any]] = {
    "stdlib-async": http.StdlibAsyncTransport,
    "pyreqwest-async": http.PyreqwestAsyncTransport,
}
async_kinds = pytest.mark.parametrize("name", kinds(*ASYNC))


@async_kinds
def test_async_to_sync_may_send(name: str) -> None:
    asgiref = pytest.importorskip("asgiref.sync", reason="asgiref is not installed")
    transport = ASYNC[name]()  # at import, as it were

    def ask() -> bytes:
        request = Request("POST", server.url(), {}, b"x", timeout=30)
        body: bytes = asgiref.async_to_sync(transport.send)(request).body
        return body

    async def within_a_loop() -> bytes:
        body: bytes = await asgiref.sync_to_async(ask)()
        return body

    with RawServer(answer(OK)) as server:
        assert [ask(), ask()] == [b"ok"] * 2
        assert asyncio.run(within_a_loop()) == b"ok"
        with ThreadPoolExecutor(4) as threads:
            assert [*threads.map(lambda _: ask(), range(20))] == [b"ok"] * 20
        asgiref.async_to_sync(transport.aclose)()


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


@pytest.mark.skipif(not is_there("aiohttp"), reason="aiohttp is not installed")
def test_a_session_that_was_given_stays_open() -> None:
    import aiohttp

    async def run() -> None:
        async with aiohttp.ClientSession() as session:
            transport = http.AiohttpTransport(session)
            await transport.send(Request("POST", server.url()))
            await transport.aclose()
            assert not session.closed
            await transport.send(Request("POST", server.url()))
            async with session.post(server.url()) as response:
                assert response.status == 200
        with pytest.raises(TransportError) as caught:
            await transport.send(Request("POST", server.url()))
        assert (caught.value.reason, caught.value.sent) == ("closed", False)

    with RawServer(answer(OK)) as server:
        asyncio.run(run())
        assert server.connections == 1


# What each kind leaves behind if nobody closes it, at the end of a process and before.
FORGOTTEN = """
import asyncio, gc
from lkproto.http import *

url = {url!r}
def request():
    return Request("POST", url, {{}}, b"x", timeout=30)

async def ask(transport):
    assert (await transport.send(request())).body == b"ok"

at_import = {made}
for transport in (at_import, {made}):
    if hasattr(transport, "aclose"):
        asyncio.run(ask(transport))
        asyncio.run(ask(transport))
    else:
        assert transport.send(request()).body == b"ok"
transport = None
gc.collect()
if {close}:
    if hasattr(at_import, "aclose"):
        asyncio.run(at_import.aclose())
    else:
        at_import.close()
print("done")
"""
CLASSES = {
    "stdlib": "StdlibTransport()",
    "stdlib-async": "StdlibAsyncTransport()",
    "pyreqwest": "PyreqwestTransport()",
    "pyreqwest-async": "PyreqwestAsyncTransport()",
}


@pytest.mark.slow
@pytest.mark.parametrize("close", [False, True])
@pytest.mark.parametrize("name", kinds(*WITH_SETTINGS))
def test_a_process_ends_without_a_warning(name: str, close: bool) -> None:
    with RawServer(answer(OK)) as server:
        code = FORGOTTEN.format(url=server.url(), made=CLASSES[name], close=close)
        done = subprocess.run(
            [sys.executable, "-X", "dev", "-W", "error", "-c", code],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert (done.stdout, done.stderr, done.returncode) == ("done\n", "", 0)


def cancelled(transport: Any, url: str, until: Callable[[], bool]) -> None:
    """Begin a request, and cancel it once something has happened."""

    async def run() -> None:
        task = asyncio.ensure_future(transport.send(Request("POST", url, timeout=30)))
        while not until():
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 20)

    asyncio.run(run())


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
        cancelled(transport, server.url().replace("http:", "https:"), begun.is_set)
        assert ended.wait(10)
    asyncio.run(transport.aclose())


def test_a_request_cancelled_while_connecting_is_not_sent() -> None:
    # A full queue of connections: those that come now have to wait.
    transport = http.StdlibAsyncTransport()
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(
            socket.create_server(("127.0.0.1", 0), backlog=0)
        )
        address = listener.getsockname()
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(address)
        at = iter(range(5))
        url = f"http://127.0.0.1:{address[1]}/"
        cancelled(transport, url, lambda: next(at, None) is None)
    asyncio.run(transport.aclose())
