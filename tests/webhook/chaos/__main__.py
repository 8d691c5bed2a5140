"""The long run: `python -m tests.webhook.chaos --events N --kills N --seed N`."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.services.provide import find

from ..redis_server import RedisServer
from .checks import Evidence
from .children import ROOT
from .isolation import is_isolated, isolation
from .plan import URLS, Plan
from .run import Failed, Run

STORES = ("sqlite", "redis", "memory")


def main() -> int:
    """Make a run of each store that is named, and print figures."""
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument(
        "--seed", type=int, default=random.SystemRandom().randrange(10**6)
    )
    parser.add_argument("--stores", nargs="+", choices=STORES, default=STORES)
    given = parser.parse_args()
    logs = ROOT / "build" / "chaos"
    logs.mkdir(parents=True, exist_ok=True)
    failed = 0
    for store in given.stores:
        plan = planned(store, given.events, given.kills, given.seed)
        print(
            f"{store}: {plan.events} events, {plan.kills} kills, seed {plan.seed}",
            flush=True,
        )
        begun = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            try:
                seen = made(plan, Path(folder), logs)
            except Failed as error:
                print(error, flush=True)
                failed += 1
            else:
                print(figures(seen, time.monotonic() - begun), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        alone, beside = isolation(1_000, given.seed, Path(folder))
    print(
        f"p99 {alone * 1000:.1f} ms, and {beside * 1000:.1f} ms while another URL hangs"
    )
    return 1 if failed or not is_isolated(alone, beside) else 0


def planned(store: str, events: int, kills: int, seed: int) -> Plan:
    """What is done in a run; stops and pauses are in proportion to kills."""
    if store == "memory":
        return Plan(store, events, seed, stops=max(kills // 10, 3))
    if store == "redis":
        return Plan(store, events, seed, kills, pauses=kills // 6, senders=3)
    return Plan(store, events, seed, kills, fills=max(kills // 30, 1))


def made(plan: Plan, folder: Path, logs: Path) -> Evidence:
    """Make a run. Raises Failed."""
    if plan.store != "redis":
        return Run(plan, str(folder / "webhooks.db"), logs).run()
    if find("redis-server") is None:
        sys.exit("redis-server is missing: python3 noxfile.py -s services")
    server = RedisServer(folder)
    server.start()
    try:
        return Run(plan, f"{server.url} chaos", logs).run()
    finally:
        server.kill()


def figures(seen: Evidence, seconds: float) -> str:
    """What a run was."""
    counts = {
        "attempts": len(seen.arrivals),
        "repeats": seen.repeats,
        "dead": len(seen.dead),
        "refused": len(seen.refused),
        "dropped": len(seen.dropped),
        "returned by stop": len(seen.lost),
        "kills": seen.kills,
        "pauses": seen.pauses,
        "full disks": seen.fills,
        "stops": seen.stops,
    }
    text = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    deliveries = len(seen.delivered)
    return (
        f"  all holds: {deliveries} deliveries to {URLS} URLs in {seconds:.0f} s, {text}, "
        f"memory {seen.growth():.2f} times that at a tenth"
    )


if __name__ == "__main__":
    sys.exit(main())
