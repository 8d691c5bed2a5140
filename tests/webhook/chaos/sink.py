"""Endpoints that fail as a plan says, on raw sockets in one thread."""

from __future__ import annotations

import heapq
import selectors
import socket
import struct
import time
from collections import Counter
from dataclasses import dataclass
from threading import Lock, Thread

from lkproto.webhook import WebhookError, WebhookReceiver

from .plan import DELIVERS, KEY, SECRET, URLS, Plan

SLOW = 0.05
_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: a close resets
_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
_ANSWERS = {
    "ok": _OK,
    "slow": _OK,
    "500": b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
    "429": b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 86400\r\nContent-Length: 0\r\n\r\n",
    "302": b"HTTP/1.1 302 Found\r\nLocation: /else\r\nContent-Length: 0\r\n\r\n",
    "cut": b"HTTP/1.1 200 OK\r\nContent-Len",
    "half": b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf of it",
}


@dataclass(slots=True)
class Arrival:
    """An attempt that an endpoint read. `queued` is when its event was made, by its sender."""

    at: float
    url: int
    number: int
    fate: str
    queued: float
    problem: str = ""
    answered: float | None = None

    @property
    def delivered(self) -> bool:
        """Whether the answer says so."""
        return self.fate in DELIVERS and self.answered is not None


class _Connection:
    __slots__ = ("data", "socket", "url")

    def __init__(self, url: int, accepted: socket.socket) -> None:
        self.url = url
        self.socket = accepted
        self.data = b""


class Sink(Thread):
    """Endpoints, one a URL; `arrivals` is what they read, in that order."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(name="sink", daemon=True)
        self.arrivals: list[Arrival] = []
        self.over: set[tuple[int, int]] = set()
        """URL and number of what was delivered or refused for ever."""
        self.error: BaseException | None = None
        self._plan = plan
        self._attempts: Counter[tuple[int, int]] = Counter()
        self._later: list[tuple[float, int, _Connection, Arrival]] = []
        self._now = 0.0
        self._receiver = WebhookReceiver(KEY, SECRET, clock=lambda: self._now)
        self._selector = selectors.DefaultSelector()
        self._closing = Lock()
        self._listeners = [self._listen(url) for url in range(URLS)]

    def _listen(self, url: int) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        listener.setblocking(False)
        self._selector.register(listener, selectors.EVENT_READ, url)
        return listener

    @property
    def urls(self) -> list[str]:
        """The addresses of the endpoints."""
        ports = [each.getsockname()[1] for each in self._listeners]
        return [f"http://127.0.0.1:{port}/hook" for port in ports]

    def close(self) -> None:
        """Answer nothing more."""
        self._closing.acquire()
        self.join(10)
        for each in list(self._selector.get_map().values()):
            assert isinstance(each.fileobj, socket.socket)
            each.fileobj.close()
        self._selector.close()

    def run(self) -> None:
        """Answer until it is closed."""
        try:
            while not self._closing.locked():
                self._step()
        except BaseException as error:
            self.error = error
            raise

    def _step(self) -> None:
        wait = self._later[0][0] - time.monotonic() if self._later else 0.1
        for key, _ in self._selector.select(min(max(wait, 0.0), 0.1)):
            if isinstance(key.data, _Connection):
                self._read(key.data)
            else:
                assert isinstance(key.fileobj, socket.socket)
                self._accept(key.data, key.fileobj)
        while self._later and self._later[0][0] <= time.monotonic():
            _, _, connection, arrival = heapq.heappop(self._later)
            self._send(connection, arrival)

    def _accept(self, url: int, listener: socket.socket) -> None:
        while True:
            try:
                accepted, _ = listener.accept()
            except BlockingIOError:
                return
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            accepted.setblocking(False)
            connection = _Connection(url, accepted)
            self._selector.register(accepted, selectors.EVENT_READ, connection)

    def _read(self, connection: _Connection) -> None:
        try:
            data = connection.socket.recv(1 << 16)
        except BlockingIOError:
            return
        except ConnectionError:
            data = b""
        if not data:
            self._drop(connection)
            return
        connection.data += data
        head, found, rest = connection.data.partition(b"\r\n\r\n")
        headers = _headers(head) if found else {}
        length = int(headers.get("content-length", "0"))
        if found and len(rest) >= length:
            connection.data = rest[length:]
            self._arrived(connection, headers, rest[:length])

    def _arrived(
        self, connection: _Connection, headers: dict[str, str], body: bytes
    ) -> None:
        self._now = now = time.time()
        arrival = Arrival(now, connection.url, -1, "500", now)
        try:
            event = self._receiver.receive(body, headers.get("authorization"))
            arrival.number = int(event.id.removeprefix("EV_"))
            assert event.room
            arrival.queued = float(event.room.metadata)
        except (WebhookError, ValueError) as error:
            arrival.problem = f"{type(error).__name__}: {error}"
            arrival.number = _number(body)
        self.arrivals.append(arrival)
        name = arrival.url, arrival.number
        attempt = self._attempts[name] = self._attempts[name] + 1
        arrival.fate = fate = self._plan.fate(arrival.url, arrival.number, attempt)
        if fate == "slow":
            due = time.monotonic() + SLOW
            entry = (due, len(self.arrivals), connection, arrival)
            heapq.heappush(self._later, entry)
        elif fate == "reset":
            linger = (socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            connection.socket.setsockopt(*linger)
            self._drop(connection)
        elif fate != "silent":
            self._send(connection, arrival)

    def _send(self, connection: _Connection, arrival: Arrival) -> None:
        try:
            connection.socket.send(_ANSWERS[arrival.fate])
        except OSError:
            return  # the sender does not wait any more
        arrival.answered = time.time()
        if arrival.delivered or arrival.fate == "302":
            self.over.add((arrival.url, arrival.number))
        if arrival.fate in ("cut", "half"):
            self._drop(connection)

    def _drop(self, connection: _Connection) -> None:
        self._selector.unregister(connection.socket)
        connection.socket.close()


def _headers(head: bytes) -> dict[str, str]:
    lines = head.decode("latin-1").split("\r\n")[1:]
    pairs = (line.partition(":") for line in lines)
    return {name.lower(): value.strip() for name, _, value in pairs}


def _number(body: bytes) -> int:
    """The number of an event that does not verify."""
    _, _, rest = body.partition(b'"EV_')
    digits = rest.partition(b'"')[0]
    return int(digits) if digits.isdigit() else -1
