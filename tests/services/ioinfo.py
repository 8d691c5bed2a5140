"""Reports egress and ingress to a LiveKit server as its workers do, by the program in `ioinfo/`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Self

from . import go
from .cache import kept, of_source

SOURCE = Path(__file__).with_suffix("")
_PROGRAM = "ioinfo"
_TIMEOUT = 10.0


def find() -> Path:
    """The program, built if the cache has none of this source. Raises UnavailableError."""
    name = of_source("ioinfo", SOURCE)
    return kept(name, _works, lambda to: go.build(SOURCE, to / _PROGRAM)) / _PROGRAM


def _works(folder: Path) -> bool:
    return (folder / _PROGRAM).is_file()


class IOInfo:
    """Calls over Redis while a `with` block runs."""

    def __init__(self, redis: int) -> None:
        """`redis` is the port of a Redis that the server uses."""
        self._process = subprocess.Popen(
            [find(), f"127.0.0.1:{redis}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._process.communicate(timeout=_TIMEOUT)  # it ends with its input
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()

    def call(self, method: str, request: str) -> None:
        """Make a call with a request in ProtoJSON. Raises RuntimeError with what went wrong."""
        assert self._process.stdin
        assert self._process.stdout
        line = {"method": method, "request": json.loads(request)}
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().strip()
        if answer != "ok":
            raise RuntimeError(f"{method}: {answer or 'ioinfo ended'}")
