# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The HTTP server of a mock: a thread for each connection, on the standard library's parser."""

from __future__ import annotations

import os
import re
import socket
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from threading import Event, Thread, current_thread
from urllib.parse import unquote_to_bytes

from ._answers import DROPPED, Answer, text_answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import Message
    from io import BufferedIOBase
    from typing import Any

    Application = Callable[[dict[str, Any]], Answer]

REGION = "lkproto.mock.region"
"""Where the environment of a request has the number of the listener it came to."""
_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;.*)?\r?\n", re.DOTALL)
_CODING = "Transfer-Encoding"
_LINE = 1024  # bytes of a line between chunks
# Bytes of a body nobody wants that are read, to keep the connection.
_MOST_DROPPED = 256 << 10
_DRAINED = 8 << 20  # bytes of what is too much that are read before the connection ends
_ENDS = (b"\r\n", b"\n")
_NO_CHUNKS = "the body is not in chunks"
_PHRASES = {each.value: each.phrase for each in HTTPStatus}
_LAST = 2.0  # seconds that threads get for their end
_PAUSE = 0.05  # seconds until it listens again where a connection could not be taken
_BODILESS = (204, 304)
_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - how it is reached


class Listener:
    """Serves an application at one address, until it is closed."""

    def __init__(self, host: str, port: int, region: int, serve: Application) -> None:
        """Listen; port 0 is any that is free. Raises OSError."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        self._socket = socket.create_server(found[4][:2], family=found[0], backlog=128)
        self.host, self.port = str(found[4][0]), int(self._socket.getsockname()[1])
        self.region = region
        self.serve = serve
        self.closing = Event()
        self._process = os.getpid()
        # Single steps of a dict are atomic, so that threads need no lock.
        self._open: dict[socket.socket, Thread] = {}
        self._thread = self._made(self._accept)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it is reached."""
        host = _ANY.get(self.host, self.host)
        return (
            f"http://[{host}]:{self.port}"
            if ":" in host
            else f"http://{host}:{self.port}"
        )

    def _made(self, target: Callable[..., None], *arguments: object) -> Thread:
        name = f"lkproto mock, port {self.port}"
        return Thread(target=target, args=arguments, name=name, daemon=True)

    def _accept(self) -> None:
        while True:
            try:
                connection, address = self._socket.accept()
            except OSError:  # such as too many open files, which may pass
                if self.closing.wait(_PAUSE):
                    return
                continue
            if self.closing.is_set():
                connection.close()
                return
            thread = self._made(self._talk, connection, address)
            self._open[connection] = thread
            thread.start()

    def _talk(self, connection: socket.socket, address: Any) -> None:
        """Answer the requests of one connection."""
        try:
            with suppress(OSError):  # it broke, or the mock ends
                _Handler(connection, address, self)  # type: ignore[arg-type]
        finally:  # whoever waits for an answer must not wait for a fault of ours
            self._open.pop(connection, None)
            connection.close()

    def close(self) -> None:
        """Free the port and end all connections at once. A second time, it does nothing."""
        if self.closing.is_set():
            return
        self.closing.set()
        if self._process != os.getpid():
            self._socket.close()  # only our copy: the parent of this process still serves
            return
        self._wake()
        self._thread.join(_LAST)
        self._socket.close()
        for connection, thread in list(self._open.items()):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            if (
                thread is not current_thread()
            ):  # which may be the one that stops the mock
                thread.join(_LAST)

    def _wake(self) -> None:
        """Let the thread that accepts see that this is the end."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:  # elsewhere than on Linux, only a connection wakes it
            with suppress(OSError):
                host = _ANY.get(self.host, self.host)
                socket.create_connection((host, self.port), timeout=_LAST).close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _serve(self) -> None:
        """Answer one request, of any method."""
        listener: Any = self.server
        try:
            body = Body(self.rfile, self.headers)
        except ValueError:
            self._refuse()
            return
        answer = listener.serve(self._environ(body, listener))
        if answer is DROPPED:
            self.close_connection = True
            return
        lost = not body.is_dropped()
        self.close_connection = self.close_connection or lost
        self._send(answer)
        if lost:
            self._drain()

    def _environ(self, body: Body, listener: Listener) -> dict[str, Any]:
        """The environment of the request (PEP 3333)."""
        path, _, query = self.path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": listener.host,
            "SERVER_PORT": str(listener.port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": str(self.client_address[0]),
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": body.length,
            "wsgi.input": body,
            "wsgi.input_terminated": True,
            "wsgi.url_scheme": "http",
            REGION: listener.region,
        }
        for name, value in self.headers.items():
            environ.setdefault("HTTP_" + name.upper().replace("-", "_"), value.strip())
        return environ

    def _send(self, answer: Answer) -> None:
        phrase = _PHRASES.get(answer.status, "")
        lines = [
            f"HTTP/1.1 {answer.status} {phrase}",
            f"Date: {self.date_time_string()}",
        ]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        has_body = answer.status not in _BODILESS
        if has_body:
            lines.append(f"Content-Length: {len(answer.body)}")
        if self.close_connection:
            lines.append("Connection: close")
        head = "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n"
        is_sent = has_body and self.command != "HEAD"
        self.wfile.write(head + (answer.body if is_sent else b""))

    def _drain(self) -> None:
        """Read what is still sent, for a while: otherwise the sender may not see the answer."""
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(1.0)
            left = _DRAINED
            while left > 0 and (data := self.connection.recv(1 << 16)):
                left -= len(data)

    def _refuse(self) -> None:
        self.close_connection = True
        self._send(text_answer(400, "400 Bad Request"))

    def send_error(self, code: int, *_: object, **__: object) -> None:
        """Answer what is not HTTP."""
        self.command = self.command or ""
        self._refuse()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited
        """What happens is in the mock's list of requests."""


