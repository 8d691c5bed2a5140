"""What receives webhooks: a server on this machine, and an application that verifies and handles."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from lkproto.auth import AuthError
from lkproto.livekit import WebhookEvent
from lkproto.webhook import WebhookReceiver

Answer = tuple[int, dict[str, str]]
OK: Answer = (200, {})
Decides = Callable[[WebhookEvent, int], Answer]


def _fine(event: WebhookEvent, attempt: int) -> Answer:
    return OK


@dataclass(frozen=True)
class Delivery:
    """A request as it came, and when, in seconds of a monotonic clock."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float = field(default_factory=time.monotonic)

    @property
    def authorization(self) -> str:
        """The header that has the token."""
        return self.headers["authorization"]


@dataclass
class Taken:
    """A delivery, and what became of it."""

    delivery: Delivery
    event: WebhookEvent | None = None
    refused: AuthError | None = None
    handled: bool | None = None
    """What `handle` returned; None if it raised, or was not called."""


class Application:
    """What answers deliveries to one URL: it verifies, handles, and keeps what came."""

    def __init__(self, receiver: WebhookReceiver, answer: Decides = _fine) -> None:
        """`answer` gives that to an event that was handled, by the number of its attempt."""
        self.taken: list[Taken] = []
        self._receiver, self._answer = receiver, answer
        self._one_at_a_time = threading.Lock()

    def take(self, delivery: Delivery) -> Answer:
        """Answer a delivery as an application does."""
        taken = Taken(delivery)
        with self._one_at_a_time:
            answer = self._take(taken)
            self.taken.append(taken)
        return answer

    def _take(self, taken: Taken) -> Answer:
        delivery = taken.delivery
        try:
            event = self._receiver.receive(delivery.body, delivery.authorization)
        except AuthError as error:
            taken.refused = error
            return 401, {}
        taken.event = event
        attempt = 1 + sum(each.id == event.id for each in self.events)
        try:
            taken.handled = self._receiver.handle(event)
        except RuntimeError:
            return 500, {}
        return self._answer(event, attempt)

    @property
    def deliveries(self) -> list[Delivery]:
        """All that came."""
        return [each.delivery for each in self.taken]

    @property
    def events(self) -> list[WebhookEvent]:
        """All that was verified."""
        return [each.event for each in self.taken if each.event is not None]

    @property
    def refused(self) -> list[AuthError]:
        """Why deliveries were refused."""
        return [each.refused for each in self.taken if each.refused is not None]

    def of(self, name: str) -> list[Taken]:
        """The deliveries of events with a name."""
        return [each for each in self.taken if each.event and each.event.event == name]

    def wait(self, ready: Callable[[list[WebhookEvent]], bool], seconds: float) -> None:
        """Wait until the events that came are enough. Raises TimeoutError."""
        until = time.monotonic() + seconds
        while not ready(self.events):
            if time.monotonic() > until:
                came = [each.event for each in self.events]
                raise TimeoutError(f"after {seconds} s, only these came: {came}")
            time.sleep(0.02)


@contextmanager
def listening(applications: dict[str, Application]) -> Generator[str]:
    """Serve applications, by their paths, on a free port. Yields the URL before the path."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            assert len(headers) == len(self.headers), "a header came twice"
            delivery = Delivery(self.path, headers, body)
            status, more = applications[self.path].take(delivery)
            self.send_response(status)
            for name, value in {"Content-Length": "0", **more}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Print nothing."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 64  # a URL for each, and rooms that are served at once

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
