# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What an SQLite store does in a transaction. Each raises StoreError before it writes anything.

No statement reads more than it returns, however much waits.
"""

from __future__ import annotations

from ._checks import full
from ._types import Claim, DeadLetter, Delivery

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from sqlite3 import Connection

_FRESH = 1e11
"""Subtracted from the time at which a delivery was queued: it is always due, oldest first."""
_HEAD = """
SELECT d.seq, d.attempts, d.sent_at,
  p.endpoint, p.key, d.event_id, d.event, d.api_key, d.body, d.queued_at
FROM delivery d JOIN partition p ON p.id = d.partition
WHERE d.partition = ? ORDER BY d.seq LIMIT 1"""
_NEXT = "SELECT queued_at FROM delivery WHERE partition = ? ORDER BY seq LIMIT 1"
_FRESH_ONES = """
SELECT due_at + 1e11, id, fence FROM partition WHERE due_at < 0 ORDER BY due_at LIMIT ?"""
_WAITING_ONES = """
SELECT due_at, id, fence FROM partition WHERE due_at BETWEEN 0 AND ? ORDER BY due_at LIMIT ?"""
_DIE = """
INSERT INTO dead (seq, died_at, attempts, reason, error,
  endpoint, key, event_id, event, api_key, body, queued_at)
SELECT d.seq, ?, ?, ?, ?, p.endpoint, p.key, d.event_id, d.event, d.api_key, d.body, d.queued_at
FROM delivery d JOIN partition p ON p.id = d.partition WHERE d.seq = ?"""
_DEAD = """
SELECT seq, died_at, attempts, reason, error,
  endpoint, key, event_id, event, api_key, body, queued_at
FROM dead WHERE seq > ? ORDER BY seq LIMIT ?"""
_REPLAYED = """
SELECT endpoint, key, event_id, event, api_key, body, ? FROM dead WHERE seq = ?"""


def next_due(connection: Connection) -> float | None:
    """When something is due, 0 if something never was tried."""
    query = "SELECT max(0.0, min(due_at)) FROM partition"
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
    """Keep deliveries. Raises StoreFullError."""
    _count(connection, len(deliveries), most)
    for each in deliveries:
        _insert(connection, each)


def _count(connection: Connection, more: int, most: int) -> None:
    """Count deliveries. Raises StoreFullError, before anything is written."""
    if connection.execute("SELECT pending FROM total").fetchone()[0] + more > most:
        raise full(most)
    connection.execute("UPDATE total SET pending = pending + ?", (more,))


def _insert(connection: Connection, each: Delivery) -> None:
    name = (each.endpoint, each.key)
    query = "SELECT id FROM partition WHERE endpoint = ? AND key = ?"
    found = connection.execute(query, name).fetchone()
    if found is None:
        add = "INSERT INTO partition (endpoint, key, due_at) VALUES (?, ?, ?)"
        partition = connection.execute(add, (*name, each.queued_at - _FRESH)).lastrowid
    else:
        partition = found[0]
    connection.execute(
        "INSERT INTO delivery (partition, event_id, event, api_key, body, queued_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (partition, each.event_id, each.event, each.api_key, each.body, each.queued_at),
    )


def claim(
    connection: Connection, *, owner: str, now: float, until: float, limit: int
) -> list[Claim]:
    """Lease the first deliveries of partitions that are due."""
    # What was never tried and what is due again take turns by age: neither delays the other.
    due: list[tuple[float, int, int]] = sorted(
        connection.execute(_FRESH_ONES, (limit,)).fetchall()
        + connection.execute(_WAITING_ONES, (now, limit)).fetchall()
    )[:limit]
    claims: list[Claim] = []
    for _, partition, fence in due:
        lease = "UPDATE partition SET owner = ?, due_at = ?, fence = ? WHERE id = ?"
        connection.execute(lease, (owner, until, fence + 1, partition))
        head = connection.execute(_HEAD, (partition,)).fetchone()
        seq, attempts, sent_at, *delivery = head
        given = (Delivery(*delivery), seq, attempts, sent_at, partition, fence + 1)
        claims.append(Claim(*given))
    return claims


def holds(connection: Connection, claim: Claim) -> bool:
    """Whether a claim is the lease that a partition is under."""
    query = "SELECT 1 FROM partition WHERE id = ? AND fence = ? AND owner IS NOT NULL"
    found = connection.execute(query, (claim.partition, claim.fence)).fetchone()
    return found is not None


def finish(connection: Connection, claim: Claim) -> None:
    """Forget the delivery of a claim, and free its partition."""
    connection.execute("DELETE FROM delivery WHERE seq = ?", (claim.seq,))
    connection.execute("UPDATE total SET pending = pending - 1")
    found = connection.execute(_NEXT, (claim.partition,)).fetchone()
    if found is None:
        connection.execute("DELETE FROM partition WHERE id = ?", (claim.partition,))
    else:
        free = "UPDATE partition SET owner = NULL, due_at = ? WHERE id = ?"
        connection.execute(free, (found[0] - _FRESH, claim.partition))


def retry(connection: Connection, claim: Claim, *, due: float, error: str) -> None:
    """Free the partition of a claim until a time."""
    values = (claim.attempts, claim.sent_at, error, claim.seq)
    kept = "UPDATE delivery SET attempts = ?, sent_at = ?, error = ? WHERE seq = ?"
    connection.execute(kept, values)
    free = "UPDATE partition SET owner = NULL, due_at = ? WHERE id = ?"
    connection.execute(free, (max(due, 0.0), claim.partition))


def die(
    connection: Connection, claim: Claim, *, died: float, reason: str, error: str
) -> None:
    """Make a dead letter of the delivery of a claim, and free its partition."""
    connection.execute(_DIE, (died, claim.attempts, reason, error, claim.seq))
    finish(connection, claim)


def replay(connection: Connection, ids: Sequence[int], most: int, now: float) -> int:
    """Queue dead letters. Returns how many there were; raises StoreFullError."""
    found: dict[int, Delivery] = {}
    for seq in sorted(set(ids)):
        if row := connection.execute(_REPLAYED, (now, seq)).fetchone():
            found[seq] = Delivery(*row)
    _count(connection, len(found), most)
    for seq, delivery in found.items():
        _insert(connection, delivery)
        connection.execute("DELETE FROM dead WHERE seq = ?", (seq,))
    return len(found)


def forget(connection: Connection, ids: Sequence[int]) -> int:
    """Delete dead letters. Returns how many there were."""
    query = "DELETE FROM dead WHERE seq = ?"
    return sum(connection.execute(query, (seq,)).rowcount for seq in ids)
