"""What twirpy does with requests and answers, as JSON: run by a test, in a process of its own.

Standard input has `requests` ([HTTP method, path, headers, body in Latin-1]) and `answers`
([status, headers, body]), each by a name; the output has code and status, or the error's class.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from typing import Any

SERVICE = "/twirp/livekit.RoomService"
MESSAGE: Any = import_module("google.protobuf.source_context_pb2").SourceContext


def application() -> Any:
    """An application with one method, as generated code makes it; it answers with defaults."""
    endpoint = import_module("twirp.base").Endpoint
    server = import_module("twirp.server").TwirpServer(service=None)
    server._prefix = SERVICE

    def make(ctx: Any, request: Any) -> Any:
        return MESSAGE()

    server._endpoints = {
        "CreateRoom": endpoint("RoomService", "CreateRoom", make, MESSAGE, MESSAGE)
    }
    app = import_module("twirp.asgi").TwirpASGIApp()
    app.add_service(server)
    return app


async def answer(app: Any, method: str, path: str, headers: Any, body: str) -> str:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body.encode("latin-1")}

    async def send(event: Any) -> None:
        sent.append(event)

    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": pairs}
    await app(scope, receive, send)
    status, text = sent[0]["status"], sent[1]["body"]
    return "an answer" if status == 200 else f"`{json.loads(text)['code']}` {status}"


def outcome(status: int, headers: dict[str, str], body: str) -> str:
    """What the client makes of an answer of a server."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode("latin-1"))

        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            return called(f"http://127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()


def called(url: str) -> str:
    client = import_module("twirp.client").TwirpClient(url)
    context = import_module("twirp.context").Context()
    try:
        client._make_request(
            url=SERVICE, ctx=context, request=MESSAGE(), response_obj=MESSAGE
        )
    except import_module("twirp.exceptions").TwirpServerException as error:
        return f"`{error.code.value}`"
    except AttributeError as error:
        return f"`{error.__class__.__name__}`"
    return "is followed"


def main() -> None:
    given, app = json.load(sys.stdin), application()
    logging.disable()
    asked = {
        name: asyncio.run(answer(app, *each))
        for name, each in given["requests"].items()
    }
    told = {name: outcome(*each) for name, each in given["answers"].items()}
    told["none: no connection"] = called("http://127.0.0.1:9")
    json.dump(asked | told, sys.stdout)


if __name__ == "__main__":
    main()
