"""Our applications under the servers that people run them with."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.services.process import Process, free_port, listens

ROOT = Path(__file__).parents[3]
# What serves which application of a module.
COMMANDS = {
    "uvicorn": ("uvicorn", "--port", "{port}", "--log-level", "error", "{module}:asgi"),
    "granian, ASGI": ("granian", "--port", "{port}", "--no-ws", "{module}:asgi"),
    "granian, WSGI": (
        *("granian", "--port", "{port}", "--no-ws"),
        *("--interface", "wsgi", "{module}:wsgi"),
    ),
    "gunicorn": ("gunicorn", "--bind", "127.0.0.1:{port}", "{module}:wsgi"),
    "uvicorn, in threads": (
        *("uvicorn", "--port", "{port}", "--log-level", "error"),
        "{module}:in_threads",
    ),
}


@contextlib.contextmanager
def serving(server: str, module: str, folder: Path, *paths: Path) -> Iterator[str]:
    """The URL of the applications of a module under a server; logs go into a folder."""
    port = free_port()
    command = [each.format(port=port, module=module) for each in COMMANDS[server]]
    log = folder / f"{server}.log"
    with Process([*python(*paths), "-m", *command], log, lambda: listens(port)):
        yield f"http://127.0.0.1:{port}"


def python(*paths: Path) -> Sequence[str]:
    """A command that is Python with our packages and others."""
    found = os.pathsep.join(map(str, (ROOT, ROOT / "generated", *paths)))
    return ("env", f"PYTHONPATH={found}", sys.executable)
