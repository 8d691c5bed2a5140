# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What the notifiers with threads and with asyncio have in common."""

from __future__ import annotations

import os
import socket
import time
from dataclasses import replace
from secrets import token_hex

from ...auth import InvalidArgumentError
from ...auth._keys import as_keys
from ...auth._secrets import always, forgetful
from ..stores import LeaseLostError, MemoryStore
from ._config import Filter, NotifierConfig
from ._core import TIMEOUT, USER_AGENT, NotifierCore, Verdict
from ._reports import LOG, Reports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any, TypedDict, TypeVar

    from ...auth import KeyProvider
    from ...livekit_analytics_pb import WebhookInfo
    from ..stores import Delivery, Store
    from ._reports import Counts, Metrics
    from ._retries import Retries
    from ._urls import URLPolicy

    Hook = TypeVar("Hook", bound=Callable[[WebhookInfo], object])

    class Settings(TypedDict, total=False):
        """What both notifiers take by keyword; BaseNotifier has the defaults."""

        keys: KeyProvider | Mapping[str, str] | None
        store: Store | None
        retries: Retries | None
        timeout: float
        user_agent: str
        url_policy: URLPolicy | None
        metrics: Metrics | None
        max_in_flight: int
        lease: float
        clock: Callable[[], float]


LEASE = 30.0
"""Seconds for which a sender has a delivery for itself."""
MAX_IN_FLIGHT = 64
"""Deliveries that are sent at once."""
POLL = 1.0
"""Seconds between looks into a store that other processes fill, too."""


class BaseNotifier:
    """Settings of a notifier, its store, and what it reports.

    `config` says where events go: a NotifierConfig, or the section `webhook:` of the server as a
    mapping. Keys are those of `TokenVerifier`: a pair, `keys` by name, or the environment's.
    `store` keeps what waits, in memory by default; `transport` sends. `retries`, `timeout` (of an
    attempt, in seconds) and `user_agent` default to the reference's; durable stores retry for a
    day. `url_policy` judges the URLs of extra webhooks and raises EndpointError.

    What is passed in stays open; what the notifier makes it closes. Raises ConfigError,
    EndpointError, UnknownSigningKeyError, InvalidArgumentError.
    """

    @forgetful
    def __init__(
        self,
        config: NotifierConfig | Mapping[str, Any] | None = None,
        api_key: str | None = None,
        api_secret: str | None = None,
        *,
        keys: KeyProvider | Mapping[str, str] | None = None,
        store: Store | None = None,
        retries: Retries | None = None,
        timeout: float = TIMEOUT,
        user_agent: str = USER_AGENT,
        url_policy: URLPolicy | None = None,
        metrics: Metrics | None = None,
        max_in_flight: int = MAX_IN_FLIGHT,
        lease: float = LEASE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not isinstance(config, NotifierConfig):
            config = NotifierConfig.from_section(config)
        if not config.api_key:
            named = api_key or (keys is None and os.environ.get("LIVEKIT_API_KEY"))
            config = replace(config, api_key=named or "")
        if not timeout < lease:
            raise InvalidArgumentError(
                f"an attempt may take {timeout} s, which has to be less than the lease of {lease} s"
            )
        self._own_store = store is None
        self._store = store or MemoryStore(config.max_depth)
        self._core = NotifierCore(
            config,
            as_keys(api_key, api_secret, keys),
            durable=self._store.durable,
            retries=retries,
            timeout=timeout,
            user_agent=user_agent,
            policy=url_policy,
        )
        self._reports = Reports(metrics)
        self._max_in_flight = max_in_flight
        self._lease = lease
        self._clock = clock
        self._owner = _new_owner()

    @always
    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._core!r}>"

    @property
    def store(self) -> Store:
        """The store, which also has the dead letters."""
        return self._store

    @property
    def counts(self) -> Counts:
        """How many deliveries arrived, were given up, and were dropped so far."""
        return self._reports.counts

    def on_processed(self, hook: Hook, /) -> Hook:
        """Call a function with the record of each delivery that arrived, failed or was dropped.

        It is called by the thread or task that delivers, so it has to be quick.
        """
        self._reports.hook = hook
        return hook

    @forgetful
    def set_keys(self, api_key: str, api_secret: str) -> None:
        """Sign what is queued from now on by this key.

        Its secret also signs what waits under the same name. With two empty texts, nothing can be
        queued until keys are set again.
        """
        self._core.set_keys(api_key, api_secret)

    def set_filter(
        self, include: Iterable[str] = (), exclude: Iterable[str] = ()
    ) -> None:
        """Send only the events of `include`, or all but those of `exclude`, from now on."""
        self._core.set_filter(Filter(tuple(include), tuple(exclude)))

    def _queued(
        self, deliveries: Sequence[Delivery], dropped: Sequence[Delivery]
    ) -> None:
        """Report what was put into the store, and what it did not take."""
        for each in dropped:
            self._reports.dropped(each, each.queued_at)
        metrics, store = self._reports.metrics, self._store
        if metrics and isinstance(store, MemoryStore):
            for each in deliveries:
                if each not in dropped:
                    metrics.queued(store.waiting(each.endpoint, each.key) or 1)

    def _after_fork(self) -> None:
        """Become a sender of its own, in a child: locks may be held, deliveries would repeat."""
        self._owner = _new_owner()
        self._core.after_fork()
        self._reports.counts.after_fork()
        if isinstance(self._store, MemoryStore):
            self._store.after_fork()

    def _settle(self, verdict: Verdict) -> None:
        """Record a verdict in the store, and report it."""
        claim = verdict.claim
        try:
            if verdict.action == "done":
                self._store.done(claim)
            elif verdict.action == "retry":
                self._store.retry(claim, verdict.due, verdict.error)
            else:
                self._store.dead(claim, verdict.reason, verdict.error)
        except LeaseLostError:
            LOG.warning("another sender took over a delivery before this one ended")
        self._reports.judged(verdict)


def _new_owner() -> str:
    """A name for this sender, which no other has."""
    return f"{socket.gethostname()}-{os.getpid()}-{token_hex(4)}"
