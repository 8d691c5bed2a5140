"""Where transports may be made and used, what they close, and what is left when they end."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from lkproto import http
from lkproto.http import Request, TransportError

from .kinds import ASYNC, WITH_SETTINGS, is_there, kinds
from .server import OK, RawServer, answer

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


# What each kind leaves open if nobody closes it, at the end of a process and sooner.
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
    assert outcome(name, close) == ("done\n", "", 0)


# A library's thread that wakes the loop takes its time to return; the program goes on, and ends.
SLOW = """
import asyncio, threading, time

wake = asyncio.BaseEventLoop.call_soon_threadsafe
def slow(self, *args, **settings):
    handle = wake(self, *args, **settings)
    if threading.current_thread() is not threading.main_thread():
        for _ in range(300):
            time.sleep(0.0005)
    return handle
asyncio.BaseEventLoop.call_soon_threadsafe = slow
"""


@pytest.mark.slow
@pytest.mark.parametrize("close", [False, True])
@pytest.mark.parametrize("name", kinds("stdlib-async", "pyreqwest-async"))
def test_a_process_ends_after_what_wakes_its_loop(name: str, close: bool) -> None:
    assert outcome(name, close, before=SLOW) == ("done\n", "", 0)


def outcome(name: str, close: bool, before: str = "") -> tuple[str, str, int]:
    """What the program above prints, to both streams, and how it exits."""
    with RawServer(answer(OK)) as server:
        code = FORGOTTEN.format(url=server.url(), made=CLASSES[name], close=close)
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", before + code],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    return done.stdout, done.stderr, done.returncode
