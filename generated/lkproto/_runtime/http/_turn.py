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
from ssl import SSLWantReadError, SSLWantWriteError
from time import monotonic

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
        await self._until(self._loop.add_reader, self._loop.remove_reader)

    async def _until_writable(self) -> None:
        await self._until(self._loop.add_writer, self._loop.remove_writer)

    async def _until(
        self, add: Callable[..., Any], remove: Callable[[int], Any]
    ) -> None:
        """Wait until the socket is ready. Raises TimeoutError at the deadline."""
        left = self._wire.deadline - monotonic()
        if left <= 0:
            raise TimeoutError
        number, ready = self._wire.sock.fileno(), self._loop.create_future()
        timer = self._loop.call_later(left, _expire, ready)
        add(number, _wake, ready)
        try:
            await ready
        finally:
            timer.cancel()
            if not self._loop.is_closed():
                remove(number)


def _wake(ready: Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)


def _expire(ready: Future[None]) -> None:
    if not ready.done():
        ready.set_exception(TimeoutError())
