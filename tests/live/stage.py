"""A LiveKit server on which a script is played, with clients of LiveKit's own library."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any, Self

from lkproto.api import LiveKitAPI
from lkproto.auth import VideoGrants
from lkproto.livekit import ParticipantInfo

from tests.services.livekit_server import LiveKitServer

_TIMEOUT = 30.0


class LiveStage:
    """Joins and publishes on a server; participants live in an event loop of their own."""

    def __init__(self, server: LiveKitServer) -> None:
        self.url = server.http
        self.key = next(iter(server.keys.items()))
        self._api = LiveKitAPI(server.url, *self.key)
        self._ws = server.url
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._rooms: dict[tuple[str, str], Any] = {}
        self._stack = AsyncExitStack()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._api.close()

    async def _end(self) -> None:
        await self._stack.aclose()
        # Who was removed still listens.
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    def _do(self, what: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(_TIMEOUT)

    def join(self, room: str, identity: str) -> None:
        """Let someone join who has the method `wave`, and wait until the server knows it."""
        # Only the session `live` has the library that this needs.
        from .participants import joined

        grants = VideoGrants(room_join=True, room=room)
        token = self._api.token(identity).with_grants(grants).to_jwt()
        entered = self._stack.enter_async_context(joined(self._ws, token))
        client = self._rooms[room, identity] = self._do(entered)
        client.local_participant.register_rpc_method("wave", _wave)
        self._wait(room, identity, tracks=0)

    def publish(self, room: str, identity: str) -> None:
        """Let someone publish a microphone, and wait until the server lists it."""
        from .participants import publish_microphone

        self._do(publish_microphone(self._rooms[room, identity]))
        self._wait(room, identity, tracks=1)

    def leave(self, room: str, identity: str) -> None:
        """Let someone leave."""
        self._do(self._rooms.pop((room, identity)).disconnect())

    def _wait(self, room: str, identity: str, tracks: int) -> None:
        until = time.monotonic() + _TIMEOUT
        while True:
            listed = self._api.room.list_participants(room=room).participants
            if any(
                each.identity == identity
                and each.state is ParticipantInfo.State.ACTIVE
                and len(each.tracks) == tracks
                for each in listed
            ):
                return
            if time.monotonic() > until:
                raise TimeoutError(f"the server lists {listed}")
            time.sleep(0.05)


async def _wave(data: Any) -> str:
    return f"waves back: {data.payload}"
