"""Work in forked workers: each piece in a process of its own, some at a time.

A worker begins with all that its parent has loaded, and can spoil nothing of it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, NoReturn, TypeVar

Task = TypeVar("Task")
Made = TypeVar("Made")


class WorkerError(Exception):
    """A worker that failed by itself: what it said."""


class Lost:
    """In place of a result: the worker took too long and was ended."""


@dataclass(frozen=True, slots=True)
class _Worker(Generic[Task]):
    task: Task
    pid: int
    pipe: Connection
    ends: float


def in_workers(
    tasks: Iterable[Task],
    work: Callable[[Task], Made],
    *,
    jobs: int,
    seconds: float,
) -> Iterator[tuple[Task, Made | Lost]]:
    """Each task and its result, in the order in which they are ready. Raises WorkerError."""
    waiting = iter(tasks)
    running: list[_Worker[Task]] = []
    try:
        while True:
            while len(running) < jobs and (task := next(waiting, None)) is not None:
                running.append(_started(task, work, seconds))
            if not running:
                return
            for worker in _finished(running):
                running.remove(worker)
                yield worker.task, _result(worker)
    finally:
        for worker in running:
            _end(worker)


def _started(task: Task, work: Callable[[Task], Made], seconds: float) -> _Worker[Task]:
    pipe, other = Pipe(duplex=False)
    pid = os.fork()
    if not pid:
        pipe.close()
        _work(task, work, other)
    other.close()
    return _Worker(task, pid, pipe, time.monotonic() + seconds)


def _work(task: Task, work: Callable[[Task], Made], pipe: Connection) -> NoReturn:
    """The worker: its own process group, so that it is ended with what it forked."""
    try:
        os.setpgid(0, 0)
        pipe.send((work(task), ""))
    except BaseException as error:  # noqa: BLE001 - the parent reports it
        with contextlib.suppress(OSError):
            pipe.send((None, repr(error)))
    finally:
        os._exit(0)


def _finished(running: list[_Worker[Task]]) -> list[_Worker[Task]]:
    """The workers that have a result or are too late; waits for the first of them."""
    rest = min(worker.ends for worker in running) - time.monotonic()
    ready = wait([worker.pipe for worker in running], max(rest, 0))
    now = time.monotonic()
    return [each for each in running if each.pipe in ready or each.ends <= now]


def _result(worker: _Worker[Any]) -> Any:
    try:
        if not worker.pipe.poll():
            return Lost()
        made, problem = worker.pipe.recv()
    except EOFError:
        made, problem = None, "it ended without a result"
    finally:
        _end(worker)
    if problem:
        raise WorkerError(f"{worker.task}: {problem}")
    return made


def _end(worker: _Worker[Any]) -> None:
    worker.pipe.close()
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(worker.pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(worker.pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(worker.pid, 0)
