"""The runner's part of Twirp: its raw server and client, and what of them a testee sees."""

from __future__ import annotations

import base64
import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from lkproto_conformance.operations import BY_NAME
from lkproto_conformance.protocol import Broken, Hello, Reply
from lkproto_conformance.running import raw_client
from lkproto_conformance.running.exchanges import ask
from lkproto_conformance.running.raw_client import address_of, exchange, listens
from lkproto_conformance.running.raw_server import MAX_REQUESTS, RawServer

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
MISSED = b"HTTP/1.1 404 Not Found\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n%b"
CALL: dict[str, Any] = {
    "base_url": "/base",
    "prefix": "/twirp",
    "service": "livekit.RoomService",
    "method": "CreateRoom",
    "codec": "protobuf",
    "request": "",
    "headers": {},
    "timeout_ms": 2000,
    "answer": {"raw_b64": base64.b64encode(OK).decode()},
}
SERVE: dict[str, Any] = {
    "service": "livekit.RoomService",
    "behaviour": "echo",
    "requests": [{"raw_b64": base64.b64encode(b"POST /x HTTP/1.1\r\n\r\n").decode()}],
}


def raw(data: bytes, **more: Any) -> dict[str, Any]:
    return {"raw_b64": base64.b64encode(data).decode(), **more}


def post(url: str, body: bytes = b"", **headers: str) -> bytes:
    """What a client reads of the answer to a request."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=5)
    try:
        connection.request("POST", "/path?x=1", body, headers)
        return connection.getresponse().read()
    finally:
        connection.close()


class Fake:
    """A connection whose answers are functions of the arguments."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def start(self) -> Hello:
        return Hello()

    def ask(self, op: str, args: dict[str, Any], case: str) -> Reply | Broken:
        self.asked.append((op, args))
        found = self.answers[op.partition(".")[2]]
        return found(args) if callable(found) else found

    def stop(self) -> int:
        return 0


def test_the_server_notes_requests_and_answers_them() -> None:
    with RawServer(raw(OK)) as server:
        assert post(server.url, b"body", **{"X-One": "1"}) == b"ok"

        (request,) = server.requests

    assert (request.http_method, request.target) == ("POST", "/path?x=1")
    assert request.body == b"body"
    assert request.headers["x-one"] == "1"


def test_the_server_gives_every_request_of_a_connection_the_same_answer() -> None:
    with RawServer(raw(OK)) as server:
        connection = http.client.HTTPConnection(server.url[7:], timeout=5)
        for _ in range(MAX_REQUESTS + 2):
            connection.request("POST", "/", b"")
            assert connection.getresponse().read() == b"ok"
        connection.close()

        assert len(server.requests) == MAX_REQUESTS


def test_the_server_reads_chunks() -> None:
    with RawServer(raw(OK)) as server:
        connection = http.client.HTTPConnection(server.url[7:], timeout=5)
        connection.request("POST", "/", iter([b"ab", b"c"]), encode_chunked=True)
        connection.getresponse().read()
        connection.close()

        assert server.requests[0].body == b"abc"


@pytest.mark.parametrize("end", [0, 9, len(OK) - 1])
def test_the_server_closes_after_so_many_bytes(end: int) -> None:
    with (
        RawServer(raw(OK, close_after=end)) as server,
        socket.create_connection(("127.0.0.1", int(server.url[17:])), 5) as client,
    ):
        client.sendall(b"POST / HTTP/1.1\r\n\r\n")
        got = b"".join(iter(lambda: client.recv(99), b""))

    assert got == OK[:end]


def test_the_server_waits_before_it_answers_but_not_after_its_end() -> None:
    with RawServer(raw(OK, delay_ms=200)) as server:
        began = time.monotonic()
        assert post(server.url) == b"ok"
        assert time.monotonic() - began >= 0.2
    slow = RawServer(raw(OK, delay_ms=30_000))
    began = time.monotonic()
    with slow:
        client = socket.create_connection(("127.0.0.1", int(slow.url[17:])), 5)
        client.sendall(b"POST / HTTP/1.1\r\n\r\n")
        while not slow.requests:
            time.sleep(0.01)
    client.close()

    assert time.monotonic() - began < 5


