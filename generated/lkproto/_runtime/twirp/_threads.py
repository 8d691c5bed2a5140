# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Threads for methods that are plain functions, where the server is asyncio."""

from __future__ import annotations

import asyncio
import os
import threading
from contextlib import suppress
from contextvars import copy_context
from queue import SimpleQueue

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class Threads:
    """Up to `most` threads, started when they are needed.

    They are daemons: a method that does not end does not keep the process from its end. A child
    of a fork starts its own.
    """

    __slots__ = ("_jobs", "_lock", "_most", "_pid", "_started", "_unfinished")

    def __init__(self, most: int) -> None:
        self._most = most
        self._reset()

    def _reset(self) -> None:
        self._pid = os.getpid()
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._started = 0
        self._unfinished = 0

    @property
    def busy(self) -> bool:
        """Whether a function is running, or waits for a thread."""
        return self._unfinished > 0

    async def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function in a thread, with the context variables of the caller.

        If the caller is cancelled, a function that has not begun is not called.
        """
        if self._pid != os.getpid():
            self._reset()
        loop = asyncio.get_running_loop()
        call = copy_context().run
        future = loop.create_future()
        self._begin(_Job(loop, future, lambda: call(function, *arguments)))
        value, error = await future
        if error is None:
            return value
        try:
            raise error
        finally:
            del error, future  # the error refers to this frame

    def _begin(self, job: _Job) -> None:
        with self._lock:
            self._unfinished += 1
            if self._started < min(self._unfinished, self._most):
                self._start()
        self._jobs.put(job)

    def _start(self) -> None:
        """Start a thread. Raises RuntimeError if there can be none, and none is there."""
        try:
            threading.Thread(
                target=self._work, name="lkproto-twirp", daemon=True
            ).start()
        except RuntimeError:
            if not self._started:
                self._unfinished -= 1
                raise
        else:
            self._started += 1

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job.run()
            del job
            with self._lock:
                self._unfinished -= 1

    def close(self) -> None:
        """End the threads, as soon as each has nothing to do; a later `run` starts others."""
        with self._lock:
            started, self._started = self._started, 0
        for _ in range(started):
            self._jobs.put(None)


class _Job:
    """A function to call, and the future of what comes of it: its value and its error."""

    __slots__ = ("call", "future", "loop")

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        future: asyncio.Future[tuple[Any, Exception | None]],
        call: Callable[[], Any],
    ) -> None:
        self.loop = loop
        self.future = future
        self.call = call

    def run(self) -> None:
        if self.future.cancelled():
            return
        outcome: tuple[Any, Exception | None]
        try:
            outcome = self.call(), None
        except Exception as error:  # noqa: BLE001 - the caller gets it
            outcome = None, error
        except BaseException as error:  # noqa: BLE001 - a SystemExit, too
            wrapped = RuntimeError(f"it raised {error.__class__.__name__}")
            wrapped.__cause__ = error
            outcome = None, wrapped
        with suppress(RuntimeError):  # the loop is closed; nobody waits any more
            self.loop.call_soon_threadsafe(_settle, self.future, outcome)
        del self.future, outcome  # an error in them refers to this frame


def _settle(
    future: asyncio.Future[tuple[Any, Exception | None]],
    outcome: tuple[Any, Exception | None],
) -> None:
    if not future.done():
        future.set_result(outcome)
