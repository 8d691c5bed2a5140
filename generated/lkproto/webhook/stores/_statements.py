# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What an SQLite store does in a transaction. Each raises StoreError before it writes anything.

No statement reads more than it returns, however much waits.
"""

from __future__ import annotations

from hashlib import sha256
from operator import itemgetter
from sqlite3 import IntegrityError

from ._checks import full, lost
from ._types import Claim, DeadLetter, Delivery

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from sqlite3 import Connection, Cursor

# A full store has no partition to offer, which cannot be null.
_PUT = """
INSERT INTO delivery
  (seq, partition, endpoint, key, event_id, event, api_key, body, queued_at, due_at)
VALUES (
  (SELECT seq + 1 FROM counter),
  (SELECT ? FROM counter WHERE pending + ? <= ?), ?, ?, ?, ?, ?, ?, ?,
  CASE WHEN EXISTS (SELECT 1 FROM delivery WHERE partition = ?) THEN NULL ELSE ? - 1e11 END)"""
_FRESH_ONES = """
SELECT due_at + 1e11, partition, fence + 1, seq, attempts, sent_at,
  endpoint, key, event_id, event, api_key, body, queued_at
FROM delivery WHERE due_at < 0 ORDER BY due_at LIMIT ?"""
_WAITING_ONES = """
SELECT due_at, partition, fence + 1, seq, attempts, sent_at,
  endpoint, key, event_id, event, api_key, body, queued_at
FROM delivery WHERE due_at BETWEEN 0 AND ? ORDER BY due_at LIMIT ?"""
_LEASE = "UPDATE delivery SET due_at = ?, fence = fence + 1 WHERE seq = ?"
_FINISH = "DELETE FROM delivery WHERE seq = ? AND fence = ?"
_RETRY = """
UPDATE delivery SET due_at = ?, fence = fence + 1, attempts = ?, sent_at = ?, error = ?
WHERE seq = ? AND fence = ?"""
_DIE = """
INSERT INTO dead (seq, died_at, attempts, reason, error,
  endpoint, key, event_id, event, api_key, body, queued_at)
SELECT seq, ?, ?, ?, ?, endpoint, key, event_id, event, api_key, body, queued_at
FROM delivery WHERE seq = ? AND fence = ?"""
_DEAD = """
SELECT seq, died_at, attempts, reason, error,
  endpoint, key, event_id, event, api_key, body, queued_at
FROM dead WHERE seq > ? ORDER BY seq LIMIT ?"""
_REPLAYED = """
SELECT endpoint, key, event_id, event, api_key, body, ? FROM dead WHERE seq = ?"""


def next_due(connection: Connection) -> float | None:
    """When something is due, 0 if something never was tried."""
    query = "SELECT max(0.0, min(due_at)) FROM delivery WHERE due_at IS NOT NULL"
    found: float | None = connection.execute(query).fetchone()[0]
    return found


def dead_letters(connection: Connection, after: int, limit: int) -> list[DeadLetter]:
    """Dead letters after one of them."""
    return [
        DeadLetter(seq, Delivery(*delivery), died, attempts, reason, error)
        for seq, died, attempts, reason, error, *delivery in connection.execute(
            _DEAD, (after, max(limit, 0))
        )
    ]


def put(connection: Connection, deliveries: Sequence[Delivery], most: int) -> None:
    """Keep deliveries. Raises StoreFullError, before anything is written."""
    more = len(deliveries)
    try:
        for each in deliveries:
            number = partition(each.endpoint, each.key)
            given = (
                *(each.endpoint, each.key, each.event_id, each.event),
                *(each.api_key, each.body, each.queued_at),
            )
            values = (number, more, most, *given, number, each.queued_at)
            connection.execute(_PUT, values)
            more -= 1
    except IntegrityError:
        raise full(most) from None


def partition(endpoint: str, key: str) -> int:
    """The number of a partition. Two that happen to have the same one share their order."""
    name = f"{len(endpoint)} {endpoint}{key}".encode("utf-8", "surrogatepass")
    return int.from_bytes(sha256(name).digest()[:8], "big", signed=True)


def claim(
    connection: Connection, *, now: float, until: float, limit: int
) -> list[Claim]:
    """Lease the first deliveries of partitions that are due."""
    # What was never tried and what is due again take turns by age: neither delays the other.
    due = connection.execute(_FRESH_ONES, (limit,)).fetchall()
    due += connection.execute(_WAITING_ONES, (now, limit)).fetchall()
    due.sort(key=itemgetter(0))
    del due[limit:]
    connection.executemany(_LEASE, [(until, each[3]) for each in due])
    return [
        Claim(Delivery(*delivery), seq, attempts, sent_at, partition, fence)
        for _, partition, fence, seq, attempts, sent_at, *delivery in due
    ]


def finish(connection: Connection, claim: Claim) -> None:
    """Forget the delivery of a claim, and free its partition. Raises LeaseLostError."""
    _hold(claim, connection.execute(_FINISH, (claim.seq, claim.fence)))


def retry(connection: Connection, claim: Claim, *, due: float, error: str) -> None:
    """Free the partition of a claim until a time. Raises LeaseLostError."""
    values = (max(due, 0.0), claim.attempts, claim.sent_at, error)
    _hold(claim, connection.execute(_RETRY, (*values, claim.seq, claim.fence)))


def die(
    connection: Connection, claim: Claim, *, died: float, reason: str, error: str
) -> None:
    """Make a dead letter of the delivery of a claim, and free its partition.

    Raises LeaseLostError.
    """
    values = (died, claim.attempts, reason, error)
    _hold(claim, connection.execute(_DIE, (*values, claim.seq, claim.fence)))
    finish(connection, claim)


def _hold(claim: Claim, done: Cursor) -> None:
    """Raises LeaseLostError if a statement found nothing under the lease of a claim."""
    if not done.rowcount:
        raise lost(claim)


def replay(connection: Connection, ids: Sequence[int], most: int, now: float) -> int:
    """Queue dead letters. Returns how many there were; raises StoreFullError."""
    found: dict[int, Delivery] = {}
    for seq in sorted(set(ids)):
        if row := connection.execute(_REPLAYED, (now, seq)).fetchone():
            found[seq] = Delivery(*row)
    put(connection, list(found.values()), most)
    connection.executemany("DELETE FROM dead WHERE seq = ?", [(seq,) for seq in found])
    return len(found)


def forget(connection: Connection, ids: Sequence[int]) -> int:
    """Delete dead letters. Returns how many there were."""
    query = "DELETE FROM dead WHERE seq = ?"
    return sum(connection.execute(query, (seq,)).rowcount for seq in ids)
