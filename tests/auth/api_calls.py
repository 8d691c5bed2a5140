"""Calls of either library to a server whose answers the page says, for `same_calls.py`.

The server is in threads of this process. Each function makes an API, calls it, and closes it.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import pickle
import re
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY, SECRET = "APIkey", "0123456789abcdef0123456789abcdef"
Call = Callable[[Any], Awaitable[Any]]
PROTOBUF = "application/protobuf"


class Server(ThreadingHTTPServer):
    """Answers all requests alike, after `drops` connections that it closes; keeps the requests."""

    daemon_threads = True

    def __init__(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = status, body, headers
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self.drops = 0
        self.may_answer = threading.Event()
        self.may_answer.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        """Nobody reads what a server of a test prints."""


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.path, dict(self.headers), body))
        if self.server.drops:
            self.server.drops -= 1
            self.connection.close()
            return
        self.server.may_answer.wait()
        status, answer, headers = self.server.answer
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(answer))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    def do_GET(self) -> None:
        """Only who follows a redirect asks this; the answer is one of a website."""
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """As handle_error of the server."""


@contextlib.contextmanager
def serving(
    status: int = 200, text: str = "", content_type: str = PROTOBUF, **headers: str
) -> Iterator[Server]:
    server = Server(status, text.encode(), {"Content-Type": content_type, **headers})
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.may_answer.set()
        server.shutdown()
        server.server_close()


class ApiCalls:
    """Functions for the expressions of the page; `api` is a library, `make` makes an API of it."""

    def __init__(self, api: Any, make: Any, limit: Callable[[float], Any]) -> None:
        self.api, self.make, self.limit = api, make, limit
        shown = "answer error sent claims attempts late unreachable loops pickled"
        self.names = {name: getattr(self, name) for name in shown.split()}

    def _create(self, lk: Any) -> Awaitable[Any]:
        return lk.room.create_room(self.api.CreateRoomRequest(name="demo"))

    def _list(self, lk: Any) -> Awaitable[Any]:
        return lk.room.list_rooms(self.api.ListRoomsRequest())

    async def _called(self, url: str, call: Call, **settings: Any) -> Any:
        async with self.make(url, KEY, SECRET, **settings) as lk:
            return await call(lk)

    def _run(self, server: Server, call: Call, **settings: Any) -> Any:
        return asyncio.run(self._called(server.url, call, **settings))

    def answer(self, *answer: Any, **headers: str) -> str:
        """The type of what `create_room` returns for an answer of the server."""
        with serving(*answer, **headers) as server:
            return type(self._run(server, self._create)).__name__

    def error(self, *answer: Any, **headers: str) -> str:
        """The text of the error of `create_room` for an answer, without the random request id."""
        with serving(*answer, **headers) as server:
            try:
                self._run(server, self._create)
            except Exception as error:  # noqa: BLE001 - the page shows which
                return re.sub(", request [-0-9a-f]+", "", str(error))
        raise AssertionError(answer)

    def pickled(self) -> str:
        """The type of the error after a journey through pickle."""
        with serving(
            404, '{"code":"not_found","msg":"m"}', "application/json"
        ) as server:
            try:
                self._run(server, self._create)
            except Exception as error:  # noqa: BLE001 - the page shows which
                return type(pickle.loads(pickle.dumps(error))).__name__
        return ""

    def sent(self, call: Call) -> tuple[str, dict[str, str], bytes]:
        """Path, headers and body of the request of a call."""
        with serving() as server:
            self._run(server, call)
        return server.asked[0]

    def claims(self, call: Call) -> dict[str, Any]:
        """The claims of the token of a call; `exp` is relative to now, in whole minutes."""
        _, headers, _ = self.sent(call)
        found = {name.lower(): value for name, value in headers.items()}
        part = found["authorization"].split(".")[1]
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=="))
        return claims | {"exp": round((claims["exp"] - time.time()) / 60)}

    def attempts(self, status: int = 0) -> int:
        """How often `list_rooms` is sent, if each answer has this status, or the first is lost."""
        with serving(status or 200) as server:
            server.drops = 0 if status else 1
            with contextlib.suppress(Exception):
                self._run(server, self._list)
            return len(server.asked)

    def late(self) -> str:
        """The type of what `create_room` returns after its time, which is half a second."""
        with serving() as server:
            server.may_answer.clear()
            timeout, wait = self.limit(0.5)
            timer = threading.Timer(wait, server.may_answer.set)
            timer.start()
            try:
                return type(self._run(server, self._create, timeout=timeout)).__name__
            finally:
                timer.cancel()

    def unreachable(self) -> str:
        """The type of what is returned by a server that is not there."""
        with serving() as server:
            url = server.url
        return type(asyncio.run(self._called(url, self._create))).__name__

    def loops(self) -> str:
        """The type of what one API returns in the second of two event loops."""
        with serving() as server:
            lk = self.make(server.url, KEY, SECRET)

            async def once() -> Any:
                return await self._create(lk)

            asyncio.run(once())
            found = asyncio.run(once())
            asyncio.run(lk.aclose())
        return type(found).__name__
