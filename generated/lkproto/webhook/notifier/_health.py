# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Which endpoints fail: one that failed often is probed by one delivery at a time."""

from __future__ import annotations

from threading import Lock

FAILURES = 20
"""Attempts in succession after which an endpoint is probed."""
_MOST = 10_000  # endpoints that are remembered


class Health:
    """Failures of endpoints in succession, and how many attempts each has in flight."""

    __slots__ = ("_endpoints", "_lock")

    def __init__(self) -> None:
        self._endpoints: dict[str, list[int]] = {}
        self._lock = Lock()

    def begin(self, endpoint: str) -> bool:
        """Whether an attempt may begin; if so, it is counted."""
        with self._lock:
            counts = self._endpoints.setdefault(endpoint, [0, 0])
            if counts[0] >= FAILURES and counts[1]:
                return False
            counts[1] += 1
            return True

    def end(self, endpoint: str, *, ok: bool) -> None:
        """An attempt is over: it had an answer that is final, or it failed."""
        with self._lock:
            counts = self._endpoints.setdefault(endpoint, [0, 1])
            counts[0] = 0 if ok else counts[0] + 1
            counts[1] -= 1
            if counts == [0, 0]:
                del self._endpoints[endpoint]
            elif len(self._endpoints) > _MOST:
                del self._endpoints[next(iter(self._endpoints))]
