# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Sending the events of a mock as livekit-server sends its own: signed, in order, and again."""

from __future__ import annotations

import logging
from threading import Lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..auth import KeyProvider
    from ..livekit_models_pb import WebhookConfig
    from ..livekit_webhook_pb import WebhookEvent
    from ..webhook.notifier import Notifier

LOG = logging.getLogger("lkproto.mock")
_MOST = 10_000
"""How many events of a room may wait; a test can make more of them than a server has."""


class Webhooks:
    """Sends events to URLs, signed by a key. Threads may share it.

    The webhooks that a request for an egress names get its events, too, if they are on this
    machine: a test sends nothing elsewhere by accident. Raises EndpointError for a URL that cannot
    be used.
    """

    def __init__(self, urls: Iterable[str], keys: KeyProvider, api_key: str) -> None:
        self._urls = tuple(urls)
        self._keys = keys
        self._api_key = api_key
        self._lock = Lock()
        self._notifier: Notifier | None = None
        if self._urls:
            self._started()  # so that a wrong URL is refused where it is given

    def send(self, event: WebhookEvent) -> None:
        """Queue an event. What cannot be sent is logged, because the server goes on, too."""
        extra = _extra(event)
        if not self._urls and not extra:
            return
        from ..webhook.notifier import NotifierError

        try:
            self._started().queue_notify(event, extra=extra)
        except NotifierError as error:
            for each in (error, *error.others):
                LOG.warning("%s is not sent: %s", event.event, each)

    def flush(self, timeout: float) -> bool:
        """Wait until all is answered or given up; False if that takes more than some seconds."""
        notifier = self._notifier
        if notifier is None:
            return True
        return notifier._drained(timeout)  # pyright: ignore[reportPrivateUsage]

    def stop(self, timeout: float) -> None:
        """Send what waits, for at most some seconds; it may be used again."""
        with self._lock:
            notifier, self._notifier = self._notifier, None
        if notifier is not None and (lost := notifier.stop(timeout=timeout)):
            LOG.warning("%d webhooks were not delivered", len(lost))

    def _started(self) -> Notifier:
        from ..webhook.notifier import Notifier, NotifierConfig

        with self._lock:
            if self._notifier is None:
                config = NotifierConfig(self._urls, self._api_key, max_depth=_MOST)
                self._notifier = Notifier(
                    config, keys=self._keys, url_policy=_on_this_machine
                )
            return self._notifier


def _extra(event: WebhookEvent) -> list[WebhookConfig]:
    """The webhooks that the request for an egress names."""
    info = event.egress_info
    if info is None:
        return []
    request = (
        info.egress
        or info.room_composite
        or info.web
        or info.participant
        or info.track_composite
        or info.track
    )
    return request.webhooks if request else []


def _on_this_machine(url: str) -> None:
    from .._runtime.http import TransportError
    from .._runtime.http._urls import target_of
    from ..stream_urls import redact_url
    from ..webhook.notifier import EndpointError

    try:
        is_here = target_of(url).is_loopback
    except TransportError:
        is_here = False
    if not is_here:
        raise EndpointError(
            f"{redact_url(url)!a} is not on this machine; name it in webhook_urls"
        )
