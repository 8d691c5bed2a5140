# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Which events were handled: a delivery that is repeated has the id of the first."""

from __future__ import annotations

from collections import OrderedDict
from datetime import timedelta
from threading import Lock

from ..auth import ArgumentTypeError, InvalidArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    class Seen(Protocol):
        """A memory of events that were handled, by their ids."""

        def has(self, event_id: str, /) -> bool:
            """Whether an event was handled."""
            ...

        def add(self, event_id: str, /) -> None:
            """Record an event that was handled."""
            ...


class SeenEvents:
    """The last events that this process has handled, up to a number of them."""

    __slots__ = ("_ids", "_lock", "_most")

    def __init__(self, most: int = 100_000) -> None:
        """`most` ids take about 12 MB. Raises InvalidArgumentError below 1."""
        if most < 1:
            raise InvalidArgumentError(f"at least one event is kept, not {most}")
        self._ids: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()
        self._most = most

    def has(self, event_id: str, /) -> bool:
        """Whether an event was handled."""
        return event_id in self._ids

    def add(self, event_id: str, /) -> None:
        """Record an event that was handled; the oldest one is forgotten if there are too many."""
        with self._lock:
            self._ids[event_id] = None
            if len(self._ids) > self._most:
                self._ids.popitem(last=False)


class RedisSeenEvents:
    """Events that were handled, by all processes that use a Redis, for some time after that.

    What the client raises, as when there is no connection, reaches who handles an event, so that
    it is delivered again.
    """

    __slots__ = ("_client", "_prefix", "_ttl")

    def __init__(
        self,
        client: Any,
        *,
        prefix: str = "lkproto:seen:",
        ttl: timedelta = timedelta(hours=24),
    ) -> None:
        """`client` is a `redis.Redis`. Its keys are the prefix and an event's id.

        Raises ArgumentTypeError for a client of `redis.asyncio`, InvalidArgumentError for a `ttl`
        below a second.
        """
        if type(client).__module__.startswith("redis.asyncio"):
            raise ArgumentTypeError(
                "events are looked up by a redis.Redis, also for handle_async, which does it in a "
                "thread; this is one of redis.asyncio"
            )
        self._ttl = ttl // timedelta(seconds=1)
        if self._ttl < 1:
            raise InvalidArgumentError(f"events are kept for some time, not {ttl}")
        self._client = client
        self._prefix = prefix

    def has(self, event_id: str, /) -> bool:
        """Whether an event was handled."""
        return bool(self._client.exists(self._prefix + event_id))

    def add(self, event_id: str, /) -> None:
        """Record an event that was handled."""
        self._client.set(self._prefix + event_id, b"", ex=self._ttl)
