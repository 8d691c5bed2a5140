# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The end of a call that asyncio runs, before its method is done: late, left, or shut down."""

from __future__ import annotations

import asyncio
from time import monotonic

from ._codes import TwirpCode
from ._errors import TwirpError

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType
    from typing import Any

    Receive = Callable[[], Awaitable[Any]]

# Seconds between looks at all calls: timers for each would cost more than what a call costs else.
TICK = 0.05
LEFT = "failed to read request: context canceled"
_TEXTS = {
    TwirpCode.CANCELED: (LEFT, "canceled"),
    TwirpCode.DEADLINE_EXCEEDED: (
        "failed to read request: deadline exceeded",
        "deadline exceeded",
    ),
    TwirpCode.UNAVAILABLE: ("the server is shutting down",) * 2,
}


class Guard:
    """Around a call: cancels it when its time is over, or its client has left.

    It leaves with the TwirpError that says so, in place of the CancelledError. It does so as
    `asyncio.timeout`, so that it keeps apart what others cancel.
    """

    __slots__ = (
        "_cancelling",
        "_reason",
        "_task",
        "_watcher",
        "deadline",
        "receive",
        "seen",
    )

    def __init__(self, deadline: float | None) -> None:
        self.deadline = deadline
        # As soon as the body is read: what says that the client has left.
        self.receive: Receive | None = None
        self.seen = False
        self._reason: TwirpCode | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._task: asyncio.Task[Any] | None = None

    def __enter__(self) -> None:
        task = self._task = asyncio.current_task()
        assert task is not None, "applications of ASGI are called in tasks"
        self._cancelling = task.cancelling()

    def look(self) -> None:
        """Stop the call if it is late; the second time, begin to wait for its client to leave."""
        if self.deadline is not None and self.deadline <= monotonic():
            self.stop(TwirpCode.DEADLINE_EXCEEDED)
        elif self.seen and self.receive is not None and self._watcher is None:
            self._watcher = asyncio.ensure_future(self._wait(self.receive))
        self.seen = True

    async def _wait(self, receive: Receive) -> None:
        # What follows a body can only be this; a `receive` that says otherwise is not asked again.
        if (await receive())["type"] == "http.disconnect":
            self.stop(TwirpCode.CANCELED)

    def stop(self, reason: TwirpCode) -> None:
        """Cancel the call, which is then answered with an error of this code."""
        if self._reason is None and self._task is not None:
            self._reason = reason
            self._task.cancel()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        task, self._task = self._task, None  # what follows is not stopped any more
        if self._watcher is not None:
            self._watcher.cancel()
        if self._reason is None or task is None:
            return
        others = task.uncancel() > self._cancelling
        if not others and isinstance(error, asyncio.CancelledError):
            text = _TEXTS[self._reason][self.receive is not None]
            raise TwirpError(self._reason, text) from None


class Clock:
    """Looks at the guards of the calls in an event loop, as long as there are any."""

    __slots__ = ("_ticks", "guards", "loop")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._ticks = False
        self.guards: set[Guard] = set()

    def add(self, guard: Guard) -> None:
        """Look at a guard from now on, until it is discarded."""
        self.guards.add(guard)
        if not self._ticks:
            self._ticks = True
            self.loop.call_later(TICK, self._tick)

    def _tick(self) -> None:
        for each in [*self.guards]:
            each.look()
        self._ticks = bool(self.guards)
        if self._ticks:
            self.loop.call_later(TICK, self._tick)


class Clocks:
    """The clocks of event loops, of which an application may see several."""

    __slots__ = ("_by_loop", "_last")

    def __init__(self) -> None:
        self._by_loop: dict[asyncio.AbstractEventLoop, Clock] = {}
        self._last: Clock | None = None

    def here(self) -> Clock:
        """The clock of the running loop."""
        loop = asyncio.get_running_loop()
        last = self._last
        if last is not None and last.loop is loop:
            return last
        found = self._by_loop.get(loop)
        if found is None:
            living = [each for each in self._by_loop if not each.is_closed()]
            self._by_loop = {each: self._by_loop[each] for each in living}
            found = self._by_loop[loop] = Clock(loop)
        self._last = found
        return found
