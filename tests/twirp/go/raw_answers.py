"""Random answers of HTTP, of Twirp servers and of what is between; and a server that gives them."""

from __future__ import annotations

import contextlib
import json
import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from lkproto import TwirpCode
from lkproto.livekit import Room
from vectorgen.populate import populated

STATUSES = (
    *(200, 201, 204, 206, 300, 301, 302, 303, 304, 307, 308, 400, 401, 402, 403, 404, 405),
    *(408, 409, 412, 413, 418, 422, 429, 431, 451, 499, 500, 501, 502, 503, 504, 520, 599),
)  # fmt: skip
NO_BODY = (204, 304)
TYPES = ("application/json", "text/html", "application/json; charset=utf-8", "", "a")
LOCATIONS = ("", "/login", "https://other.example/twirp/x?a=%20#b", 'a"b')
BODIES = (
    *("", " ", "null", "{}", "[]", '"code"', "0", "not found", "<html>no</html>", "{", "\0"),
    *('{"code":null}', '{"code":""}', '{"code":1}', '{"code":["not_found"]}', "{}{}", "\ufeff{}"),
    *('{"code":"nope","msg":"a"}', '{"code":"Not_Found"}', '{"code":" not_found"}', '{"msg":"a"}'),
    *('{"error":{"code":"not_found"}}', '{"code":"dataloss","msg":""}', '{"code":"ok"}', "nul"),
    *('{"code":"not_found","msg":"\\ud800"}', '{"code":"not_found","msg":"a","a":1}', "NaN"),
    *('[{"code":"not_found"}]', '{"code":"not_found"}{"code":"internal"}', '{"a":NaN}', "//"),
    *('{"code":"internal","code":"not_found"}', '{"code":"internal","CODE":"not_found"}'),
    *('{"meta":{"a":"b"},"meta":{"c":"d"},"code":"internal"}', '{"code":"not_found",}', "[" * 9999),
)  # fmt: skip
OTHERS = ("null", "1", "true", '"a"', "[]", "{}", '["a"]', '{"a":1}', '{"a":null}')


@dataclass(frozen=True)
class RawAnswer:
    """An answer as it is sent."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def __str__(self) -> str:
        return f"{self.status} {self.headers} {self.body[:300]!r}"


def made(chance: random.Random, codec: str) -> RawAnswer:
    """An answer that a client of this codec could get."""
    status = chance.choice(STATUSES) if chance.random() < 0.8 else 200
    headers = [("Content-Type", chance.choice(TYPES))]
    if chance.random() < (0.8 if 300 <= status < 400 else 0.1):
        headers.append(("Location", chance.choice(LOCATIONS)))
    right = status == 200 and chance.random() < 0.8
    body = _message(chance, codec) if right else _error(chance)
    return RawAnswer(status, tuple(headers), b"" if status in NO_BODY else body)


def _message(chance: random.Random, codec: str) -> bytes:
    """The response, or nearly so."""
    message = populated(Room)
    data = message.to_json().encode() if codec == "json" else message.to_bytes()
    if chance.random() < 0.5:
        return data
    return _damaged(chance, data)


def _error(chance: random.Random) -> bytes:
    """An error as Twirp writes it, but for some of it; or something else."""
    if chance.random() < 0.4:
        return chance.choice(BODIES).encode()
    fields: dict[str, Any] = {
        "code": chance.choice(list(TwirpCode)),
        "msg": chance.choice(("", "a", "Grüße 😀", "\u2028</p>\0")),
        "meta": chance.choice(({}, {"a": "b"}, {"": "", "Ж": "é"})),
    }
    for name in ("code", "msg", "meta"):
        if chance.random() < 0.1:
            del fields[name]
        elif chance.random() < 0.1:
            fields[name.title()] = fields.pop(name)
        elif chance.random() < 0.1:
            fields[name] = json.loads(chance.choice(OTHERS))
    data = json.dumps(fields, ensure_ascii=chance.random() < 0.5).encode()
    return data if chance.random() < 0.7 else _damaged(chance, data)


def _damaged(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data) + 1)
    odd = (b"", b"\xff", b"\0", b" ", b'"', b"}", b"1", b"\xc3\xa9", b"\xed\xa0\x80")
    return data[:at] + chance.choice(odd) + data[at + chance.choice((0, 1, 3)) :]


class AnyAnswers:
    """A server that gives the answer in `next`, while `serving` runs."""

    def __init__(self) -> None:
        self.next = RawAnswer(200, (), b"")
        self.url = ""

    @contextlib.contextmanager
    def serving(self) -> Iterator[AnyAnswers]:
        """Serve."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        self.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()


def _handler(answers: AnyAnswers) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Reads a request and gives the answer."""

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            answer = answers.next
            self.send_response_only(answer.status, "Any")
            for name, value in answer.headers:
                self.send_header(name, value)
            if answer.status not in NO_BODY:
                self.send_header("Content-Length", str(len(answer.body)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(answer.body)

    return Handler
