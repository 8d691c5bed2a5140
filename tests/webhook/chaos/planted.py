"""Faults that a sender is given, to see that they are found."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from lkproto.webhook.stores import Claim, Delivery, MemoryStore, Store

NOT_QUEUED = 10_000_000


def planted(name: str, store: Store) -> Store:
    """A store, with a fault if there is a name."""
    if name in FAULTS:
        FAULTS[name](store)
    return store


def _loses(store: Any) -> None:
    """Lose deliveries."""
    put, number = store.put, count(1)

    def wrong(given: Sequence[Delivery]) -> Sequence[Delivery]:
        return put([each for each in given if next(number) % 50])  # type: ignore[no-any-return]

    store.put = wrong


def _repeats_late(store: Any) -> None:
    """Send what arrived once more, when its key has gone on."""
    done, number = store.done, count(1)

    def wrong(claim: Claim) -> None:
        if next(number) % 40 == 0:
            store.put([claim.delivery])
        done(claim)

    store.done = wrong


def _swaps(store: Any) -> None:
    """Keep deliveries until the next one of their key was put."""
    put, number = store.put, count(1)
    held: dict[tuple[str, str], Delivery] = {}

    def wrong(given: Sequence[Delivery]) -> Sequence[Delivery]:
        result: list[Delivery] = []
        for each in given:
            name = each.endpoint, each.key
            if name in held:
                result += [each, held.pop(name)]
            elif next(number) % 30:
                result.append(each)
            else:
                held[name] = each
        return put(result)  # type: ignore[no-any-return]

    store.put = wrong


def _forgets_done(store: Any) -> None:
    """Do not record what arrived, so that it is sent again when its lease ends."""
    done, number = store.done, count(1)

    def wrong(claim: Claim) -> None:
        if next(number) % 20:
            done(claim)

    store.done = wrong


def _gives_up(store: Any) -> None:
    """Make dead letters of what arrived nowhere yet."""
    retry, number = store.retry, count(1)

    def wrong(claim: Claim, due: float, error: str) -> None:
        if next(number) % 20:
            retry(claim, due, error)
        else:
            store.dead(claim, "attempts", error)

    store.retry = wrong


def _never_tries_again(store: Any) -> None:
    """Let what failed wait for a day."""
    retry, number = store.retry, count(1)

    def wrong(claim: Claim, due: float, error: str) -> None:
        retry(claim, due if next(number) % 20 else time.time() + 86400, error)

    store.retry = wrong


def _invents(store: Any) -> None:
    """Send what nobody queued."""
    put, number = store.put, count(NOT_QUEUED)

    def wrong(given: Sequence[Delivery]) -> Sequence[Delivery]:
        if (at := next(number)) % 50:
            return put(given)  # type: ignore[no-any-return]
        old, new = given[0].event_id.encode(), f"EV_{at}"
        body = given[0].body.replace(old, new.encode())
        return put([*given, replace(given[0], event_id=new, body=body)])  # type: ignore[no-any-return]

    store.put = wrong


def _leaks(store: Any) -> None:
    """Keep in memory a part of all that was sent."""
    done, kept = store.done, list[bytes]()

    def wrong(claim: Claim) -> None:
        kept.append(bytes(range(256)) * 160)
        done(claim)

    store.done = wrong


def _says_too_little(store: Any) -> None:
    """Do not return all that is lost."""
    assert isinstance(store, MemoryStore)
    take_all = store.take_all
    store.take_all = lambda: take_all()[1:]  # type: ignore[method-assign]


FAULTS: dict[str, Callable[[Any], None]] = {
    "loses": _loses,
    "repeats late": _repeats_late,
    "swaps": _swaps,
    "forgets done": _forgets_done,
    "gives up": _gives_up,
    "never tries again": _never_tries_again,
    "invents": _invents,
    "leaks": _leaks,
    "says too little": _says_too_little,
}
