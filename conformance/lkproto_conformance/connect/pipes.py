"""One loop without threads that writes a request, reads the reply and keeps the end of stderr.

None of the pipes blocks, and one wait with a deadline serves all of them: neither a testee that
does not read nor one that fills its stderr can hold the runner up.
"""

from __future__ import annotations

import contextlib
import os
import select
import time
from collections.abc import Callable

from .lines import Lines

STDERR_KEPT = 64 * 1024
CHUNK = 64 * 1024
"""Bytes that are read at once: what a pipe holds on Linux."""
_NONE = -1


class Pipes:
    """The ends of a testee's pipes, or of a connection. They are closed by `close`."""

    def __init__(self, stdin: int, stdout: int, stderr: int | None = None) -> None:
        self._stdin, self._stdout = stdin, stdout
        self._stderr = _NONE if stderr is None else stderr
        self._unsent = memoryview(b"")
        self._tail = bytearray()
        self._draining = False
        self._poll = select.poll()
        self.lines = Lines()
        for each in self._open():
            os.set_blocking(each, False)
        for each in (self._stdout, self._stderr):
            if each != _NONE:
                self._poll.register(each, select.POLLIN)

    @property
    def stderr(self) -> bytes:
        """The end of what was written to stderr, at most 64 KiB."""
        return bytes(self._tail[-STDERR_KEPT:])

    @property
    def unsent(self) -> bool:
        """Whether a part of a request has not been read by the testee's side."""
        return bool(self._unsent)

    def exchange(self, message: bytes, seconds: float) -> bytes:
        """Send a request and return the next line. Raises TimeoutError or EOFError."""
        self.send(message)
        deadline = time.monotonic() + seconds
        while (line := self.lines.take()) is None:
            if self._stdout == _NONE:
                raise EOFError
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._wait(left)
        return line

    def send(self, message: bytes) -> None:
        """Write what fits; the rest is written while a reply is awaited."""
        self._unsent = memoryview(message)
        if self._stdin != _NONE:
            self._write()
            if self._unsent:
                self._poll.register(self._stdin, select.POLLOUT)

    def drain(self, seconds: float) -> bool:
        """Take what is written until everything is closed. Returns whether it is.

        No request is sent any more. Of what no request has asked for, the beginning is kept.
        """
        self._draining = True
        deadline = time.monotonic() + seconds
        while self._stdout != _NONE or self._stderr != _NONE:
            if not self._wait(max(0.0, deadline - time.monotonic())):
                return False
            if time.monotonic() > deadline:
                return False
        return True

    def close_input(self) -> None:
        """Close the testee's stdin, whatever has not been written."""
        self._drop_unsent()
        self._stdin = self._shut(self._stdin)

    def close_output(self) -> None:
        """Close the testee's stdout: what it writes fails, instead of being read."""
        self._stdout = self._shut(self._stdout)

    def close(self) -> None:
        """Close what is still open."""
        self._drop_unsent()
        for each in self._open():
            self._shut(each)
        self._stdin = self._stdout = self._stderr = _NONE

    def _open(self) -> list[int]:
        return [
            each for each in (self._stdin, self._stdout, self._stderr) if each != _NONE
        ]

    def _wait(self, seconds: float) -> bool:
        """Serve what is ready, at most `seconds` from now. Returns whether anything was."""
        ready = self._poll.poll(seconds * 1000)
        for pipe, _ in ready:
            if pipe == self._stdout:
                self._stdout = self._take(pipe, self._feed)
            elif pipe == self._stderr:
                self._stderr = self._take(pipe, self._keep)
            else:
                self._write()
                if not self._unsent:
                    self._poll.unregister(pipe)
        return bool(ready)

    def _take(self, pipe: int, use: Callable[[bytes], None]) -> int:
        """Use what has arrived. Returns the pipe, if it goes on."""
        data = _read(pipe)
        if data:
            use(data)
        return self._shut(pipe) if data == b"" else pipe

    def _feed(self, data: bytes) -> None:
        if not self._draining or len(self.lines.rest) < CHUNK:
            self.lines.feed(data)

    def _write(self) -> None:
        try:
            self._unsent = self._unsent[os.write(self._stdin, self._unsent) :]
        except BlockingIOError:
            pass
        except OSError:  # it has ended, as the end of its stdout shows
            self._unsent = memoryview(b"")

    def _keep(self, data: bytes) -> None:
        self._tail += data
        if len(self._tail) > 2 * STDERR_KEPT:
            del self._tail[:-STDERR_KEPT]

    def _drop_unsent(self) -> None:
        if self._unsent:
            self._unsent = memoryview(b"")
            self._poll.unregister(self._stdin)

    def _shut(self, pipe: int) -> int:
        if pipe != _NONE:
            with contextlib.suppress(KeyError):
                self._poll.unregister(pipe)
            os.close(pipe)
        return _NONE


def _read(pipe: int) -> bytes | None:
    """What is there; empty at the end, None if nothing is there yet."""
    try:
        return os.read(pipe, CHUNK)
    except BlockingIOError:
        return None
    except OSError:  # the other end has broken the connection
        return b""
