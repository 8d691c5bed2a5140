"""What is done in a run: all of it follows from the seed, but for the time things take."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cached_property

KEY, SECRET = "APIchaos", "secret-of-32-bytes-is-long-enough"
URLS = 2
LEASE, TIMEOUT = 1.0, 0.3
"""Seconds of a lease, and of an attempt."""
IN_FLIGHT = 64
"""Deliveries that a sender has in flight at most."""
MAX_AGE, MAX_DEPTH = "2s", 6
"""When the store in memory drops."""
POISON = 0.04
"""Of the events, how many are refused for ever."""

# What an endpoint does, with its share. A poisoned event gets 302 in place of what delivers.
FATES = {
    "ok": 72.0,
    "500": 8.0,
    "reset": 4.0,
    "429": 4.0,
    "cut": 4.0,
    "half": 2.0,
    "slow": 2.0,
    "silent": 2.0,
}
DELIVERS = ("ok", "slow", "half")


@dataclass(frozen=True)
class Plan:
    """A run. `kills`, `pauses`, `fills` and `stops` are how often that happens to a sender."""

    store: str
    events: int
    seed: int
    kills: int = 0
    pauses: int = 0
    fills: int = 0
    stops: int = 0
    senders: int = 1
    keys: int = 40
    window: int = 200
    """How many events may wait at once."""
    rate: float = 0.0
    """Events a second; 0 is as many as can be queued."""
    hangs: str = ""
    """A URL, by its number, that never answers."""
    calm: bool = False
    """Whether endpoints always answer 200."""
    planted: str = ""
    """A fault of `planted`."""

    @cached_property
    def shuffled(self) -> random.Random:
        """Dice for what is done to senders."""
        return random.Random(self.seed)

    def lane(self, number: int) -> int:
        """Which sender queues an event. Each has keys of its own, so that their order is known."""
        return number % self.senders

    def key(self, number: int) -> str:
        """The event key."""
        lane = self.lane(number)
        own = range(lane, self.keys, self.senders)
        return f"k{own[int(self._drawn('key', number) * len(own))]}"

    def is_poison(self, number: int) -> bool:
        """Whether an event is refused for ever."""
        return not self.calm and self._drawn("poison", number) < POISON

    def fate(self, url: int, number: int, attempt: int) -> str:
        """What an endpoint does with an attempt."""
        if str(url) == self.hangs:
            return "silent"
        if self.calm:
            return "ok"
        point = self._drawn(f"{url} {attempt}", number) * sum(FATES.values())
        fate = "ok"
        for fate, share in FATES.items():  # noqa: B007 - the last one is meant
            point -= share
            if point < 0:
                break
        return "302" if fate in DELIVERS and self.is_poison(number) else fate

    def _drawn(self, what: str, number: int) -> float:
        return random.Random(f"{self.seed} {what} {number}").random()
