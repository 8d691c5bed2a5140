"""livekit-server of LiveKit, which listens on this machine alone."""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import go
from .cache import kept
from .process import Process, free_port

# The newest version that a plain `go install` can build: the next ones replace modules.
VERSION = "1.13.5"
PACKAGE = f"github.com/livekit/livekit-server/cmd/server@v{VERSION}"
_PROGRAM = "livekit-server"


def find() -> Path:
    """The program, built if the cache has none; that takes minutes. Raises UnavailableError."""
    return kept(f"livekit-server-{VERSION}", _works, _make) / _PROGRAM


def _works(folder: Path) -> bool:
    try:
        done = subprocess.run(
            [folder / _PROGRAM, "--version"],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return False
    return done.stdout.split()[-1:] == [VERSION]


def _make(folder: Path) -> None:
    go.install(PACKAGE, folder)
    (folder / "server").rename(folder / _PROGRAM)


class LiveKitServer(Process):
    """A server that posts webhooks to some URLs. `keys` are its API keys; the first one signs."""

    def __init__(
        self,
        folder: Path,
        keys: dict[str, str],
        urls: Sequence[str],
        *,
        redis: int | None = None,
    ) -> None:
        """Configuration and log are in `folder`. `redis` is the port of one."""
        self.port, self.keys = free_port(), keys
        self.url = f"ws://127.0.0.1:{self.port}"
        self.http = f"http://127.0.0.1:{self.port}"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "livekit.yaml"
        settings = configuration(self.port, keys, urls, redis)
        path.write_text(json.dumps(settings), "utf-8")  # JSON is YAML
        command = [str(find()), "--config", str(path)]
        super().__init__(command, folder / "livekit.log", self._serves)

    def _serves(self) -> bool:
        try:
            with urllib.request.urlopen(self.http, timeout=1) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return False


def configuration(
    port: int, keys: dict[str, str], urls: Sequence[str], redis: int | None
) -> dict[str, Any]:
    """The settings of a server that neither listens nor connects beyond this machine."""
    settings: dict[str, Any] = {
        "port": port,
        "bind_addresses": ["127.0.0.1"],
        "keys": keys,
        "rtc": {
            "tcp_port": 0,  # any other one listens on all addresses
            "port_range_start": 50000,
            "port_range_end": 50400,
            "use_external_ip": False,
            "node_ip": "127.0.0.1",
            "enable_loopback_candidate": True,
            "interfaces": {"includes": ["lo"]},
            # Without one, clients are sent to public ones.
            "stun_servers": ["127.0.0.1:3478"],
        },
        "webhook": {"api_key": next(iter(keys)), "urls": list(urls)},
        "logging": {"level": "info", "json": True},
    }
    if redis is not None:
        settings["redis"] = {"address": f"127.0.0.1:{redis}"}
        settings["ingress"] = {
            "rtmp_base_url": "rtmp://127.0.0.1/live",
            "whip_base_url": "http://127.0.0.1/whip",
        }
    return settings
