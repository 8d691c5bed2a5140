"""Applications that servers in other processes load by their names."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Any

from lkproto import TwirpContext, TwirpLimits, twirp_asgi, twirp_wsgi
from lkproto.livekit import CreateRoomRequest, Room

from .serving import AsyncRooms, Rooms, answer_to

LIMITS = TwirpLimits(max_body=100_000)


def _told(what: str) -> None:
    """Let the test know, by a file that it has named."""
    if place := os.environ.get("LKPROTO_TOLD"):
        with Path(place).open("a") as file:
            file.write(what + "\n")


class Slow(Rooms):
    """Methods for a room called `slow` take their time."""

    def create_room(self, request: CreateRoomRequest, context: TwirpContext, /) -> Room:
        if request.name == "slow":
            _told("begun")
            time.sleep(1.0)
        return answer_to(request, context)


class AsyncSlow(AsyncRooms):
    async def create_room(
        self, request: CreateRoomRequest, context: TwirpContext, /
    ) -> Room:
        if request.name == "slow":
            _told("begun")
            await asyncio.sleep(1.0)
        if request.name == "left":
            _told("begun")
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                _told("cancelled")
                raise
        return answer_to(request, context)


class Fast(AsyncRooms):
    async def create_room(
        self, request: CreateRoomRequest, context: TwirpContext, /
    ) -> Room:
        return Room(sid="RM", name=request.name)


fast = twirp_asgi(Fast())
asgi = twirp_asgi(AsyncSlow(), limits=LIMITS)
asgi_threads = twirp_asgi(Slow(), limits=LIMITS)
wsgi = twirp_wsgi(Slow(), limits=LIMITS)


async def bare(_: Any, receive: Any, send: Any) -> None:
    """What no ASGI application can be faster than."""
    await receive()
    head = [(b"content-type", b"application/protobuf"), (b"content-length", b"4")]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": b"\x0a\x02RM"})


if __name__ == "__main__":  # the server of the standard library
    import signal
    import socket
    import sys
    from contextlib import suppress
    from socketserver import ThreadingMixIn
    from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    class Lingering(ThreadingMixIn, WSGIServer):
        """Reads what is still to come: to close before that resets the connection."""

        request_queue_size = 64
        daemon_threads = True

        def shutdown_request(self, request: Any) -> None:
            with suppress(OSError):
                request.settimeout(20)
                request.shutdown(socket.SHUT_WR)
                while request.recv(65536):
                    pass
            self.close_request(request)

    def stop(*_: object) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    with make_server(
        "127.0.0.1", int(sys.argv[1]), wsgi, Lingering, handler_class=Quiet
    ) as server:
        server.serve_forever()
