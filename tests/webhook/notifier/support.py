"""Transports whose answers a test controls, and events."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Lock

from lkproto.http import Request, Response
from lkproto.livekit import Room, WebhookEvent

URL = "https://a.example/hook"
KEY, SECRET = "APIkey", "secret-of-32-bytes-is-long-enough"
CONFIG = {"urls": [URL], "api_key": KEY}
OK = Response(200, {}, b"")
WAIT = 30.0  # seconds after which a test fails instead of hanging


def event(name: str = "e", room: str = "r") -> WebhookEvent:
    return WebhookEvent(event=name, id=f"EV_{name}", room=Room(name=room))


class Gate:
    """A transport that answers when it is opened, and records what it is asked."""

    def __init__(self, answer: Callable[[Request], Response] = lambda _: OK) -> None:
        self.opened = Event()
        self.begun = Event()
        self.requests: list[Request] = []
        self.closed = 0
        self._answer = answer
        self._lock = Lock()

    def send(self, request: Request, /) -> Response:
        with self._lock:
            self.requests.append(request)
        self.begun.set()
        assert self.opened.wait(WAIT)
        return self._answer(request)

    def close(self) -> None:
        self.closed += 1


def names(requests: list[Request]) -> list[str]:
    return [WebhookEvent.from_json(each.body).event for each in requests]
