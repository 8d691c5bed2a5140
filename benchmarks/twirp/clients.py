"""Clients: processor time of a call, its answer read, against one server in another process.

`python -m benchmarks.twirp.clients TREES ROUNDS PEER…` prints JSON. Every client sends the same
fixed token and reads every field of the answer. In each round all clients make a batch of calls,
one client after the other; the median of the ratios of a round counts.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from .. import sink
from ..libraries import LIBRARIES, confirm_environment
from ..timing import in_turns, pair_of
from . import twirpy_stubs
from .calls import CALLS, TOKEN, Call, http_answer

BATCH = 48  # calls; a multiple of those at once
AT_ONCE = 16
AUTHORIZATION = f"Bearer {TOKEN}"

Batch = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared, by the names of batches, and the ratio that we want."""

    label: str
    ours: str
    peer: str
    theirs: str
    target: float


COMPARISONS = (
    Comparison("sync", "lkproto", "livekit-api", "livekit-api", 0.5),
    Comparison("async, one by one", "lkproto async", "livekit-api", "livekit-api", 0.8),
    Comparison(
        f"async, {AT_ONCE} at once",
        f"lkproto async, {AT_ONCE} at once",
        "livekit-api",
        f"livekit-api, {AT_ONCE} at once",
        0.8,
    ),
    Comparison("sync", "lkproto", "twirp", "twirp", 0.25),
)


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a client calls what; what it opens is closed with the stack."""

    url: str
    call: Call
    runner: asyncio.Runner
    stack: ExitStack

    def entered(self, manager: Any) -> Any:
        """An async context manager that was entered, and is left with the stack."""
        found = self.runner.run(manager.__aenter__())
        leave = manager.__aexit__
        self.stack.callback(lambda: self.runner.run(leave(None, None, None)))
        return found

    def one_by_one(self, method: Callable[[Any], Any], classes: Any) -> Batch:
        """A batch of sync calls."""
        call = self.call

        def batch(count: int) -> None:
            for _ in range(count):
                call.read(method(call.request(classes)))

        return batch

    def both_ways(
        self, name: str, method: Callable[[Any], Awaitable[Any]], classes: Any
    ) -> dict[str, Batch]:
        """Batches of async calls: one by one, and many at once."""
        call, runner = self.call, self.runner

        async def some(count: int) -> None:
            for _ in range(count):
                call.read(await method(call.request(classes)))

        async def many(count: int) -> None:
            await asyncio.gather(*(some(count // AT_ONCE) for _ in range(AT_ONCE)))

        return {
            name: lambda count: runner.run(some(count)),
            f"{name}, {AT_ONCE} at once": lambda count: runner.run(many(count)),
        }


def ours(to: Setting) -> dict[str, Batch]:
    """Our sync client, and the async one."""
    lk, name = import_module("lkproto.livekit"), to.call.python_name
    headers = {"Authorization": AUTHORIZATION}
    client = to.stack.enter_context(lk.RoomServiceClient(to.url, headers=headers))
    later = to.entered(lk.AsyncRoomServiceClient(to.url, headers=headers))
    found = {"lkproto": to.one_by_one(getattr(client, name), lk)}
    return found | to.both_ways("lkproto async", getattr(later, name), lk)


def livekit_api(to: Setting) -> dict[str, Batch]:
    """livekit-api with a token of its own, which it sends as it is: it mints none."""
    api = import_module("livekit.api")

    async def made() -> Any:
        return api.LiveKitAPI(to.url, token=TOKEN)

    rooms = to.entered(to.runner.run(made())).room
    return to.both_ways("livekit-api", getattr(rooms, to.call.python_name), api)


def twirpy(to: Setting) -> dict[str, Batch]:
    """The sync client of twirpy; no release has its async one."""
    api = import_module("livekit.api")
    context: Any = import_module("twirp.context").Context
    method = getattr(twirpy_stubs.client(to.url), to.call.rpc)

    def send(request: Any) -> Any:
        headers = {"Authorization": AUTHORIZATION}
        return method(ctx=context(headers=headers), request=request)

    return {"twirp": to.one_by_one(send, api)}


Side = Callable[[Setting], dict[str, Batch]]
# By the names of their distributions.
PEERS: dict[str, Side] = {"livekit-api": livekit_api, "twirp": twirpy}


def measure(
    trees: Path, rounds: int, peers: Iterable[str], size: int = BATCH
) -> dict[str, Any]:
    """By call and comparison: seconds of both sides and their ratio."""
    sides = [ours, *(PEERS[name] for name in peers)]
    wanted = [each for each in COMPARISONS if each.peer in peers]
    return compare(trees, rounds, sides, wanted, size)


def compare(
    trees: Path,
    rounds: int,
    sides: Sequence[Side],
    wanted: Sequence[Comparison],
    size: int = BATCH,
) -> dict[str, Any]:
    """By call and comparison: seconds of both and their ratio; sides make the batches."""
    library = LIBRARIES["ours"](trees)
    found: dict[str, Any] = {}
    for call in CALLS:
        answer = call.builder(library.classes)().to_bytes()
        samples = _samples(sides, call, answer, rounds, size)
        found[call.label] = {
            "bytes": len(answer),
            "rows": [
                {"label": each.label, "peer": each.peer, "target": each.target}
                | asdict(pair_of((one[each.ours], one[each.theirs]) for one in samples))
                for each in wanted
            ],
        }
    return found


def _samples(
    sides: Iterable[Side], call: Call, answer: bytes, rounds: int, size: int
) -> list[dict[str, float]]:
    """Processor seconds of a call in each round, by the names of batches."""
    with (
        sink.running(http_answer(answer)) as url,
        asyncio.Runner() as runner,
        ExitStack() as stack,
    ):
        batches: dict[str, Batch] = {}
        for side in sides:
            batches |= side(Setting(url, call, runner, stack))
        for batch in batches.values():
            batch(size)  # warms up
        return in_turns([*batches], rounds, lambda name: timed(batches[name], size))


def timed(batch: Batch, size: int) -> float:
    """Processor seconds of a call, of all threads of this process."""
    gc.collect()
    begun = time.process_time()
    batch(size)
    return (time.process_time() - begun) / size


if __name__ == "__main__":
    confirm_environment()
    trees, rounds, *peers = sys.argv[1:]
    print(json.dumps(measure(Path(trees), int(rounds), peers)))
