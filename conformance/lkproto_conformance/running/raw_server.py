"""A server on loopback that sends raw bytes as its answers, and notes the requests."""

from __future__ import annotations

import base64
import contextlib
import http.client
import socket
import threading
from dataclasses import dataclass
from typing import Any, BinaryIO, Self

MAX_REQUESTS = 20
"""Requests that are noted: a client that repeats itself forever fails all the same."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent; names of headers are in lower case."""

    http_method: str
    target: str
    headers: dict[str, str]
    body: bytes


class RawServer:
    """Gives every request the same answer.

    The `answer` has `raw_b64`; `close_after`, the number of bytes after which the connection is
    closed; `delay_ms`, the time before the first of them.
    """

    def __init__(self, answer: dict[str, Any]) -> None:
        self._raw = base64.b64decode(answer["raw_b64"])
        self._close_after: int | None = answer.get("close_after")
        self._delay = answer.get("delay_ms", 0) / 1000
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._connections: list[socket.socket] = []
        self._requests: list[Request] = []
        self._ended = threading.Event()
        self._acceptor = threading.Thread(target=self._accept, daemon=True)

    @property
    def url(self) -> str:
        """Scheme and authority."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def requests(self) -> list[Request]:
        """The requests so far."""
        return list(self._requests)

    def __enter__(self) -> Self:
        self._acceptor.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        # Closing alone does not end an accept that waits.
        with contextlib.suppress(OSError):
            socket.create_connection(self._listener.getsockname(), 1).close()
        self._acceptor.join(1)
        self._listener.close()
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._connections.append(connection)
            target = self._serve
            threading.Thread(target=target, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with (
            contextlib.suppress(OSError, ValueError, http.client.HTTPException),
            connection.makefile("rb") as stream,
        ):
            while request := _read(stream):
                if len(self._requests) < MAX_REQUESTS:
                    self._requests.append(request)
                if self._ended.wait(self._delay):
                    return
                connection.sendall(self._raw[: self._close_after])
                if self._close_after is not None:
                    connection.shutdown(socket.SHUT_RDWR)
                    return


def _read(stream: BinaryIO) -> Request | None:
    """The next request; None if the client has ended the connection."""
    words = stream.readline(1 << 16).decode("latin-1").split()
    if not words:
        return None
    method, target, _ = words
    found = http.client.parse_headers(stream)
    headers = {name.lower(): ", ".join(found.get_all(name, [])) for name in set(found)}
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return Request(method, target, headers, b"".join(_chunks(stream)))
    length = int(headers.get("content-length", "0"))
    return Request(method, target, headers, stream.read(length))


def _chunks(stream: BinaryIO) -> list[bytes]:
    found: list[bytes] = []
    while size := int(stream.readline().partition(b";")[0], 16):
        found.append(stream.read(size))
        stream.readline()
    while stream.readline().strip():
        pass  # trailers
    return found
