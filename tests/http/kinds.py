"""Every transport with one synchronous face, so that one suite is for all."""

from __future__ import annotations

import asyncio
import importlib.util
import ssl
from collections.abc import Callable
from typing import Any

import pytest
from lkproto import http
from lkproto.http import Request, Response

from .server import RawServer


class Client:
    """A transport of any kind; async ones run in an event loop of their own."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.transport = make()

    def send(self, request: Request) -> Response:
        found: Response = self.transport.send(request)
        return found

    def close(self) -> None:
        self.transport.close()


class AsyncClient(Client):
    def __init__(self, make: Callable[[], Any]) -> None:
        self.runner = asyncio.Runner()
        self.session: Any = None
        made = self.runner.run(self._made(make))
        self.transport = made

    async def _made(self, make: Callable[[], Any]) -> Any:
        return make()

    def send(self, request: Request) -> Response:
        found: Response = self.runner.run(self.transport.send(request))
        return found

    def close(self) -> None:
        self.runner.run(self.transport.aclose())
        if self.session is not None:
            self.runner.run(self.session.close())
        self.runner.close()


class AiohttpClient(AsyncClient):
    """With a session as an application would make it."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(lambda: self._with_session(settings))

    def _with_session(self, settings: dict[str, Any]) -> Any:
        import aiohttp

        context = ssl.create_default_context(cafile=settings.get("ca_file"))
        if settings.get("pem"):
            context.load_cert_chain(*settings["pem"])
        if not settings.get("verify", True):
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        connector = aiohttp.TCPConnector(ssl=context)
        self.session = aiohttp.ClientSession(
            connector=connector, trust_env=settings.get("proxies", True)
        )
        return http.AiohttpTransport(self.session)


KINDS: dict[str, Callable[..., Client]] = {
    "stdlib": lambda **s: Client(lambda: http.StdlibTransport(**s)),
    "stdlib-async": lambda **s: AsyncClient(lambda: http.StdlibAsyncTransport(**s)),
    "pyreqwest": lambda **s: Client(lambda: http.PyreqwestTransport(**s)),
    "pyreqwest-async": lambda **s: AsyncClient(
        lambda: http.PyreqwestAsyncTransport(**s)
    ),
    "aiohttp": AiohttpClient,
}


def is_there(kind: str) -> bool:
    library = kind.partition("-")[0]
    return library == "stdlib" or importlib.util.find_spec(library) is not None


def kinds(*names: str) -> list[Any]:
    """Parameters for the kinds named, or for all; those that lack their library are skipped."""
    return [
        pytest.param(
            name,
            marks=pytest.mark.skipif(
                not is_there(name), reason=f"{name.partition('-')[0]} is not installed"
            ),
        )
        for name in names or KINDS
    ]


def keeps(kind: str, server: RawServer) -> bool:
    """Whether connections are kept: one host, asked several times, has seen one.

    pyreqwest's pool gets a connection back in a thread of its own, after the answer: a request
    that comes at once may be earlier, and makes another connection. That some do not is enough.
    """
    limit = len(server.asked) - 1 if kind.startswith("pyreqwest") else 1
    return server.connections <= limit


ASYNC: dict[str, Callable[[], Any]] = {
    "stdlib-async": http.StdlibAsyncTransport,
    "pyreqwest-async": http.PyreqwestAsyncTransport,
}
OWN = ("stdlib", "stdlib-async")
WITH_SETTINGS = (*OWN, "pyreqwest", "pyreqwest-async")
