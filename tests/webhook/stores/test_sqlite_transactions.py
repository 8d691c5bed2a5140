"""What a store in a file does in whose transaction: puts at once, settlements together."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from lkproto.webhook.stores import SQLiteStore, StoreError, StoreFullError
from lkproto.webhook.stores._statements import partition

from .support import delivery, drained


def commits(store: SQLiteStore, do: Callable[[], object]) -> int:
    """How many transactions there are while something is done, and until all is written."""
    statements: list[str] = []
    assert store._writer._connection
    store._writer._connection.set_trace_callback(statements.append)
    do()
    store.next_due()
    store._writer._connection.set_trace_callback(None)
    return statements.count("COMMIT")


def test_a_put_of_one_needs_neither_a_transaction_nor_a_thread(
    store: SQLiteStore, path: Path
) -> None:
    store.put([delivery(1)])

    assert store._writer._thread is None
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT event_id FROM delivery").fetchall() == [("EV_1",)]
    other.close()


def test_a_put_leaves_its_turn_to_a_thread_that_waits_for_one(
    store: SQLiteStore,
) -> None:
    store._writer._wanted = True
    store.put([delivery(1)])

    assert store._writer._thread is not None
    assert drained(store) == [1]


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_a_put_that_is_interrupted_leaves_the_store_as_it_was(
    store: SQLiteStore, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr("lkproto.webhook.stores._statements.put", interrupted)
        with pytest.raises((error, StoreError)):
            store.put([delivery(1)])
    store.put([delivery(2)])

    assert store._writer._busy.acquire(timeout=1)
    store._writer._busy.release()
    assert drained(store) == [2]


def test_what_is_settled_shares_a_transaction(store: SQLiteStore) -> None:
    store.put([delivery(n, f"k{n}") for n in range(10)])
    claims = store.claim("sender", time.time(), 30, 10)

    def settle() -> None:
        for each in claims:
            store.done(each)

    assert commits(store, settle) <= 3


def test_what_is_settled_is_written_soon_while_others_only_put(
    store: SQLiteStore, path: Path
) -> None:
    store.put([delivery(1)])
    (claim,) = store.claim("sender", time.time(), 30, 9)
    store.done(claim)
    deadline = time.monotonic() + 10
    with sqlite3.connect(path) as other:
        query = "SELECT count(*) FROM delivery WHERE event_id = 'EV_1'"
        while other.execute(query).fetchone()[0]:
            assert time.monotonic() < deadline
            store.put([delivery(2, "other")])
            store.put([delivery(3, "other"), delivery(4, "other")])
    other.close()


def test_a_full_store_has_room_again_once_something_was_settled(path: Path) -> None:
    store = SQLiteStore(path, max_pending=1)
    store.put([delivery(1)])
    with pytest.raises(StoreFullError):
        store.put([delivery(2)])
    (claim,) = store.claim("sender", time.time(), 30, 9)
    store.done(claim)
    store.put([delivery(3)])

    assert drained(store) == [3]


def test_partitions_of_other_urls_and_keys_are_others() -> None:
    found = {
        partition(endpoint, key)
        for endpoint in ("http://a/", "http://a/1", "http://a/12")
        for key in ("", "1", "2", "12", "21")
    }

    assert len(found) == 15
    assert all(-(2**63) <= each < 2**63 for each in found)
