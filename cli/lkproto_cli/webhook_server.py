"""A small HTTP server for webhooks: what is POSTed is verified, and goes to a listener."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any, Protocol

from lkproto.auth import AuthError, MalformedTokenError, TokenError
from lkproto.livekit import WebhookEvent
from lkproto.webhook import MAX_BODY, BodyTooLargeError, WebhookReceiver

from .output import complain

_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;.*)?\r?\n", re.DOTALL)
_LINE = 1024  # bytes of a line between chunks
_TRAILERS = 100
_DRAINED = 8 << 20  # bytes that are read of a body that is refused for its size


class Taker(Protocol):
    """What gets the events."""

    def take(self, event: WebhookEvent) -> int:
        """Take an event; the status that answers it."""
        ...

    def answered(self) -> None:
        """What `take` took with status 200 has its answer, or its sender has left."""
        ...


class BodyNotWholeError(Exception):
    """A request whose body ends early, comes too slowly, or is not HTTP."""


class Server(ThreadingHTTPServer):
    """Serves one path, or all; a thread for each connection, which ends with the process."""

    daemon_threads = True
    block_on_close = False
    # Elsewhere it would let several processes have a port at once.
    allow_reuse_address = os.name == "posix"
    request_queue_size = 128

    def __init__(
        self,
        family: int,
        address: Any,
        receiver: WebhookReceiver,
        taker: Taker,
        path: str | None = None,
    ) -> None:
        """Listen at an address, as getaddrinfo returns it. Raises OSError."""
        self.address_family = family
        self.receiver = receiver
        self.taker = taker
        self.path = path
        super().__init__(address[:2], _Handler)

    def server_bind(self) -> None:
        """Bind; unlike the inherited one, without asking for the name of this host."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]

    @property
    def url(self) -> str:
        """Where webhooks are to be sent."""
        host, port = self.server_address[:2]
        name = f"[{host!s}]" if ":" in str(host) else str(host)
        return f"http://{name}:{port}{self.path or '/'}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke is not worth a word; its sender tries again."""


class _Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    protocol_version = "HTTP/1.1"
    server_version = "lkproto"
    sys_version = ""
    timeout = 10.0  # seconds without a byte

    @property
    def _ours(self) -> Server:
        assert isinstance(self.server, Server)
        return self.server

    def do_POST(self) -> None:
        """Receive a webhook."""
        wanted = self._ours.path
        if wanted is not None and self.path.partition("?")[0] != wanted:
            self._refuse(404, "not_found: it came to another path", whole=False)
            return
        try:
            event = self._event()
        except AuthError as error:
            whole = not isinstance(error, BodyTooLargeError)
            self._refuse(_status_of(error), f"{error.kind}: {error}", whole=whole)
        except BodyNotWholeError as error:
            self._refuse(400, f"body_malformed: {error}", whole=False)
        else:
            self._take(event)

    def _event(self) -> WebhookEvent:
        """The event of a request. Raises AuthError, BodyNotWholeError."""
        body = self._body()
        values = self.headers.get_all("Authorization") or [""]
        if len(values) > 1:
            raise MalformedTokenError("the request has two Authorization headers")
        return self._ours.receiver.receive(body, values[0])

    def _take(self, event: WebhookEvent) -> None:
        status = self._ours.taker.take(event)
        try:
            self._answer(status)
        finally:
            if status == 200:
                self._ours.taker.answered()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._refuse_method
        raise AttributeError(name)

    def _refuse_method(self) -> None:
        self._refuse(405, "method: webhooks are sent by POST", whole=False)

    def send_error(self, code: int, *_: object, **__: object) -> None:
        """Answer what is not HTTP, such as TLS; nothing of it is shown."""
        self._refuse(code, "not_http: the request cannot be read", whole=False)

    def _refuse(self, status: int, why: str, *, whole: bool) -> None:
        """Report and answer; a connection with the rest of a body in it is of no use."""
        complain(f"refused: {status} {why}")
        self.close_connection = self.close_connection or not whole
        self._answer(status)
        if not whole:
            self._drain()

    def _answer(self, status: int) -> None:
        if status >= 500:
            self.close_connection = True
        self.send_response(HTTPStatus(status))
        self.send_header("Content-Length", "0")
        if status == 405:
            self.send_header("Allow", "POST")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def _drain(self) -> None:
        """Read what is still sent, for a while: otherwise the sender may not see the answer."""
        try:
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(1.0)
            left = _DRAINED
            while left > 0 and (data := self.connection.recv(1 << 16)):
                left -= len(data)
        except OSError:
            pass

    def _body(self) -> bytes:
        """The bytes of the body. Raises BodyTooLargeError, BodyNotWholeError."""
        try:
            if "Transfer-Encoding" in self.headers:
                return b"".join(self._chunks())
            lengths = set(self.headers.get_all("Content-Length") or ["0"])
            return self._read(_number(lengths.pop() if len(lengths) == 1 else "", 10))
        except TimeoutError:
            raise BodyNotWholeError("the body does not come") from None

    def _chunks(self) -> Iterator[bytes]:
        if self.headers["Transfer-Encoding"].strip().lower() != "chunked":
            raise BodyNotWholeError("its Transfer-Encoding is not chunked")
        size = 0
        while True:
            found = _SIZE.fullmatch(self.rfile.readline(_LINE))
            length = _number(found[1].decode() if found else "", 16)
            if not length:
                break
            size += length
            yield self._read(length, size)
            if self.rfile.readline(_LINE) not in (b"\r\n", b"\n"):
                raise BodyNotWholeError("its chunks are not HTTP")
        for _ in range(_TRAILERS):
            if self.rfile.readline(_LINE) in (b"\r\n", b"\n", b""):
                return

    def _read(self, length: int, total: int = 0) -> bytes:
        if max(length, total) > MAX_BODY:
            raise BodyTooLargeError(
                f"the body has {max(length, total)} bytes or more, above {MAX_BODY}"
            )
        data = self.rfile.read(length)
        if len(data) < length:
            raise BodyNotWholeError("the body ends early")
        return data

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited
        """Of requests, only what is refused is reported."""


def _number(digits: str, base: int) -> int:
    """A length. Raises BodyNotWholeError."""
    if not digits.isascii() or not digits.isalnum() or len(digits) > 19:
        raise BodyNotWholeError("the length of its body is not HTTP")
    try:
        return int(digits, base)
    except ValueError:
        raise BodyNotWholeError("the length of its body is not HTTP") from None


def _status_of(error: AuthError) -> int:
    if isinstance(error, TokenError):
        return 401
    return 413 if isinstance(error, BodyTooLargeError) else 400
