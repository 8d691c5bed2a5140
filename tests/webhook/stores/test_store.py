"""What all stores do alike."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from lkproto.auth import InvalidArgumentError
from lkproto.webhook.stores import (
    Claim,
    LeaseLostError,
    Store,
    StoreFullError,
)

from .support import Bench, delivery, ids


def test_a_delivery_comes_back_as_it_was_put(bench: Bench) -> None:
    odd = replace(
        delivery(1), key="", body=b"\x00\xff\xf0\r\n", event="é\x00", queued_at=1.25
    )
    store: Store = bench.store

    store.put([odd])
    (claim,) = bench.claim()

    assert claim.delivery == odd
    assert type(claim.delivery.body) is bytes
    assert (claim.attempts, claim.sent_at) == (0, None)


def test_nothing_is_claimed_where_nothing_is(bench: Bench) -> None:
    assert bench.claim() == []
    assert bench.store.next_due() is None
    assert list(bench.store.put([])) == []
    assert bench.claim() == []


def test_deliveries_of_a_partition_come_one_after_the_other(bench: Bench) -> None:
    bench.put(1, 2)
    bench.put(3)

    for number in (1, 2, 3):
        (claim,) = bench.claim()
        assert ids([claim]) == [number]
        assert bench.claim() == []
        bench.store.done(claim)
    assert bench.claim() == []


def test_partitions_are_independent(bench: Bench) -> None:
    store = bench.store
    elsewhere = delivery(3, "room", "http://two.test/")
    store.put([delivery(1, "a"), delivery(2, "b"), delivery(4, "a"), elsewhere])

    claims = bench.claim()

    assert sorted(ids(claims)) == [1, 2, 3]
    (stuck,) = (each for each in claims if ids([each]) == [2])
    store.retry(stuck, bench.now + 100, "no")
    for each in claims:
        if each is not stuck:
            store.done(each)
    assert bench.drain() == [4]


def test_names_of_partitions_do_not_run_into_each_other(bench: Bench) -> None:
    pairs = [("a", "b"), ("ab", ""), ("", "ab"), ("a", "b|0"), ("a|b", "0")]
    deliveries = [
        delivery(number, key, endpoint) for number, (endpoint, key) in enumerate(pairs)
    ]

    bench.store.put(deliveries)

    assert {each.delivery for each in bench.claim()} == set(deliveries)


def test_no_more_is_claimed_than_asked_for_and_the_oldest_first(bench: Bench) -> None:
    for number in range(5):
        bench.store.put([replace(delivery(number, f"k{number}"), queued_at=number)])

    assert bench.claim(limit=0) == []
    assert ids(bench.claim(limit=2)) == [0, 1]
    assert ids(bench.claim(limit=2)) == [2, 3]
    assert ids(bench.claim(limit=2)) == [4]


def test_a_full_store_keeps_none_of_what_is_put(bench: Bench) -> None:
    store = bench.fresh(max_pending=3)
    bench.put(1, key="a")
    bench.put(2, key="b")

    with pytest.raises(StoreFullError, match="3 deliveries"):
        store.put([delivery(3, "a"), delivery(4, "c")])
    bench.put(5, key="a")
    with pytest.raises(StoreFullError):
        store.put([delivery(6, "d")])

    claims = bench.claim()
    with pytest.raises(StoreFullError):  # what is being sent counts
        store.put([delivery(6, "d")])
    store.done(claims[0])
    bench.put(7, key="e")
    assert sorted([*ids(claims[1:]), *bench.drain()]) == [2, 5, 7]


def test_a_retry_waits_and_keeps_what_the_notifier_counted(bench: Bench) -> None:
    bench.put(1, 2)
    (claim,) = bench.claim()
    tried = replace(claim, attempts=1, sent_at=bench.now)

    bench.store.retry(tried, bench.now + 10, "503")

    assert bench.store.next_due() == pytest.approx(bench.now + 10, abs=0.5)
    assert bench.claim() == []
    bench.pass_(9)
    assert bench.claim() == []
    bench.pass_(2)
    (again,) = bench.claim()
    assert (again.delivery, again.seq) == (claim.delivery, claim.seq)
    assert again.attempts == 1
    assert again.sent_at == pytest.approx(tried.sent_at)
    bench.store.retry(replace(again, attempts=2), bench.now, "503")
    (third,) = bench.claim()
    assert third.attempts == 2
    bench.store.done(third)
    (after,) = bench.claim()
    assert ids([after]) == [2]
    assert (after.attempts, after.sent_at) == (0, None)


def test_a_lease_keeps_others_away_until_it_ends(bench: Bench) -> None:
    bench.put(1, 2)
    (claim,) = bench.claim(lease=10)

    assert bench.store.next_due() == pytest.approx(bench.now + 10, abs=0.5)
    bench.pass_(9)
    assert bench.claim() == []
    bench.pass_(2)
    (taken,) = bench.claim()

    assert ids([taken]) == [1]
    assert taken.fence != claim.fence
    for settle in (
        lambda: bench.store.done(claim),
        lambda: bench.store.retry(claim, bench.now, "late"),
        lambda: bench.store.dead(claim, "rejected", "late"),
    ):
        with pytest.raises(LeaseLostError, match="'EV_1'"):
            settle()
    bench.store.done(taken)
    assert bench.drain() == [2]
    assert bench.store.dead_letters() == []


def test_a_late_sender_still_has_its_lease_if_nobody_took_over(bench: Bench) -> None:
    for late in ("done", "retry", "dead"):
        bench.put(1, 2, key=late)
        (claim,) = bench.claim(lease=10)
        bench.pass_(20)
        assert bench.claim(limit=0) == []
        if late == "done":
            bench.store.done(claim)
            assert bench.drain() == [2]
        elif late == "retry":
            bench.store.retry(claim, bench.now + 5, "late")
            assert bench.claim() == []
            bench.pass_(6)
            assert bench.drain() == [1, 2]
        else:
            bench.store.dead(claim, "rejected", "late")
            assert bench.drain() == [2]


def test_a_late_sender_is_heard_though_its_partition_waits_to_be_claimed(
    bench: Bench,
) -> None:
    # More is due than is claimed: those that wait were woken by the claim, and not taken.
    for number in range(4):
        bench.put(number, key=f"k{number}")
    claims = {ids([each])[0]: each for each in bench.claim(lease=10)}
    bench.pass_(11)
    bench.put(9, key="other")
    (taken,) = bench.claim(limit=1)
    others = [each for each in claims if each != ids([taken])[0]]

    bench.store.done(claims[others[0]])
    bench.store.retry(claims[others[1]], bench.now + 5, "late")
    rest = bench.drain()
    assert others[0] not in rest
    assert others[1] not in rest
    bench.pass_(6)
    assert bench.drain() == [others[1]]


def test_a_lease_is_settled_once(bench: Bench) -> None:
    bench.put(1, 2, 3)
    (claim,) = bench.claim()
    bench.store.done(claim)

    for settle in (
        lambda: bench.store.done(claim),
        lambda: bench.store.retry(claim, bench.now, "again"),
        lambda: bench.store.dead(claim, "rejected", "again"),
    ):
        with pytest.raises(LeaseLostError):
            settle()
    assert bench.drain() == [2, 3]
    with pytest.raises(LeaseLostError):  # the partition is empty, and made again
        bench.store.done(claim)
    bench.put(4)
    assert bench.claim() != []
    with pytest.raises(LeaseLostError):
        bench.store.done(claim)


def test_what_is_due_at_once_is_due_at_0(bench: Bench) -> None:
    bench.put(1, key="a")
    assert bench.store.next_due() == 0.0
    (claim,) = bench.claim()
    bench.put(2, key="b")
    assert bench.store.next_due() == 0.0
    (other,) = bench.claim()
    bench.store.retry(claim, bench.now + 7, "no")
    bench.store.retry(other, bench.now + 3, "no")
    assert bench.store.next_due() == pytest.approx(bench.now + 3, abs=0.5)
    bench.pass_(4)
    assert bench.drain() == [2]
    assert bench.store.next_due() == pytest.approx(bench.now + 3, abs=0.5)


def test_new_deliveries_do_not_keep_retries_waiting_nor_the_reverse(
    bench: Bench,
) -> None:
    store = bench.store
    for number in range(4):
        store.put([replace(delivery(number, f"r{number}"), queued_at=bench.now)])
    for each in bench.claim():
        store.retry(each, bench.now + 1, "no")
    bench.pass_(2)
    seen = set()
    for number in range(10, 30):
        # Each time more comes than one sender can send.
        for more in range(2):
            fresh = delivery(number * 2 + more, f"f{number}.{more}")
            store.put([replace(fresh, queued_at=bench.now)])
        (claim,) = bench.claim(limit=1)
        seen |= set(ids([claim]))
        store.done(claim)
        bench.pass_(0.1)

    assert {0, 1, 2, 3} < seen


def test_dead_letters_are_listed_in_pages(bench: Bench) -> None:
    bench.put(1, 2, 3)
    for number in (1, 2, 3):
        (claim,) = bench.claim()
        bench.store.dead(replace(claim, attempts=number), "rejected", f"40{number}")

    first = bench.store.dead_letters(limit=2)
    rest = bench.store.dead_letters(first[-1].seq, 2)

    letters = [*first, *rest]
    assert [len(first), len(rest)] == [2, 1]
    assert [each.delivery for each in letters] == [delivery(n) for n in (1, 2, 3)]
    assert [each.attempts for each in letters] == [1, 2, 3]
    assert {each.reason for each in letters} == {"rejected"}
    assert [each.error for each in letters] == ["401", "402", "403"]
    assert all(abs(each.died_at - bench.now) < 5 for each in letters)
    assert bench.store.dead_letters(letters[-1].seq) == []
    assert bench.store.dead_letters(limit=0) == []
    assert bench.claim() == []
    assert bench.store.next_due() is None


def test_a_replay_queues_at_the_end_in_the_old_order_and_once(bench: Bench) -> None:
    bench.put(1, 2, 3, 4)
    for _ in range(2):
        (claim,) = bench.claim()
        bench.store.dead(replace(claim, attempts=5, sent_at=1.0), "rejected", "400")
    one, two = (each.seq for each in bench.store.dead_letters())

    assert bench.store.replay(two, one, 987654321, two) == 2
    assert bench.store.replay(one, two) == 0
    assert bench.store.replay() == 0

    assert bench.store.dead_letters() == []
    found = []
    while claims := bench.claim():
        found += claims
        bench.store.done(claims[0])
    assert ids(found) == [3, 4, 1, 2]
    assert [(each.attempts, each.sent_at) for each in found] == [(0, None)] * 4
    # Ages count from the replay.
    assert [each.delivery.queued_at > 1001 for each in found] == [False] * 2 + [
        True
    ] * 2
    assert [each.delivery.body for each in found[2:]] == [
        delivery(n).body for n in (1, 2)
    ]


def test_what_is_replayed_can_die_again(bench: Bench) -> None:
    bench.put(1)
    seqs = []
    for _ in range(3):
        (claim,) = bench.claim()
        bench.store.dead(claim, "rejected", "400")
        (letter,) = bench.store.dead_letters()
        seqs.append(letter.seq)
        assert bench.store.replay(letter.seq) == 1
    assert seqs == sorted(set(seqs))


def test_a_full_store_replays_none(bench: Bench) -> None:
    store = bench.fresh(max_pending=2)
    bench.put(1, 2)
    for _ in range(2):
        store.dead(bench.claim()[0], "rejected", "400")
    bench.put(3)
    seqs = [each.seq for each in store.dead_letters()]

    with pytest.raises(StoreFullError):
        store.replay(*seqs)
    assert [each.seq for each in store.dead_letters()] == seqs
    assert store.replay(seqs[0]) == 1
    assert bench.drain() == [3, 1]


def test_what_is_forgotten_is_gone_and_nothing_else(bench: Bench) -> None:
    bench.put(1, 2, 3, 4, 5)
    for _ in range(3):
        bench.store.dead(bench.claim()[0], "rejected", "400")
    one, two, three = (each.seq for each in bench.store.dead_letters())
    (claim,) = bench.claim(limit=1)

    assert bench.store.forget(three, one, 987654321, three) == 2
    assert bench.store.forget(one, three) == 0
    assert bench.store.forget() == 0
    assert bench.store.forget(claim.seq) == 0  # it is being sent
    assert bench.store.replay(one, three) == 0

    assert [each.seq for each in bench.store.dead_letters()] == [two]
    bench.store.done(claim)
    assert bench.drain() == [5]
    assert bench.store.replay(two) == 1
    assert bench.drain() == [2]


def test_forgetting_frees_no_room_of_what_is_pending(bench: Bench) -> None:
    store = bench.fresh(max_pending=2)
    bench.put(1, 2)
    store.dead(bench.claim()[0], "rejected", "400")
    store.forget(store.dead_letters()[0].seq)

    bench.put(3)
    with pytest.raises(StoreFullError):
        bench.put(4)
    assert bench.drain() == [2, 3]


def test_two_senders_never_send_the_same_partition(bench: Bench) -> None:
    other = bench.open()
    for number in range(20):
        bench.put(number, number + 100, key=f"k{number}")

    mine = bench.store.claim("one", bench.now, 30, 12)
    theirs = other.claim("two", bench.now, 30, 30)

    assert sorted(ids([*mine, *theirs])) == list(range(20))
    assert len(mine) == 12


class Crowd:
    """Threads that put and send; what they raise fails the test."""

    puts, senders, most = 4, 3, 60

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.arrived: list[tuple[str, int]] = []
        self.errors: list[BaseException] = []

    def put(self, name: int) -> None:
        for number in range(self.most):
            self.bench.put(number, key=f"{name}.{number % 3}")

    def send(self, _: int) -> None:
        while len(self.arrived) < self.puts * self.most and not self.errors:
            for claim in self.bench.claim(limit=4):
                self.settle(claim)

    def settle(self, claim: Claim) -> None:
        number = ids([claim])[0]
        if claim.attempts == 0 and number % 7 == 0:
            self.bench.store.retry(replace(claim, attempts=1), self.bench.now, "again")
        else:
            self.arrived.append((claim.delivery.key, number))
            self.bench.store.done(claim)

    def run(self) -> None:
        jobs = [(self.put, number) for number in range(self.puts)]
        jobs += [(self.send, number) for number in range(self.senders)]
        threads = [threading.Thread(target=self.guarded, args=each) for each in jobs]
        for each in threads:
            each.start()
        for each in threads:
            each.join(60)

    def guarded(self, work: Callable[[int], None], number: int) -> None:
        try:
            work(number)
        except BaseException as error:
            self.errors.append(error)
            raise


def test_many_threads_lose_nothing_and_keep_the_order(bench: Bench) -> None:
    crowd = Crowd(bench)

    crowd.run()

    arrived = crowd.arrived
    assert crowd.errors == []
    assert len(arrived) == len(set(arrived)) == crowd.puts * crowd.most
    for key in {key for key, _ in arrived}:
        numbers = [number for name, number in arrived if name == key]
        assert numbers == sorted(numbers)


@pytest.mark.parametrize("name", ["max_pending"])
def test_limits_below_1_are_refused(bench: Bench, name: str) -> None:
    with pytest.raises(InvalidArgumentError, match=f"{name} has to be at least 1"):
        bench.fresh(**{name: 0})


def test_no_repr_shows_what_is_kept(bench: Bench) -> None:
    bench.put(1)

    assert "one.test" not in repr(bench.store)
    assert type(bench.store).__name__ in repr(bench.store)
