# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What a notifier says of its deliveries: counts, a hook, logs, metrics.

None of it has a secret, a token, a body, or the user name, password or query of a URL; only the
`url` of a WebhookInfo is whole, as in the reference.
"""

from __future__ import annotations

import logging
from threading import Lock

from ...stream_urls import redact_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from ...livekit_analytics_pb import WebhookInfo
    from ..stores import Delivery
    from ._core import Verdict

    class Metrics(Protocol):
        """Where numbers go; see `PrometheusMetrics`."""

        def dispatched(self, status: str, reason: str, /) -> None:
            """A delivery is over: `success`, `failure`, or `drop` for a reason."""
            ...

        def queued(self, length: int, /) -> None:
            """An event was queued; so many of its key and endpoint wait."""
            ...


LOG = logging.getLogger("lkproto.webhook")
_STATUS = {"done": "success", "dead": "failure", "drop": "drop"}


class Counts:
    """How many deliveries arrived, were given up, and were dropped for which reason."""

    def __init__(self) -> None:
        self.success = 0
        self.failure = 0
        self.dropped: dict[str, int] = {}
        self._lock = Lock()

    def after_fork(self) -> None:
        """Have a lock that no thread of the parent holds."""
        self._lock = Lock()

    def add(self, status: str, reason: str) -> None:
        """Count one."""
        with self._lock:
            if status == "success":
                self.success += 1
            elif status == "failure":
                self.failure += 1
            else:
                self.dropped[reason] = self.dropped.get(reason, 0) + 1

    def __repr__(self) -> str:
        return f"<Counts success={self.success} failure={self.failure} dropped={self.dropped}>"


class Reports:
    """Counts, the processed hook, logs and metrics of one notifier."""

    def __init__(self, metrics: Metrics | None = None) -> None:
        self.counts = Counts()
        self.hook: Callable[[WebhookInfo], object] | None = None
        self.metrics = metrics

    def judged(self, verdict: Verdict) -> None:
        """Report what became of a claim."""
        delivery = verdict.claim.delivery
        if verdict.action == "retry":
            if verdict.error:
                _log(logging.INFO, "webhook will be sent again", delivery, verdict)
            return
        over = {
            "done": (logging.INFO, "sent webhook"),
            "drop": (logging.WARNING, "dropped webhook"),
            "dead": (logging.WARNING, "failed to send webhook"),
        }
        _log(*over[verdict.action], delivery, verdict)
        reason = verdict.reason if verdict.action == "drop" else ""
        self._count(_STATUS[verdict.action], reason)
        if self.hook:
            self._call(verdict.info)

    def dropped(self, delivery: Delivery, now: float) -> None:
        """Report a delivery that its queue did not take."""
        from ._events import processed

        _log(logging.WARNING, "dropped webhook", delivery, reason="queue is full")
        self._count("drop", "queue is full")
        if self.hook:
            self._call(lambda: processed(delivery, ended=now, dropped=True))

    def _count(self, status: str, reason: str) -> None:
        self.counts.add(status, reason)
        if self.metrics:
            self.metrics.dispatched(status, reason)

    def _call(self, info: Callable[[], WebhookInfo]) -> None:
        """Call the hook; what it raises must not stop deliveries."""
        if self.hook is None:
            return
        try:
            self.hook(info())
        except Exception:
            LOG.exception("the processed hook raised")


def _log(
    level: int,
    message: str,
    delivery: Delivery,
    verdict: Verdict | None = None,
    reason: str = "",
) -> None:
    """Log a delivery, with its members both in the text and in `extra`."""
    if not LOG.isEnabledFor(level):
        return
    fields = {
        "event": delivery.event,
        "id": delivery.event_id,
        "url": redact_url(delivery.endpoint),
        "key": delivery.key,
    }
    if verdict is not None:
        fields["attempts"] = str(verdict.claim.attempts)
        reason = verdict.error
    if reason:
        fields["reason"] = reason
    text = " ".join(f"{name}={value!r}" for name, value in fields.items())
    LOG.log(level, "%s %s", message, text, extra={"webhook": fields})
