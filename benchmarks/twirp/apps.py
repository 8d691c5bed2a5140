"""ASGI applications that are compared, under uvicorn: one in a process of its own.

`python -m benchmarks.twirp.apps NAME STACK TREES` prints its port, and for each line that it
reads the processor seconds it has taken until then.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

from ..libraries import LIBRARIES
from ..process import ROOT, environment
from . import twirpy_stubs
from .calls import CONTENT_TYPE, CREATE_ROOM

# How uvicorn is installed: what it runs on, which its extra `standard` changes.
STACKS = {
    "uvicorn": {"loop": "asyncio", "http": "h11"},
    "uvicorn[standard]": {"loop": "uvloop", "http": "httptools"},
}
NEEDS = {"uvicorn": ("uvicorn",), "uvicorn[standard]": ("uvloop", "httptools")}


def bare(trees: Path) -> Any:
    """An application that reads the body and sends what it always sends."""
    body = CREATE_ROOM.builder(LIBRARIES["ours"](trees).classes)().to_bytes()
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


def ours(trees: Path) -> Any:
    """Our application, with a method that returns a room it has."""
    answer = CREATE_ROOM.builder(LIBRARIES["ours"](trees).classes)()
    lk, root = import_module("lkproto.livekit"), import_module("lkproto")

    class Rooms(lk.RoomService):  # type: ignore[misc, name-defined]
        async def create_room(self, request: Any, _: Any, /) -> Any:
            assert request.name
            return answer

    return root.twirp_asgi(Rooms())


def twirpy(trees: Path) -> Any:
    """Twirpy's application, with the same method."""
    body = CREATE_ROOM.builder(LIBRARIES["ours"](trees).classes)().to_bytes()
    answer = import_module("livekit.protocol.models").Room.FromString(body)
    import_module("livekit.protocol.room")

    class Rooms:
        async def CreateRoom(self, _: Any, request: Any) -> Any:  # noqa: N802
            assert request.name
            return answer

    app = import_module("twirp.asgi").TwirpASGIApp()
    app.add_service(twirpy_stubs.server(Rooms()))
    return app


APPS: dict[str, Callable[[Path], Any]] = {
    "bare": bare,
    "lkproto": ours,
    "twirp": twirpy,
}


@dataclass(frozen=True, slots=True)
class Served:
    """An application in another process."""

    port: int
    process: subprocess.Popen[str]

    def processor(self) -> float:
        """The processor seconds that it has taken."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


@contextmanager
def serving(name: str, stack: str, trees: Path) -> Generator[Served]:
    """An application in another process, which ends with the block."""
    module = "benchmarks.twirp.apps"
    command = [sys.executable, "-m", module, name, stack, str(trees)]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdin=pipe, stdout=pipe, text=True
    ) as process:
        assert process.stdout is not None
        try:
            first = process.stdout.readline()
            if not first:
                raise RuntimeError(f"the server of {name} does not start")
            yield Served(int(first), process)
        finally:
            process.kill()


def tell() -> None:
    """Answer each line with the processor seconds of this process."""
    for _ in sys.stdin:
        print(time.process_time(), flush=True)
    os._exit(0)


def main(name: str, stack: str, trees: str) -> None:
    """Serve on a free port, say which, and until stdin ends."""
    uvicorn: Any = import_module("uvicorn")
    config = uvicorn.Config(
        APPS[name](Path(trees)),
        lifespan="off",
        timeout_keep_alive=3600,  # other servers have their turns
        access_log=False,
        log_level="warning",
        **STACKS[stack],
    )
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        # As asyncio does on sockets of its own, but not on those that it is given.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        Thread(target=tell, daemon=True).start()
        print(listener.getsockname()[1], flush=True)
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(*sys.argv[1:])
