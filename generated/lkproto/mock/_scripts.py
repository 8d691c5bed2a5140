# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Scripts: what a test says in Python about the next calls."""

from __future__ import annotations

from threading import Lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Self

    from ._control import Control


class Entry:
    """What calls of some methods meet with, in some regions (None: all), for some times."""

    __slots__ = ("calls", "control", "left", "methods", "regions")

    def __init__(
        self,
        methods: Collection[str],
        regions: Collection[int] | None,
        times: int | None,
        control: Control,
    ) -> None:
        self.methods = methods
        self.regions = regions
        self.left = times
        self.control = control
        self.calls = 0

    def fits(self, method: str, region: int) -> bool:
        """Whether it is for a call that comes to a region."""
        here = self.regions is None or region in self.regions
        return here and method in self.methods


class Scripts:
    """The scripts of a mock, for threads.

    Of those that fit a call, one with a number of times comes before one without; of several with
    a number the oldest counts, of several without the newest.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._all: list[Entry] = []

    def add(self, entry: Entry) -> Script:
        """Let the next calls meet with something."""
        with self._lock:
            self._all.append(entry)
        return Script(self, entry)

    def remove(self, entry: Entry) -> None:
        """End it, if it has not ended."""
        with self._lock:
            if entry in self._all:
                self._all.remove(entry)

    def clear(self) -> None:
        """End all."""
        with self._lock:
            self._all.clear()

    def take(self, method: str, region: int) -> Control | None:
        """What the next call of a method that comes to a region meets with."""
        with self._lock:
            fit = [each for each in self._all if each.fits(method, region)]
            counted = [each for each in fit if each.left is not None]
            found = counted[0] if counted else fit[-1] if fit else None
            if found is None:
                return None
            found.calls += 1
            if found.left is not None:
                found.left -= 1
                if not found.left:
                    self._all.remove(found)
            return found.control


class Script:
    """What `MockLiveKit.script` has arranged, until its `with`, `end` or its times end it."""

    __module__ = __name__.rpartition(".")[0]

    def __init__(self, scripts: Scripts, entry: Entry) -> None:
        self._scripts = scripts
        self._entry = entry

    @property
    def calls(self) -> int:
        """How many calls have met with it."""
        return self._entry.calls

    def end(self) -> None:
        """Calls from now on do not meet with it."""
        self._scripts.remove(self._entry)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def __repr__(self) -> str:
        methods = self._entry.methods
        what = ", ".join(methods) if len(methods) < 3 else f"{len(methods)} methods"
        return f"<Script for {what}: {self.calls} calls>"