@pytest.fixture
def server() -> Iterator[tuple[str, int]]:
    """A server that answers one request with an error of Twirp."""
    body = b'{"code":"not_found","msg":""}'
    answer = MISSED % (b"Application/JSON; x=y", len(body), body)
    with RawServer(raw(answer)) as found:
        yield "127.0.0.1", int(found.url[17:])


def test_the_client_reads_an_answer_as_vectors_have_it(
    server: tuple[str, int],
) -> None:
    seen = exchange(server, b"POST /x HTTP/1.1\r\nContent-Length: 0\r\n\r\n")

    error = {"code": "not_found", "msg": ""}
    assert seen == {"status": 404, "content_type": "application/json", "error": error}


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        (b"", "failed"),
        (b"SSH-2.0\r\n", "failed"),
        (OK[:-1], "failed"),
        (OK, "message"),
        (
            OK.replace(b"\r\n\r\n", b"\r\nContent-Type: application/json\r\n\r\n"),
            "json",
        ),
        (MISSED % (b"x", 2, b"no"), "error"),
    ],
)
def test_the_client_says_what_it_got(answer: bytes, seen: str) -> None:
    with RawServer(raw(answer, close_after=len(answer))) as server:
        got = exchange(("127.0.0.1", int(server.url[17:])), b"POST / HTTP/1.1\r\n\r\n")

    assert seen in got


def test_nothing_listens_where_nothing_does(server: tuple[str, int]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))

        assert listens(server)
        assert not listens(free.getsockname())


@pytest.mark.parametrize(
    ("base_url", "address"),
    [
        ("http://127.0.0.1:8", ("127.0.0.1", 8)),
        ("http://localhost/", ("localhost", 80)),
        ("http://[::1]:8", ("::1", 8)),
        ("http://127.0.0.1", ("127.0.0.1", 80)),
        ("http://192.0.2.1:8", None),
        ("http://example.com", None),
        ("https://127.0.0.1:8", None),
        ("http://127.0.0.1:8/path", None),
        ("http://127.0.0.1:x", None),
        ("127.0.0.1:8", None),
        (None, None),
        (7, None),
    ],
)
def test_an_address_is_one_of_this_machine(base_url: object, address: object) -> None:
    assert address_of(base_url) == address


def test_a_caller_gets_the_arguments_of_the_protocol_and_an_address() -> None:
    def call(args: dict[str, Any]) -> Reply:
        assert post(args["base_url"].removesuffix("/base"), b"\x0a\x01x") == b"ok"
        return Reply("ok", {"response": ""})

    testee = Fake(call=call)

    answer = ask(testee, "twirp.call", CALL, "case")

    ((op, args),) = testee.asked
    assert (op, args.keys()) == ("twirp.call", BY_NAME["twirp.call"].args.keys())
    assert args["base_url"].startswith("http://127.0.0.1:")
    assert args["base_url"].endswith("/base")
    assert isinstance(answer, Reply)
    assert answer.body["response"] == ""
    (request,) = answer.body["requests"]
    assert (request["target"], request["message"]) == ("/path?x=1", "0a0178")


@pytest.mark.parametrize(
    "answer", [Broken("crash", "x"), Reply("unsupported", {}), Reply("error", {})]
)
def test_what_is_not_an_answer_stays_as_it_is(answer: Reply | Broken) -> None:
    assert ask(Fake(call=answer), "twirp.call", CALL, "") == answer
    assert ask(Fake(serve=answer), "twirp.serve", SERVE, "") == answer


