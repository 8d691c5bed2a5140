# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""A notifier for programs without an event loop: threads that claim, send and record."""

from __future__ import annotations

import os
import time
import weakref
from collections import deque
from contextlib import suppress
from math import inf
from threading import Condition, Event, Lock, Thread, get_ident

from ..._runtime.http import TransportError, default_transport
from ...auth._secrets import forgetful
from ..stores import MemoryStore, StoreError
from ._base import POLL, BaseNotifier
from ._core import Send
from ._reports import LOG

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType
    from typing import Any, Self, Unpack

    from ..._runtime.http import Response, Transport
    from ...livekit_models_pb import WebhookConfig
    from ...livekit_webhook_pb import WebhookEvent
    from ..stores import Claim, Delivery
    from ._base import Settings
    from ._config import NotifierConfig

IDLE = 10.0
"""Seconds after which a thread without work ends."""
TICK = 0.01
"""Seconds after which an endpoint counts as slow, so that another thread goes on meanwhile."""
BATCH = 64
"""Deliveries that are claimed at once, where a claim is a transaction."""
NAME = "lkproto-webhook"


class Notifier(BaseNotifier):
    """Queues webhooks and sends them from threads of its own.

    With a durable store, it begins to send what waits there at once. After a fork it goes on in
    both processes; what waited in memory stays with the parent. All methods may be called by any
    number of threads. Left by `with`, it waits until everything is sent.
    """

    @forgetful
    def __init__(
        self,
        config: NotifierConfig | Mapping[str, Any] | None = None,
        api_key: str | None = None,
        api_secret: str | None = None,
        *,
        transport: Transport | None = None,
        **settings: Unpack[Settings],
    ) -> None:
        super().__init__(config, api_key, api_secret, **settings)
        self._own_transport = transport is None
        self._transport = transport or default_transport()
        self._reset()
        _living.add(self)
        if self._store.durable:
            self._look()

    def _reset(self) -> None:
        """No threads yet: at the beginning, and in a child after a fork."""
        lock = Lock()
        self._called = Condition(lock)  # an idle sender is to look for work
        self._watch = Condition(lock)  # the watcher is to look earlier
        self._calm = Condition(lock)  # no sender is active
        self._over = Event()  # everything is closed
        self._dirty = False  # something was put since a sender last looked
        self._active = self._calls = self._idle = self._threads = self._rests = 0
        # Claimed for any sender, and until when an attempt may begin.
        self._held: deque[tuple[Claim, float]] = deque()
        self._begun: dict[int, float] = {}  # by sender, when its attempt began
        self._watched = False

    def queue_notify(
        self, event: WebhookEvent, *, extra: Sequence[WebhookConfig] = ()
    ) -> None:
        """Queue an event for all endpoints, and for those of `extra`, to be sent in order.

        Its bytes are fixed when this returns; an event without `id` and `created_at` gets them.
        Raises NotifierClosedError, QueueFullError, NoKeyError, UnknownSigningKeyError,
        EndpointError, StoreError, and queues whatever is not the cause.
        """
        accepted = self._core.accept(event, extra, self._clock())
        dropped: Sequence[Delivery] = ()
        if accepted.deliveries:
            dropped = self._store.put(accepted.deliveries)
            self._look()
            self._queued(accepted.deliveries, dropped)
        accepted.check(dropped)

    def stop(
        self, *, force: bool = False, timeout: float | None = None
    ) -> list[Delivery]:
        """Take no more events, send what waits, and return what is lost.

        Waits until all is sent; a durable store keeps what is not due yet. `force` starts no
        further attempt and returns at once: what waited in memory is the result. A drain that
        takes longer than `timeout` seconds becomes such a stop. Called again, the other way of
        stopping takes effect; without `force` it waits for attempts that are still in flight.
        """
        self._core.closed = True
        drained = not force and self._drained(timeout)
        lost = self._force()
        if not self._threads:
            self._close()
        elif drained:
            self._over.wait()
        return lost

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def replay(self, *ids: int) -> int:
        """Queue dead letters again, by `seq`; how many there were."""
        found = self._store.replay(*ids)
        self._look()
        return found

    def forget(self, *ids: int) -> int:
        """Delete dead letters, by `seq`; how many there were."""
        return self._store.forget(*ids)

    def _after_fork(self) -> None:
        self._reset()
        super()._after_fork()
        if self._store.durable and not self._core.closed:
            self._look()

    def _force(self) -> list[Delivery]:
        with self._called:
            self._core.stopped = True
            for each in (self._called, self._watch, self._calm):
                each.notify_all()
        self._give_all_back()
        store = self._store
        return store.take_all() if isinstance(store, MemoryStore) else []

    def _drained(self, timeout: float | None) -> bool:
        """Wait until nothing is in flight or due; False if that takes too long."""
        end = inf if timeout is None else time.monotonic() + timeout
        forced = self._core.stopped
        if not forced:
            self._look()
        while forced or not self._core.stopped:  # else another call has ended this one
            seen = self._rests
            if not self._active and (forced or self._is_empty()):
                return True
            left = end - time.monotonic()
            if left <= 0:
                return False
            with self._calm:
                if self._rests == seen:
                    self._calm.wait(min(POLL, left))
        return True

    def _is_empty(self) -> bool:
        """Whether nothing waits in memory, or nothing in a durable store is due."""
        due = self._store.next_due()
        return due is None or (self._store.durable and due > self._clock())

    def _close(self) -> None:
        if self._own_transport:
            self._transport.close()
        if self._own_store:
            self._store.close()
        self._over.set()

    def _look(self) -> None:
        """Have what was put sent, by a sender that is active, or by another one."""
        # Before the look at `_active`, which a sender lowers before it looks here.
        self._dirty = True
        if not self._active:
            with self._called:
                if not self._active:
                    self._call(1)

    def _call(self, senders: int) -> None:
        """Set senders to work, new ones if there are none that are idle; holds the lock."""
        for _ in range(min(senders, self._max_in_flight - self._active)):
            self._active += 1
            self._calls += 1
            if self._calls <= self._idle:
                self._called.notify()
            else:
                self._start(self._send)
        if self._watched:
            self._watch.notify()  # it may wait for long, and these may be slow
        else:
            self._watched = True
            self._start(self._observe)

    def _start(self, target: Callable[[], None]) -> None:
        self._threads += 1
        Thread(target=self._run, args=(target,), name=NAME, daemon=True).start()

    def _run(self, target: Callable[[], None]) -> None:
        """Be a thread; the last one closes what is open."""
        target()
        with self._called:
            self._threads -= 1
            last = self._core.stopped and not self._threads
        if last:
            self._give_all_back()
            self._close()

    def _send(self) -> None:
        """Send while there is something, and wait to be called again, for a while."""
        while self._is_called():
            while not self._core.stopped:
                self._dirty = False
                claim = self._claim()
                if claim is not None:
                    self._attempt(claim)
                elif self._is_resting():
                    break
            else:
                self._rest()

    def _is_called(self) -> bool:
        """Wait for a call; False if none comes."""
        with self._called:
            self._idle += 1
            while not self._calls and not self._core.stopped:
                if not self._called.wait(IDLE):
                    break
            self._idle -= 1
            if self._calls:
                self._calls -= 1
                return True
            return False

    def _is_resting(self) -> bool:
        """Stop being active, unless something was put meanwhile."""
        self._rest()
        with self._called:
            if self._dirty and not self._core.stopped:
                self._active += 1
                return False
        return True

    def _rest(self) -> None:
        with self._calm:
            self._active -= 1
            if not self._active:
                self._rests += 1
                self._watch.notify()
                self._calm.notify_all()

    def _claim(self) -> Claim | None:
        """A delivery: one that was claimed with others, or a new one."""
        with suppress(IndexError):
            while True:
                claim, end = self._held.popleft()
                if time.monotonic() < end:
                    return claim
                self._give_back(claim)
        end = time.monotonic() + self._lease - self._core.timeout
        room = self._max_in_flight - self._active + 1
        limit = min(BATCH, room) if self._store.durable else 1
        try:
            claims = self._store.claim(self._owner, self._clock(), self._lease, limit)
        except StoreError as error:
            LOG.warning("the store of webhooks cannot be read: %s", error)
            return None
        self._held.extend((each, end) for each in claims[1:])
        return claims[0] if claims else None

    def _give_back(self, claim: Claim) -> None:
        """Free what was claimed and is not sent; if that fails, its lease ends by itself."""
        with suppress(StoreError):
            self._store.retry(claim, 0.0, "")

    def _give_all_back(self) -> None:
        with suppress(IndexError):
            while True:
                self._give_back(self._held.popleft()[0])

    def _attempt(self, claim: Claim) -> None:
        me = get_ident()
        self._begun[me] = time.monotonic()
        try:
            self._deliver(claim)
        except Exception:  # noqa: BLE001 - it is logged, and the lease ends
            LOG.exception("a delivery could not be recorded; it is sent again")
        finally:
            del self._begun[me]

    def _observe(self) -> None:
        """Call senders for what is due while those that are active wait for slow endpoints."""
        while not self._core.stopped:
            seen, slow = self._rests, self._slow()
            due = None if self._active and not slow else self._due()
            with self._watch:
                if due is not None and due <= self._clock():
                    self._call(slow or 1)
                if self._rests != seen or self._core.stopped:
                    continue  # a sender has stopped meanwhile, and may have left a retry
                if self._watch.wait(self._pause(due)) or self._active:
                    continue
                if due is None and self._rests == seen:
                    self._watched = False
                    return

    def _slow(self) -> int:
        """How many senders have waited for an answer since the last look."""
        limit = time.monotonic() - TICK
        return sum(begun < limit for begun in list(self._begun.values()))

    def _due(self) -> float | None:
        """When the next delivery is due, or to look again into a store that others fill, too."""
        if self._held:
            return 0.0
        try:
            due = self._store.next_due()
        except StoreError as error:
            LOG.warning("the store of webhooks cannot be read: %s", error)
            return self._clock() + POLL
        poll = self._clock() + POLL if self._store.durable else None
        return poll if due is None else due if poll is None else min(due, poll)

    def _pause(self, due: float | None) -> float:
        """How long the watcher waits."""
        if self._active:
            return TICK
        return IDLE if due is None else max(due - self._clock(), 0.0)

    def _deliver(self, claim: Claim) -> None:
        """Make one attempt, and record what became of it."""
        verdict = self._core.begin(claim, self._clock())
        if isinstance(verdict, Send):
            answer: Response | TransportError
            try:
                answer = self._transport.send(verdict.request)
            except TransportError as error:
                answer = error
            verdict = self._core.end(verdict, answer, self._clock())
        self._settle(verdict)


_living: weakref.WeakSet[Notifier] = weakref.WeakSet()


def _after_fork() -> None:
    for each in list(_living):
        each._after_fork()  # pyright: ignore[reportPrivateUsage]


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
