"""Jobs: several instances of a testee, each with its part of the cases.

An instance takes chunks of neighbouring cases from one queue. Results are given out in the order
of the cases, so those of later chunks wait; how many may wait is limited.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ..connect import Connection, ProcessTestee, StartError
from ..protocol import Hello
from ..vectors import Vector
from .asking import RESTARTS, Asker, Budget, Item, Result, differences, items
from .runner import run

CHUNK = 25
"""Cases that an instance takes at once."""
AHEAD = 4
"""Chunks for each instance that are taken and not given out yet."""


def run_jobs(
    testees: Sequence[Connection],
    vectors: Iterable[Vector],
    profile: str | None = None,
    *,
    started: Callable[[Hello], None] | None = None,
) -> Generator[Result, None, None]:
    """As `run`, with instances of one testee at the same time. Raises StartError.

    All of them are stopped, also when the generator is closed or interrupted. They share the
    restarts.
    """
    if len(testees) == 1:
        yield from run(testees[0], vectors, profile, started=started)
        return
    crew = _Crew(testees)
    try:
        hello = crew.start()
        if started is not None:
            started(hello)
        yield from crew.results(items(vectors, hello, profile))
    finally:
        crew.end()


@dataclass(frozen=True, slots=True)
class _Chunk:
    number: int
    results: list[Result]


@dataclass(frozen=True, slots=True)
class _Finished:
    error: BaseException | None = None


class _Crew:
    """The instances, each driven by a thread, and the queue of what they found."""

    def __init__(self, testees: Sequence[Connection]) -> None:
        self._testees = testees
        self._inbox: queue.Queue[Hello | _Chunk | _Finished] = queue.Queue()
        self._room = threading.Semaphore(AHEAD * len(testees))
        self._budget = Budget(RESTARTS)
        self._begin, self._over = threading.Event(), threading.Event()
        self._taking = threading.Lock()
        self._items: Iterator[Item] = iter(())
        self._taken = 0
        self._working = len(testees)
        self._threads = [
            threading.Thread(target=self._work, args=(each,), daemon=True)
            for each in testees
        ]

    def start(self) -> Hello:
        """Start all of them. Raises StartError, also if they describe themselves differently."""
        for thread in self._threads:
            thread.start()
        first, *others = [self._started() for _ in self._threads]
        for other in others:
            if changed := differences(first, other):
                raise StartError(
                    f"two instances differ in {', '.join(changed)} of hello"
                )
        return first

    def results(self, asked: Iterator[Item]) -> Iterator[Result]:
        """What they find, in order."""
        self._items = asked
        self._begin.set()
        waiting: dict[int, list[Result]] = {}
        due = 0
        while self._working:
            message = self._inbox.get()
            if isinstance(message, _Chunk):
                waiting[message.number] = message.results
            else:
                self._check(message)
            while due in waiting:
                yield from waiting.pop(due)
                self._room.release()
                due += 1

    def end(self) -> None:
        """Stop all of them: by force, unless they have nothing to do any more."""
        self._over.set()
        self._begin.set()
        if self._working:
            self._budget.left, self._budget.dead = 0, "stopped"
            self._room.release(len(self._threads))
        for thread, testee in zip(self._threads, self._testees, strict=True):
            while thread.is_alive():
                if self._working and isinstance(testee, ProcessTestee):
                    testee.kill()
                thread.join(0.05)

    def _started(self) -> Hello:
        message = self._inbox.get()
        if isinstance(message, Hello):
            return message
        assert isinstance(message, _Finished)
        self._check(message)
        raise AssertionError("it has finished before it began")

    def _check(self, message: Hello | _Finished) -> None:
        if isinstance(message, _Finished):
            if message.error is not None:
                raise message.error
            self._working -= 1

    def _work(self, testee: Connection) -> None:
        """What a thread does. All that goes wrong is raised where results are taken."""
        error: BaseException | None = None
        try:
            hello = testee.start()
            self._inbox.put(hello)
            self._begin.wait()
            asker = Asker(testee, hello, self._budget)
            while chunk := self._next():
                number, asked = chunk
                results = [asker.result(each) for each in self._until_over(asked)]
                self._inbox.put(_Chunk(number, results))
        except BaseException as caught:  # noqa: BLE001 - it is raised by `_check`
            error = caught
        self._inbox.put(_Finished(error))
        testee.stop()

    def _next(self) -> tuple[int, list[Item]] | None:
        """The next chunk and its number, once there is room for its results."""
        self._room.acquire()
        if self._over.is_set():
            return None
        with self._taking:
            chunk = list(islice(self._items, CHUNK))
            number = self._taken
            self._taken += 1
        if not chunk:
            self._room.release()
            return None
        return number, chunk

    def _until_over(self, asked: list[Item]) -> Iterator[Item]:
        return (each for each in asked if not self._over.is_set())
