# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""One thread that does what many ask of an SQLite file, as much as waits in one transaction.

Callers wait for their own result, and not longer than a time. What nobody waits for (`post`) is
done in the order in which it was asked for, with calls that have to see it, or soon. A single
statement need not wait for the thread (`do_now`).
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from queue import Empty, SimpleQueue
from random import uniform
from threading import Lock, Thread
from time import monotonic, sleep
from weakref import WeakSet

from ._file import is_code
from ._types import StoreError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")

MOST = 500
"""How many tasks share a transaction, so that nobody waits long for others."""
LINGER = 0.02
"""Seconds that what nobody waits for waits for more, to share a transaction."""
PAUSE = 0.5
"""Seconds until a task that failed and nobody waits for is done again."""


class _Task:
    """Something to do in a transaction, and its result or error."""

    __slots__ = (
        "alone",
        "awaited",
        "dropped",
        "error",
        "final",
        "finished",
        "result",
        "work",
        "writes",
    )

    def __init__(
        self,
        work: Callable[[sqlite3.Connection], object],
        *,
        writes: bool = True,
        awaited: bool = True,
        alone: bool = False,
    ) -> None:
        self.work = work
        self.writes = writes
        self.awaited = awaited
        self.alone = alone
        # Nobody waits any more; it is too late to drop it.
        self.dropped = self.final = False
        self.result: object = None
        self.error: Exception | None = None
        self.finished = Lock()
        self.finished.acquire()

    def run(self, connection: sqlite3.Connection) -> None:
        """Do the work. A StoreError is its result: nothing was written then."""
        self.result = self.error = None
        try:
            self.result = self.work(connection)
        except StoreError as error:
            self.error = error


