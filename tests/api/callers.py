"""One way to call LiveKitAPI and AsyncLiveKitAPI, so that a test speaks of both."""

from __future__ import annotations

import asyncio
import json
from base64 import urlsafe_b64decode
from typing import Any

import pytest
from lkproto.api import AsyncLiveKitAPI, LiveKitAPI
from lkproto.auth import TokenVerifier
from lkproto.http import AsyncScriptedTransport, Request, Response, ScriptedTransport

URL = "http://127.0.0.1:7880"
KEY, SECRET = "APIcallers1234", "a-secret-of-tests-with-more-than-32-bytes"
DENIED = '{"code":"unauthenticated","msg":"permissions denied"}'

both = pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])


class Caller:
    """An API on a script; `call("room.create_room", …)` runs a method to its end."""

    def __init__(self, is_async: bool, answers: Any, url: str = URL, **settings: Any):
        self.is_async = is_async
        kind = AsyncScriptedTransport if is_async else ScriptedTransport
        self.transport: Any = kind(answers)
        if "token" not in settings and "keys" not in settings:
            settings = {"api_key": KEY, "api_secret": SECRET} | settings
        api = AsyncLiveKitAPI if is_async else LiveKitAPI
        self.api: Any = api(url, transport=self.transport, **settings)

    def call(self, name: str, /, *args: Any, **kwargs: Any) -> Any:
        service, _, method = name.partition(".")
        made = getattr(getattr(self.api, service), method)(*args, **kwargs)
        return asyncio.run(awaited(made)) if self.is_async else made

    @property
    def requests(self) -> list[Request]:
        return self.transport.requests


async def awaited(awaitable: Any) -> Any:
    return await awaitable


def answered(body: bytes = b"", **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(200, {"Content-Type": "application/protobuf"} | named, body)


def failed(status: int, body: str = "{}", **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, {"Content-Type": "application/json"} | named, body.encode())


def claims_of(authorization: str) -> dict[str, Any]:
    """The claims of LiveKit in a token, which is verified, as they are written."""
    token = authorization.removeprefix("Bearer ")
    TokenVerifier(KEY, SECRET).verify(token)
    payload = token.split(".")[1]
    found = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    registered = ("iss", "exp", "nbf", "iat", "sub", "jti")
    return {name: found[name] for name in found if name not in registered}
