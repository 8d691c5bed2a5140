"""The notifier with threads."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from threading import Event, Thread, Timer, current_thread, main_thread

import pytest
from lkproto.auth import InvalidArgumentError
from lkproto.http import Request, Response, ScriptedTransport
from lkproto.webhook.notifier import (
    Notifier,
    NotifierClosedError,
    QueueFullError,
    Retries,
)
from lkproto.webhook.stores import (
    Claim,
    Delivery,
    MemoryStore,
    SQLiteStore,
    StoreError,
)

from tests.support import until

from .support import CONFIG, KEY, OK, SECRET, URL, WAIT, Gate, event, names

FAST = Retries(wait_min=0.001, wait_max=0.01)


def notifier(transport, config=CONFIG, **settings) -> Notifier:
    return Notifier(config, KEY, SECRET, transport=transport, **settings)


def threads() -> int:
    return sum(each.name == "lkproto-webhook" for each in threading.enumerate())


def test_everything_is_sent_before_with_ends_and_in_order_for_each_key() -> None:
    transport = ScriptedTransport(OK)
    with notifier(transport) as sender:
        for at in range(300):
            sender.queue_notify(event(f"{at}", room=f"r{at % 3}"))

    sent = list(map(int, names(transport.requests)))
    assert sorted(sent) == list(range(300))
    for key in range(3):
        of_key = [each for each in sent if each % 3 == key]
        assert of_key == sorted(of_key)
    assert sender.counts.success == 300
    until(lambda: threads() == 0)


def test_a_failure_is_tried_again_and_a_hook_hears_of_the_end_alone() -> None:
    transport = ScriptedTransport([Response(500, {}, b""), no_connection(), OK])
    infos = []
    with notifier(transport, retries=FAST) as sender:
        sender.on_processed(infos.append)
        sender.queue_notify(event())

    assert len(transport.requests) == 3
    assert [info.send_error for info in infos] == [""]


def test_dead_letters_are_queued_again_or_deleted() -> None:
    transport = ScriptedTransport([Response(404, {}, b"")] * 2 + [OK])
    with notifier(transport) as sender:
        for name in ("1", "2"):
            sender.queue_notify(event(name))
        until(lambda: sender.counts.failure == 2)
        one, two = (each.seq for each in sender.store.dead_letters())
        assert sender.forget(one, 987654321) == 1
        assert sender.replay(one, two) == 1

    assert names(transport.requests) == ["1", "2", "2"]
    assert sender.store.dead_letters() == []


def no_connection() -> Exception:
    from lkproto.http import TransportError

    return TransportError("connect", sent=False)


def test_keys_are_sent_at_once_up_to_the_limit() -> None:
    gate = Gate()
    with notifier(gate, max_in_flight=40) as sender:
        for at in range(100):
            sender.queue_notify(event(room=f"r{at}"))
        until(lambda: len(gate.requests) == 40)
        time.sleep(0.05)
        assert len(gate.requests) == 40
        gate.opened.set()

    assert len(gate.requests) == 100


def test_a_retry_is_not_forgotten_while_everything_else_is_idle() -> None:
    answers = [Response(500, {}, b"")] * 3 + [OK]
    transport = ScriptedTransport(answers)
    with notifier(transport, retries=Retries(0.05, 0.05)) as sender:
        sender.queue_notify(event())
        until(lambda: sender.counts.success)

    assert len(transport.requests) == 4


def test_a_drain_waits_for_a_retry_without_being_busy() -> None:
    class Counted(MemoryStore):
        claims = 0

        def claim(
            self, owner: str, now: float, lease: float, limit: int, /
        ) -> list[Claim]:
            self.claims += 1
            return super().claim(owner, now, lease, limit)

    store = Counted()
    transport = ScriptedTransport([Response(500, {}, b""), OK])
    sender = notifier(transport, store=store, retries=Retries(0.3, 0.3))
    sender.queue_notify(event())
    sender.stop()

    assert len(transport.requests) == 2
    assert store.claims < 20


def test_after_a_stop_there_is_an_error_and_a_filtered_event_is_none() -> None:
    sender = notifier(ScriptedTransport(OK))
    sender.set_filter(include=["wanted"])
    assert sender.stop() == []

    sender.queue_notify(event("other"))
    with pytest.raises(NotifierClosedError):
        sender.queue_notify(event("wanted"))


def test_a_forced_stop_returns_at_once_what_was_not_begun() -> None:
    gate = Gate()
    sender = notifier(gate)
    for name in "abc":
        sender.queue_notify(event(name))
    assert gate.begun.wait(WAIT)

    lost = sender.stop(force=True)

    assert [each.event for each in lost] == ["b", "c"]
    gate.opened.set()
    assert sender.stop() == []  # waits for the attempt in flight
    assert names(gate.requests) == ["a"]
    assert sender.counts.success == 1


def test_force_ends_what_a_drain_waits_for() -> None:
    gate = Gate()
    sender = notifier(gate)
    for name in "ab":
        sender.queue_notify(event(name))
    assert gate.begun.wait(WAIT)
    results: list[list] = []
    drain = Thread(target=lambda: results.append(sender.stop()))
    drain.start()
    time.sleep(0.05)
    assert drain.is_alive()

    lost = sender.stop(force=True)

    gate.opened.set()
    drain.join(WAIT)
    assert [each.event for each in lost] == ["b"]
    assert results == [[]]


def test_a_drain_that_takes_too_long_returns_what_is_lost() -> None:
    gate = Gate()
    sender = notifier(gate)
    for name in "ab":
        sender.queue_notify(event(name))
    assert gate.begun.wait(WAIT)

    lost = sender.stop(timeout=0.05)

    assert [each.event for each in lost] == ["b"]
    gate.opened.set()


def test_a_stop_without_any_event_is_fine_and_can_be_repeated() -> None:
    sender = notifier(ScriptedTransport(OK))

    assert [sender.stop(), sender.stop(force=True), sender.stop()] == [[], [], []]


def test_what_is_passed_in_stays_open() -> None:
    transport, store = ScriptedTransport(OK), MemoryStore()
    with notifier(transport, store=store) as sender:
        sender.queue_notify(event())

    assert not transport.closed
    assert sender.store is store


def test_a_store_that_fails_for_a_while_delays_and_loses_nothing() -> None:
    class Failing(MemoryStore):
        failures = 3

        def claim(
            self, owner: str, now: float, lease: float, limit: int, /
        ) -> list[Claim]:
            if self.failures:
                self.failures -= 1
                raise StoreError("away")
            return super().claim(owner, now, lease, limit)

    transport = ScriptedTransport(OK)
    with notifier(transport, store=Failing()) as sender:
        for name in "abcd":
            sender.queue_notify(event(name))

    assert names(transport.requests) == list("abcd")


def test_a_transport_with_a_fault_of_its_own_loses_no_thread(caplog) -> None:
    def broken(request: Request) -> Response:
        raise RuntimeError("a fault")

    transport = ScriptedTransport(broken)
    sender = notifier(transport)
    sender.queue_notify(event())
    until(lambda: "could not be recorded" in caplog.text)
    sender.queue_notify(event(room="other"))
    until(lambda: len(transport.requests) == 2)
    sender.stop(force=True)


def test_a_full_queue_is_an_error_of_its_url_alone() -> None:
    gate = Gate()
    config = {**CONFIG, "resource_url_notifier": {"max_depth": 1}}
    sender = notifier(gate, config)
    sender.queue_notify(event())
    assert gate.begun.wait(WAIT)
    sender.queue_notify(event())

    with pytest.raises(QueueFullError):
        sender.queue_notify(event())

    gate.opened.set()
    sender.stop()
    assert sender.counts.dropped == {"queue is full": 1}


def test_many_threads_may_queue_at_once() -> None:
    transport = ScriptedTransport(OK)
    with notifier(transport) as sender:

        def queue(key: int) -> None:
            for at in range(50):
                sender.queue_notify(event(f"{at}", room=f"r{key}"))

        callers = [Thread(target=queue, args=(key,)) for key in range(16)]
        for each in callers:
            each.start()
        for each in callers:
            each.join()

    assert sender.counts.success == 800


def test_keys_come_from_the_environment(monkeypatch) -> None:
    monkeypatch.setenv("LIVEKIT_API_KEY", KEY)
    monkeypatch.setenv("LIVEKIT_API_SECRET", SECRET)
    transport = ScriptedTransport(OK)
    with Notifier({"urls": [URL]}, transport=transport) as sender:
        sender.queue_notify(event())

    assert len(transport.requests) == 1


def test_an_attempt_has_to_be_shorter_than_its_lease() -> None:
    with pytest.raises(InvalidArgumentError, match="less than the lease"):
        notifier(ScriptedTransport(OK), timeout=30.0)


def test_nothing_shows_a_secret() -> None:
    sender = notifier(ScriptedTransport(OK))
    sender.set_keys("APInew", "another-secret-of-32-bytes-or-so")

    assert SECRET not in repr(sender)
    assert "another" not in repr(vars(sender)) + repr(vars(sender._core))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_after_a_fork_the_child_sends_what_it_queues_and_nothing_of_the_parent() -> (
    None
):
    gate = Gate()
    sender = notifier(gate)
    for name in "ab":
        sender.queue_notify(event(name))
    assert gate.begun.wait(WAIT)
    child = os.fork()
    if not child:
        status = 1
        try:
            gate.requests.clear()
            gate.opened.set()
            sender.queue_notify(event("child"))
            sender.stop(timeout=WAIT)
            status = 0 if names(gate.requests) == ["child"] else 2
        finally:
            os._exit(status)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    gate.opened.set()
    sender.stop()
    assert names(gate.requests) == ["a", "b"]


def test_after_a_rest_too_a_url_that_hangs_delays_no_other() -> None:
    """The watcher sleeps while nothing is to be sent, and has to wake for what comes then."""
    hung, opened, came = (threading.Event() for _ in range(3))
    hanging, other = f"{URL}/hangs", f"{URL}/answers"

    class Half:
        def send(self, request: Request, /) -> Response:
            if request.url == hanging and hung.is_set():
                assert opened.wait(WAIT)
            elif hung.is_set():
                came.set()
            return OK

        def close(self) -> None:
            pass

    config = {"urls": [hanging, other], "api_key": KEY}
    with Notifier(config, KEY, SECRET, transport=Half()) as notifier:
        notifier.queue_notify(event("first"))
        time.sleep(0.2)
        hung.set()
        notifier.queue_notify(event("second"))
        arrived = came.wait(2.0)
        opened.set()
    assert arrived


def test_a_stop_ends_a_watcher_that_has_just_looked_into_the_store() -> None:
    """The call to stop may come before the watcher waits for one."""

    class Slow(MemoryStore):
        looked, stopping = Event(), Event()

        def next_due(self) -> float | None:
            due = super().next_due()
            if current_thread() is not main_thread():
                self.looked.set()
                assert self.stopping.wait(WAIT)
            return due

    store = Slow()
    sender = notifier(ScriptedTransport(OK), store=store)
    sender.queue_notify(event())
    assert store.looked.wait(WAIT)
    begun = time.monotonic()
    Timer(0.1, store.stopping.set).start()
    sender.stop(force=True)
    assert sender._over.wait(WAIT)

    assert time.monotonic() - begun < 5  # of IDLE seconds


def durable(folder: Path, deliveries: int = 0) -> SQLiteStore:
    store = SQLiteStore(folder / "queue.db")
    store.put(
        [
            Delivery(URL, f"r{at}", f"EV_{at}", "e", KEY, b"%d" % at, time.time())
            for at in range(deliveries)
        ]
    )
    return store


def test_what_a_sender_claimed_and_did_not_begin_is_free_after_a_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Notifier, "_slow", lambda _: 0)  # no second sender
    store, other, gate = durable(tmp_path, 10), durable(tmp_path), Gate()
    sender = notifier(gate, store=store)
    assert gate.begun.wait(WAIT)
    assert other.claim("another", time.time(), 30, 20) == []
    assert sender.stop(force=True) == []
    store.next_due()  # writes what was given back

    assert len(other.claim("another", time.time(), 30, 20)) == 9
    gate.opened.set()
    assert sender._over.wait(WAIT)
    store.close()
    other.close()


def test_all_senders_send_what_one_has_claimed(tmp_path: Path) -> None:
    store, gate = durable(tmp_path, 10), Gate()
    with notifier(gate, store=store):
        try:
            until(lambda: len(gate.requests) == 10)
        finally:
            gate.opened.set()
    store.close()


def test_what_was_claimed_too_long_ago_is_claimed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Notifier, "_slow", lambda _: 0)
    store, gate = durable(tmp_path, 3), Gate()
    with notifier(gate, store=store, lease=0.6, timeout=0.5) as sender:
        assert gate.begun.wait(WAIT)
        held = [claim.fence for claim, _ in sender._held]
        time.sleep(0.2)  # an attempt may begin for 0.1 s
        gate.opened.set()
        until(lambda: sender.counts.success >= 3)
    store.close()

    assert held == [1, 1]
    assert sorted({each.body for each in gate.requests}) == [b"0", b"1", b"2"]
