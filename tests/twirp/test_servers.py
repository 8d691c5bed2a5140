"""Applications under real servers: every one gives the same answers."""

from __future__ import annotations

import importlib.util
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any

import pytest
from lkproto import TwirpError
from lkproto.livekit import CreateRoomRequest, Room, RoomServiceClient

from .programs import PROGRAMS, Running, running
from .serving import BODY, JSON, PATH, PROTOBUF, Answered, check_twirp

SLOW = CreateRoomRequest(name="slow").to_bytes()


@pytest.fixture(scope="module", params=sorted(PROGRAMS))
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    with running(_available(request.param), tmp_path_factory.mktemp("server")) as found:
        yield found


def _available(name: str) -> Any:
    program = PROGRAMS[name]
    for each in program.needs:
        if importlib.util.find_spec(each) is None:
            pytest.skip(f"{each} is not installed")
    return program


def asked(
    connection: HTTPConnection,
    body: bytes = BODY,
    *,
    kind: str = PROTOBUF,
    path: str = PATH,
    method: str = "POST",
    chunked: bool = False,
) -> Answered:
    headers = {"Content-Type": kind}
    if chunked:
        parts = iter([body[:3], body[3:]])
        headers["Transfer-Encoding"] = "chunked"
        connection.request(method, path, parts, headers, encode_chunked=True)
    else:
        connection.request(method, path, body, headers)
    response = connection.getresponse()
    names = {name.lower(): value for name, value in response.getheaders()}
    answer = Answered(response.status, names, response.read())
    if method != "HEAD":
        check_twirp(answer)
    return answer


@pytest.fixture
def connection(server: Running) -> Iterator[HTTPConnection]:
    made = HTTPConnection("127.0.0.1", server.port, timeout=20)
    yield made
    made.close()


@pytest.mark.parametrize("codec", ["protobuf", "json"])
def test_our_client(server: Running, codec: Any) -> None:
    with RoomServiceClient(f"http://127.0.0.1:{server.port}", codec=codec) as client:
        assert client.create_room(name="r") == Room(sid="RM_1", name="r")
        with pytest.raises(TwirpError) as caught:
            client.create_room(name="taken")
        with pytest.raises(TwirpError) as missing:
            client.list_rooms()

    assert caught.value.code == "already_exists"
    assert caught.value.meta == {"room": "taken"}
    assert not caught.value.from_intermediary
    assert missing.value.code == "unimplemented"


def test_answers_follow_each_other_on_a_connection(connection: HTTPConnection) -> None:
    """What was refused, read or not, does not spoil what comes after it."""
    long = b"\xff" * 99_000
    for _ in range(3):
        assert asked(connection).status == 200
        assert asked(connection, b"{}", kind=JSON).json["sid"] == "RM_1"
        assert asked(connection, long, path="/nowhere").status == 404
        assert asked(connection, long, kind="text/plain").status == 404
        assert asked(connection, long).json["code"] == "malformed"
        assert asked(connection, b"", method="GET").json["code"] == "bad_route"
        assert asked(connection, b"", method="HEAD").body == b""
        body = CreateRoomRequest(name="broken").to_bytes()
        assert asked(connection, body).json["msg"] == "internal service error"


def test_a_body_in_chunks(connection: HTTPConnection, request: Any) -> None:
    answer = asked(connection, chunked=True)
    if "wsgiref" in request.node.name:  # it does not decode them
        assert "comes in chunks" in answer.json["msg"]
    else:
        assert answer.status == 200


def test_a_body_that_is_too_long_is_refused_by_its_length(server: Running) -> None:
    with socket.create_connection(("127.0.0.1", server.port), 20) as raw:
        head = f"POST {PATH} HTTP/1.1\r\nHost: h\r\nContent-Type: {PROTOBUF}\r\n"
        raw.sendall(f"{head}Content-Length: 100001\r\n\r\n".encode())
        answer = b""
        while b"bytes" not in answer:
            piece = raw.recv(4096)
            assert piece, answer
            answer += piece

    assert b" 429 " in answer.partition(b"\r\n")[0]
    assert b"the request is longer than 100000 bytes" in answer


def test_many_at_once(server: Running) -> None:
    def ask(number: int) -> str:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
        try:
            body = CreateRoomRequest(name=f"room {number}").to_bytes()
            return Room.from_bytes(asked(connection, body).body).name
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as threads:
        names = [*threads.map(ask, range(64))]
    assert names == [f"room {number}" for number in range(64)]


@pytest.mark.parametrize("name", [each for each in PROGRAMS if each != "wsgiref"])
def test_what_is_being_answered_at_the_end_is_finished(
    name: str, tmp_path: Any
) -> None:
    with running(_available(name), tmp_path) as server:
        answers: list[Answered] = []

        def ask() -> None:
            connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
            answers.append(asked(connection, SLOW))
            connection.close()

        thread = threading.Thread(target=ask)
        thread.start()
        server.has_told("begun")
        server.stop()
        thread.join(60)

        assert [each.status for each in answers] == [200]
        assert Room.from_bytes(answers[0].body).name == "slow"
        assert server.process.wait(60) in (0, -15)


CANCELLING = [each for each in PROGRAMS if PROGRAMS[each].after.endswith(":asgi")]


@pytest.mark.parametrize("name", CANCELLING)
def test_a_client_that_leaves_cancels_its_method(name: str, tmp_path: Any) -> None:
    body = CreateRoomRequest(name="left").to_bytes()
    with running(_available(name), tmp_path) as server:
        with socket.create_connection(("127.0.0.1", server.port), 20) as raw:
            head = f"POST {PATH} HTTP/1.1\r\nHost: h\r\nContent-Type: {PROTOBUF}\r\n"
            raw.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            server.has_told("begun")
        server.has_told("cancelled")
        connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
        assert asked(connection).status == 200
        connection.close()
