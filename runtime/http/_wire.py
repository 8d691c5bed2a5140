"""One connection: bytes out and in before a deadline, and an exchange over it."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from select import POLLIN, poll
from time import monotonic

from ._bodies import Body, body_for, headers_after, too_large
from ._heads import (
    CHUNKED,
    MAX_HEAD,
    UNTIL_CLOSE,
    broken,
    has_bare_line_feed,
    length_of,
    parse_head,
)
from ._protocol import Headers, Request, Response, TransportError

_MAX_INTERIM = 20
_READ = 64 << 10
_SLACK = 0.001
_MAX_CHUNK_LINE = 4096
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n\0]*+)?+")


def is_waiting(error: OSError) -> bool:
    """Whether a connection has nothing to give, or takes nothing, for now."""
    if isinstance(error, BlockingIOError):
        return True
    return error.__class__.__name__ in ("SSLWantReadError", "SSLWantWriteError")


class NothingSentError(Exception):
    """A connection that was found closed before it took a single byte."""


class Answer:
    """An answer whose head was read, and what collects its body."""

    __slots__ = ("body", "headers", "length", "minor", "status")

    def __init__(
        self, minor: int, status: int, headers: Headers, length: int, body: Body
    ) -> None:
        self.minor = minor
        self.status = status
        self.headers = headers
        self.length = length
        self.body = body


class Wire:
    """A connected socket, and what was received and is not read yet."""

    def __init__(self, sock: socket.socket, deadline: float, peer: str) -> None:
        self.sock = sock
        self.deadline = deadline
        self.peer = peer
        self.idle_since = 0.0
        self._answer: Answer | None = None  # once its head is read
        self._limit: float = -1.0
        self._is_tls = sock.__class__ is not socket.socket
        self._buffer = bytearray()
        self._poll = poll()
        self._poll.register(sock, POLLIN)

    def close(self) -> None:
        """Close the connection, whatever its state."""
        self.sock.close()

    def is_stale(self) -> bool:
        """Whether the peer has closed, or said something unasked: do not use it again."""
        return bool(self._poll.poll(0))

    def error(self, reason: str, sent: bool, why: str) -> TransportError:
        """An error that names the peer."""
        return TransportError(reason, sent, f"{self.peer}: {why}")  # type: ignore[arg-type]

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

        Without data, the request was sent before. Raises TransportError; NothingSentError if
        certainly nothing left.
        """
        try:
            return self._exchanged(request, data)
        except TransportError as error:
            error.status = self._status()
            raise

    def _status(self) -> int | None:
        """That of the answer, once its head is read."""
        return None if self._answer is None else self._answer.status

    def _exchanged(self, request: Request, data: bytes) -> tuple[Response, bool]:
        try:
            try:
                if data:
                    self.send(data)
            except TimeoutError:
                raise
            except OSError:
                # The peer does not want the rest; it may have said why.
                return self.response(request)[0], False
            return self.response(request)
        except TimeoutError:
            raise self.error("timeout", True, "no whole answer in time") from None
        except OSError as error:
            why = f"closed before its answer was complete: {error.strerror or error}"
            raise self.error("closed", True, why) from None

    def connected(self, head: bytes) -> int:
        """Ask a proxy for a tunnel; the status of its answer."""
        try:
            self.send(head)
            while (status := self.head()[1]) < 200:
                pass
        except NothingSentError as error:
            raise self.error("connect", False, "closed") from error
        if self._buffer and status < 300:
            raise broken("something follows the answer to CONNECT")
        return status

    # --- out

    def send(self, data: bytes) -> None:
        """Send all of it. Raises OSError; NothingSentError if certainly nothing left."""
        self._wait()
        try:
            done = self.sock.send(data)
        except TimeoutError:
            raise
        except OSError as error:
            if self._is_tls:
                raise
            raise NothingSentError from error
        if done < len(data):
            self._wait()
            self.sock.sendall(memoryview(data)[done:])

    # --- in

    def _receive(self) -> bytes:
        while True:
            self._wait()
            try:
                return self.sock.recv(_READ)
            except TimeoutError:
                if self.deadline <= monotonic():
                    raise

    def _more(self) -> None:
        """Receive something. Raises TransportError at the end."""
        data = self._receive()
        if not data:
            raise self.error("closed", True, "closed before its answer was complete")
        self._buffer += data

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def head(self) -> tuple[int, int, Headers]:
        """The head of an answer: minor version, status, headers."""
        buffer = self._buffer
        while (end := buffer.find(b"\r\n\r\n", 0, MAX_HEAD)) < 0:
            if len(buffer) >= MAX_HEAD:
                raise self.error(
                    "too_large", True, "the head of its answer is too long"
                )
            if has_bare_line_feed(buffer):
                raise broken("a line of its head does not end in CR LF")
            self._more()
        return parse_head(self._take(end + 4))

    def _line(self, limit: int) -> bytes:
        buffer = self._buffer
        while (end := buffer.find(b"\n", 0, limit)) < 0:
            if len(buffer) >= limit:
                raise broken("a line of its body is too long")
            self._more()
        line = self._take(end + 1)
        if not line.endswith(b"\r\n"):
            raise broken("a line of its body does not end in CR LF")
        return line[:-2]

    def response(self, request: Request) -> tuple[Response, bool]:
        """An answer, and whether the connection can be used again."""
        answer = self._answer or self._begun(request)
        headers, length, body = answer.headers, answer.length, answer.body
        for data in self._pieces(length):
            body.feed(data)
        reusable = answer.minor == 1 and length != UNTIL_CLOSE and not self._buffer
        reusable = reusable and "close" not in connection_options(headers)
        headers = headers_after(body, headers)
        response = Response(answer.status, headers, body.finish())
        self._answer = None
        return response, reusable

    def _begun(self, request: Request) -> Answer:
        """An answer, as far as its head; those that only announce it are passed over."""
        for _ in range(_MAX_INTERIM):
            minor, status, headers = self.head()
            if status >= 200:
                break
            if status == 101:
                raise broken("it switches protocols, which was not asked for")
        else:
            raise broken("too many interim answers")
        length = length_of(request.method, minor, status, headers)
        body = body_for(headers, request.max_response)
        self._answer = answer = Answer(minor, status, headers, length, body)
        if length >= 0 and body.is_plain and length > request.max_response:
            raise too_large(request.max_response)
        return answer

    # --- without waiting, for event loops

    def send_now(self, data: bytes) -> int:
        """Send what the connection takes at once; returns how much that is.

        Raises NothingSentError if certainly nothing left.
        """
        if self._limit:
            self.sock.settimeout(0)
            self._limit = 0.0
        try:
            return self.sock.send(data)
        except OSError as error:
            if self._is_tls or is_waiting(error):
                return 0
            raise NothingSentError from error

    def receive_now(self, request: Request) -> int:
        """Receive what is there; returns how much is missing, at least, for `exchange` not to wait.

        Below 0: only `exchange` can know that. Raises TransportError.
        """
        try:
            while data := self.sock.recv(_READ):
                self._buffer += data
                missing = self._missing(request)
                if missing <= 0:
                    return missing
        except TransportError as error:
            error.status = self._status()
            raise
        except OSError as error:
            return 1 if is_waiting(error) else 0
        return 0

    def _missing(self, request: Request) -> int:
        buffer = self._buffer
        if self._answer is None:
            if buffer.find(b"\r\n\r\n", 0, MAX_HEAD) < 0 or buffer[9:10] == b"1":
                return -1
            self._begun(request)
        assert self._answer is not None
        length = self._answer.length
        return -1 if length < 0 else max(0, length - len(buffer))

    def _pieces(self, length: int) -> Iterator[bytes]:
        """The pieces of a body, without the coding of its transfer."""
        if length == CHUNKED:
            yield from self._chunks()
        elif length == UNTIL_CLOSE:
            yield self._take(len(self._buffer))
            while data := self._receive():
                yield data
        else:
            yield from self._exactly(length)

    def _exactly(self, length: int) -> Iterator[bytes]:
        while length:
            if not self._buffer:
                self._more()
            data = self._take(length)
            length -= len(data)
            yield data

    def _chunks(self) -> Iterator[bytes]:
        while True:
            found = _CHUNK.fullmatch(self._line(_MAX_CHUNK_LINE))
            if found is None:
                raise broken("a chunk has no length")
            length = int(found[1], 16)
            if not length:
                break
            yield from self._exactly(length)
            if self._line(2):
                raise broken("a chunk is longer than its length")
        left = MAX_HEAD
        while line := self._line(left):  # trailers, which nobody asked for
            left -= len(line)


def connection_options(headers: Headers) -> set[str]:
    """The words of the header Connection, in lower case."""
    values = headers.get_all("connection")
    return {word.strip().lower() for value in values for word in value.split(",")}
