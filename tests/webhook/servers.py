"""Real servers on a loopback socket, in threads of the test; and a client that sends anything."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any


@contextlib.contextmanager
def uvicorn_server(app: Any) -> Iterator[int]:
    """An ASGI application under uvicorn; its port."""
    import uvicorn

    config = uvicorn.Config(app, log_config=None, access_log=False, ws="none")
    server = uvicorn.Server(config)
    with listening() as listener:
        thread = _started(server.run, [listener])
        try:
            while not server.started:
                assert thread.is_alive(), "uvicorn does not serve the application"
                thread.join(0.01)
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(20)


@contextlib.contextmanager
def werkzeug_server(app: Any) -> Iterator[int]:
    """A WSGI application under Werkzeug's server; its port."""
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = _started(server.serve_forever)
    try:
        yield server.port
    finally:
        server.shutdown()
        thread.join(20)
        server.server_close()


@contextlib.contextmanager
def aiohttp_server(app: Any) -> Iterator[int]:
    """An aiohttp application; its port."""
    from aiohttp import web

    loop = asyncio.new_event_loop()
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)

    async def start(listener: socket.socket) -> None:
        await runner.setup()
        await web.SockSite(runner, listener).start()

    with listening() as listener:
        loop.run_until_complete(start(listener))
        thread = _started(loop.run_forever)
        try:
            yield listener.getsockname()[1]
        finally:
            asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(20)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(20)
            loop.close()


def _started(run: Callable[..., Any], *arguments: Any) -> threading.Thread:
    """A thread that does not keep a test run from its end."""
    thread = threading.Thread(target=run, args=arguments, daemon=True)
    thread.start()
    return thread


@contextlib.contextmanager
def listening() -> Iterator[socket.socket]:
    """A socket that listens on a free port of loopback."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        yield listener


def post(
    port: int,
    body: bytes,
    *headers: tuple[str, str],
    method: str = "POST",
    path: str = "/livekit",
    chunked: bool = False,
    timeout: float = 20,
) -> tuple[int, str]:
    """Status and text of the answer to a request with exactly these headers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.putrequest(method, path)
        for name, value in headers:
            connection.putheader(name, value)
        if chunked:
            connection.putheader("Transfer-Encoding", "chunked")
            parts = [body[: len(body) // 2], body[len(body) // 2 :]]
            connection.endheaders(iter(parts), encode_chunked=True)
        else:
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


Server = Callable[[Any], contextlib.AbstractContextManager[int]]
