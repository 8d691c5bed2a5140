# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Deliveries in an SQLite file, which several processes of a machine may share."""

from __future__ import annotations

import os
import weakref
from functools import partial
from time import monotonic, time

from . import _statements as statements
from ._checks import at_least
from ._file import connect
from ._types import Claim, DeadLetter, Delivery, StoreFullError
from ._writer import Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_MANY = 10_000
"""How many leases are remembered before those that others took over are forgotten."""


class SQLiteStore:
    """A store in a file: what `put` returned for outlives a crash of the process.

    With `full_sync` it outlives a loss of power, too. A lease, not a process, owns what is sent: a
    sender that hangs is replaced when its lease is over. No method waits longer than `timeout`
    seconds for others; it raises StoreError instead. `clock` gives the time of dead letters and of
    replays.
    """

    durable = True

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        full_sync: bool = False,
        max_pending: int = 1_000_000,
        timeout: float = 5.0,
        clock: Callable[[], float] = time,
    ) -> None:
        """Open or create the file, which only its owner may read.

        Raises StoreError if it is another application's, or of a newer version.
        """
        name: str = os.fspath(path)
        self._path = os.path.abspath(name)  # noqa: PTH100 - symbolic links stay
        self._max_pending = at_least(1, "max_pending", max_pending)
        self._full_sync = full_sync  # it takes long, and is better shared
        self._clock = clock
        # The fences of this object's leases, and until when no other sender can have them.
        self._leases: dict[int, tuple[int, float]] = {}
        opener = partial(connect, self._path, full_sync=full_sync, timeout=timeout)
        self._writer = Writer(self._path, opener, at_least(0, "timeout", timeout))
        # Also when the interpreter ends.
        self._closing = weakref.finalize(self, self._writer.close)

    def __repr__(self) -> str:
        return f"<SQLiteStore: {self._path}>"

    def close(self) -> None:
        """Finish what was asked for and close the file; deliveries stay where they are."""
        self._closing()

    def put(self, deliveries: Sequence[Delivery], /) -> Sequence[Delivery]:
        """Keep deliveries, all or none; they are in the file when this returns.

        Raises StoreFullError, or StoreError if the file fails. Drops nothing.
        """
        if given := list(deliveries):
            work = partial(statements.put, deliveries=given, most=self._max_pending)
            try:
                single = len(given) == 1 and not self._full_sync
                if not (single and self._writer.do_now(work)):
                    self._writer.call(work, alone=True)
            except StoreFullError:
                self._writer.call(work)  # what was settled before makes room
        return ()

    def claim(self, owner: str, now: float, lease: float, limit: int, /) -> list[Claim]:
        """Up to `limit` first deliveries of partitions that are due and that nobody sends."""
        if limit < 1:
            return []
        sure = monotonic() + lease
        work = partial(statements.claim, now=now, until=now + lease, limit=limit)
        claims = self._writer.call(work)
        if len(self._leases) > _MANY:
            # Others took over what these had claimed.
            now = monotonic()
            self._leases = {k: v for k, v in list(self._leases.items()) if v[1] > now}
        for each in claims:
            self._leases[each.seq] = each.fence, sure
        return claims

    def done(self, claim: Claim, /) -> None:
        """Forget a delivery that arrived, and free its partition. Raises LeaseLostError.

        Does not wait for the file; a crash in this moment repeats the delivery.
        """
        self._settle(claim, statements.finish)

    def retry(self, claim: Claim, due: float, error: str, /) -> None:
        """Free a partition until its first delivery is due again.

        Keeps `claim.attempts` and `claim.sent_at`. Raises LeaseLostError.
        """
        self._settle(claim, partial(statements.retry, due=due, error=error))

    def dead(self, claim: Claim, reason: str, error: str, /) -> None:
        """Move a delivery to the dead letters, and free its partition. Raises LeaseLostError."""
        died = self._clock()
        self._settle(
            claim, partial(statements.die, died=died, reason=reason, error=error)
        )

    def _settle(self, claim: Claim, work: Callable[..., None]) -> None:
        """End a lease. Only one that somebody else may have by now has to be waited for."""
        fence, sure = self._leases.pop(claim.seq, (0, 0.0))
        if fence == claim.fence and monotonic() < sure:
            self._writer.post(partial(work, claim=claim))
            return
        if fence > claim.fence:
            self._leases[claim.seq] = fence, sure
        self._writer.call(partial(work, claim=claim))

    def next_due(self) -> float | None:
        """When the next partition is due that nobody sends; a lease is due when it ends.

        0 if one is due already, None if there is nothing.
        """
        return self._writer.call(statements.next_due, writes=False)

    def dead_letters(self, after: int = 0, limit: int = 100) -> list[DeadLetter]:
        """Dead letters whose `seq` is above `after`, oldest first."""
        work = partial(statements.dead_letters, after=after, limit=limit)
        return self._writer.call(work, writes=False)

    def replay(self, *ids: int) -> int:
        """Queue dead letters again, by `seq`, with no attempt counted; how many there were.

        They go to the end of their partitions, in their order. Raises StoreFullError.
        """
        most, now = self._max_pending, self._clock()
        return self._writer.call(
            lambda connection: statements.replay(connection, ids, most, now)
        )

    def forget(self, *ids: int) -> int:
        """Delete dead letters, by `seq`, from the file; how many there were."""
        return self._writer.call(lambda connection: statements.forget(connection, ids))
