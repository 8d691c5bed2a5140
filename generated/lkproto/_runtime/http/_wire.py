# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""One connection: bytes out and in before a deadline, and an exchange over it."""

from __future__ import annotations

import socket
from collections.abc import Generator
from select import POLLIN, poll
from time import monotonic

from ._protocol import Request, Response, TransportError
from ._reader import Reader

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")

READ = 64 << 10
_SLACK = 0.001


class NothingSentError(Exception):
    """A connection that was found closed before it took a single byte."""


class Wire(Reader):
    """A connected socket, and what was received and is not read yet."""

    def __init__(self, sock: socket.socket, deadline: float, peer: str) -> None:
        super().__init__(peer)
        self.sock = sock
        self.deadline = deadline
        self.idle_since = 0.0
        self.is_tls = sock.__class__ is not socket.socket
        self._limit: float = -1.0
        self._poll = poll()
        self._poll.register(sock, POLLIN)

    def close(self) -> None:
        """Close the connection, whatever its state."""
        self.sock.close()

    def is_stale(self) -> bool:
        """Whether the peer has closed, or said something unasked: do not use it again."""
        return bool(self._poll.poll(0))

    def never_block(self) -> None:
        """Let calls to the socket raise instead of waiting, for an event loop."""
        if self._limit:
            self.sock.setblocking(False)
            self._limit = 0.0

    def _wait(self) -> None:
        """Let the next call to the socket wait until the deadline, about."""
        left = self.deadline - monotonic()
        if left <= 0:
            raise TimeoutError
        if not left * 0.9 < self._limit < left + _SLACK:
            self.sock.settimeout(left)
            self._limit = left

    def exchange(self, request: Request, data: bytes) -> tuple[Response, bool]:
        """Send a request, receive its answer, and say whether the connection can be used again.

        Raises TransportError; NothingSentError if certainly nothing left.
        """
        self.status = None
        try:
            try:
                self.send(data)
            except TimeoutError:
                raise
            except OSError:
                # The peer does not want the rest; it may have said why.
                return self._received(self.answer(request))[0], False
            return self._received(self.answer(request))
        except (OSError, TransportError) as error:
            raise self.failure(error) from None

    def failure(self, error: OSError | TransportError) -> TransportError:
        """The error of an exchange, with the status of the answer if its head was read."""
        if isinstance(error, TransportError):
            failed = error
        elif isinstance(error, TimeoutError):
            failed = self.error("timeout", True, "no whole answer in time")
        else:
            why = f"closed before its answer was complete: {error.strerror or error}"
            failed = self.error("closed", True, why)
        failed.status = self.status
        return failed

    def nothing_sent(self) -> TransportError:
        """The error of a new connection that took nothing."""
        return self.error("closed", False, "closed before anything was sent")

    def connected(self, head: bytes) -> int:
        """Ask a proxy for a tunnel; the status of its answer."""
        try:
            self.send(head)
            return self._received(self.tunnelled())
        except NothingSentError as error:
            raise self.error("connect", False, "closed") from error

    def send(self, data: bytes) -> None:
        """Send all of it. Raises OSError; NothingSentError if certainly nothing left."""
        self._wait()
        try:
            done = self.sock.send(data)
        except TimeoutError:
            raise
        except OSError as error:
            if self.is_tls:
                raise
            raise NothingSentError from error
        if done < len(data):
            self._wait()
            self.sock.sendall(memoryview(data)[done:])

    def _received(self, reading: Generator[None, bytes, T]) -> T:
        """What is read from the bytes that come. Raises OSError and TransportError."""
        try:
            next(reading)
            while True:
                reading.send(self._receive())
        except StopIteration as done:
            found: T = done.value
            return found

    def _receive(self) -> bytes:
        while True:
            self._wait()
            try:
                return self.sock.recv(READ)
            except TimeoutError:
                if self.deadline <= monotonic():
                    raise
