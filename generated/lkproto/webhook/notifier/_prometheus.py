# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Metrics of webhooks for Prometheus, with the names of livekit/protocol (webhook/stats.go)."""

# The library comes without some types.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

_LENGTHS = (1, 2, 3, 4, 5, 10, 20, 40, 80)


class PrometheusMetrics:
    """`livekit_webhook_dispatch_total` by status and reason, and `livekit_webhook_queue_length`.

    Needs the extra `metrics`. One object serves any number of notifiers; a registry takes one.
    The length is that of the queue of an event's key and endpoint, and is recorded for stores
    in memory.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        from prometheus_client import REGISTRY, Counter, Histogram

        self._dispatched = Counter(
            "livekit_webhook_dispatch",
            "Webhooks that arrived, were given up, or were dropped",
            ["status", "reason"],
            registry=registry or REGISTRY,
        )
        self._lengths = Histogram(
            "livekit_webhook_queue_length",
            "Events that wait for one endpoint and key when one is added",
            buckets=_LENGTHS,
            registry=registry or REGISTRY,
        )

    def dispatched(self, status: str, reason: str, /) -> None:
        """A delivery is over: `success`, `failure`, or `drop` for a reason."""
        self._dispatched.labels(status, reason).inc()

    def queued(self, length: int, /) -> None:
        """An event was queued; so many of its key and endpoint wait."""
        self._lengths.observe(length)
