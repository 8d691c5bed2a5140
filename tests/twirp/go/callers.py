"""Our clients, which make calls as the clients in Go do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import lkproto.livekit as package
from lkproto import CallOptions, TwirpCall, TwirpError, TwirpReply, service_of
from lkproto.http import StdlibTransport, default_async_transport

from .names import snake
from .scripts import Outcome


class SyncCaller:
    """`RoomServiceClient` and the other nine, while a `with` block runs."""

    def __init__(self) -> None:
        self._transport = StdlibTransport()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._transport.close()

    def call(
        self, url: str, path: str, codec: Any, request: bytes, headers: dict[str, str]
    ) -> Outcome:
        """Make a call; `path` is as "livekit.RoomService/CreateRoom"."""
        got: dict[str, str] = {}

        def note(call: TwirpCall, proceed: Callable[[TwirpCall], Any]) -> TwirpReply:
            reply: TwirpReply = proceed(call)
            got.update(reply.headers)
            return reply

        service, rpc = path.removeprefix("livekit.").split("/")
        made = getattr(package, f"{service}Client")(
            url, transport=self._transport, codec=codec, interceptors=[note]
        )
        call = getattr(made, snake(rpc))
        try:
            response = call(read(path, request), call=CallOptions(headers=headers))
        except TwirpError as error:
            return failed(error)
        return Outcome(response.to_bytes(), headers=got)


class AsyncCaller:
    """`AsyncRoomServiceClient` and the other nine, while a `with` block runs."""

    def __init__(self) -> None:
        self._transport = default_async_transport()
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        self._runner.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._runner.run(self._transport.aclose())
        self._runner.__exit__(kind, error, trace)

    def call(
        self, url: str, path: str, codec: Any, request: bytes, headers: dict[str, str]
    ) -> Outcome:
        """Make a call; `path` is as "livekit.RoomService/CreateRoom"."""
        return self._runner.run(self._call(url, path, codec, request, headers))

    async def _call(
        self, url: str, path: str, codec: Any, request: bytes, headers: dict[str, str]
    ) -> Outcome:
        got: dict[str, str] = {}

        async def note(
            call: TwirpCall, proceed: Callable[[TwirpCall], Any]
        ) -> TwirpReply:
            reply: TwirpReply = await proceed(call)
            got.update(reply.headers)
            return reply

        service, rpc = path.removeprefix("livekit.").split("/")
        made = getattr(package, f"Async{service}Client")(
            url, transport=self._transport, codec=codec, interceptors=[note]
        )
        call = getattr(made, snake(rpc))
        try:
            response = await call(
                read(path, request), call=CallOptions(headers=headers)
            )
        except TwirpError as error:
            return failed(error)
        return Outcome(response.to_bytes(), headers=got)


def read(path: str, request: bytes) -> Any:
    """The request message of a method."""
    service, rpc = path.split("/")
    method = next(each for each in service_of(service).methods if each.name == rpc)
    assert method.input_type is not None
    return method.input_type.from_bytes(request)


def failed(error: TwirpError) -> Outcome:
    """What a call has failed with."""
    parts = {"code": str(error.code), "msg": error.msg, "meta": dict(error.meta)}
    return Outcome(None, parts)