def test_a_request_of_json_is_seen_as_a_value() -> None:
    def call(args: dict[str, Any]) -> Reply:
        post(args["base_url"].removesuffix("/base"), b'{"name":"x"}')
        return Reply("reject", {"kind": "twirp:internal"})

    answer = ask(Fake(call=call), "twirp.call", {**CALL, "codec": "json"}, "")

    assert isinstance(answer, Reply)
    assert answer.body["requests"][0]["json"] == {"name": "x"}


class FakeServer(Fake):
    """Serves an answer, and ends at the request to stop, or not."""

    def __init__(self, stopped: Reply | Broken, ends: bool = True) -> None:
        body = b'{"code":"bad_route","msg":"x"}'
        self.raw = RawServer(raw(MISSED % (b"application/json", len(body), body)))
        self.raw.__enter__()
        self.ends = ends
        super().__init__(serve=Reply("ok", {"base_url": self.raw.url}), stop=self.end)
        self.stopped = stopped

    def end(self, _: dict[str, Any]) -> Reply | Broken:
        if self.ends:
            self.raw.__exit__()
        return self.stopped


@pytest.mark.parametrize("ends", [True, False])
def test_a_server_gets_the_requests_and_has_to_stop(ends: bool) -> None:
    testee = FakeServer(Reply("ok", {}), ends)

    answer = ask(testee, "twirp.serve", SERVE, "")

    if not ends:
        testee.raw.__exit__()
    assert [op for op, _ in testee.asked] == ["twirp.serve", "twirp.stop"]
    assert testee.asked[0][1] == {"service": SERVE["service"], "behaviour": "echo"}
    assert isinstance(answer, Reply)
    assert answer.body["answers"][0]["status"] == 404
    assert answer.body["stopped"] is ends


@pytest.mark.parametrize(
    ("stopped", "outcome"),
    [
        (Reply("unsupported", {"reason": "no"}), "error"),
        (Reply("error", {"message": "no"}), "error"),
        (Broken("timeout", "no"), "timeout"),
    ],
)
def test_a_server_that_cannot_stop_is_an_error(
    stopped: Reply | Broken, outcome: str
) -> None:
    answer = ask(FakeServer(stopped), "twirp.serve", SERVE, "")

    got = answer.verdict if isinstance(answer, Broken) else answer.outcome
    assert got == outcome


def test_without_a_usable_address_nothing_is_sent_or_stopped() -> None:
    testee = Fake(serve=Reply("ok", {"base_url": "http://192.0.2.1:1"}))

    answer = ask(testee, "twirp.serve", SERVE, "")

    assert answer == testee.answers["serve"]
    assert len(testee.asked) == 1


def test_of_a_reply_without_an_address_nothing_is_judged_but_that() -> None:
    claimed = {"base_url": "x", "answers": [{"status": 200}], "stopped": True}

    answer = ask(Fake(serve=Reply("ok", claimed)), "twirp.serve", SERVE, "")

    assert answer == Reply("ok", {"base_url": "x"})


@pytest.mark.parametrize("chunk", [b"x", b"x" * (1 << 20)], ids=["drip", "flood"])
def test_a_server_without_end_is_left(
    chunk: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw_client, "SECONDS", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=pour, args=(server, chunk), daemon=True)
        thread.start()
        begun = time.monotonic()
        seen = exchange(server.getsockname(), b"GET / HTTP/1.1\r\n\r\n")
        taken = time.monotonic() - begun
    thread.join(10)

    assert list(seen) == ["failed"]
    assert taken < 10


def pour(server: socket.socket, chunk: bytes) -> None:
    """An answer that goes on until nobody reads it."""
    connection, _ = server.accept()
    with connection, contextlib.suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(chunk)
            time.sleep(0.05 if len(chunk) == 1 else 0)


def test_exchanges_leave_no_threads() -> None:
    before = threading.active_count()
    for _ in range(5):
        with RawServer(raw(OK)) as server:
            post(server.url)
    deadline = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)

    assert threading.active_count() <= before
