"""The short runs, as CI makes them; each is of a new seed, which is printed.

They measure times too, so they have the machine for themselves: the session `chaos` runs them.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from ..redis_server import RedisServer
from .isolation import is_isolated, isolation
from .plan import Plan
from .run import Run

if not os.environ.get("LKPROTO_CHAOS"):
    pytest.skip(
        "senders are killed in a session of its own: python3 noxfile.py -s chaos -- --short",
        allow_module_level=True,
    )


@pytest.fixture
def seed() -> int:
    """A number that LKPROTO_CHAOS_SEED can give, too."""
    given = os.environ.get("LKPROTO_CHAOS_SEED")
    seed = int(given) if given else random.SystemRandom().randrange(1_000_000)
    print(f"seed {seed}: LKPROTO_CHAOS_SEED={seed} repeats it")
    return seed


@pytest.fixture
def logs() -> Path:
    """Where the log of a run that failed stays."""
    folder = Path(__file__).parents[3] / "build" / "chaos"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_sqlite(seed: int, tmp_path: Path, logs: Path) -> None:
    plan = Plan("sqlite", 6_000, seed, kills=30, fills=1)
    seen = Run(plan, str(tmp_path / "webhooks.db"), logs).run()
    assert seen.kills == 30
    assert seen.fills == 1
    assert seen.refused, "the disk was never full"


def test_redis(
    seed: int, tmp_path: Path, logs: Path, redis_server: RedisServer
) -> None:
    plan = Plan("redis", 6_000, seed, kills=30, pauses=5, senders=3)
    seen = Run(plan, f"{redis_server.url} chaos{seed}", logs).run()
    assert seen.kills == 30
    assert seen.pauses == 5


def test_memory(seed: int, logs: Path) -> None:
    plan = Plan("memory", 2_000, seed, stops=3)
    seen = Run(plan, "", logs).run()
    assert seen.stops == 3
    assert seen.dropped, "no queue was full"
    assert seen.lost, "no stop lost anything"


def test_a_url_that_hangs_does_not_delay_another_one(seed: int, tmp_path: Path) -> None:
    alone, beside = isolation(500, seed, tmp_path)
    print(f"p99 {alone * 1000:.1f} ms, and {beside * 1000:.1f} ms while another hangs")
    assert is_isolated(alone, beside)
