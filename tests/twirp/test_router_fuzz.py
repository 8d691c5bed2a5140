"""Whatever a request is, the answer is one of Twirp: it comes, and has no secrets."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
from typing import Any

import h11
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lkproto import TwirpHooks, TwirpLimits, twirp_asgi, twirp_wsgi
from lkproto.livekit import CreateRoomRequest

from .serving import (
    BODY,
    JSON,
    PATH,
    PROTOBUF,
    AsyncRooms,
    Rooms,
    ask_asgi,
    check_twirp,
)

LIMITS = TwirpLimits(max_body=2_000, concurrency=10)
PARTS = [
    "",
    "twirp",
    "livekit.RoomService",
    "CreateRoom",
    "ListRooms",
    "%2F",
    "é",
    "..",
]
paths = st.one_of(
    st.just(PATH),
    st.lists(st.sampled_from(PARTS), max_size=5).map("/".join),
    st.text(max_size=40),
).map(lambda text: text.encode("utf-8", "replace").decode())
methods = st.sampled_from(["POST", "POST", "POST", "GET", "HEAD", "PUT", "post", "X-Y"])
kinds = st.one_of(
    st.sampled_from(
        [
            PROTOBUF,
            JSON,
            f"{JSON}; charset=utf-8",
            "",
            "text/html",
            ";",
            "APPLICATION/JSON",
        ]
    ),
    st.text(st.characters(max_codepoint=255), max_size=20),
)
names = ("r", "taken", "broken", "none", "dict", "\x00\n\r", "é" * 100)
bodies = st.one_of(
    st.sampled_from([CreateRoomRequest(name=each).to_bytes() for each in names]),
    st.sampled_from(
        [CreateRoomRequest(name=each).to_json().encode() for each in names]
    ),
    st.binary(max_size=3_000),
    st.text(max_size=50).map(lambda text: json.dumps({text: text}).encode()),
)
extras = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "X-Twirp-Timeout-Ms",
                "Content-Length",
                "Content-Type",
                "Host",
                "X",
                "__class__",
            ]
        ),
        st.text(st.characters(max_codepoint=255), max_size=12),
    ),
    max_size=3,
)


class Seen(TwirpHooks):
    """How often hooks were called: each request is received and sent once."""

    def __init__(self) -> None:
        self.received = self.sent = 0

    def request_received(self, context: Any, /) -> None:
        self.received += 1

    def response_sent(self, context: Any, /) -> None:
        self.sent += 1


HOOKS = Seen()
APP = twirp_asgi(AsyncRooms(), limits=LIMITS, hooks=[HOOKS])
WSGI = twirp_wsgi(Rooms(), limits=LIMITS, hooks=[HOOKS])


def check(status: int, headers: dict[str, str], body: bytes, is_head: bool) -> None:
    from .serving import Answered

    assert b"hunter2" not in body
    assert b"Traceback" not in body
    if not is_head:
        check_twirp(Answered(status, headers, body))


@given(paths, methods, kinds, bodies, extras, st.integers(1, 4))
@example(PATH, "POST", PROTOBUF, BODY, [("Content-Length", "99999999")], 1)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_every_answer_under_asgi_is_one_of_twirp(
    path: str, method: str, kind: str, body: bytes, extra: Any, parts: int
) -> None:
    async def run() -> Any:
        asked = ask_asgi(
            APP,
            path,
            ("Content-Type", kind),
            *extra,
            body=body,
            method=method,
            parts=parts,
        )
        answer = await asyncio.wait_for(asked, 60)
        assert len(asyncio.all_tasks()) == 1
        return answer

    before = HOOKS.received
    answer = asyncio.run(run())
    check(*answer, is_head=method == "HEAD")
    assert HOOKS.received == HOOKS.sent == before + 1


@given(paths, methods, kinds, bodies, extras)
def test_every_answer_under_wsgi_is_one_of_twirp(
    path: str, method: str, kind: str, body: bytes, extra: Any
) -> None:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path.encode().decode("latin-1"),
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    for name, value in extra:
        key = name.upper().replace("-", "_")
        environ[key if key.startswith("CONTENT_") else f"HTTP_{key}"] = value
    before = HOOKS.received
    started: list[Any] = []
    answer: Any = WSGI(environ, lambda *arguments: started.append(arguments))
    content = b"".join(answer)
    answer.close()

    [(status, headers)] = started
    names = {name.lower(): value for name, value in headers}
    check(int(status[:3]), names, content, is_head=method == "HEAD")
    assert HOOKS.received == HOOKS.sent == before + 1
    assert not WSGI._open


raw_requests = st.lists(
    st.tuples(paths, methods, kinds, bodies, st.booleans()), min_size=1, max_size=4
)


@pytest.fixture(scope="module")
def port() -> Any:
    from ..webhook.servers import uvicorn_server

    app = twirp_asgi(AsyncRooms(), limits=LIMITS)
    with uvicorn_server(app) as found:
        yield found
    assert not any(each.guards for each in app._clocks._by_loop.values())


def _target(path: str) -> str:
    from urllib.parse import quote

    return "/" + quote(path.lstrip("/"))


def _written(path: str, method: str, kind: str, body: bytes, chunked: bool) -> bytes:
    """A request as bytes, by h11."""
    client = h11.Connection(h11.CLIENT)
    kind = kind.strip(" \t\r\n\0\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0")
    headers = [("Host", "h"), ("Content-Type", kind.encode("latin-1"))]
    length = (
        ("Transfer-Encoding", "chunked")
        if chunked
        else ("Content-Length", str(len(body)))
    )
    request = h11.Request(
        method=method, target=_target(path), headers=[*headers, length]
    )
    written = client.send(request) or b""
    written += client.send(h11.Data(data=body)) or b""
    return written + (client.send(h11.EndOfMessage()) or b"")


@given(requests=raw_requests, garbage=st.binary(max_size=30))
def test_requests_one_after_the_other_over_a_socket(
    requests: Any, garbage: bytes, port: int
) -> None:
    """The last request is garbage, so that the server closes the connection."""
    import socket

    sent: list[str] = []
    with socket.create_connection(("127.0.0.1", port), 20) as raw:
        for path, method, kind, body, chunked in requests:
            with contextlib.suppress(h11.LocalProtocolError):
                raw.sendall(_written(path, method, kind, body, chunked))
                if not _answer(raw, method):
                    return  # it was closed, as it may be after a body that is too long
                sent.append(method)
        with contextlib.suppress(OSError):
            raw.sendall(b"\r\n\r\n" + garbage + b"\r\n\r\n")
            raw.shutdown(socket.SHUT_WR)
            while raw.recv(65536):
                pass


def _answer(raw: Any, method: str) -> bool:
    """Read an answer; whether another request may follow it."""
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method=method, target="/", headers=[("Host", "h")]))
    client.send(h11.EndOfMessage())
    content = b""
    status, names = 0, {}
    while True:
        event = client.next_event()
        if event is h11.NEED_DATA:
            try:
                client.receive_data(raw.recv(65536))
            except ConnectionError:
                return False
        elif isinstance(event, h11.Response):
            status = event.status_code
            names = {k.decode(): v.decode("latin-1") for k, v in event.headers}
        elif isinstance(event, h11.Data):
            content += event.data
        elif isinstance(event, h11.EndOfMessage):
            if content == b"Invalid HTTP request received.":
                return False  # the server's own answer to what it does not let through
            check(status, names, content, is_head=method == "HEAD")
            return client.their_state is h11.DONE
        else:
            return False
