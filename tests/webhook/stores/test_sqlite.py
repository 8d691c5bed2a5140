"""What only the store in a file does."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from lkproto.auth import InvalidArgumentError
from lkproto.webhook.stores import (
    LeaseLostError,
    SQLiteStore,
    StoreError,
    StoreFullError,
)

from tests.support import until

from .support import SQLiteBench, delivery, drained, ids


def test_deliveries_are_in_the_file_when_put_returns(
    store: SQLiteStore, path: Path
) -> None:
    store.put([delivery(1), delivery(2)])

    with sqlite3.connect(path) as other:
        assert other.execute("SELECT event_id FROM delivery").fetchall() == [
            ("EV_1",),
            ("EV_2",),
        ]
    other.close()


def test_only_the_owner_may_read_the_files(store: SQLiteStore, path: Path) -> None:
    store.put([delivery(1)])

    files = list(path.parent.iterdir())
    assert len(files) == 3  # with the log and its index
    assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}


def test_a_file_that_was_closed_is_one_file_and_can_be_opened_again(
    store: SQLiteStore, path: Path
) -> None:
    store.put([delivery(1), delivery(2)])
    (claim,) = store.claim("sender", time.time(), 30, 9)
    store.done(claim)
    store.close()
    store.close()

    assert [each.name for each in path.parent.iterdir()] == [path.name]
    with pytest.raises(StoreError, match="is closed"):
        store.put([delivery(3)])
    assert drained(SQLiteStore(path)) == [2]


def test_what_is_settled_is_in_the_file_when_the_interpreter_ends(path: Path) -> None:
    code = (
        "import sys, time; from lkproto.webhook.stores import *\n"
        f"store = SQLiteStore({str(path)!r})\n"
        "store.put([Delivery('http://a', 'k', f'EV_{n}', 'e', 'k', b'', 0.0) for n in (1, 2)])\n"
        "store.done(store.claim('s', time.time(), 30, 1)[0])\n"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3] / "generated")}
    subprocess.run([sys.executable, "-c", code], check=True, env=env)

    assert drained(SQLiteStore(path)) == [2]


def test_a_store_that_nobody_has_any_more_closes_its_file(path: Path) -> None:
    store = SQLiteStore(path)
    store.put([delivery(1)])
    del store

    until(lambda: len(list(path.parent.iterdir())) == 1, 5)


def other_application(path: Path) -> None:
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE mine (x)")
    made.close()


def other_number(path: Path) -> None:
    with sqlite3.connect(path) as made:
        made.execute("PRAGMA application_id = 42")
    made.close()


def newer_version(path: Path) -> None:
    SQLiteStore(path).close()
    with sqlite3.connect(path) as made:
        made.execute("PRAGMA user_version = 99")
    made.close()


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: path.write_bytes(b"text " * 1000), "not a database"),
        (other_application, "another application"),
        (other_number, "another application"),
        (newer_version, "version 99, which a newer lkproto wrote"),
        (Path.mkdir, "unable to open"),
    ],
)
def test_another_file_is_refused_and_not_touched(
    path: Path, make: Callable[[Path], object], reason: str
) -> None:
    make(path)
    before = path.read_bytes() if path.is_file() else None

    with pytest.raises(StoreError, match=reason):
        SQLiteStore(path, timeout=1)

    assert before == (path.read_bytes() if path.is_file() else None)
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"missing/queue.db cannot be made"):
        SQLiteStore(tmp_path / "missing" / "queue.db")


def test_an_empty_file_becomes_a_store(path: Path) -> None:
    path.touch()
    store = SQLiteStore(path)
    store.put([delivery(1)])
    assert drained(store) == [1]


def test_many_can_open_a_file_that_is_not_there_yet(path: Path) -> None:
    opened: list[SQLiteStore] = []
    threads = [
        threading.Thread(target=lambda: opened.append(SQLiteStore(path)))
        for _ in range(8)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(opened) == 8
    for number, each in enumerate(opened):
        each.put([delivery(number)])
    assert drained(opened[0]) == list(range(8))


def test_power_loss_is_survived_on_demand(tmp_path: Path) -> None:
    for full, expected in ((False, 1), (True, 2)):
        store = SQLiteStore(tmp_path / f"{full}.db", full_sync=full)
        found = store._writer.call(
            lambda each: each.execute("PRAGMA synchronous").fetchone()[0]
        )
        assert found == expected


def limit_pages(store: SQLiteStore, more: int | None) -> None:
    """Leave room for some pages, or as much as there was before."""

    def work(connection: sqlite3.Connection) -> None:
        (now,) = connection.execute("PRAGMA page_count").fetchone()
        most = 2**30 if more is None else now + more
        connection.execute(f"PRAGMA max_page_count = {most}")

    store._writer.call(work)


def test_on_a_full_disk_puts_keep_nothing_and_later_work_again(
    store: SQLiteStore,
) -> None:
    big = replace(delivery(0, "big"), body=b"x" * 3000)
    store.put([delivery(1), delivery(2)])
    limit_pages(store, 16)
    kept, error = 0, ""
    while not error:
        try:
            store.put([big, big])
            kept += 2
        except StoreError as caught:
            error = str(caught)
    assert "queue.db: database or disk is full" in error
    # Sending goes on, and makes room.
    (claim,) = (
        each for each in store.claim("s", time.time(), 30, 9) if ids([each]) == [1]
    )
    store.done(claim)
    limit_pages(store, None)
    store.put([delivery(3)])

    assert drained(store) == [2, 3]
    with sqlite3.connect(store._path) as other:
        assert other.execute(
            "SELECT count(*), pending FROM delivery, counter"
        ).fetchall() == [(kept, kept)]
    other.close()


def test_what_was_settled_on_a_full_disk_is_written_later(store: SQLiteStore) -> None:
    store.put([replace(delivery(n), body=b"x" * 4000) for n in (1, 2)])
    (claim,) = store.claim("sender", time.time(), 30, 9)
    limit_pages(store, 0)
    store.retry(claim, 1.0, "x" * 100_000)  # a long error needs pages
    assert store.claim("sender", time.time(), 30, 9) == []
    limit_pages(store, None)

    deadline = time.monotonic() + 5
    while not (claims := store.claim("sender", time.time(), 30, 9)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert ids(claims) == [1]


def test_one_put_that_cannot_be_kept_does_not_concern_others(
    store: SQLiteStore,
) -> None:
    broken = replace(delivery(1), event_id="\ud800")
    results: list[object] = []

    def put(number: int) -> None:
        try:
            store.put([delivery(number), broken] if number % 2 else [delivery(number)])
            results.append(number)
        except StoreError as error:
            results.append(str(error))

    # All of them are waiting when the writer comes to look.
    with store._writer._busy:
        threads = [threading.Thread(target=put, args=(n,)) for n in range(6)]
        for each in threads:
            each.start()
        time.sleep(0.1)
    for each in threads:
        each.join()

    assert sorted(each for each in results if isinstance(each, int)) == [0, 2, 4]
    assert all("surrogates" in each for each in results if isinstance(each, str))
    assert sorted(drained(store)) == [0, 2, 4]


def locked(path: Path) -> sqlite3.Connection:
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    return other


def test_a_put_waits_no_longer_than_its_timeout_and_is_not_done_later(
    path: Path,
) -> None:
    store = SQLiteStore(path, timeout=0.2)
    other = locked(path)

    begun = time.monotonic()
    with pytest.raises(StoreError, match=r"not ready within 0.2 s.*nothing was done"):
        store.put([delivery(1)])
    assert time.monotonic() - begun < 10
    other.execute("ROLLBACK")
    other.close()
    store.put([delivery(2)])

    assert drained(store) == [2]


def test_a_put_waits_for_another_process_that_writes(path: Path) -> None:
    store = SQLiteStore(path)
    other = locked(path)
    timer = threading.Timer(0.2, lambda: other.execute("ROLLBACK"))
    timer.start()

    store.put([delivery(1)])
    timer.join()
    other.close()

    assert drained(store) == [1]


def test_a_put_that_times_out_in_a_running_transaction_is_taken_back(
    path: Path,
) -> None:
    store = SQLiteStore(path, timeout=0.3)
    outcome: list[str] = []

    def guarded(work: Callable[[], object]) -> threading.Thread:
        def run() -> None:
            try:
                work()
            except StoreError as error:
                outcome.append(str(error))

        return threading.Thread(target=run)

    putting = guarded(lambda: store.put([delivery(1)]))
    slow = guarded(lambda: store._writer.call(lambda _: time.sleep(0.6)))
    with store._writer._busy:  # so that both are in one transaction, after another one
        store._writer.post(lambda _: None)
        until(lambda: store._writer._wanted)
        putting.start()
        until(lambda: store._writer._calls.qsize() == 1)
        slow.start()
        until(lambda: store._writer._calls.qsize() == 2)
    putting.join()
    slow.join()

    assert len(outcome) == 2
    assert all("nothing was done" in each for each in outcome)
    time.sleep(0.5)
    assert drained(store) == []


def test_closing_does_not_wait_for_ever(path: Path) -> None:
    store = SQLiteStore(path, timeout=0.2)
    store.put([delivery(1)])
    (claim,) = store.claim("sender", time.time(), 30, 1)
    other = locked(path)
    store.done(claim)

    begun = time.monotonic()
    store.close()
    assert time.monotonic() - begun < 10
    other.close()

    again = SQLiteStore(path)
    assert again.next_due() is not None  # it is sent once more, when the lease ends


def test_a_sender_that_slept_longer_than_its_lease_is_not_heard(path: Path) -> None:
    one, two = SQLiteStore(path), SQLiteStore(path)
    one.put([delivery(1), delivery(2)])
    now = time.time()
    (claim,) = one.claim("one", now, 0.05, 1)
    time.sleep(0.1)
    (taken,) = two.claim("two", now + 1, 30, 1)

    with pytest.raises(LeaseLostError):
        one.done(claim)
    two.done(taken)
    assert drained(two) == [2]


def test_leases_that_others_took_over_are_forgotten(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lkproto.webhook.stores import _sqlite

    monkeypatch.setattr(_sqlite, "_MANY", 3)
    store, other = SQLiteStore(path), SQLiteStore(path)
    for number in range(20):
        store.put([delivery(number, f"k{number}")])
        now = time.time() + number
        assert store.claim("one", now, 0.0, 1)
        (taken,) = other.claim("two", now + 0.5, 30, 1)
        other.done(taken)
        other.next_due()

    assert len(store._leases) <= 5


def test_a_change_of_the_clock_delays_nothing_that_was_never_tried(
    store: SQLiteStore,
) -> None:
    store.put([replace(delivery(1), queued_at=time.time() + 86400)])

    assert store.next_due() == 0.0
    assert drained(store) == [1]


def forked(work: Callable[[], object]) -> int:
    """The exit code of a child that does some work."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        finally:
            traceback.print_exc()
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


