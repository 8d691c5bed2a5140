"""LiveKit servers for the tests of a module, and clients that ask them for little time."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from lkproto.http import AsyncTransport, Request, Response, Transport

from tests.services.livekit_server import LiveKitServer
from tests.services.redis_server import RedisServer

from .conftest import KEYS, shown

KEY = next(iter(KEYS.items()))


@contextmanager
def serving(folder: Path, *, with_redis: bool = True) -> Generator[LiveKitServer]:
    """A server that sends no webhooks."""
    if not with_redis:
        server = LiveKitServer(folder, KEYS, [])
        with shown(server):
            yield server
        return
    redis = RedisServer(folder)
    with shown(redis):
        server = LiveKitServer(folder, KEYS, [], redis=redis.port)
        with shown(server):
            yield server


def _hurry(request: Request, milliseconds: str) -> None:
    request.headers = {**request.headers, "X-Twirp-Timeout-Ms": milliseconds}


class Hurried:
    """Sends what another transport does, but gives the server little time to answer.

    A client says in the header how long it waits itself, and could give up before the answer.
    """

    def __init__(self, transport: Transport, milliseconds: int) -> None:
        self._transport, self._time = transport, str(milliseconds)

    def send(self, request: Request, /) -> Response:
        """Raises what the transport raises."""
        _hurry(request, self._time)
        return self._transport.send(request)

    def close(self) -> None:
        """Close the transport."""
        self._transport.close()


class AsyncHurried:
    """The same for asyncio."""

    def __init__(self, transport: AsyncTransport, milliseconds: int) -> None:
        self._transport, self._time = transport, str(milliseconds)

    async def send(self, request: Request, /) -> Response:
        """Raises what the transport raises."""
        _hurry(request, self._time)
        return await self._transport.send(request)

    async def aclose(self) -> None:
        """Close the transport."""
        await self._transport.aclose()
