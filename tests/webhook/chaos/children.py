"""The processes of senders. One process has imported all they need, and forks each of them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[3]
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Nursery:
    """The process that forks senders. It waits for none, so that no number is given out twice."""

    def __init__(self, log: IO[bytes]) -> None:
        folders = os.pathsep.join([str(ROOT / "generated"), str(ROOT)])
        self._orders, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.webhook.chaos.sender"],
                stdin=theirs.fileno(),
                stderr=log,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": folders},
            )

    def fork(self, settings: object, lane: int) -> Child:
        """Begin a sender."""
        theirs, ours = os.pipe()
        output, says = os.pipe()
        order = json.dumps(settings).encode()
        socket.send_fds(self._orders, [order], [theirs, says])
        os.close(theirs)
        os.close(says)
        pid = self._orders.recv(100)
        if not pid:
            raise ChildProcessError("what forks senders ended")
        return Child(int(pid), ours, output, lane)

    def close(self) -> None:
        """End it."""
        self._orders.close()
        self._process.wait()


class Child:
    """A sender, and what it said. It has to queue up to `upto`, and is `at`."""

    def __init__(self, pid: int, tells: int, output: int, lane: int) -> None:
        self.pid = pid
        self.output = output
        self.lane = lane
        self.upto = self.at = 0
        self.ready = self.over = False
        self.stopped_until = 0.0
        self._tells = tells
        self._rest = b""

    def tell(self, line: str) -> None:
        """Write a line to it."""
        os.write(self._tells, line.encode() + b"\n")

    def lines(self) -> list[str] | None:
        """What it has said since, None when it is over."""
        data = os.read(self.output, 1 << 16)
        *lines, self._rest = (self._rest + data).split(b"\n")
        return [each.decode() for each in lines] if data else None

    def memory(self) -> int:
        """The bytes it has in memory."""
        try:
            text = Path(f"/proc/{self.pid}/statm").read_text("ascii")
        except OSError:
            return 0
        return int(text.split()[1]) * _PAGE

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """End it."""
        with suppress(ProcessLookupError):
            self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """Close its pipes."""
        os.close(self._tells)
        os.close(self.output)
