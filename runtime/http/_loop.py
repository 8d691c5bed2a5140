"""Waiting for a connection on an event loop, so that no thread has to."""

from __future__ import annotations

from asyncio import Future, get_running_loop
from time import monotonic

from ._protocol import Request
from ._wire import Wire


async def arrived(wire: Wire, request: Request) -> bool:
    """Wait for an answer until `wire.exchange` will not wait; False where that takes a thread.

    Raises TransportError.
    """
    missing = 1
    while missing > 0:
        try:
            if not await _readable(wire):
                return True  # the time is over, as `exchange` will find
        except NotImplementedError:  # the default loop on Windows
            return False
        missing = wire.receive_now(request)
    return missing == 0


async def _readable(wire: Wire) -> bool:
    """Wait until something has come; False if the time is over."""
    loop = get_running_loop()
    woken: Future[bool] = loop.create_future()
    number = wire.sock.fileno()
    loop.add_reader(number, _wake, woken, True)
    left = max(0.0, wire.deadline - monotonic())
    timer = loop.call_later(left, _wake, woken, False)
    try:
        return await woken
    finally:
        timer.cancel()
        loop.remove_reader(number)


def _wake(woken: Future[bool], is_readable: bool) -> None:
    if not woken.done():
        woken.set_result(is_readable)
