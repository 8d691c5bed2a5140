"""A notifier in virtual time: the core and a store, without threads, network or waiting."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import count

from lkproto.auth._keys import as_keys
from lkproto.http import Request, Response, TransportError
from lkproto.livekit import WebhookConfig, WebhookEvent, WebhookInfo
from lkproto.webhook.notifier import Filter, NotifierConfig, Retries
from lkproto.webhook.notifier._core import NotifierCore, Send, Verdict
from lkproto.webhook.notifier._reports import Reports
from lkproto.webhook.stores import Delivery, LeaseLostError, MemoryStore, Store

ALL = Filter()
NOW = 1_767_225_600.0
KEYS = {"APIkey": "secret-of-32-bytes-is-long-enough", "APIother": "o" * 32}

Answer = int | Response | TransportError | tuple[float, "Answer"]


class Virtual:
    """Runs a core; `answers` are per URL, the last one repeats, 200 by default.

    An answer is a status, a Response, a TransportError, or a pair of seconds and one of these.
    """

    def __init__(
        self,
        *urls: str,
        answers: dict[str, Sequence[Answer]] | None = None,
        store: Store | None = None,
        retries: Retries | None = None,
        api_key: str = "APIkey",
        keys: dict[str, str] = KEYS,
        max_age: float = 30.0,
        max_depth: int = 200,
        events: Filter = ALL,
        **settings: object,
    ) -> None:
        config = NotifierConfig(urls, api_key, max_age, max_depth, events)
        self.store = store or MemoryStore(max_depth)
        self.core = NotifierCore(
            config,
            as_keys(None, None, keys),
            durable=self.store.durable,
            retries=retries,
            **settings,  # type: ignore[arg-type]
        )
        self.infos: list[WebhookInfo] = []
        self.reports = Reports()
        self.reports.hook = self.infos.append
        self.now = NOW
        self.sent: list[tuple[float, Request]] = []
        self._answers = {url: iter(each) for url, each in (answers or {}).items()}
        self._last: dict[str, Answer] = {}
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()

    def queue(self, event: WebhookEvent, *extra: WebhookConfig) -> None:
        """Queue an event now; raises as queue_notify does."""
        accepted = self.core.accept(event, extra, self.now)
        dropped = self.store.put(accepted.deliveries)
        for each in dropped:
            self.reports.dropped(each, self.now)
        self._pump()
        accepted.check(dropped)

    def at(self, seconds: float, action: Callable[[], object]) -> None:
        """Do something so many seconds after the beginning."""
        self._later(NOW + seconds, lambda: (action(), self._pump())[1])

    def run(self, seconds: float) -> None:
        """Let time pass, from the beginning until so many seconds after it."""
        end = NOW + seconds
        self._pump()
        while True:
            due = self.store.next_due()
            if not self.core.stopped and due is not None and due > self.now:
                self._later(due, self._pump)
            if not self._events or self._events[0][0] > end:
                self.now = end
                return
            self.now, _, action = heapq.heappop(self._events)
            action()

    def times(self, url: str) -> list[float]:
        """When attempts at a URL began, in seconds from the beginning."""
        return [round(at - NOW, 3) for at, request in self.sent if request.url == url]

    def _later(self, when: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._events, (when, next(self._order), action))

    def _pump(self) -> None:
        """Begin everything that is due."""
        while not self.core.stopped:
            claims = self.store.claim("virtual", self.now, 30.0, 100)
            if not claims:
                return
            for claim in claims:
                step = self.core.begin(claim, self.now)
                if isinstance(step, Send):
                    self._send(step)
                else:
                    self._settle(step)

    def _send(self, send: Send) -> None:
        url = send.request.url
        self.sent.append((self.now, send.request))
        answer = next(self._answers.get(url, iter(())), self._last.get(url, 200))
        self._last[url] = answer
        delay = 0.0
        if isinstance(answer, tuple):
            delay, answer = answer
        if delay > send.request.timeout:
            delay = send.request.timeout
            answer = TransportError("timeout", sent=True)
        found = Response(answer, {}, b"") if isinstance(answer, int) else answer
        self._later(self.now + delay, lambda: self._end(send, found))

    def _end(self, send: Send, answer: Response | TransportError) -> None:
        self._settle(self.core.end(send, answer, self.now))
        self._pump()

    def _settle(self, verdict: Verdict) -> None:
        claim = verdict.claim
        with suppress(LeaseLostError):
            if verdict.action == "done":
                self.store.done(claim)
            elif verdict.action == "retry":
                self.store.retry(claim, verdict.due, verdict.error)
            else:
                self.store.dead(claim, verdict.reason, verdict.error)
        self.reports.judged(verdict)

    def stop(self) -> list[Delivery]:
        """Stop by force."""
        self.core.closed = self.core.stopped = True
        store = self.store
        return store.take_all() if isinstance(store, MemoryStore) else []
