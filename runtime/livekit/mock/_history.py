# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What has happened in a mock, for tests to look at and to wait for."""

from __future__ import annotations

from collections import deque
from threading import Condition

from ._request import MockRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..livekit_webhook_pb import WebhookEvent

_MOST = 10_000


class History:
    """The last 10,000 requests and webhooks, each the oldest first. Threads may share it."""

    def __init__(self, on_request: Callable[[MockRequest], object] | None) -> None:
        self._on_request = on_request
        self._changed = Condition()
        self._requests: deque[MockRequest] = deque(maxlen=_MOST)
        self._webhooks: deque[WebhookEvent] = deque(maxlen=_MOST)
        # By name, those that were not waited for yet.
        self._new: dict[str, deque[WebhookEvent]] = {}

    def request(self, request: MockRequest) -> None:
        """Note a request that came."""
        with self._changed:
            self._requests.append(request)

    def answered(self, request: MockRequest) -> None:
        """Report a request that gets its answer now."""
        if self._on_request is not None:
            self._on_request(request)

    def event(self, event: WebhookEvent) -> None:
        """Note an event."""
        with self._changed:
            self._webhooks.append(event)
            self._new.setdefault(event.event, deque(maxlen=_MOST)).append(event)
            self._changed.notify_all()

    @property
    def requests(self) -> list[MockRequest]:
        """The requests so far; a list of its own."""
        with self._changed:
            return list(self._requests)

    @property
    def webhooks(self) -> list[WebhookEvent]:
        """The events so far; a list of its own."""
        with self._changed:
            return list(self._webhooks)

    def wait_for(self, name: str, timeout: float) -> WebhookEvent:
        """The next event of a name that this has not returned yet. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._new.get(name), timeout):
                came = ", ".join(each.event for each in self._webhooks) or "none"
                raise TimeoutError(
                    f"no webhook {name!r} came within {timeout:g} s; there were {came}"
                )
            return self._new[name].popleft()

    def clear(self) -> None:
        """Forget everything."""
        with self._changed:
            self._requests.clear()
            self._webhooks.clear()
            self._new.clear()