class Writer:
    """A thread and its connection to a file."""

    def __init__(
        self, name: str, connect: Callable[[], sqlite3.Connection], timeout: float
    ) -> None:
        """Connects at once, so that errors reach who opens the file."""
        self._name = name
        self._connect = connect
        self._timeout = timeout
        self.start_again()
        self._connection: sqlite3.Connection | None = connect()
        _writers.add(self)

    def start_again(self) -> None:
        """Begin with nothing to do: after a fork, locks and tasks are those of the parent."""
        self._process = os.getpid()
        # Calls, and None to wake the thread. A condition would cost more than what is done.
        self._calls: SimpleQueue[_Task | None] = SimpleQueue()
        self._posts: list[_Task] = []
        self._posted = 0.0  # when the first of them came
        self._again: list[_Task] = []  # posts that failed
        self._asleep = False  # posts have to wake the thread
        self._thread: Thread | None = None
        self._end: float | None = None  # set when it is closed
        self._lock = Lock()
        self._busy = Lock()
        self._wanted = False  # the thread waits for its turn

    def call(
        self,
        work: Callable[[sqlite3.Connection], T],
        *,
        writes: bool = True,
        alone: bool = False,
    ) -> T:
        """Do something and return its result; `alone` if it need not see what was posted before.

        Raises what it raises, and StoreError if the file does not allow it in time.
        """
        task = _Task(work, writes=writes, alone=alone)
        with self._lock:
            self._check()
            self._calls.put(task)
        if not task.finished.acquire(timeout=self._timeout):
            self._give_up(task)
        if task.error is not None:
            raise task.error
        return task.result  # type: ignore[return-value]

    def do_now(self, work: Callable[[sqlite3.Connection], object]) -> bool:
        """Do one statement in this thread, which takes half the time that two threads take.

        Returns False, with nothing done, if it has to wait. Raises StoreError if `work` does.
        """
        held: list[bool] = []
        try:
            if self._wanted or self._end is not None:
                return False
            # In one step: a handler of signals may raise between a lock's return and a `try`.
            held.extend(map(self._busy.acquire, (False,)))
            if not held[0] or self._connection is None:
                return False
            self._check_process()
            work(self._connection)
        except StoreError:
            raise
        except Exception:  # noqa: BLE001 - the next call raises it
            return False
        finally:
            if any(held):
                self._busy.release()
        return True

    def post(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Do something soon, before what is called later. If the file fails, try again."""
        task = _Task(work, awaited=False)
        with self._lock:
            self._check()
            if not self._posts:
                self._posted = monotonic()
            self._posts.append(task)
            if self._asleep:
                self._asleep = False
                self._calls.put(None)

    def _check(self) -> None:
        """Start the thread if there is none. Raises StoreError if nothing more can be done."""
        self._check_process()
        if self._end is not None:
            raise StoreError(f"{self._name} is closed")
        if self._thread is None:
            self._thread = Thread(target=self._run, name="lkproto-store", daemon=True)
            self._thread.start()

    def _check_process(self) -> None:
        if self._process != os.getpid():
            raise StoreError(
                f"{self._name} was opened before this process was forked, and not by os.fork; "
                "open it in each process"
            )

    def _give_up(self, task: _Task) -> None:
        """Raise StoreError for a task that took too long, unless it has just been finished."""
        with self._lock:
            if task.finished.acquire(blocking=False):
                return
            task.dropped = True
            end = "it may still be done" if task.final else "nothing was done"
        raise StoreError(
            f"{self._name} was not ready within {self._timeout:g} s, because others write to it "
            f"or the disk is slow; {end}"
        )

    def close(self) -> None:
        """Finish what was asked for, and close the file."""
        if self._process != os.getpid():
            return
        with self._lock:
            self._end = monotonic() + self._timeout
            self._calls.put(None)
        if self._thread:
            self._thread.join(self._timeout)
        if self._busy.acquire(timeout=0.1):
            self.disconnect()
            self._busy.release()

    def disconnect(self) -> None:
        """Close the connection; the next task opens another one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()

    def hold(self) -> None:
        """Let nothing happen until `release`."""
        self._busy.acquire()
        self._lock.acquire()

    def release(self) -> None:
        """Let things happen again."""
        self._lock.release()
        self._busy.release()

    def _run(self) -> None:
        idle = False
        while True:
            tasks = self._take(self._called(self._pause(idle=idle)))
            idle = not tasks
            if not idle:
                self._wanted = True
                with self._busy:
                    self._wanted = False
                    self._do(tasks)
            elif self._end is not None:
                return

    def _pause(self, *, idle: bool) -> float | None:
        """How long to wait for calls; a thread that was idle sleeps until it is woken."""
        with self._lock:
            if self._end is not None:
                return 0.01 if self._again else 0.0
            if self._again and not self._posts:
                return PAUSE
            if self._posts:
                return max(self._posted + LINGER - monotonic(), 0.0)
            if not idle:
                return LINGER
            self._asleep = True
            return None

    def _called(self, pause: float | None) -> list[_Task]:
        """The calls there are, after a wait for the first one."""
        found: list[_Task] = []
        with suppress(Empty):
            while len(found) < MOST:
                task = self._calls.get(timeout=pause)
                if task is not None:
                    found.append(task)
                pause = 0.0 if found or self._end is not None else LINGER
        return found

    def _take(self, calls: list[_Task]) -> list[_Task]:
        """What is to be done: what failed, what nobody waits for, and calls, in this order.

        Calls that need not see the others go alone, unless those have waited for long.
        """
        with self._lock:
            late = monotonic() >= self._posted + LINGER
            if calls and not late and all(each.alone for each in calls):
                return calls
            tasks = self._again + self._posts + calls
            self._again, self._posts, self._asleep = [], [], False
            return tasks

    def _do(self, tasks: list[_Task]) -> None:
        """Do tasks in one transaction; if that fails, each in its own."""
        while tasks := [each for each in tasks if not each.dropped]:
            try:
                if self._transact(tasks):
                    return
            except Exception as error:  # noqa: BLE001 - callers get it
                if is_code(error, sqlite3.SQLITE_BUSY) and not self._is_over():
                    sleep(uniform(0.0005, 0.003))  # noqa: S311 - not a secret
                elif len(tasks) == 1:
                    self._fail(tasks[0], error)
                    return
                else:
                    for each in tasks:
                        self._do([each])
                    return

    def _is_over(self) -> bool:
        return self._end is not None and monotonic() > self._end

    def _transact(self, tasks: list[_Task]) -> bool:
        """Do tasks in one transaction. Returns False, with nothing done, if one was dropped."""
        if self._connection is None:
            self._connection = self._connect()
        connection = self._connection
        try:
            writes = any(each.writes for each in tasks)
            connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
            for each in tasks:
                each.run(connection)
            with self._lock:
                if any(each.dropped for each in tasks):
                    return False
                for each in tasks:
                    each.final = True
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        for each in tasks:
            each.finished.release()
        return True

    def _fail(self, task: _Task, error: Exception) -> None:
        """Report an error of the file, or remember what nobody waits for."""
        if not is_code(error, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL):
            self.disconnect()  # the next task looks at the file again
        task.final = False
        if not task.awaited:
            if not self._is_over() and isinstance(error, sqlite3.OperationalError):
                self._again.append(task)
            return
        task.error = error if isinstance(error, StoreError) else self._wrapped(error)
        task.finished.release()

    def _wrapped(self, error: Exception) -> StoreError:
        wrapped = StoreError(f"{self._name}: {error}; nothing was done")
        wrapped.__cause__ = error
        return wrapped


# A process may not use, or even close, a connection that its parent opened: closing one would
# remove the file's log from under others, and locks are not inherited. So none is open in a fork.
_writers: WeakSet[Writer] = WeakSet()
_held: list[Writer] = []


def _before_fork() -> None:
    writers = sorted(_writers, key=id)
    for each in writers:
        each.hold()
        each.disconnect()
    _held[:] = writers


def _after_fork() -> None:
    while _held:
        _held.pop().release()


def _in_child() -> None:
    while _held:
        _held.pop().start_again()


os.register_at_fork(
    before=_before_fork, after_in_parent=_after_fork, after_in_child=_in_child
)
