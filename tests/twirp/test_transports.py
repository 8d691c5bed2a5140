"""How clients use transports: whose they are, when they are made, from where they are used."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from lkproto import TwirpCode, TwirpError
from lkproto.http import AsyncScriptedTransport, ScriptedTransport
from lkproto.livekit import (
    AsyncEgressClient,
    AsyncRoomServiceClient,
    EgressClient,
    Room,
    RoomServiceClient,
)

from .callers import ROOM, URL, answered

# Made at import, outside of any loop.
EARLY = AsyncRoomServiceClient(URL)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/protobuf")
        self.send_header("Content-Length", str(len(ROOM)))
        self.end_headers()
        self.wfile.write(ROOM)

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


ANSWER = Room(sid="RM_1", name="r")


def test_a_given_transport_is_shared_and_never_closed() -> None:
    transport = ScriptedTransport(answered(b""))
    with RoomServiceClient(URL, transport=transport) as rooms:
        rooms.list_rooms()
    with EgressClient(URL, transport=transport) as egress:
        egress.list_egress()

    assert len(transport.requests) == 2
    assert not transport.closed


def test_a_given_async_transport_is_shared_and_never_closed() -> None:
    transport = AsyncScriptedTransport(answered(b""))

    async def main() -> None:
        async with AsyncRoomServiceClient(URL, transport=transport) as rooms:
            await rooms.list_rooms()
        async with AsyncEgressClient(URL, transport=transport) as egress:
            await egress.list_egress()

    asyncio.run(main())
    assert len(transport.requests) == 2
    assert not transport.closed


def test_a_transport_of_the_other_kind_is_refused() -> None:
    wrong: Any = AsyncScriptedTransport()
    with pytest.raises(TypeError, match="takes a sync transport"):
        RoomServiceClient(URL, transport=wrong)
    wrong = ScriptedTransport()
    with pytest.raises(TypeError, match="takes an async transport"):
        AsyncRoomServiceClient(URL, transport=wrong)
    wrong = object()
    with pytest.raises(TypeError, match="send"):
        RoomServiceClient(URL, transport=wrong)


def test_the_own_transport_is_made_at_the_first_call_and_closed_by_with(
    url: str,
) -> None:
    client = RoomServiceClient(url)
    assert client._transport is None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with client:
            assert client.create_room() == ANSWER
            assert client._transport is not None
        assert client._transport is None
        assert client.create_room() == ANSWER  # it can be used again
        del client
        gc.collect()


def test_a_client_is_used_from_several_loops_in_turn(url: str) -> None:
    client = AsyncRoomServiceClient(url)

    async def twice() -> list[Room]:
        return await asyncio.gather(client.create_room(), client.create_room())

    assert asyncio.run(twice()) == [ANSWER, ANSWER]
    assert asyncio.run(twice()) == [ANSWER, ANSWER]


def test_async_to_sync_can_call_it(url: str) -> None:
    from asgiref.sync import async_to_sync

    client = AsyncRoomServiceClient(url)
    assert async_to_sync(client.create_room)() == ANSWER
    assert async_to_sync(client.create_room)() == ANSWER


def test_threads_share_a_client(url: str) -> None:
    with RoomServiceClient(url) as client, ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: client.create_room(), range(64)))

    assert found == [ANSWER] * 64


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_worker_uses_the_client_of_its_parent(url: str) -> None:
    client = RoomServiceClient(url)
    assert client.create_room() == ANSWER
    child = os.fork()
    if child == 0:
        done = client.create_room() == ANSWER
        os._exit(0 if done else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert client.create_room() == ANSWER


def test_nobody_there_is_unavailable() -> None:
    with pytest.raises(TwirpError) as caught:
        RoomServiceClient("http://127.0.0.1:9", timeout=5).create_room()

    assert caught.value.code is TwirpCode.UNAVAILABLE
    assert not caught.value.sent
    assert EARLY is not None


def test_a_cancelled_call_is_cancelled(url: str) -> None:
    async def hang(_: Any) -> Any:
        await asyncio.sleep(60)

    async def main() -> None:
        client = AsyncRoomServiceClient(URL, transport=AsyncScriptedTransport(hang))
        task = asyncio.create_task(client.create_room())
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