# The interpreter warns of threads at a fork, from Python 3.12 on; here it is about them.
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_a_child_opens_the_file_itself_and_both_go_on(
    store: SQLiteStore, path: Path
) -> None:
    store.put([delivery(1), delivery(2)])
    (claim,) = store.claim("parent", time.time(), 30, 1)

    def child() -> None:
        assert store.claim("child", time.time(), 30, 1) == []
        with pytest.raises(StoreFullError):
            SQLiteStore(path, max_pending=2).put([delivery(9)])
        store.put([delivery(3), delivery(4, "other")])
        store.close()

    assert forked(child) == 0
    store.done(claim)
    store.put([delivery(5)])

    assert sorted(drained(store)) == [2, 3, 4, 5]
    again = SQLiteStore(path)
    check = again._writer.call(
        lambda each: each.execute("PRAGMA integrity_check").fetchone()[0]
    )
    assert check == "ok"


@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_children_while_threads_put_lose_nothing(store: SQLiteStore) -> None:
    stop, counts = threading.Event(), [0, 0]

    def put(name: int) -> None:
        while not stop.is_set():
            store.put([delivery(counts[name] * 10 + name, f"t{name}")])
            counts[name] += 1

    threads = [threading.Thread(target=put, args=(n,)) for n in range(2)]
    for each in threads:
        each.start()
    codes = [
        forked(lambda n=n: store.put([delivery(n * 10 + 5, "child")])) for n in range(8)
    ]
    stop.set()
    for each in threads:
        each.join()

    assert codes == [0] * 8
    found = drained(store)
    assert len(found) == len(set(found)) == sum(counts) + 8
    assert [each for each in found if each % 10 == 5] == [n * 10 + 5 for n in range(8)]


