"""What has to hold after a run, by the numbers of the design; each violation is a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from .plan import IN_FLIGHT, URLS, Plan
from .sink import Arrival

Name = tuple[int, int]
"""The number of a URL, and that of an event."""

WARM = 600
"""Events after which a sender has all its threads."""
_SHOWN = 5  # of each kind of violation


@dataclass
class Evidence:
    """What was seen in a run."""

    plan: Plan
    tried: set[int] = field(default_factory=set[int])
    ok: set[int] = field(default_factory=set[int])
    refused: set[int] = field(default_factory=set[int])
    arrivals: list[Arrival] = field(default_factory=list[Arrival])
    dead: set[Name] = field(default_factory=set[Name])
    dropped: set[Name] = field(default_factory=set[Name])
    lost: set[Name] = field(default_factory=set[Name])
    again: Counter[Name] = field(default_factory=Counter[Name])
    """How often a sender said that it has to send something again."""
    pending: bool = False
    kills: int = 0
    pauses: int = 0
    fills: int = 0
    stops: int = 0
    memory: list[tuple[float, int]] = field(default_factory=list[tuple[float, int]])
    """How much of a run was over, and the bytes that a sender had then."""

    @property
    def delivered(self) -> set[Name]:
        """What an endpoint said it has."""
        return {(each.url, each.number) for each in self.arrivals if each.delivered}

    @property
    def repeats(self) -> int:
        """How many attempts came after their delivery."""
        return sum(1 for _ in _repeated(self.arrivals))

    def growth(self) -> float:
        """A sender's memory in the last tenth, as a multiple of that at a tenth."""
        tenth = max(0.15, WARM / self.plan.events)
        early = [size for at, size in self.memory if at <= tenth]
        late = [size for at, size in self.memory if at >= 0.9]
        return max(late) / max(early) if early and late else 1.0


def violations(seen: Evidence) -> list[str]:
    """All that does not hold."""
    found: list[str] = []
    for check in (
        _nothing_is_lost,
        _dead_are_poison,
        _nothing_is_invented,
        _order,
        _few_repeats,
        _all_verify,
        _memory_stays,
    ):
        lines = list(check(seen))
        found += lines[:_SHOWN]
        if len(lines) > _SHOWN:
            found.append(f"    … and {len(lines) - _SHOWN} more of these")
    return found


def _nothing_is_lost(seen: Evidence) -> Iterator[str]:
    """(1) `ok` is delivered or dead; (9) in memory, or reported as lost or dropped."""
    law = "(9)" if seen.plan.store == "memory" else "(1)"
    if seen.pending:
        yield f"{law} deliveries are pending at the end"
    known = seen.delivered | seen.dead | seen.dropped | seen.lost
    for number in sorted(seen.ok):
        for url in range(URLS):
            if str(url) != seen.plan.hangs and (url, number) not in known:
                yield f"{law} event {number} never came to URL {url}, and is not reported"


def _dead_are_poison(seen: Evidence) -> Iterator[str]:
    """(2) What was refused for ever is dead, and nothing else."""
    if seen.plan.stops:
        # What a forced stop finds in flight may end as dead, and is reported.
        stopped = (seen.stops + 1) * IN_FLIGHT
        wrong = [each for each in seen.dead if not seen.plan.is_poison(each[1])]
        if len(wrong) > stopped:
            yield f"(2) {len(wrong)} are dead that were not refused"
    else:
        for url, number in sorted(seen.dead):
            if not seen.plan.is_poison(number):
                yield f"(2) event {number} is dead for URL {url}, and was not refused"
    for url, number in sorted(seen.delivered):
        if seen.plan.is_poison(number):
            yield f"(2) event {number} was delivered to URL {url}, which refuses it"


def _nothing_is_invented(seen: Evidence) -> Iterator[str]:
    """(3) What comes was queued.

    Redis may have done what it did not answer in time, as the documentation says.
    """
    for each in seen.arrivals:
        if each.number not in seen.tried:
            yield f"(3) event {each.number} came to URL {each.url}, and was never queued"
        elif each.number in seen.refused and seen.plan.store != "redis":
            yield f"(3) event {each.number} came to URL {each.url}, and was refused"


def _order(seen: Evidence) -> Iterator[str]:
    """(4) First arrivals rise; (5) a repeat repeats the last one. Both for each URL and key."""
    last: dict[tuple[int, str], int] = {}
    came: set[Name] = set()
    for each in seen.arrivals:
        if each.number not in seen.tried:
            continue
        partition = each.url, seen.plan.key(each.number)
        before = last.get(partition, -1)
        if (each.url, each.number) in came:
            if each.number != before:
                yield f"(5) event {each.number} came again after {before} of {partition}"
            continue
        came.add((each.url, each.number))
        if each.number < before:
            yield f"(4) event {each.number} came after {before} of {partition}"
        last[partition] = max(before, each.number)


def _repeated(arrivals: list[Arrival]) -> Iterator[Arrival]:
    had: set[Name] = set()
    for each in arrivals:
        if (each.url, each.number) in had:
            yield each
        if each.delivered:
            had.add((each.url, each.number))


def _few_repeats(seen: Evidence) -> Iterator[str]:
    """(6) What comes again has failed, as its sender saw it, or something happened to that one.

    An answer that came too late for a sender is a failure too, so a slow machine changes nothing.
    """
    attempts = Counter((each.url, each.number) for each in seen.arrivals)
    repeats = sum(
        max(count - 1 - seen.again[name], 0) for name, count in attempts.items()
    )
    most = (seen.kills + seen.pauses + seen.fills) * IN_FLIGHT
    if repeats > most:
        yield f"(6) {repeats} repeats, and no more than {most} have a cause"


def _all_verify(seen: Evidence) -> Iterator[str]:
    """(7) Every attempt verifies when it comes."""
    for each in seen.arrivals:
        if each.problem:
            yield f"(7) event {each.number} at URL {each.url}: {each.problem}"


def _memory_stays(seen: Evidence) -> Iterator[str]:
    """(8) A sender has no more memory at the end than at the beginning."""
    if seen.growth() > 1.2:
        yield f"(8) a sender's memory grew {seen.growth():.2f} times"
