"""Every store does what a simple model does, whatever is asked of it in whatever order."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)
from lkproto.webhook.stores import (
    Claim,
    LeaseLostError,
    StoreFullError,
)

from ..redis_server import RedisServer
from .support import Bench, RedisBench, SQLiteBench, delivery, ids

MOST = 12
PARTITIONS = ["a", "b", "c"]


@dataclass
class Partition:
    """What a partition is, in the fewest words."""

    waiting: list[int] = field(default_factory=list)
    due: float = 0.0
    lease: Claim | None = None
    attempts: int = 0


class Model(RuleBasedStateMachine):
    """A store and its model. Deliveries are numbers; each is put once."""

    bench: Bench
    claims = Bundle("claims")

    @initialize()
    def begin(self) -> None:
        self.store = self.bench.fresh(max_pending=MOST)
        self.partitions: dict[str, Partition] = {}
        self.dead: dict[int, tuple[int, str]] = {}
        self.number = 0

    @property
    def pending(self) -> int:
        return sum(len(each.waiting) for each in self.partitions.values())

    def is_due(self, partition: Partition) -> bool:
        return bool(partition.waiting) and partition.due <= self.bench.now

    @rule(keys=st.lists(st.sampled_from(PARTITIONS), max_size=4))
    def put(self, keys: list[str]) -> None:
        numbers = range(self.number, self.number + len(keys))
        self.number += len(keys)
        given = [
            delivery(number, key) for number, key in zip(numbers, keys, strict=True)
        ]
        try:
            self.store.put(given)
        except StoreFullError:
            assert self.pending + len(keys) > MOST
            return
        assert self.pending + len(keys) <= MOST
        for number, key in zip(numbers, keys, strict=True):
            self.partitions.setdefault(key, Partition()).waiting.append(number)

    @rule(target=claims, limit=st.integers(0, 4), lease=st.sampled_from([50, 200]))
    def claim(self, limit: int, lease: int) -> object:
        due = {key for key, each in self.partitions.items() if self.is_due(each)}
        claims = self.store.claim("sender", self.bench.now, lease, limit)
        keys = [each.delivery.key for each in claims]
        assert len(set(keys)) == len(keys) == min(limit, len(due))
        for each in claims:
            partition = self.partitions[each.delivery.key]
            assert each.delivery.key in due
            assert ids([each]) == partition.waiting[:1]
            assert each.attempts == partition.attempts
            partition.lease = each
            partition.due = self.bench.now + lease
        return multiple(*claims)

    def settled(self, claim: Claim) -> Partition | None:
        """The partition whose lease a claim still has."""
        partition = self.partitions[claim.delivery.key]
        if partition.lease != claim:
            return None
        partition.lease = None
        return partition

    def advance(self, partition: Partition) -> None:
        del partition.waiting[0]
        partition.due, partition.attempts = 0.0, 0

    @rule(claim=claims)
    def done(self, claim: Claim) -> None:
        partition = self.settled(claim)
        if partition is None:
            with pytest.raises(LeaseLostError):
                self.store.done(claim)
            return
        self.store.done(claim)
        self.advance(partition)

    @rule(claim=claims, wait=st.sampled_from([0, 30, 300]))
    def retry(self, claim: Claim, wait: int) -> None:
        partition, due = self.settled(claim), self.bench.now + wait
        tried = replace(claim, attempts=claim.attempts + 1, sent_at=1.5)
        if partition is None:
            with pytest.raises(LeaseLostError):
                self.store.retry(tried, due, "no")
            return
        self.store.retry(tried, due, "no")
        # Redis's clock goes on while this one stands still.
        partition.due = due
        partition.attempts += 1

    @rule(claim=consumes(claims))
    def die(self, claim: Claim) -> None:
        partition = self.settled(claim)
        if partition is None:
            with pytest.raises(LeaseLostError):
                self.store.dead(claim, "rejected", "400")
            return
        self.store.dead(claim, "rejected", "400")
        self.dead[claim.seq] = (partition.waiting[0], claim.delivery.key)
        self.advance(partition)

    @precondition(lambda self: self.dead)
    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        known = st.sampled_from(sorted(self.dead))
        seqs = data.draw(st.lists(known | st.just(10**9), max_size=3))
        found = sorted(self.dead.keys() & set(seqs))
        if self.pending + len(found) > MOST:
            with pytest.raises(StoreFullError):
                self.store.replay(*seqs)
            return
        assert self.store.replay(*seqs) == len(found)
        for seq in found:
            number, key = self.dead.pop(seq)
            self.partitions.setdefault(key, Partition()).waiting.append(number)

    @precondition(lambda self: self.dead)
    @rule(data=st.data())
    def forget(self, data: st.DataObject) -> None:
        known = st.sampled_from(sorted(self.dead))
        seqs = data.draw(st.lists(known | st.just(10**9), max_size=3))
        found = self.dead.keys() & set(seqs)
        assert self.store.forget(*seqs) == len(found)
        for seq in found:
            del self.dead[seq]

    @rule(seconds=st.sampled_from([10, 40, 100]))
    def pass_(self, seconds: int) -> None:
        self.bench.pass_(seconds + 5)

    @invariant()
    def dead_letters_are_the_same(self) -> None:
        letters = self.store.dead_letters()
        assert [each.seq for each in letters] == sorted(self.dead)
        numbers = [self.dead[each.seq][0] for each in letters]
        assert ids([each.delivery for each in letters]) == numbers

    @invariant()
    def what_is_due_next_is_the_same(self) -> None:
        due = [each.due for each in self.partitions.values() if each.waiting]
        found = self.store.next_due()
        if not due:
            assert found is None
        else:
            assert found is not None
            least = max(min(due), 0.0)
            assert abs(found - least) < 4 or max(found, least) <= self.bench.now + 4

    def teardown(self) -> None:
        self.bench.pass_(1000)
        expected = {key: list(each.waiting) for key, each in self.partitions.items()}
        found: dict[str, list[int]] = {key: [] for key in expected}
        while claims := self.bench.claim():
            for each in claims:
                found[each.delivery.key] += ids([each])
                self.store.done(each)
        assert found == expected
        if self.bench.kind != "memory":
            self.bench.opened.remove(self.store)
            self.store.close()


def run(bench: Bench, examples: int) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    model = type("Model", (Model,), {"bench": bench})
    chosen = settings(max_examples=min(examples, settings().max_examples))
    run_state_machine_as_test(model, settings=chosen)
    bench.close()


def test_memory_does_what_the_model_does() -> None:
    run(Bench(), 100)


@pytest.mark.slow
def test_sqlite_does_what_the_model_does() -> None:
    with tempfile.TemporaryDirectory() as folder:
        run(SQLiteBench(Path(folder)), 40)


@pytest.mark.slow
def test_redis_does_what_the_model_does(redis_server: RedisServer) -> None:
    run(RedisBench(redis_server.url), 60)
