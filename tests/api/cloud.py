"""LiveKit Cloud as a script: hosts that answer, hosts that do not, and their regions."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from lkproto import TwirpError
from lkproto.api import _calls, _regions
from lkproto.http import Request, Response, TransportError

from .callers import Caller, answered

HOME = "demo.livekit.cloud"
LOST = TransportError("closed", True)
UNAVAILABLE = Response(
    503, {"Content-Type": "application/json"}, b'{"code":"unavailable"}'
)


def regions(*urls: str, age: int = 60) -> Response:
    """The answer about regions."""
    body = json.dumps({"regions": [{"region": url, "url": url} for url in urls]})
    headers = {"Cache-Control": f"public, max-age={age}"} if age else {}
    return Response(200, headers, body.encode())


class Cloud:
    """Answers by host, the last of several again and again; `list` is what it says of regions."""

    def __init__(self, is_async: bool = False, **answers: Any) -> None:
        self.is_async = is_async
        self.list: Any = regions(
            f"wss://{HOME}", "wss://b.livekit.cloud", "https://c.livekit.cloud"
        )
        self.answers: dict[str, Any] = {"a": UNAVAILABLE, "b": answered(), **answers}
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        if request.url.endswith("/settings/regions"):
            found = self.list
        else:
            host = urlsplit(request.url).hostname or ""
            found = self.answers["a" if host == HOME else host[0]]
        if isinstance(found, list):
            found = found.pop(0) if len(found) > 1 else found[0]
        if isinstance(found, Exception):
            raise found
        return found

    def caller(self, url: str = f"wss://{HOME}", **settings: Any) -> Caller:
        return Caller(self.is_async, self, url, **settings)

    def call(
        self, name: str = "room.create_room", /, **fields: Any
    ) -> TwirpError | None:
        """Call a method; its error, if it has one."""
        try:
            self.caller().call(name, **fields)
        except TwirpError as error:
            return error
        return None

    @property
    def asked(self) -> list[str]:
        """Where requests went: `GET` for regions, else the host."""
        return [
            "GET" if each.method == "GET" else urlsplit(each.url).hostname or ""
            for each in self.requests
        ]


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits between attempts, which are not waited."""
    found: list[float] = []

    async def noted(seconds: float) -> None:
        found.append(seconds)

    monkeypatch.setattr(_calls, "sleep", found.append)
    monkeypatch.setattr(asyncio, "sleep", noted)
    return found


@pytest.fixture
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test begins without regions of another."""
    monkeypatch.setattr(_regions, "_kept", {})
