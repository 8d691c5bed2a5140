# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Which events were handled: a delivery that is repeated has the id of the first."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from ..auth import InvalidArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

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
