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
_UVICORN = ("uvicorn", "--port", "{port}", "--log-level", "error")
_GRANIAN = ("granian", "--port", "{port}", "--no-ws", "--log-level", "error")
COMMANDS = {
    "uvicorn": (*_UVICORN, "{module}:asgi"),
    "uvicorn, in threads": (*_UVICORN, "{module}:in_threads"),
    "uvicorn, short JSON": (*_UVICORN, "{module}:short_json"),
    "granian, ASGI": (*_GRANIAN, "--interface", "asgi", "{module}:asgi"),
    "granian, WSGI": (*_GRANIAN, "--interface", "wsgi", "{module}:wsgi"),
    "gunicorn": (
        *("gunicorn", "--no-control-socket", "--bind", "127.0.0.1:{port}"),
        "{module}:wsgi",
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
