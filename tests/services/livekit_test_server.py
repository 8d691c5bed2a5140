"""LiveKit's own mock of its API, which plays several regions of LiveKit Cloud."""

from __future__ import annotations

from pathlib import Path

from . import go
from .cache import kept
from .livekit_server import VERSION
from .process import Process, free_port, listens

PACKAGE = f"github.com/livekit/livekit-server/cmd/test-server@v{VERSION}"
_PROGRAM = "test-server"


def find() -> Path:
    """The program, built if the cache has none; that takes a minute. Raises UnavailableError."""
    name = f"livekit-test-server-{VERSION}"
    return kept(name, _works, lambda to: go.install(PACKAGE, to)) / _PROGRAM


def _works(folder: Path) -> bool:
    return (folder / _PROGRAM).is_file()


class LiveKitTestServer(Process):
    """A server with a port for each region; it keeps nothing from one request to the next."""

    def __init__(
        self, log: Path, secret: str, *, regions: int = 4, host: str = "127.0.0.1"
    ) -> None:
        """`host` is the name by which it tells clients of its regions. Any API key will do."""
        self.ports = [free_port() for _ in range(regions)]
        options = {
            "bind": "127.0.0.1",
            "ports": ",".join(map(str, self.ports)),
            "advertise-host": f"http://{host}",
            "api-secret": secret,
        }
        command = [str(find()), *(f"--{name}={each}" for name, each in options.items())]
        super().__init__(command, log, lambda: all(map(listens, self.ports)))
