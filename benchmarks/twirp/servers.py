"""Servers: requests a second, and processor time of one, next to a bare ASGI application.

`python -m benchmarks.twirp.servers TREES ROUNDS PEER…` prints JSON. One process loads one server
after the other in each round, over connections that are kept open; the median of the ratios of a
round counts.
"""

from __future__ import annotations

import json
import socket
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from ..timing import in_turns, pair_of
from ..trees import installed
from .apps import NEEDS, STACKS, Served, serving
from .calls import CREATE_ROOM, http_request

REQUESTS = 100  # of one server in a round
CONNECTIONS = 8


class Load:
    """Connections to a server, each with one request on its way."""

    def __init__(self, port: int, request: bytes) -> None:
        self._request = request
        self._sockets = [self._connected(port) for _ in range(CONNECTIONS)]
        self._length = self._first(self._sockets[0])

    def close(self) -> None:
        """Close the connections."""
        for each in self._sockets:
            each.close()

    def run(self, count: int) -> None:
        """Send so many requests, and wait for their answers."""
        sockets, request, length = self._sockets, self._request, self._length
        for each in sockets:
            each.sendall(request)
        for number in range(count):
            connection = sockets[number % len(sockets)]
            left = length
            while left:
                received = len(connection.recv(left))
                if not received:
                    raise RuntimeError("the server closed a connection")
                left -= received
            if number < count - len(sockets):
                connection.sendall(request)

    @staticmethod
    def _connected(port: int) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", port), timeout=10)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def _first(self, connection: socket.socket) -> int:
        """The length of an answer, which all have: only the digits of Date change."""
        connection.sendall(self._request)
        with connection.makefile("rb") as file:
            head = b"".join(iter(file.readline, b"\r\n"))
            if not head.startswith(b"HTTP/1.1 200 "):
                raise RuntimeError(f"the server answers {head!r}")
            after = head.lower().partition(b"content-length:")[2]
            return len(head) + 2 + len(file.read(int(after.split()[0])))


def measure(
    trees: Path, rounds: int, peers: Iterable[str], count: int = REQUESTS
) -> dict[str, Any]:
    """By stack and application: seconds of a request, and the ratios of a bare one to it."""
    names = ["bare", "lkproto", *(each for each in peers if each == "twirp")]
    usable = [stack for stack in STACKS if all(map(installed, NEEDS[stack]))]
    body = CREATE_ROOM.request(import_module("lkproto.livekit")).to_bytes()
    request = http_request(CREATE_ROOM.path, body)
    found: dict[str, Any] = {}
    for stack in usable:
        samples = _samples(stack, trees, names, rounds, request, count)
        found[stack] = {
            name: {
                kind: asdict(
                    pair_of((one[name][at], one["bare"][at]) for one in samples)
                )
                for at, kind in enumerate(("wall", "processor"))
            }
            for name in names
        }
    return found


def _samples(
    stack: str,
    trees: Path,
    names: Sequence[str],
    rounds: int,
    request: bytes,
    count: int,
) -> list[dict[str, tuple[float, float]]]:
    """Wall and processor seconds of a request in each round, by application."""
    with ExitStack() as open_:
        loads: dict[str, tuple[Served, Load]] = {}
        for name in names:
            served = open_.enter_context(serving(name, stack, trees))
            load = Load(served.port, request)
            open_.callback(load.close)
            load.run(count)  # warms up
            loads[name] = served, load
        return in_turns(names, rounds, lambda name: timed(*loads[name], count))


def timed(served: Served, load: Load, count: int) -> tuple[float, float]:
    """Wall seconds of a request, and processor seconds of the server."""
    processor, wall = served.processor(), time.perf_counter()
    load.run(count)
    wall = time.perf_counter() - wall
    return wall / count, (served.processor() - processor) / count


if __name__ == "__main__":
    trees, rounds, *peers = sys.argv[1:]
    print(json.dumps(measure(Path(trees), int(rounds), peers)))