class Body:
    """The body of a request as WSGI reads it, also of one that comes in chunks."""

    def __init__(self, file: BufferedIOBase, headers: Message) -> None:
        """Raises ValueError for a length that is none or not clear, as Go's server refuses it."""
        self._file = file
        codings = [each.strip().lower() for each in headers.get_all(_CODING, [])]
        lengths = {each.strip() for each in headers.get_all("Content-Length", [])}
        if codings not in ([], ["chunked"]) or len(lengths) > 1:
            raise ValueError
        self._chunked = bool(codings)
        self.length = "" if self._chunked else "".join(lengths)
        if self.length and not (self.length.isascii() and self.length.isdecimal()):
            raise ValueError
        self._broken = False
        self._left = int(self.length or 0)  # bytes of the body, or of the chunk
        self._ended = not (self._chunked or self._left)

    def read(self, size: int = -1) -> bytes:
        """Some bytes, or none at the end. Raises EOFError if the rest is not sent."""
        if self._chunked and not self._left and not self._ended:
            self._next_chunk()
        if self._ended:
            return b""
        data = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        if not data and size:
            raise self._break("the body ends early")
        if self._chunked and not self._left and self._line() not in _ENDS:
            raise self._break(_NO_CHUNKS)
        self._ended = not (self._chunked or self._left)
        return data

    def _next_chunk(self) -> None:
        found = _SIZE.fullmatch(self._line())
        if found is None:
            raise self._break(_NO_CHUNKS)
        self._left = int(found[1], 16)
        if not self._left:
            while self._line() not in (*_ENDS, b""):
                pass
            self._ended = True

    def _break(self, why: str) -> EOFError:
        """The error of a body whose rest nobody can find, so that nobody waits for it."""
        self._ended = self._broken = True
        return EOFError(why)

    def _line(self) -> bytes:
        return self._file.readline(_LINE)

    def is_dropped(self) -> bool:
        """Read what nobody has read; False if that is too much, so that the connection is lost."""
        left = _MOST_DROPPED
        with suppress(EOFError, OSError):
            while not self._ended and left > 0:
                left -= len(self.read(min(left, 1 << 16)))
        return self._ended and not self._broken
