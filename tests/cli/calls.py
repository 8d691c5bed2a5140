"""What the tests of `lkproto call` share: a server that answers as a test says, and runs."""

from __future__ import annotations

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from lkproto import Message

from .conftest import Done, Project

KEY, SECRET = "APIkey", "0123456789abcdef0123456789abcdef"
PAIR = {"LIVEKIT_API_KEY": KEY, "LIVEKIT_API_SECRET": SECRET}
NOTHING = dict.fromkeys(
    (
        "LIVEKIT_URL",
        "LIVEKIT_TOKEN",
        "LIVEKIT_API_KEY",
        "LIVEKIT_API_SECRET",
        "LIVEKIT_KEYS",
    ),
    "",
)
NOWHERE = {
    "LIVEKIT_URL": "ws://127.0.0.1:9"
}  # the port of `discard`, for what is not sent


@dataclass
class Asked:
    """A request that came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Server:
    """A server that gives the answers of a test, the last one for ever."""

    answers: list[tuple[int, str, bytes]]
    url: str = ""
    requests: list[Asked] = field(default_factory=list[Asked])


def answer(message: Message) -> tuple[int, str, bytes]:
    """An answer of a method."""
    return 200, "application/protobuf", message.to_bytes()


def failure(status: int, code: str, msg: str, **meta: str) -> tuple[int, str, bytes]:
    """An error of Twirp."""
    found = {"code": code, "msg": msg, "meta": meta}
    return status, "application/json", json.dumps(found).encode()


@contextmanager
def serving(*answers: tuple[int, str, bytes]) -> Generator[Server]:
    """A server on a real socket."""
    found = Server(list(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.requests.append(Asked(self.path, dict(self.headers), body))
            given = found.answers
            status, kind, data = given.pop(0) if len(given) > 1 else given[0]
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Be quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()


def call(project: Project, *words: str, stdin: bytes = b"", **environment: str) -> Done:
    """Run `lkproto call` with the usual key, and a home without a configuration."""
    home = {"HOME": str(project.folder)}
    variables = NOTHING | PAIR | home | environment
    return project.run("call", *words, stdin=stdin, **variables)


def dry(project: Project, *words: str, stdin: bytes = b"", **environment: str) -> Any:
    """What a call would send, as JSON."""
    words = (*words, "--dry-run", "--json")
    done = call(project, *words, stdin=stdin, **(NOWHERE | environment))
    assert (done.code, done.err) == (0, ""), done
    return json.loads(done.out)
