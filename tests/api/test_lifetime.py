"""Where an API may be made and used, what it closes, and what is left when it ends."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from lkproto import TwirpError
from lkproto.api import AsyncLiveKitAPI, LiveKitAPI
from lkproto.http import AsyncScriptedTransport, ScriptedTransport
from lkproto.livekit import ListRoomsResponse

from tests.http.server import RawServer, answer

from .callers import KEY, SECRET, URL, answered, awaited

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/protobuf\r\nContent-Length: 0\r\n\r\n"
EMPTY = ListRoomsResponse()
# Made at import, outside of any loop.
EARLY = AsyncLiveKitAPI(URL, KEY, SECRET)


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer(answer(OK)) as found:
        yield found


def made(cls: Any, server: RawServer) -> Any:
    return cls(server.url(), KEY, SECRET, timeout=60)


@pytest.fixture(autouse=True)
def warnings_are_errors() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
        gc.collect()


def test_services_share_the_connections_that_close_ends(server: RawServer) -> None:
    api: LiveKitAPI = made(LiveKitAPI, server)
    api.room.list_rooms()
    api.egress.list_egress()
    api.sip.list_sip_inbound_trunk()
    assert server.connections == 1

    api.close()
    api.close()
    assert api.room.list_rooms() == EMPTY  # it can be used again, as other clients
    assert server.connections == 2
    api.close()


def test_with_closes_and_one_that_was_not_used_has_nothing_to_close(
    server: RawServer,
) -> None:
    with made(LiveKitAPI, server) as api:
        rooms = api.room
        assert rooms.list_rooms() == EMPTY
    with api:
        assert rooms.list_rooms() == EMPTY
    made(LiveKitAPI, server).close()
    assert server.connections == 2


def test_the_same_for_asyncio(server: RawServer) -> None:
    async def main() -> None:
        async with made(AsyncLiveKitAPI, server) as api:
            assert await api.room.list_rooms() == EMPTY
            assert await api.egress.list_egress() is not None
        assert server.connections == 1
        assert await api.room.list_rooms() == EMPTY
        await api.aclose()
        await api.aclose()
        assert server.connections == 2
        await made(AsyncLiveKitAPI, server).aclose()

    asyncio.run(main())


def test_a_given_transport_is_never_closed() -> None:
    transport = ScriptedTransport(answered())
    with LiveKitAPI(URL, KEY, SECRET, transport=transport) as api:
        api.room.list_rooms()
    api.close()
    assert not transport.closed

    for_asyncio = AsyncScriptedTransport(answered())

    async def main() -> None:
        async with AsyncLiveKitAPI(URL, KEY, SECRET, transport=for_asyncio) as api:
            await api.room.list_rooms()
        await api.aclose()

    asyncio.run(main())
    assert not for_asyncio.closed


def test_a_transport_of_the_other_kind_is_refused_at_once() -> None:
    wrong: Any = AsyncScriptedTransport()
    with pytest.raises(TypeError, match="takes a sync transport"):
        LiveKitAPI(URL, KEY, SECRET, transport=wrong)
    wrong = ScriptedTransport()
    with pytest.raises(TypeError, match="takes an async transport"):
        AsyncLiveKitAPI(URL, KEY, SECRET, transport=wrong)


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"timeout": 0}, ValueError),
        ({"timeout": 1e10}, ValueError),
        ({"retries": -1}, ValueError),
        ({"codec": "xml"}, ValueError),
        ({"headers": {"Content-Type": "x"}}, ValueError),
        ({"interceptors": [1]}, TypeError),
    ],
)
def test_settings_that_cannot_be_used_are_refused_at_once(
    settings: Any, error: type[Exception]
) -> None:
    for cls in (LiveKitAPI, AsyncLiveKitAPI):
        with pytest.raises(error):
            cls(URL, KEY, SECRET, **settings)


def test_one_that_is_forgotten_closes_what_it_has(server: RawServer) -> None:
    api = made(LiveKitAPI, server)
    api.room.list_rooms()
    del api

    for_asyncio = made(AsyncLiveKitAPI, server)
    asyncio.run(for_asyncio.room.list_rooms())
    del for_asyncio
    gc.collect()  # which would warn


def test_one_made_at_import_is_used_from_several_loops(server: RawServer) -> None:
    api = made(AsyncLiveKitAPI, server)

    async def twice() -> list[Any]:
        return await asyncio.gather(api.room.list_rooms(), api.room.list_rooms())

    assert asyncio.run(twice()) == [EMPTY, EMPTY]
    assert asyncio.run(twice()) == [EMPTY, EMPTY]
    asyncio.run(api.aclose())
    assert "127.0.0.1:7880" in repr(EARLY)


def test_async_to_sync_can_call_it(server: RawServer) -> None:
    asgiref = pytest.importorskip("asgiref.sync", reason="asgiref is not installed")
    api = made(AsyncLiveKitAPI, server)

    assert asgiref.async_to_sync(api.room.list_rooms)() == EMPTY
    assert asgiref.async_to_sync(api.room.list_rooms)() == EMPTY
    asgiref.async_to_sync(api.aclose)()


def test_threads_share_one(server: RawServer) -> None:
    with made(LiveKitAPI, server) as api, ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: api.room.list_rooms(), range(64)))

    assert found == [EMPTY] * 64


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("cls", [LiveKitAPI, AsyncLiveKitAPI])
def test_a_forked_worker_uses_that_of_its_parent(cls: Any, server: RawServer) -> None:
    api = made(cls, server)

    def works() -> bool:
        called = api.room.list_rooms()
        return (asyncio.run(called) if cls is AsyncLiveKitAPI else called) == EMPTY

    assert works()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        os._exit(0 if works() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert works()
    made_close = api.close() if cls is LiveKitAPI else api.aclose()
    if made_close is not None:
        asyncio.run(made_close)


def test_nobody_there_is_an_error_of_the_library() -> None:
    api = LiveKitAPI("http://127.0.0.1:9", KEY, SECRET, retries=0)
    with api, pytest.raises(TwirpError) as caught:
        api.room.create_room()
    assert caught.value.code == "unavailable"
    assert not caught.value.sent


FORGOTTEN = """
import asyncio
from lkproto.api import AsyncLiveKitAPI, LiveKitAPI

