# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Exchanges in an event loop: sockets that never block, and waiting until they are ready.

A connection is watched by a loop only while an exchange waits for it, so it belongs to none.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop, Future, get_running_loop
from collections.abc import Awaitable, Callable, Generator
from math import inf
from ssl import SSLWantReadError, SSLWantWriteError
from time import monotonic
from weakref import WeakKeyDictionary

from ._protocol import Request, Response, TransportError
from ._wire import READ, NothingSentError, Wire

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from typing import Any

    from ._pool import Job, Pool

_READABLE = (BlockingIOError, SSLWantReadError)


async def sent(
    pool: Pool, request: Request, opened: Callable[[Job], Awaitable[Wire]]
) -> Response:
    """The answer to a request, as `Pool.send`. Raises TransportError."""
    job = pool.job(request)
    wire = pool.taken(job)
    if wire is not None:
        try:
            return await _exchange(pool, wire, job)
        except NothingSentError:
            pass  # closed in the meantime: certainly nothing left, so try once more
    wire = await opened(job)
    try:
        return await _exchange(pool, wire, job)
    except NothingSentError:
        raise wire.nothing_sent() from None


async def _exchange(pool: Pool, wire: Wire, job: Job) -> Response:
    """Send and receive over a connection, which is kept or closed afterwards."""
    reusable = False
    try:
        response, reusable = await Turn(wire).exchange(job.request, job.data)
    finally:
        if reusable:
            pool.put(job, wire)
        else:
            wire.close()
    return response


def can_wait(loop: AbstractEventLoop) -> bool:
    """Whether a loop watches sockets; that of Windows does not."""
    return type(loop).add_reader is not AbstractEventLoop.add_reader


class Turn:
    """One exchange over a connection, in the running event loop."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._loop = get_running_loop()
        wire.never_block()

    async def exchange(self, request: Request, data: bytes) -> tuple[Response, bool]:
        """As that of `Wire`. Cancelled, it leaves a connection that is to be closed."""
        wire = self._wire
        wire.status = None
        try:
            try:
                await self._send(data)
            except TimeoutError:
                raise
            except OSError:
                # The peer does not want the rest; it may have said why.
                return (await self._received(wire.answer(request)))[0], False
            return await self._received(wire.answer(request))
        except (OSError, TransportError) as error:
            raise wire.failure(error) from None

    async def _send(self, data: bytes) -> None:
        """Send all of it. Raises OSError; NothingSentError if certainly nothing left."""
        wire, left = self._wire, memoryview(data)
        while left:
            try:
                left = left[wire.sock.send(left) :]
            except SSLWantReadError:
                await self._until_readable()
            except (BlockingIOError, SSLWantWriteError):
                await self._until_writable()
            except OSError as error:
                if wire.is_tls or len(left) < len(data):
                    raise
                raise NothingSentError from error

    async def _received(
        self, reading: Generator[None, bytes, tuple[Response, bool]]
    ) -> tuple[Response, bool]:
        sock = self._wire.sock
        next(reading)  # it has nothing yet, so it asks for something
        while True:
            await self._until_readable()
            try:
                data = sock.recv(READ)
            except _READABLE:
                continue
            except SSLWantWriteError:
                await self._until_writable()
                continue
            try:
                reading.send(data)
            except StopIteration as done:
                found: tuple[Response, bool] = done.value
                return found

    async def _until_readable(self) -> None:
        loop, number = self._loop, self._wire.sock.fileno()
        ready = loop.create_future()
        loop.add_reader(number, _wake, ready)
        await self._until(ready, loop.remove_reader, number)

    async def _until_writable(self) -> None:
        loop, number = self._loop, self._wire.sock.fileno()
        ready = loop.create_future()
        loop.add_writer(number, _wake, ready)
        await self._until(ready, loop.remove_writer, number)

    async def _until(
        self, ready: Future[None], remove: Callable[[int], Any], number: int
    ) -> None:
        """Wait until the socket is ready. Raises TimeoutError at the deadline."""
        alarm = alarm_of(self._loop)
        alarm.set(ready, self._wire.deadline)
        try:
            await ready
        finally:
            alarm.waiting.pop(ready, None)
            if not self._loop.is_closed():
                remove(number)


class Alarm:
    """Ends what waits in a loop at its deadline.

    One timer is for all: those of single exchanges would cost as much as all that we send. It
    knows no loop, so that loops can end.
    """

    __slots__ = ("_next", "waiting")

    def __init__(self) -> None:
        self._next = inf
        self.waiting: dict[Future[None], float] = {}

    def set(self, ready: Future[None], deadline: float) -> None:
        """Fail what is waited for at a deadline, if it is still waited for."""
        self.waiting[ready] = deadline
        if deadline < self._next:
            self._schedule(deadline)

    def _schedule(self, deadline: float) -> None:
        self._next = deadline
        left = max(0.0, deadline - monotonic())
        get_running_loop().call_later(left, self._ring, deadline)

    def _ring(self, at: float) -> None:
        if at != self._next:
            return  # another one was scheduled before it
        self._next = inf
        now = monotonic()
        for ready in [each for each, end in self.waiting.items() if end <= now]:
            del self.waiting[ready]
            _expire(ready)
        if self.waiting:
            self._schedule(min(self.waiting.values()))


def alarm_of(loop: AbstractEventLoop) -> Alarm:
    """The alarm of a loop."""
    found = _alarms.get(loop)
    if found is None:
        found = _alarms[loop] = Alarm()
    return found


_alarms: WeakKeyDictionary[AbstractEventLoop, Alarm] = WeakKeyDictionary()


def _wake(ready: Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)


def _expire(ready: Future[None]) -> None:
    if not ready.done():
        ready.set_exception(TimeoutError())
