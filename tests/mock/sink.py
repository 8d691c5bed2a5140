"""An application that receives webhooks on this machine, and verifies them."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any, Self

from lkproto.livekit import WebhookEvent
from lkproto.webhook import WebhookReceiver


class Sink:
    """Receives while a `with` block runs. `statuses` are the first answers; then it is 200."""

    def __init__(self, receiver: WebhookReceiver, *statuses: int) -> None:
        self.received: list[WebhookEvent] = []
        self._receiver = receiver
        self._statuses = list(statuses)
        self._changed = Condition()
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(sink.take(body, self.headers["Authorization"]))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"

    def take(self, body: bytes, authorization: str) -> int:
        """Take a delivery, and say with which status to answer it."""
        event = self._receiver.receive(body, authorization)
        with self._changed:
            if self._statuses:
                return self._statuses.pop(0)
            self.received.append(event)
            self._changed.notify_all()
        return 200

    def names(self, count: int) -> list[str]:
        """The names of the events, once there are so many."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.received) >= count, 30)
            return [each.event for each in self.received]

    def __enter__(self) -> Self:
        serve = self._server.serve_forever
        self._thread = Thread(target=serve, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