api = LiveKitAPI({url!r}, {key!r}, {secret!r}, timeout=60)
api.room.list_rooms()
for_asyncio = AsyncLiveKitAPI({url!r}, {key!r}, {secret!r}, timeout=60)
asyncio.run(for_asyncio.room.list_rooms())
print("done")
"""


def test_a_process_ends_without_a_warning(server: RawServer) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-W",
            "error",
            "-c",
            FORGOTTEN.format(url=server.url(), key=KEY, secret=SECRET),
        ],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert (done.stdout, done.stderr, done.returncode) == ("done\n", "", 0)


@pytest.mark.parametrize("cls", [LiveKitAPI, AsyncLiveKitAPI])
def test_threads_that_call_first_at_the_same_time_share_the_connections(
    cls: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    both, made = threading.Barrier(2), list[Any]()
    api = cls(URL, KEY, SECRET)
    is_async = cls is AsyncLiveKitAPI
    kind: Any = AsyncScriptedTransport if is_async else ScriptedTransport

    def made_at_once() -> Any:
        both.wait(60)
        made.append(kind(answered()))
        return made[-1]

    def call() -> None:
        called = api.room.list_rooms()
        if is_async:
            asyncio.run(awaited(called))

    name = "default_async_transport" if is_async else "default_transport"
    monkeypatch.setattr(f"lkproto._runtime.http.{name}", made_at_once)
    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(call) for _ in range(2)]:
            each.result(60)

    assert sorted(len(each.requests) for each in made) == [0, 2]
