"""The import of the API, next to that of livekit-api."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .. import imports

PEER = "livekit-api: livekit.api"
OURS = "lkproto: LiveKitAPI"
MADE = "lkproto: an API with its rooms"
_IMPORT = "from lkproto.api import LiveKitAPI"
_MADE = f"{_IMPORT}; LiveKitAPI('ws://host', 'key', 's' * 32).room"


def measure(trees: Path, rounds: int) -> dict[str, Any]:
    """By label, as other imports; livekit-api has to be installed."""
    cases = {
        PEER: imports.Case("livekit-api", "import livekit.api"),
        OURS: imports.Case("ours", _IMPORT, PEER),
        MADE: imports.Case("ours", _MADE, PEER),
    }
    return imports.compare(trees, rounds, cases)
