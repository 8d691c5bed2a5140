"""Programs that serve the applications of these tests, each in a process of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PACKAGE = __name__.rpartition(".")[0]

ASGI = f"{PACKAGE}.applications:asgi"
THREADS = f"{PACKAGE}.applications:asgi_threads"
WSGI = f"{PACKAGE}.applications:wsgi"
UVICORN = "-m uvicorn --host 127.0.0.1 --no-access-log --log-level warning --port"
GRANIAN = "-m granian --host 127.0.0.1 --no-access-log --log-level warning --port"
GUNICORN = "-m gunicorn --log-level error --graceful-timeout 20 --bind 127.0.0.1:"


class Program(NamedTuple):
    """A server: the modules that it needs, its arguments before the port, and those after it."""

    needs: tuple[str, ...]
    before: str
    after: str


PROGRAMS = {
    "uvicorn, h11": Program(("uvicorn", "h11"), UVICORN, f"--http h11 {ASGI}"),
    "uvicorn, httptools": Program(
        ("uvicorn", "httptools"), UVICORN, f"--http httptools {ASGI}"
    ),
    "uvicorn, uvloop": Program(
        ("uvicorn", "uvloop", "httptools"), UVICORN, f"--loop uvloop {ASGI}"
    ),
    "uvicorn, threads": Program(("uvicorn", "h11"), UVICORN, f"--http h11 {THREADS}"),
    "granian, ASGI": Program(("granian",), GRANIAN, f"--interface asgi {ASGI}"),
    "granian, WSGI": Program(("granian",), GRANIAN, f"--interface wsgi {WSGI}"),
    "gunicorn": Program(("gunicorn",), GUNICORN, f"-k sync {WSGI}"),
    "gunicorn, threads": Program(
        ("gunicorn",), GUNICORN, f"-k gthread --threads 4 {WSGI}"
    ),
    "wsgiref": Program((), f"-m {PACKAGE}.applications", ""),
}


class Running(NamedTuple):
    """A program that serves, and the file in which its methods say what they do."""

    port: int
    process: subprocess.Popen[bytes]
    told: Path

    def has_told(self, what: str) -> None:
        """Wait until a method has told something."""
        end = time.monotonic() + 20
        while not self.told.exists() or what not in self.told.read_text().split():
            assert time.monotonic() < end, f"no method has written {what}"
            time.sleep(0.01)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)


def command(program: Program, port: int) -> list[str]:
    """The command of a program; where it can be, it ends with the test, even if that is killed."""
    joint = "" if program.before.endswith(":") else " "
    arguments = f"{program.before}{joint}{port} {program.after}".split()
    dies = ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []
    return [*dies, sys.executable, *arguments]


@contextlib.contextmanager
def running(program: Program, folder: Path) -> Iterator[Running]:
    """A program that takes connections."""
    told = folder / "told"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    paths = [str(ROOT), str(ROOT / "generated"), os.environ.get("PYTHONPATH", "")]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "LKPROTO_TOLD": str(told),
    }
    process = subprocess.Popen(
        command(program, port), env=environment, cwd=folder, stderr=subprocess.PIPE
    )
    try:
        _wait_for(port, process)
        yield Running(port, process, told)
    finally:
        process.terminate()
        try:
            process.wait(20)
        finally:
            process.kill()
            process.wait()
            assert process.stderr is not None
            process.stderr.close()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert process.poll() is None, "the server has ended"
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", port), 1),
        ):
            return
        time.sleep(0.02)
    raise AssertionError("the server takes no connections")
