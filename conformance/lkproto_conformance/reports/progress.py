"""How far a run is: a bar on a terminal, a line now and then in CI, always on stderr.

A bar needs `rich`; without it there are lines.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Protocol

from ..values import printable

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

EVERY = 10.0
"""Seconds from line to line."""
_REFRESH = 0.1


class Progress(Protocol):
    """What is shown of a run."""

    def begin(self, name: str, total: int) -> None:
        """Show a testee, which is asked so many cases."""
        ...

    def advance(self, failures: int) -> None:
        """Count a result; `failures`: how many there are so far."""
        ...

    def say(self, line: str) -> None:
        """Print a line of the result on stdout."""
        ...

    def end(self) -> None:
        """Show it no more."""
        ...


def progress() -> Progress:
    """What fits stderr."""
    if sys.stderr.isatty():
        try:
            return _Bar()
        except ImportError:
            pass
    return _Lines()


class _Lines:
    def __init__(self) -> None:
        self._name, self._total, self._done = "", 0, 0
        self._due = time.monotonic() + EVERY

    def begin(self, name: str, total: int) -> None:
        self._name, self._total, self._done = printable(name), total, 0

    def advance(self, failures: int) -> None:
        self._done += 1
        if (now := time.monotonic()) >= self._due:
            self._due = now + EVERY
            done = f"{self._done:,} of {self._total:,}, {failures:,} failed"
            print(f"{self._name}: {done}", file=sys.stderr, flush=True)

    def say(self, line: str) -> None:
        print(line)

    def end(self) -> None:
        pass


class _Bar:
    """A bar, above which lines of the result scroll if stdout is a terminal, too."""

    def __init__(self) -> None:
        from rich.console import Console

        self._console = Console(stderr=True)
        self._bar: RichProgress | None = None
        self._done, self._due = 0, 0.0

    def begin(self, name: str, total: int) -> None:
        from rich.markup import escape
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        failed = TextColumn("{task.fields[failures]:,} failed")
        columns = (BarColumn(), MofNCompleteColumn(), failed, TimeRemainingColumn())
        name_column = TextColumn("{task.description}")
        self._bar = Progress(
            name_column,
            *columns,
            console=self._console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._bar.add_task(escape(printable(name)[:40]), total=total, failures=0)
        self._done, self._due = 0, 0.0
        self._bar.start()

    def advance(self, failures: int) -> None:
        self._done += 1
        if self._bar and (now := time.monotonic()) >= self._due:
            self._due = now + _REFRESH
            task = self._bar.task_ids[0]
            self._bar.update(task, completed=self._done, failures=failures)

    def say(self, line: str) -> None:
        if self._bar and sys.stdout.isatty():
            # Whole lines above the bar; commands in them are to be copied.
            self._console.print(
                line, markup=False, highlight=False, emoji=False, soft_wrap=True
            )
        else:
            print(line)

    def end(self) -> None:
        if self._bar:
            self._bar.stop()
            self._bar = None
