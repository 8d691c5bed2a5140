"""A server that answers with scripted bytes, right or wrong, and notes what it was asked."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

import pytest

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass
class Asked:
    """A request as it arrived, and the number of its connection."""

    line: str
    headers: list[tuple[str, str]]
    body: bytes
    connection: int

    def header(self, name: str) -> str | None:
        found = [value for each, value in self.headers if each.lower() == name]
        assert len(found) < 2, f"{name} came twice"
        return found[0] if found else None


@dataclass
class Peer:
    """A connection, as a script uses it."""

    sock: socket.socket
    number: int
    server: RawServer
    buffer: bytes = b""

    def receive_head(self) -> bool:
        """Receive the head of a request; False if the client closes before its end."""
        while b"\r\n\r\n" not in self.buffer:
            if not (data := self.sock.recv(65536)):
                return False
            self.buffer += data
        return True

    def request(self) -> Asked | None:
        """Read a request; None if the client closes before it begins."""
        if not self.receive_head():
            return None
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        line, *rest = head.decode("latin-1").split("\r\n")
        headers = [(n, v.strip()) for n, _, v in (each.partition(":") for each in rest)]
        asked = Asked(line, headers, b"", self.number)
        length = int(asked.header("content-length") or 0)
        while len(self.buffer) < length:
            if not (data := self.sock.recv(65536)):
                return None
            self.buffer += data
        asked.body, self.buffer = self.buffer[:length], self.buffer[length:]
        self.server.asked.append(asked)
        return asked

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def reset(self) -> None:
        """Close with a reset instead of an end."""
        linger = struct.pack("ii", 1, 0)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.sock.close()

    def wait_for_close(self) -> bool:
        """Whether the client closes; it has 20 seconds, for machines that rest."""
        self.sock.settimeout(20)
        try:
            return self.sock.recv(1) == b""
        except TimeoutError:
            return False
        except OSError:
            return True


Script = Callable[[Peer], Any]


def answer(*answers: bytes) -> Script:
    """A script that gives each request the next answer, and the last one from then on."""
    left = list(answers)

    def run(peer: Peer) -> None:
        while peer.request():
            peer.send(left.pop(0) if len(left) > 1 else left[0])

    return run


def once(*pieces: bytes) -> Script:
    """A script that answers one request with these bytes and closes."""

    def run(peer: Peer) -> None:
        if peer.request():
            peer.send(b"".join(pieces))

    return run


@dataclass
class RawServer:
    """Serves on a free port of an address. Each connection runs the script in a thread."""

    script: Script
    host: str = "127.0.0.1"
    tls: ssl.SSLContext | None = None
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    ended: int = 0
    errors: list[BaseException] = field(default_factory=list)

    def __enter__(self) -> Self:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self._listener = socket.socket(family)
        self._listener.bind((self.host, 0))
        self._listener.listen(64)
        self.port = self._listener.getsockname()[1]
        self._peers: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._peers:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        for sock in self._peers:
            sock.close()

    def url(self, path: str = "/", host: str | None = None) -> str:
        name = host or (f"[{self.host}]" if ":" in self.host else self.host)
        return f"{'https' if self.tls else 'http'}://{name}:{self.port}{path}"

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._peers.append(sock)
            thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        number, self.connections = self.connections, self.connections + 1
        try:
            if self.tls:
                sock = self.tls.wrap_socket(sock, server_side=True)
                self._peers.append(sock)
            self.script(Peer(sock, number, self))
        except OSError:
            pass  # the client went away
        except BaseException as error:
            self.errors.append(error)
            raise
        finally:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
            self.ended += 1


def ipv6(server: RawServer) -> RawServer:
    """The same server, if this machine has IPv6; else the test is skipped."""
    try:
        with socket.socket(socket.AF_INET6) as sock:
            sock.bind(("::1", 0))
    except OSError as error:
        pytest.skip(f"this machine has no IPv6: {error}")
    return server
