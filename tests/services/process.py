"""Processes that serve tests, which end with them."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

_TOKEN = re.compile(r"\beyJ[\w-]+(?:\.[\w-]*){1,2}")
_START = 20.0
_STOP = 3.0


def free_port() -> int:
    """A port of this machine that no one listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Whether someone listens on a port of this machine."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


class StartError(Exception):
    """A service did not start; the text has what it printed."""


class Process:
    """A process that serves while a `with` block runs. What it prints goes to a file."""

    def __init__(
        self, command: Sequence[str], log: Path, ready: Callable[[], bool]
    ) -> None:
        """`ready` is asked again until it says that the process serves."""
        self.command = [*_ends_with_us(), *command]
        self.log = log
        self._ready = ready
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Raises StartError, and leaves no process then."""
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait(self._process)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + _START
        while not self._ready():
            if process.poll() is not None or time.monotonic() > until:
                raise StartError(f"{self.command[-1]} does not start\n{self.output()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """End the process, by force if it does not end when asked."""
        if (process := self._process) is None:
            return
        process.terminate()
        try:
            process.wait(_STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def output(self) -> str:
        """What the process has printed so far, without tokens."""
        return masked(self.log.read_text("utf-8", "replace"))


def masked(text: str) -> str:
    """A text without the tokens in it."""
    return _TOKEN.sub("<token>", text)


def _ends_with_us() -> list[str]:
    """A command that makes the one after it end with this process, even when that is killed."""
    return ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []
