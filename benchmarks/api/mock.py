"""How long a mock of LiveKit takes to start, until it answers its first request.

`python -m benchmarks.api.mock` prints JSON: seconds of wall time in a fresh process.
"""

from __future__ import annotations

import json
import socket
from importlib import import_module
from statistics import median
from typing import Any

from ..process import worker
from ..timing import clock

IMPORT, FIRST, NEXT = "import", "first start", "next start"
_REQUEST = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
_AGAIN = 11


def measure(rounds: int) -> dict[str, Any]:
    """Minimum and median seconds of each step; a process for each round."""
    samples: list[dict[str, float]] = [worker("api.mock") for _ in range(rounds)]
    return {
        step: {
            "min": min(each[step] for each in samples),
            "median": median(each[step] for each in samples),
        }
        for step in (IMPORT, FIRST, NEXT)
    }


def steps() -> dict[str, float]:
    """The seconds of each step in this process; of further starts, the median."""
    return {
        IMPORT: clock(_mock),
        FIRST: started(),
        NEXT: median(started() for _ in range(_AGAIN)),
    }


def started() -> float:
    """The seconds until a mock that is new answers."""
    mock = _mock()()
    try:
        return clock(lambda: _answered(mock.start().http_url))
    finally:
        mock.stop()


def _mock() -> Any:
    return import_module("lkproto.mock").MockLiveKit


def _answered(url: str) -> None:
    """Ask whether it is there, with as little as a client can have."""
    port = int(url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(_REQUEST)
        assert connection.recv(1 << 12).startswith(b"HTTP/1.1 200")


if __name__ == "__main__":
    print(json.dumps(steps()))
