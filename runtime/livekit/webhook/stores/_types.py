# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What a store keeps of deliveries, and what the notifier asks of it.

Deliveries of one endpoint and event key are a partition: they are sent one after the other, in the
order in which they were put. Times are seconds since 1970.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


class StoreError(Exception):
    """A store cannot do what it was asked."""


class StoreFullError(StoreError):
    """A store has as many deliveries as it may have; none of those that were put is kept."""


class LeaseLostError(StoreError):
    """Another sender has taken over what this one claimed, because its lease was over."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one endpoint; `body` is what is sent, byte for byte.

    `endpoint` is a URL, `key` the event key, `api_key` the name of the key that signs. Secrets are
    never part of it.
    """

    endpoint: str
    key: str
    event_id: str
    event: str
    api_key: str
    body: bytes
    queued_at: float


@dataclass(frozen=True, slots=True)
class Claim:
    """The first delivery of a partition, which nobody else sends until the lease is over.

    `attempts` is how many were made, `sent_at` the time of the first. `partition` and
    `fence` are the store's: they distinguish a lease from those before and after it.
    """

    delivery: Delivery
    seq: int
    attempts: int = 0
    sent_at: float | None = None
    partition: int = 0
    fence: int = 0


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A delivery that was given up: `reason` is one word, `error` the last one."""

    seq: int
    delivery: Delivery
    died_at: float
    attempts: int
    reason: str
    error: str


class Store(Protocol):
    """Where deliveries wait. All methods may be called from any thread."""

    durable: bool
    """Whether deliveries survive the process; methods of such a store may block."""

    def put(self, deliveries: Sequence[Delivery], /) -> Sequence[Delivery]:
        """Keep deliveries, all or none; raises StoreFullError.

        Returns those that are dropped because their partition has its depth; a durable store
        drops nothing.
        """
        ...

    def claim(self, owner: str, now: float, lease: float, limit: int, /) -> list[Claim]:
        """Up to `limit` first deliveries of partitions that are due and that nobody sends."""
        ...

    def done(self, claim: Claim, /) -> None:
        """Forget a delivery that arrived, and free its partition. Raises LeaseLostError."""
        ...

    def retry(self, claim: Claim, due: float, error: str, /) -> None:
        """Free a partition until its first delivery is due again.

        Keeps `claim.attempts` and `claim.sent_at`, which the notifier counts and sets. Raises
        LeaseLostError.
        """
        ...

    def dead(self, claim: Claim, reason: str, error: str, /) -> None:
        """Move a delivery to the dead letters, and free its partition. Raises LeaseLostError."""
        ...

    def next_due(self) -> float | None:
        """When the next partition is due that nobody sends; a lease is due when it ends.

        None if there is nothing.
        """
        ...

    def dead_letters(self, after: int = 0, limit: int = 100) -> list[DeadLetter]:
        """Dead letters whose `seq` is above `after`, oldest first."""
        ...

    def replay(self, *ids: int) -> int:
        """Queue dead letters again, by `seq`, with no attempt counted; how many there were."""
        ...

    def forget(self, *ids: int) -> int:
        """Delete dead letters, by `seq`; how many there were."""
        ...

    def close(self) -> None:
        """Free what the store holds open; deliveries stay where they are."""
        ...
