"""Interleaved timing: what counts is the ratio of two things timed side by side.

Processors change speed for seconds at a time, so absolute times of one run are worth little.
Batches of both sides alternate, each pair gives a ratio, and the median of those is reported.
What runs in one process is timed by the processor time it takes, which other work on the machine
does not lengthen; what starts processes, by the clock on the wall.
The garbage collector stays on, for it is part of what objects cost.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from timeit import Timer
from typing import Any, TypeVar

T = TypeVar("T")
BATCH = 0.008

# Where processor time comes in coarse steps (Windows), the wall clock has to do.
_FINE = time.get_clock_info("process_time").resolution < 1e-5
cpu_clock = time.process_time if _FINE else time.perf_counter


@dataclass(frozen=True, slots=True)
class Pair:
    """Seconds per call of one side and the other, and the median ratio of one to the other."""

    seconds: float
    reference: float
    ratio: float


def compare(
    statement: str,
    names: Mapping[str, Any],
    reference: Mapping[str, Any],
    rounds: int,
    batch: float = BATCH,
) -> Pair:
    """Time a statement with the names of one side and of the other, in alternating batches."""
    timers = [_timer(statement, names), _timer(statement, reference)]
    counts = [calls_per_batch(timer, batch) for timer in timers]
    samples = [
        [
            timer.timeit(count) / count
            for timer, count in zip(timers, counts, strict=True)
        ]
        for _ in range(rounds)
    ]
    return pair_of(samples)


def pair_of(samples: Iterable[Iterable[float]]) -> Pair:
    """The medians of (seconds, reference seconds) samples, and of their ratios."""
    ours, theirs = zip(*samples, strict=True)
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    return Pair(median(ours), median(theirs), median(ratios))


def in_turns(
    names: Sequence[str], rounds: int, measure: Callable[[str], T]
) -> list[dict[str, T]]:
    """What is measured of each name in each round; each round begins with another name."""
    found: list[dict[str, T]] = []
    for number in range(rounds):
        at = number % len(names)
        found.append({name: measure(name) for name in [*names[at:], *names[:at]]})
    return found


def calls_per_batch(timer: Timer, batch: float) -> int:
    """How many calls last about as long as a batch; also warms everything up."""
    timer.timeit(1)  # the first call may prepare what all others use
    count, taken = 1, timer.timeit(1)
    while taken < batch / 4:
        count *= 2
        taken = timer.timeit(count)
    return max(1, round(count * batch / taken))


def clock(
    function: Callable[[], object], timer: Callable[[], float] = time.perf_counter
) -> float:
    """Seconds of one call; in wall-clock time by default."""
    begun = timer()
    function()
    return timer() - begun


def _timer(statement: str, names: Mapping[str, Any]) -> Timer:
    # timeit turns the collector off; the set-up runs after that.
    return Timer(statement, "import gc; gc.enable()", cpu_clock, globals=dict(names))
