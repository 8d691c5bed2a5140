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


class Script:
    """What `MockLiveKit.script` has arranged; it ends with its `with`, by `end`, or by its times.

    `calls` is how many calls have met with it.
    """

    __module__ = __name__.rpartition(".")[0]

    def __init__(
        self,
        scripts: Scripts,
        methods: Collection[str],
        regions: Collection[int] | None,
        times: int | None,
        control: Control,
    ) -> None:
        self.calls = 0
        self._scripts = scripts
        self._methods = methods
        self._regions = regions
        self._left = times
        self._control = control

    def end(self) -> None:
        """Calls from now on do not meet with it."""
        self._scripts.remove(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def __repr__(self) -> str:
        what = ", ".join(self._methods) if len(self._methods) < 3 else "many methods"
        return f"<Script for {what}: {self.calls} calls>"


class Scripts:
    """The scripts of a mock, for threads.

    Of those that fit a call, one with a number of times comes before one without; of several with
    a number the oldest counts, of several without the newest.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._all: list[Script] = []

    def add(self, script: Script) -> Script:
        """Let the next calls meet with a script."""
        with self._lock:
            self._all.append(script)
        return script

    def remove(self, script: Script) -> None:
        """End a script, if it has not ended."""
        with self._lock:
            if script in self._all:
                self._all.remove(script)

    def clear(self) -> None:
        """End all scripts."""
        with self._lock:
            self._all.clear()

    def take(self, method: str, region: int) -> Control | None:
        """The control of the next call of a method that comes to a region."""
        with self._lock:
            fit = [each for each in self._all if _fits(each, method, region)]
            counted = [each for each in fit if each._left is not None]
            script = counted[0] if counted else fit[-1] if fit else None
            if script is None:
                return None
            script.calls += 1
            if script._left is not None:
                script._left -= 1
                if not script._left:
                    self._all.remove(script)
            return script._control


def _fits(script: Script, method: str, region: int) -> bool:
    here = script._regions is None or region in script._regions
    return here and method in script._methods
