"""A real Redis for tests, on a port of the loopback interface that is free."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.services.provide import find


class RedisServer:
    """A `redis-server`; what it keeps is in a folder, so that another one can go on."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.options = options
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address for clients."""
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int:
        """The number of the process."""
        assert self._process
        return self._process.pid

    def start(self) -> None:
        """Start it, and wait until it answers."""
        program = find("redis-server")
        assert program, "redis_server skips without it"
        where = ["--port", str(self.port), "--bind", "127.0.0.1"]
        kept = ["--dir", str(self.folder), "--logfile", "log", "--save", ""]
        self._process = subprocess.Popen([program, *where, *kept, *self.options])
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 30
        with redis.Redis.from_url(self.url) as client:
            while True:
                try:
                    client.ping()
                    return
                except redis.RedisError:  # not there yet, or still loading
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.01)

    def kill(self) -> None:
        """End it as a crash does."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def needs_redis() -> None:
    """Skip the test without a redis-server; under CI, fail it."""
    if find("redis-server"):
        return
    reason = "redis-server is missing: python3 noxfile.py -s services"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A server that runs as long as the tests do; tests use names of their own in it."""
    needs_redis()
    with tempfile.TemporaryDirectory() as folder:
        server = RedisServer(Path(folder))
        server.start()
        yield server
        server.kill()
