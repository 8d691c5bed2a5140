"""Calls of the API: processor time of a call, its token included and its answer read.

`python -m benchmarks.api.calls TREES ROUNDS` prints JSON. Both libraries have the same API key and
call the same server as clients of Twirp do (`benchmarks.twirp.clients`). livekit-api makes a token
for each call; ours keeps it for calls that need the same.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from ..libraries import confirm_environment
from ..twirp.clients import AT_ONCE, BATCH, Batch, Comparison, Setting, compare

KEY, SECRET = "APIbenchmark", "a-secret-that-is-public-and-long-enough"
PEER = "livekit-api"
ONE_BY_ONE, AT_THE_SAME_TIME = "async, one by one", f"async, {AT_ONCE} at once"
COMPARISONS = (
    Comparison("sync", "lkproto", PEER, PEER, 0.5),
    Comparison(ONE_BY_ONE, "lkproto async", PEER, PEER, 0.8),
    Comparison(
        AT_THE_SAME_TIME,
        f"lkproto async, {AT_ONCE} at once",
        PEER,
        f"{PEER}, {AT_ONCE} at once",
        0.8,
    ),
)


def ours(to: Setting) -> dict[str, Batch]:
    """LiveKitAPI, and the one for asyncio."""
    lk, api = map(import_module, ("lkproto.livekit", "lkproto.api"))
    name = to.call.python_name
    now = to.stack.enter_context(api.LiveKitAPI(to.url, KEY, SECRET))
    later = to.entered(api.AsyncLiveKitAPI(to.url, KEY, SECRET))
    found = {"lkproto": to.one_by_one(getattr(now.room, name), lk)}
    return found | to.both_ways("lkproto async", getattr(later.room, name), lk)


def livekit_api(to: Setting) -> dict[str, Batch]:
    """LiveKitAPI of livekit-api, which has to be made in a loop."""
    api = import_module("livekit.api")

    async def made() -> Any:
        return api.LiveKitAPI(to.url, KEY, SECRET)

    rooms = to.entered(to.runner.run(made())).room
    return to.both_ways(PEER, getattr(rooms, to.call.python_name), api)


def measure(trees: Path, rounds: int, size: int = BATCH) -> dict[str, Any]:
    """By call and comparison: seconds of both sides and their ratio."""
    return compare(trees, rounds, (ours, livekit_api), COMPARISONS, size)


if __name__ == "__main__":
    confirm_environment()
    trees, rounds = sys.argv[1:]
    print(json.dumps(measure(Path(trees), int(rounds))))
