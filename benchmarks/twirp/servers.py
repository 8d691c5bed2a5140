"""Servers: processor time of a request under uvicorn, next to that of a bare ASGI application.

`python -m benchmarks.twirp.servers ROUNDS PEER…` prints JSON. Requests come to uvicorn's protocol
over a connection in memory: a kept one without sockets, whose time in the kernel differs more from
process to process than applications do. All applications are in one process, and have their turn
in each round; the median of the ratios of a round counts.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from importlib import import_module
from typing import Any

from ..timing import in_turns, pair_of
from ..trees import installed
from .apps import APPS
from .calls import SERVED, Call, http_request

REQUESTS = 200  # to one application in a round
# How uvicorn is installed: how it reads HTTP, which its extra `standard` changes.
STACKS = {"uvicorn": "h11", "uvicorn[standard]": "httptools"}


class Memory(asyncio.Transport):
    """The server's end of a connection, which keeps what it writes."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []

    def write(self, data: Any) -> None:
        """Keep some bytes."""
        self.written.append(bytes(data))

    def is_closing(self) -> bool:
        """It stays open."""
        return False

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Addresses, as those of a socket."""
        return ("127.0.0.1", 1) if name in ("peername", "sockname") else default

    def close(self) -> None:
        """There is nothing to close."""

    def pause_reading(self) -> None:
        """There is nothing that could wait."""

    def resume_reading(self) -> None:
        """As above."""


class Connection:
    """A connection to an application under uvicorn, used by one request after the other."""

    def __init__(self, app: Any, http: str, request: bytes) -> None:
        uvicorn: Any = import_module("uvicorn")
        config = uvicorn.Config(app, http=http, lifespan="off", access_log=False)
        config.load()
        self._state: Any = import_module("uvicorn.server").ServerState()
        self._make: Callable[[], Any] = lambda: config.http_protocol_class(
            config=config, server_state=self._state, app_state={}
        )
        self._request = request

    def seconds(self, count: int = REQUESTS) -> float:
        """The processor seconds of a request, of so many in an event loop."""
        return asyncio.run(self._seconds(count))

    async def _seconds(self, count: int) -> float:
        protocol, memory = self._make(), Memory()
        protocol.connection_made(memory)
        await self._ask(protocol)  # the first request of a loop
        begun = time.process_time()
        for _ in range(count):
            memory.written.clear()
            await self._ask(protocol)
        taken = time.process_time() - begun
        answer = b"".join(memory.written)
        if not answer.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(f"the server answers {answer!r}")
        protocol.connection_lost(None)
        return taken / count

    async def _ask(self, protocol: Any) -> None:
        protocol.data_received(self._request)
        while self._state.tasks:
            await asyncio.sleep(0)


def measure(rounds: int, peers: Iterable[str], count: int = REQUESTS) -> dict[str, Any]:
    """By stack, call and application: seconds of a request, and the ratio to a bare one's."""
    names = ["bare", "lkproto", *(each for each in peers if each == "twirp")]
    stacks = {name: http for name, http in STACKS.items() if installed(http)}
    return {
        stack: {
            call.rpc: _measured(call, http, names, rounds, count) for call in SERVED
        }
        for stack, http in stacks.items()
    }


def _measured(
    call: Call, http: str, names: list[str], rounds: int, count: int
) -> dict[str, Any]:
    body = call.request(import_module("lkproto.livekit")).to_bytes()
    request = http_request(call.path, body)
    open_ = {name: Connection(APPS[name](call), http, request) for name in names}
    for each in open_.values():
        each.seconds(count)  # warms up
    samples = in_turns(names, rounds, lambda name: open_[name].seconds(count))
    return {
        name: asdict(pair_of((one[name], one["bare"]) for one in samples))
        for name in names
    }


if __name__ == "__main__":
    rounds, *peers = sys.argv[1:]
    print(json.dumps(measure(int(rounds), peers)))
