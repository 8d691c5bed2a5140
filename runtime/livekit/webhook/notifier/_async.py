# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""A notifier for asyncio: one task that claims, and a task for each attempt."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from math import inf

from ..._runtime.http import TransportError, default_async_transport
from ...auth._secrets import forgetful
from ..stores import MemoryStore, StoreError
from ._base import POLL, BaseNotifier
from ._core import Send
from ._reports import LOG

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType
    from typing import Any, ParamSpec, Self, TypeVar, Unpack

    from ..._runtime.http import AsyncTransport, Response
    from ...livekit_models_pb import WebhookConfig
    from ...livekit_webhook_pb import WebhookEvent
    from ..stores import Claim, Delivery
    from ._base import Settings
    from ._config import NotifierConfig

    P = ParamSpec("P")
    R = TypeVar("R")


class AsyncNotifier(BaseNotifier):
    """Queues webhooks and sends them in tasks of the running event loop.

    It can be made anywhere, and belongs to the loop that first uses it. `start` begins with what
    waits in a durable store; queuing does so, too. A durable store works in a thread, so that it
    does not block the loop. Left by `async with`, it waits until everything is sent.
    """

    @forgetful
    def __init__(
        self,
        config: NotifierConfig | Mapping[str, Any] | None = None,
        api_key: str | None = None,
        api_secret: str | None = None,
        *,
        transport: AsyncTransport | None = None,
        **settings: Unpack[Settings],
    ) -> None:
        super().__init__(config, api_key, api_secret, **settings)
        self._own_transport = transport is None
        self._transport = transport or default_async_transport()
        self._changed = asyncio.Event()  # something may be due
        self._ended = asyncio.Event()  # an attempt is over
        self._claiming = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to send; needs a running event loop."""
        if self._loop is None or self._loop.done():
            self._loop = asyncio.create_task(self._run(), name="lkproto-webhook")

    async def queue_notify(
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
            dropped = await self._ask(self._store.put, accepted.deliveries)
            self.start()
            self._changed.set()
            self._queued(accepted.deliveries, dropped)
        accepted.check(dropped)

    async def stop(
        self, *, force: bool = False, timeout: float | None = None
    ) -> list[Delivery]:
        """Take no more events, send what waits, and return what is lost.

        Waits until all is sent; a durable store keeps what is not due yet. `force` starts no
        further attempt and returns at once: what waited in memory is the result. A drain that
        takes longer than `timeout` seconds becomes such a stop. Called again, the other way of
        stopping takes effect; without `force` it waits for attempts that are still in flight.
        """
        self._core.closed = True
        if not force:
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout):
                    await self._drain()
        self._core.stopped = True
        self._changed.set()
        self._ended.set()
        if not self._is_busy():
            await self._close()
        store = self._store
        return store.take_all() if isinstance(store, MemoryStore) else []

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def replay(self, *ids: int) -> int:
        """Queue dead letters again, by `seq`; how many there were."""
        found = await self._ask(self._store.replay, *ids)
        self.start()
        self._changed.set()
        return found

    async def forget(self, *ids: int) -> int:
        """Delete dead letters, by `seq`; how many there were."""
        return await self._ask(self._store.forget, *ids)

    async def _drain(self) -> None:
        """Wait until nothing is in flight or due."""
        forced = self._core.stopped
        if not forced:
            self.start()
            self._changed.set()
        while forced or not self._core.stopped:  # else another call has ended this one
            self._ended.clear()
            if not self._is_busy() and (forced or await self._is_empty()):
                return
            await _within(POLL, self._ended)

    async def _is_empty(self) -> bool:
        """Whether nothing waits in memory, or nothing in a durable store is due."""
        due = await self._ask(self._store.next_due)
        return due is None or (self._store.durable and due > self._clock())

    def _is_busy(self) -> bool:
        return self._claiming or bool(self._tasks)

    async def _close(self) -> None:
        if self._own_transport:
            await self._transport.aclose()
        if self._own_store:
            self._store.close()

    async def _ask(
        self, method: Callable[P, R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """What a method of the store returns; in a thread where it may block."""
        if self._store.durable:
            return await asyncio.to_thread(method, *args, **kwargs)
        return method(*args, **kwargs)

    async def _run(self) -> None:
        """Claim what is due, as much as may be in flight, until the notifier is stopped."""
        while not self._core.stopped:
            self._changed.clear()
            self._claiming = True
            claims, due = await self._claim(self._max_in_flight - len(self._tasks))
            for claim in claims:
                task = asyncio.create_task(self._deliver(claim))
                self._tasks.add(task)
                task.add_done_callback(self._delivered)
            self._claiming = False
            self._ended.set()
            if not claims:
                await _within(
                    None if due == inf else due - self._clock(), self._changed
                )

    async def _claim(self, limit: int) -> tuple[list[Claim], float]:
        """Deliveries, or when there may be some."""
        now = self._clock()
        poll = now + POLL if self._store.durable else inf
        if limit <= 0:
            return [], inf
        try:
            found = await self._ask(
                self._store.claim, self._owner, now, self._lease, limit
            )
            due = None if found else await self._ask(self._store.next_due)
        except StoreError as error:
            LOG.warning("the store of webhooks cannot be read: %s", error)
            return [], now + POLL
        return found, poll if due is None else min(due, poll)

    async def _deliver(self, claim: Claim) -> None:
        """Make one attempt, and record what became of it."""
        verdict = self._core.begin(claim, self._clock())
        if isinstance(verdict, Send):
            answer: Response | TransportError
            try:
                answer = await self._transport.send(verdict.request)
            except TransportError as error:
                answer = error
            verdict = self._core.end(verdict, answer, self._clock())
        await self._ask(self._settle, verdict)

    def _delivered(self, task: asyncio.Task[None]) -> None:
        """An attempt is over: there may be more to claim."""
        self._tasks.discard(task)
        self._changed.set()
        self._ended.set()
        if not task.cancelled() and task.exception():
            LOG.error(
                "a delivery could not be recorded; it is sent again",
                exc_info=task.exception(),
            )
        if self._core.stopped and not self._is_busy():
            self._closing = asyncio.ensure_future(self._close())


async def _within(seconds: float | None, event: asyncio.Event) -> None:
    """Wait for an event, or so long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
