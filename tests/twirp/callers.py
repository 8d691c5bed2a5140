"""One way to make calls with sync and async clients, so that a test speaks of both."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from lkproto.http import AsyncScriptedTransport, Request, Response, ScriptedTransport
from lkproto.livekit import AsyncRoomServiceClient, RoomServiceClient

URL = "http://127.0.0.1:7880"
ROOM = b"\x0a\x04RM_1\x12\x01r"  # sid RM_1, name r


class Caller:
    """A RoomService client on a script; `call` runs a method of it to its end."""

    def __init__(self, is_async: bool, answers: Any, url: str = URL, **settings: Any):
        self.is_async = is_async
        kind = AsyncScriptedTransport if is_async else ScriptedTransport
        self.transport: Any = kind(answers)
        client = AsyncRoomServiceClient if is_async else RoomServiceClient
        self.client: Any = client(url, transport=self.transport, **settings)

    def call(self, name: str, /, *args: Any, **kwargs: Any) -> Any:
        made = getattr(self.client, name)(*args, **kwargs)
        return asyncio.run(awaited(made)) if self.is_async else made

    @property
    def requests(self) -> list[Request]:
        return self.transport.requests

    def interceptor(self, before: Callable[..., Any], after: Callable[..., Any]) -> Any:
        """An interceptor of the client's kind."""
        if self.is_async:

            async def intercept(call: Any, proceed: Any) -> Any:
                before(call)
                return after(await proceed(call))

            return intercept

        def intercept_sync(call: Any, proceed: Any) -> Any:
            before(call)
            return after(proceed(call))

        return intercept_sync


async def awaited(awaitable: Any) -> Any:
    return await awaitable


def answered(body: bytes = ROOM, status: int = 200, **headers: str) -> Response:
    """An answer of Twirp's, in protobuf unless `headers` say otherwise."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, {"Content-Type": "application/protobuf"} | named, body)


def failed(status: int, body: str, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, {"Content-Type": "application/json"} | named, body.encode())


both = pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
