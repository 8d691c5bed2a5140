# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Deliveries in the memory of this process."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from heapq import heapify, heappop, heappush
from threading import Lock
from time import time

from ._checks import at_least, full, lost
from ._types import Claim, DeadLetter, Delivery

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class _Partition:
    """Deliveries that are sent one after the other.

    `fence` is that of the lease on the first one, or 0. `turn` is the number of its entry among
    those that wait for a time, or 0; entries with another number are stale. `ready` says whether
    the partition is in the queue of those that are due.
    """

    __slots__ = ("attempts", "begun", "fence", "queue", "ready", "sent_at", "turn")

    def __init__(self) -> None:
        self.queue: deque[tuple[int, Delivery]] = deque()
        self.ready = True
        self.begun = False
        self.fence = self.turn = self.attempts = 0
        self.sent_at: float | None = None

    def advance(self) -> None:
        """Forget the first delivery; the next one was never tried."""
        self.queue.popleft()
        self.begun = False
        self.fence = self.turn = self.attempts = 0
        self.sent_at = None


class MemoryStore:
    """A store in memory: what it holds is lost with the process.

    It drops as the reference does: a delivery whose partition has `max_depth` others waiting,
    without the one that is being sent. The oldest dead letters are forgotten when there are more
    than `max_dead`. `clock` gives the time of dead letters and of replays.
    """

    durable = False

    def __init__(
        self,
        max_depth: int = 200,
        max_pending: int = 1_000_000,
        max_dead: int = 1000,
        *,
        clock: Callable[[], float] = time,
    ) -> None:
        """Raises InvalidArgumentError for a limit below 1."""
        self._max_depth = at_least(1, "max_depth", max_depth)
        self._max_pending = at_least(1, "max_pending", max_pending)
        self._max_dead = at_least(1, "max_dead", max_dead)
        self._clock = clock
        self._lock = Lock()
        self._partitions: dict[tuple[str, str], _Partition] = {}
        # What is due, in the order in which it became so, and what waits for a time.
        self._ready: deque[_Partition] = deque()
        self._later: list[tuple[float, int, _Partition]] = []
        self._leases: dict[int, _Partition] = {}
        self._dead: dict[int, DeadLetter] = {}
        self._pending = self._seq = self._turn = 0

    def __repr__(self) -> str:
        return f"<MemoryStore: {self._pending} pending, {len(self._dead)} dead>"

    def put(self, deliveries: Sequence[Delivery], /) -> Sequence[Delivery]:
        """Keep deliveries, all or none; raises StoreFullError.

        Returns those that are dropped because their partition has its depth.
        """
        with self._lock:
            if self._pending + len(deliveries) > self._max_pending:
                self._check_room(deliveries)
            return [each for each in deliveries if not self._put(each)]

    def _check_room(self, deliveries: Sequence[Delivery]) -> None:
        """Raise StoreFullError if there is no room for those that will not be dropped."""
        kept: dict[tuple[str, str], int] = {}
        for each in deliveries:
            name = (each.endpoint, each.key)
            partition = self._partitions.get(name)
            waiting = len(partition.queue) - partition.begun if partition else 0
            room = max(self._max_depth - waiting, 0)
            kept[name] = min(kept.get(name, 0) + 1, room)
        if self._pending + sum(kept.values()) > self._max_pending:
            raise full(self._max_pending)

    def _put(self, delivery: Delivery) -> bool:
        """Queue a delivery. Returns False if its partition has its depth."""
        name = (delivery.endpoint, delivery.key)
        partition = self._partitions.get(name)
        if partition is None:
            partition = self._add(name)
        elif len(partition.queue) - partition.begun >= self._max_depth:
            return False
        self._seq = seq = self._seq + 1
        self._pending += 1
        partition.queue.append((seq, delivery))
        return True

    def _add(self, name: tuple[str, str]) -> _Partition:
        self._partitions[name] = partition = _Partition()
        self._ready.append(partition)
        return partition

    def claim(self, owner: str, now: float, lease: float, limit: int, /) -> list[Claim]:
        """Up to `limit` first deliveries of partitions that are due and that nobody sends."""
        claims: list[Claim] = []
        with self._lock:
            self._wake(now)
            ready = self._ready
            while ready and len(claims) < limit:
                partition = ready.popleft()
                partition.ready = False
                if partition.queue and not partition.turn:
                    claims.append(self._lend(partition, now + lease))
        return claims

    def _wake(self, now: float) -> None:
        """Queue what had to wait until now: for a retry, or for the end of a lease."""
        later = self._later
        while later and later[0][0] <= now:
            _, turn, partition = heappop(later)
            if partition.turn == turn:
                partition.turn = 0
                if not partition.ready:
                    partition.ready = True
                    self._ready.append(partition)

    def _lend(self, partition: _Partition, until: float) -> Claim:
        self._leases.pop(partition.fence, None)  # of a sender that was too slow
        partition.fence = fence = self._wait(partition, until)
        partition.begun = True
        self._leases[fence] = partition
        seq, delivery = partition.queue[0]
        return Claim(delivery, seq, partition.attempts, partition.sent_at, 0, fence)

    def _wait(self, partition: _Partition, until: float) -> int:
        """Let a partition wait. Returns the number of its entry."""
        self._turn = partition.turn = turn = self._turn + 1
        later = self._later
        heappush(later, (until, turn, partition))
        if len(later) > 2 * len(self._partitions) + 64:
            # Most are leases that were not used up.
            later[:] = [each for each in later if each[2].turn == each[1]]
            heapify(later)
        return turn

    def done(self, claim: Claim, /) -> None:
        """Forget a delivery that arrived, and free its partition. Raises LeaseLostError."""
        with self._lock:
            self._advance(self._take_back(claim), claim.delivery)

    def _take_back(self, claim: Claim) -> _Partition:
        partition = self._leases.pop(claim.fence, None)
        if partition is None:
            raise lost(claim)
        return partition

    def _advance(self, partition: _Partition, delivery: Delivery) -> None:
        partition.advance()
        self._pending -= 1
        if not partition.queue:
            del self._partitions[delivery.endpoint, delivery.key]
        elif not partition.ready:
            partition.ready = True
            self._ready.append(partition)

    def retry(self, claim: Claim, due: float, error: str, /) -> None:
        """Free a partition until its first delivery is due again.

        Keeps `claim.attempts` and `claim.sent_at`. Raises LeaseLostError.
        """
        with self._lock:
            partition = self._take_back(claim)
            partition.fence = 0
            partition.attempts = claim.attempts
            partition.sent_at = claim.sent_at
            self._wait(partition, due)

    def dead(self, claim: Claim, reason: str, error: str, /) -> None:
        """Move a delivery to the dead letters, and free its partition. Raises LeaseLostError."""
        with self._lock:
            partition = self._take_back(claim)
            seq, delivery = partition.queue[0]
            died = self._clock()
            letter = DeadLetter(seq, delivery, died, claim.attempts, reason, error)
            self._dead[seq] = letter
            if len(self._dead) > self._max_dead:
                del self._dead[next(iter(self._dead))]
            self._advance(partition, delivery)

    def next_due(self) -> float | None:
        """When the next partition is due that nobody sends; a lease is due when it ends.

        0 if one is due already, None if there is nothing.
        """
        with self._lock:
            if any(each.queue and not each.turn for each in self._ready):
                return 0.0
            later = self._later
            while later and later[0][2].turn != later[0][1]:
                heappop(later)
            return later[0][0] if later else None

    def waiting(self, endpoint: str, key: str) -> int:
        """How many deliveries of a partition wait; what is being sent does not count."""
        with self._lock:
            partition = self._partitions.get((endpoint, key))
            return len(partition.queue) - partition.begun if partition else 0

    def take_all(self) -> list[Delivery]:
        """Remove and return all deliveries that nobody is sending, in the order they were put."""
        taken: list[tuple[int, Delivery]] = []
        with self._lock:
            for name, partition in list(self._partitions.items()):
                sent = [partition.queue.popleft()] if partition.fence else []
                taken += partition.queue
                partition.queue = deque(sent)
                if not sent:
                    partition.turn = 0
                    del self._partitions[name]
            self._pending -= len(taken)
        return [delivery for _, delivery in sorted(taken, key=lambda each: each[0])]

    def dead_letters(self, after: int = 0, limit: int = 100) -> list[DeadLetter]:
        """Dead letters whose `seq` is above `after`, oldest first."""
        with self._lock:
            found = sorted(seq for seq in self._dead if seq > after)
            return [self._dead[seq] for seq in found[: max(limit, 0)]]

    def replay(self, *ids: int) -> int:
        """Queue dead letters again, by `seq`, with no attempt counted; how many there were.

        They go to the end of their partitions, in their order, however many wait there. Raises
        StoreFullError.
        """
        with self._lock:
            found = sorted(self._dead.keys() & set(ids))
            if self._pending + len(found) > self._max_pending:
                raise full(self._max_pending)
            for seq in found:
                letter = self._dead.pop(seq)
                self._replay(replace(letter.delivery, queued_at=self._clock()))
            return len(found)

    def _replay(self, delivery: Delivery) -> None:
        name = (delivery.endpoint, delivery.key)
        partition = self._partitions.get(name) or self._add(name)
        self._seq += 1
        self._pending += 1
        partition.queue.append((self._seq, delivery))

    def forget(self, *ids: int) -> int:
        """Delete dead letters, by `seq`; how many there were."""
        with self._lock:
            found = self._dead.keys() & set(ids)
            for seq in found:
                del self._dead[seq]
            return len(found)

    def after_fork(self) -> None:
        """Be empty, in a child: what waits is the parent's, whose threads may hold the lock."""
        self._lock = Lock()
        self._partitions.clear()
        self._ready.clear()
        self._later.clear()
        self._leases.clear()
        self._pending = 0

    def close(self) -> None:
        """Nothing is held open; deliveries stay where they are."""
