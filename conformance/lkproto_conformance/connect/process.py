"""A testee that is a process: its replies are the lines of its stdout."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import threading
from collections import deque
from typing import IO, Any

from ..protocol import (
    CASE_SECONDS,
    HELLO_SECONDS,
    MAX_LINE,
    Broken,
    Hello,
    ProtocolError,
    Reply,
    encode,
    hello_request,
    parse_hello,
    parse_reply,
    request,
)
from .connection import StartError

STDERR_KEPT = 64 * 1024
LINE_SHOWN = 200


class ProcessTestee:
    """A testee that is a process: its replies are the lines of its stdout."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._lines = _Inbox()
        self._stderr: deque[bytes] = deque()
        self._readers: list[threading.Thread] = []
        self._writer: threading.Thread | None = None
        self._number = 0

    def start(self) -> Hello:
        """Start the process and exchange hello. Raises StartError."""
        self.stop()
        try:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise StartError(f"{self._command[0]}: {error.strerror}") from None
        self._process = process
        self._lines, self._stderr = _Inbox(), deque()
        assert process.stdout
        assert process.stderr
        self._readers = [
            _thread(_read_lines, process.stdout, self._lines),
            _thread(_keep_tail, process.stderr, self._stderr),
        ]
        return self._hello()

    def _hello(self) -> Hello:
        answer = self._exchange(hello_request(self._number), HELLO_SECONDS)
        if isinstance(answer, Broken):
            raise StartError(f"{self._command[0]}: hello: {answer.detail}")
        try:
            return parse_hello(answer)
        except ProtocolError as error:
            self.stop()
            raise StartError(f"{self._command[0]}: {error}") from None

    def ask(self, op: str, args: dict[str, Any], case: str) -> Reply | Broken:
        """Its answer to a case, within the deadline."""
        return self._exchange(request(self._number, op, args, case), CASE_SECONDS)

    def _exchange(self, message: dict[str, Any], seconds: float) -> Reply | Broken:
        self._number += 1
        process = self._process
        assert process is not None
        assert process.stdin
        # A thread writes, because a testee that does not read would block the writer.
        self._writer = _thread(_write, process.stdin, encode(message))
        try:
            line = self._lines.lines.get(timeout=seconds)
        except queue.Empty:
            ended = process.poll() is not None  # a process it has left holds its stdout
            _end_group(process, signal.SIGKILL)
            if ended:
                return self._crashed()
            self.stop()
            return Broken("timeout", f"no reply within {seconds:g} s")
        if not line:
            return self._crashed()
        try:
            return parse_reply(line, message["id"])
        except ProtocolError as error:
            self.stop()
            return Broken("protocol", f"{error}: {line[:LINE_SHOWN]!r}")

    def _crashed(self) -> Broken:
        assert self._process is not None
        code = self.stop()
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        stderr = b"".join(self._stderr)[-STDERR_KEPT:].decode(errors="replace")
        return Broken(
            "crash", f"ended with {how}; stderr: {stderr.strip() or 'nothing'}"
        )

    def stop(self) -> int:
        """End the process: close stdin, then SIGTERM, then SIGKILL. Returns its exit code."""
        process, self._process = self._process, None
        if process is None:
            return 0
        self._lines.closed.set()
        assert process.stdin
        if self._writer:
            self._writer.join(1)
            if self._writer.is_alive():  # it uses stdin, which cannot be closed then
                _end_group(process, signal.SIGKILL)
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        for seconds, then in ((2, signal.SIGTERM), (3, signal.SIGKILL)):
            try:
                process.wait(seconds)
                break
            except subprocess.TimeoutExpired:
                _end_group(process, then)
        code = process.wait()
        for reader in self._readers:
            reader.join(1)
            if reader.is_alive():  # a process that the testee has left uses the pipe
                _end_group(process, signal.SIGKILL)
                reader.join(1)
        return code


class _Inbox:
    """Lines that nobody has asked for yet: few, so that a flood waits in the testee's pipe."""

    def __init__(self) -> None:
        self.lines: queue.Queue[bytes] = queue.Queue(maxsize=2)
        self.closed = threading.Event()

    def put(self, line: bytes) -> None:
        """Add a line, once there is room; drop it if the inbox is closed."""
        while not self.closed.is_set():
            with contextlib.suppress(queue.Full):
                self.lines.put(line, timeout=0.1)
                return


def _end_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _thread(target: Any, pipe: IO[bytes], other: Any) -> threading.Thread:
    thread = threading.Thread(target=target, args=(pipe, other), daemon=True)
    thread.start()
    return thread


def _write(pipe: IO[bytes], line: bytes) -> None:
    with contextlib.suppress(
        OSError, ValueError
    ):  # it has ended, as the end of its stdout shows
        pipe.write(line)
        pipe.flush()


def _read_lines(pipe: IO[bytes], lines: _Inbox) -> None:
    """Put every line, and an empty one at the end; close the pipe, for `stop` may not wait."""
    with pipe, contextlib.suppress(OSError, ValueError):
        while line := pipe.readline(MAX_LINE + 1):
            lines.put(line)
    lines.put(b"")


def _keep_tail(pipe: IO[bytes], kept: deque[bytes]) -> None:
    """Keep the end of what is written; close the pipe."""
    size = 0
    with pipe, contextlib.suppress(OSError, ValueError):
        while data := os.read(pipe.fileno(), 8192):
            kept.append(data)
            size += len(data)
            while size - len(kept[0]) > STDERR_KEPT:
                size -= len(kept.popleft())
