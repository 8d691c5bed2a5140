"""Redis, which keeps nothing and listens on this machine alone."""

from __future__ import annotations

from pathlib import Path

from tests.interpreters.debian import UnavailableError

from .process import Process, free_port, listens
from .provide import find


class RedisServer(Process):
    """A Redis on a free port."""

    def __init__(self, folder: Path) -> None:
        """The log is in `folder`. Raises UnavailableError."""
        program = find("redis-server")
        if program is None:
            raise UnavailableError(
                "redis-server is missing: python3 noxfile.py -s services"
            )
        self.port = free_port()
        where = ["--port", str(self.port), "--bind", "127.0.0.1"]
        nothing = ["--save", "", "--appendonly", "no", "--dir", str(folder)]
        log = folder / "redis.log"
        super().__init__([program, *where, *nothing], log, lambda: listens(self.port))
