"""The program of misbehaving testees, for tests."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

MODULE = "lkproto_conformance.miniatures.misbehaving"


def command(mode: str) -> list[str]:
    """The command of a testee."""
    return [sys.executable, "-m", MODULE, mode]


def exec_of(mode: str) -> str:
    """Its connector; nothing in the command needs quotes."""
    return "exec:" + " ".join(command(mode))


def running(mark: str) -> list[int]:
    """The processes in whose command a text is, without zombies, which have no command."""
    found: list[int] = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            words = (each / "cmdline").read_bytes()
        except OSError:
            continue
        if mark.encode() in words and int(each.name) != os.getpid():
            found.append(int(each.name))
    return found


def all_ended(mark: str) -> bool:
    """Whether no process has a text in its command, at least after a moment."""
    deadline = time.monotonic() + 5
    while running(mark):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
