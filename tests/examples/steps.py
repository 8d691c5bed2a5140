"""The steps of a README, taken literally: in a copy of its folder, in shells as of terminals.

A comment above a block of `console` says where its commands, the lines with `$`, are typed:

* `<!-- run -->`: in the first terminal, one after the other. Each has to print the lines below it.
* `<!-- terminal -->`: in a new one, which stays open. The last command goes on; before the next
  step is taken, it has to print the lines below it, among others.

`…` in a line is any text. A command that only asks a server is typed again for some seconds if it
prints something else, because webhooks take their time.
"""

from __future__ import annotations

import os
import queue
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from tests.docs.pages import blocks

_END = "these-are-all-lines-of-the-command"
_TYPED = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "PIP_", "HTTP", "NO_PROXY", "SSL_")
_PATIENCE = 300.0  # seconds: pip may have to fetch and build
_STARTING = 60.0  # seconds until a server serves


class Terminal:
    """A shell in a folder, whose commands see little of the environment of the tests."""

    def __init__(self, folder: Path, **variables: str) -> None:
        kept = {
            name: value
            for name, value in os.environ.items()
            if name.upper().startswith(_KEPT)
        }
        self._shell = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=folder,
            env=kept | {"PYTHONUNBUFFERED": "1"} | variables,  # as to a terminal
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the shell and all that it has started."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self._shell.pid, number)
            except ProcessLookupError:
                break
            try:
                self._shell.wait(10)
            except subprocess.TimeoutExpired:
                continue
        self._reader.join(10)
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        self._shell.stdin.close()
        self._shell.stdout.close()

    def run(self, command: str) -> str:
        """What a command prints, errors included."""
        self.start(f"{command}\necho; echo {_END}")
        lines = self._until(lambda lines: lines[-1] == _END)
        return "\n".join(lines[:-1]).rstrip("\n")

    def start(self, command: str) -> None:
        """Type a command."""
        assert self._shell.stdin is not None
        self._shell.stdin.write(f"{command}\n")
        self._shell.stdin.flush()

    def printed(self, expected: list[str]) -> None:
        """Wait until lines have been printed, in any order, and others between."""
        self._until(
            lambda lines: all(
                any(_same(line, each) for line in lines) for each in expected
            ),
            _STARTING,
        )

    def _until(
        self, done: Callable[[list[str]], bool], patience: float = _PATIENCE
    ) -> list[str]:
        lines: list[str] = []
        deadline = time.monotonic() + patience
        while True:
            try:
                line = self._lines.get(timeout=max(deadline - time.monotonic(), 0))
            except queue.Empty:
                line = None
            lines.append(line or "")
            if done(lines):
                return lines
            ended = line is None or line == _END
            assert not ended, "printed only:\n" + "\n".join(lines)

    def _read(self) -> None:
        assert self._shell.stdout is not None
        for line in self._shell.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)


def take(readme: Path, **variables: str) -> Iterator[str]:
    """Take the steps of a README in its folder; returns where the output differs from it."""
    folder = readme.parent
    with ExitStack() as opened:
        first = opened.enter_context(Terminal(folder, **variables))
        for block in blocks(readme.read_text("utf-8")):
            typed = [
                (found[1], found[2].rstrip("\n"))
                for found in _TYPED.finditer(block.code)
            ]
            if block.note == "terminal":
                terminal = opened.enter_context(Terminal(folder, **variables))
                *before, (last, expected) = typed
                for command, shown in before:
                    yield from _compared(terminal, command, shown)
                terminal.start(f"{last}; echo {_END}")
                terminal.printed(expected.splitlines())
            elif block.note == "run":
                for command, shown in typed:
                    yield from _compared(first, command, shown)


def _compared(terminal: Terminal, command: str, expected: str) -> Iterator[str]:
    deadline = time.monotonic() + 20
    printed = terminal.run(command)
    while not _same(printed, expected):
        if not _only_asks(command) or time.monotonic() > deadline:
            yield f"$ {command}\n{printed}\n--- not ---\n{expected}"
            return
        time.sleep(0.2)
        printed = terminal.run(command)


def _only_asks(command: str) -> bool:
    return command.startswith("curl ") and not re.search(
        "--(json|request|data)", command
    )


def _same(printed: str, expected: str) -> bool:
    """Whether something is printed as the README says."""
    parts = map(re.escape, expected.split("…"))
    return re.fullmatch("(?s:.*)".join(parts), printed) is not None
