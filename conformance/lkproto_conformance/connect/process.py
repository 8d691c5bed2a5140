"""A testee that is a process: its replies are the lines of its stdout."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from ..protocol import Broken
from .connection import StartError
from .pipes import Pipes
from .speaking import LINE_SHOWN, LineTestee

BYE_SECONDS = 2.0
"""How long a testee may take to end by itself; then it gets SIGTERM."""
TERM_SECONDS = 3.0
"""How long it may take to end after SIGTERM; then it gets SIGKILL."""
LEFT_SECONDS = 1.0
"""How long processes that it has left may use its pipes; then they get SIGKILL."""
_STEP = 0.02


class ProcessTestee(LineTestee):
    """A testee that is a process, in a session of its own, so that its group can be ended."""

    def __init__(self, command: Sequence[str], folder: Path | None = None) -> None:
        super().__init__(command[0])
        self._command, self._folder = list(command), folder
        self._process: subprocess.Popen[bytes] | None = None
        self.stray = b""
        """The first bytes of what it wrote after its last reply, known once it has ended."""

    def _open(self) -> Pipes:
        try:
            process = subprocess.Popen(
                self._command,
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=self._folder,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise StartError(f"{self._name}: {reason}") from None
        self._process, self.stray = process, b""
        assert process.stdin
        assert process.stdout
        assert process.stderr
        pipes = [process.stdin, process.stdout, process.stderr]
        own = [os.dup(pipe.fileno()) for pipe in pipes]
        for pipe in pipes:
            pipe.close()
        return Pipes(*own)

    def kill(self) -> None:
        """End its group at once; another thread may wait for its answer."""
        process = self._process
        if process is not None and process.returncode is None:
            _signal_group(process, signal.SIGKILL)

    def stop(self) -> int:
        """End the process: `bye`, end of input, SIGTERM, SIGKILL. Returns its exit code."""
        process, self._process = self._process, None
        if process is None:
            return 0
        pipes = self._pipes
        assert pipes is not None
        self._part(pipes)
        if not self._idle:
            pipes.close_output()  # a flood ends at once
        for seconds, then in (
            (BYE_SECONDS, signal.SIGTERM),
            (TERM_SECONDS, signal.SIGKILL),
        ):
            if _ended(process, pipes, seconds):
                break
            _signal_group(process, then)
        code = process.wait()
        pipes.drain(LEFT_SECONDS)
        _signal_group(process, signal.SIGKILL)  # what it has left
        pipes.drain(0)
        pipes.close()
        self.stray = pipes.lines.rest[:LINE_SHOWN]
        return code

    def _late(self, seconds: float) -> Broken:
        assert self._process is not None
        if self._process.poll() is not None:  # a process it has left holds its stdout
            _signal_group(self._process, signal.SIGKILL)
            return self._gone()
        self.kill()
        self.stop()
        return Broken("timeout", f"no reply within {seconds:g} s")

    def _gone(self) -> Broken:
        process, pipes = self._process, self._pipes
        assert process is not None
        assert pipes is not None
        how = "" if _ended(process, pipes, LEFT_SECONDS) else "closed its stdout, then "
        code = self.stop()
        how += (
            f"ended with signal {-code}" if code < 0 else f"ended with exit code {code}"
        )
        if self.stray:
            how += f" in the middle of a line: {self.stray!r}"
        stderr = pipes.stderr.decode(errors="replace").strip()
        return Broken("crash", f"{how}; stderr: {stderr or 'nothing'}")


def _ended(process: subprocess.Popen[bytes], pipes: Pipes, seconds: float) -> bool:
    """Whether the process ends within some seconds; meanwhile its output is taken."""
    deadline = time.monotonic() + seconds
    while process.poll() is None:
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        if pipes.drain(min(left, _STEP)):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(left)
    return True


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
