"""What only the store in memory does."""

from __future__ import annotations

import gc
import sys

import pytest
from lkproto.auth import InvalidArgumentError
from lkproto.webhook.stores import LeaseLostError, MemoryStore, StoreFullError

from .support import delivery, ids


def put(store: MemoryStore, *numbers: int, key: str = "room") -> list[int]:
    return ids(store.put([delivery(each, key) for each in numbers]))


def test_more_than_the_depth_of_a_partition_is_dropped() -> None:
    store = MemoryStore(max_depth=3)

    assert put(store, 1, 2) == []
    assert put(store, 3, 4, 5) == [4, 5]
    assert put(store, 6, key="other") == []
    assert ids(store.take_all()) == [1, 2, 3, 6]


def test_what_is_sent_or_waits_for_a_retry_does_not_count() -> None:
    store = MemoryStore(max_depth=1)
    put(store, 1)
    (claim,) = store.claim("sender", 0, 10, 1)

    assert put(store, 2, 3) == [3]
    store.retry(claim, 5, "no")
    assert put(store, 4) == [4]
    (claim,) = store.claim("sender", 5, 10, 1)
    store.done(claim)
    assert put(store, 5) == [5]  # 2 waits, and nobody has it
    store.claim("sender", 5, 10, 1)
    assert put(store, 6) == []


def test_what_is_dropped_needs_no_room() -> None:
    store = MemoryStore(max_depth=1, max_pending=2)
    put(store, 1)

    assert put(store, 2, 3) == [2, 3]
    assert put(store, 4, 5, key="other") == [5]
    with pytest.raises(StoreFullError):
        store.put([delivery(6), delivery(7, "third"), delivery(8, "third")])
    assert ids(store.take_all()) == [1, 4]


def test_a_forced_stop_takes_all_that_nobody_is_sending() -> None:
    store = MemoryStore()
    put(store, 1, 2)
    put(store, 3, key="b")
    put(store, 4, key="c")
    put(store, 5)
    for each in store.claim("sender", 0, 10, 3):
        if ids([each]) == [3]:
            store.retry(each, 5, "no")
        elif ids([each]) == [4]:
            store.done(each)
        else:
            sent = each

    assert ids(store.take_all()) == [2, 3, 5]
    assert store.take_all() == []
    store.retry(sent, 7, "no")
    assert store.next_due() == 7
    assert ids(store.take_all()) == [1]
    assert store.next_due() is None
    assert put(store, 6) == []
    assert ids(store.claim("sender", 0, 10, 9)) == [6]


def test_the_oldest_dead_letters_are_forgotten() -> None:
    store = MemoryStore(max_dead=2, clock=lambda: 50.0)
    put(store, 1, 2, 3)
    for _ in range(3):
        store.dead(store.claim("sender", 0, 10, 1)[0], "rejected", "400")

    letters = store.dead_letters()
    assert ids([each.delivery for each in letters]) == [2, 3]
    assert [each.died_at for each in letters] == [50.0, 50.0]


def test_a_replay_is_not_dropped() -> None:
    store = MemoryStore(max_depth=1)
    put(store, 1)
    store.dead(store.claim("sender", 0, 10, 1)[0], "rejected", "400")
    put(store, 2)

    assert store.replay(store.dead_letters()[0].seq) == 1
    assert ids(store.take_all()) == [2, 1]


def test_a_child_begins_with_nothing() -> None:
    store = MemoryStore()
    put(store, 1, 2)
    (claim,) = store.claim("sender", 0, 10, 1)
    store._lock.acquire()  # by a thread of the parent

    store.after_fork()

    assert store.next_due() is None
    with pytest.raises(LeaseLostError):
        store.done(claim)
    assert put(store, 3) == []
    assert ids(store.take_all()) == [3]
    store.close()


@pytest.mark.parametrize("name", ["max_depth", "max_pending", "max_dead"])
def test_limits_have_to_be_numbers_above_0(name: str) -> None:
    with pytest.raises(InvalidArgumentError, match=name):
        MemoryStore(**{name: 0})


def blocks_after(store: MemoryStore, count: int) -> int:
    for number in range(count):
        store.put([delivery(number, f"room {number}")])
        for claim in store.claim("sender", number / 1000, 30, 10):
            if claim.attempts == 0 and number % 10 == 0:
                store.retry(claim, 0, "no")
                (claim,) = store.claim("sender", number / 1000, 30, 1)  # noqa: PLW2901
            store.done(claim)
    gc.collect()
    return sys.getallocatedblocks()


@pytest.mark.slow
def test_memory_is_flat_over_100_000_deliveries() -> None:
    store = MemoryStore()
    first = blocks_after(store, 1_000)
    last = blocks_after(store, 99_000)

    assert last < first + 5_000  # 1,000 deliveries would take ten times as much