def test_a_fork_that_python_knows_nothing_of_is_refused(store: SQLiteStore) -> None:
    store._writer._process = -1

    with pytest.raises(StoreError, match="open it in each process"):
        store.put([delivery(1)])
    store._writer.close()
    store._writer._process = os.getpid()


def plans(store: SQLiteStore, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What SQLite does for all statements of a claim, a put and a settlement."""
    statements: list[str] = []
    assert store._writer._connection
    store._writer._connection.set_trace_callback(statements.append)
    store.put([delivery(7)])
    claims = store.claim("sender", time.time(), 30, 3)
    store.retry(claims[0], 1.0, "no")
    store.dead(store.claim("sender", time.time(), 30, 1)[0], "rejected", "no")
    store.replay(store.dead_letters()[0].seq)
    store.done(claims[1])
    store.next_due()
    store._writer._connection.set_trace_callback(None)

    def explain(connection: sqlite3.Connection) -> list[str]:
        rows: list[str] = []
        for each in statements:
            if each.lstrip().startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
                found = connection.execute(f"EXPLAIN QUERY PLAN {each}").fetchall()
                rows += [row[3] for row in found]
        return rows

    return store._writer.call(explain)


def test_no_statement_looks_at_all_that_waits(
    store: SQLiteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        store.put([delivery(number, f"k{number % 4}")])

    found = plans(store, monkeypatch)

    assert any("delivery_due" in each for each in found)
    assert any("delivery_order" in each for each in found)
    scans = {each for each in found if each.startswith("SCAN")}
    assert scans <= {"SCAN c", "SCAN counter"}, "the table of one row"
    assert not any("TEMP B-TREE" in each for each in found)


@pytest.mark.slow
def test_a_claim_takes_no_longer_with_a_long_queue(path: Path) -> None:
    def steps(store: SQLiteStore) -> int:
        """How many thousand instructions of SQLite a claim takes."""
        count = 0

        def step() -> None:
            nonlocal count
            count += 1

        assert store._writer._connection
        store._writer._connection.set_progress_handler(step, 10)
        (claim,) = store.claim("sender", time.time(), 30, 1)
        store.done(claim)
        store.next_due()
        store._writer._connection.set_progress_handler(None, 0)
        return count

    store = SQLiteStore(path)
    store.put([delivery(n, f"k{n % 50}") for n in range(500)])
    few = steps(store)
    for _ in range(4):
        store.put([delivery(n, f"k{n % 5000}") for n in range(10_000)])
    assert steps(store) < few * 2


@pytest.mark.slow
def test_the_file_does_not_grow_while_as_much_is_sent_as_put(
    store: SQLiteStore, path: Path
) -> None:
    def pages() -> int:
        found: int = store._writer.call(
            lambda each: each.execute("PRAGMA page_count").fetchone()[0]
        )
        return found

    def turn(rooms: range) -> None:
        for number in rooms:
            store.put([delivery(n, f"room {number}.{n}") for n in range(20)])
            drained(store)

    turn(range(20))
    before = pages()
    turn(range(20, 200))

    assert pages() <= before + 2
    assert store.next_due() is None


def test_a_broken_file_is_an_error_and_not_the_end(
    store: SQLiteStore, path: Path
) -> None:
    def fail(connection: sqlite3.Connection) -> None:
        raise sqlite3.DatabaseError("database disk image is malformed")

    with pytest.raises(StoreError, match="malformed"):
        store._writer.call(fail)
    store.put([delivery(1)])
    assert drained(store) == [1]


def test_a_file_that_cannot_have_a_log_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Connection(sqlite3.Connection):
        def execute(self, sql: str, *rest: object) -> sqlite3.Cursor:  # type: ignore[override]
            if sql.startswith("PRAGMA journal_mode"):
                sql = "SELECT 'delete'"
            return super().execute(sql, *rest)  # type: ignore[arg-type]

    connect = sqlite3.connect
    monkeypatch.setattr(
        sqlite3, "connect", lambda *a, **k: connect(*a, **k, factory=Connection)
    )
    with pytest.raises(StoreError, match="use a local disk"):
        SQLiteStore(path)


def test_a_negative_timeout_is_refused(path: Path) -> None:
    with pytest.raises(InvalidArgumentError, match="timeout"):
        SQLiteStore(path, timeout=-1)


def test_benches_make_files_of_their_own(tmp_path: Path) -> None:
    bench = SQLiteBench(tmp_path)
    bench.put(1)
    bench.fresh()
    assert bench.claim() == []
    bench.close()
