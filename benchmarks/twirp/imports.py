"""The import of a client, next to that of livekit-api."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .. import imports

PEER = "livekit-api: livekit.api"
OURS = "lkproto: RoomServiceClient"
MADE = "from lkproto.livekit import RoomServiceClient; RoomServiceClient('http://host')"


def measure(trees: Path, rounds: int) -> dict[str, Any]:
    """By label, as other imports; livekit-api has to be installed."""
    cases = {
        PEER: imports.Case("livekit-api", "import livekit.api"),
        OURS: imports.Case("ours", MADE, PEER),
    }
    return imports.compare(trees, rounds, cases)
