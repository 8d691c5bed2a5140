"""ASGI applications that are compared."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from . import twirpy_stubs
from .calls import CONTENT_TYPE, SERVED, Call


def bare(call: Call) -> Any:
    """An application that reads the body and sends what it always sends."""
    body = call.builder(import_module("lkproto.livekit"))().to_bytes()
    length = str(len(body)).encode()
    headers = [(b"content-type", CONTENT_TYPE.encode()), (b"content-length", length)]
    start = {"type": "http.response.start", "status": 200, "headers": headers}
    rest = {"type": "http.response.body", "body": body}

    async def app(_: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        await send(start)
        await send(rest)

    return app


def ours(call: Call) -> Any:
    """Our application, with a method that makes its answer."""
    lk, root = import_module("lkproto.livekit"), import_module("lkproto")
    make = call.builder(lk)

    async def method(_: Any, request: Any, context: Any, /) -> Any:
        assert request != context
        return make()

    return root.twirp_asgi(
        type("Rooms", (lk.RoomService,), {call.python_name: method})()
    )


def twirpy(call: Call) -> Any:
    """Twirpy's application, with the same method."""
    models, rooms = map(
        import_module, ("livekit.protocol.models", "livekit.protocol.room")
    )
    make = call.builder(SimpleNamespace(**{**vars(rooms), **vars(models)}))

    async def method(_: Any, context: Any, request: Any) -> Any:
        assert request != context
        return make()

    service = type("Rooms", (), {each.rpc: method for each in SERVED})()
    app = import_module("twirp.asgi").TwirpASGIApp()
    app.add_service(twirpy_stubs.server(service))
    return app


APPS: dict[str, Callable[[Call], Any]] = {
    "bare": bare,
    "lkproto": ours,
    "twirp": twirpy,
}
