"""The HTTP of a mock: what clients of any kind send, and what they get."""

from __future__ import annotations

import socket
import threading
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from lkproto.livekit import CreateRoomRequest, Room
from lkproto.mock import MockLiveKit

from .asking import ANYBODY, CREATE, JSON, LIST, ask, talk

LINE = b"POST " + CREATE.encode() + b" HTTP/1.1\r\n"
HEAD = (
    LINE
    + b'Host: h\r\nContent-Type: application/json\r\nX-Lk-Mock: {"skipAuth":true}\r\n'
)


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
def test_the_root_says_that_it_is_there(mock: MockLiveKit, method: str) -> None:
    answer = ask(mock.http_url, "/", None, {}, method)

    assert answer.status == 200
    assert answer.body == (b"" if method == "HEAD" else b"OK")
    assert answer.headers["content-length"] == "2"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    "path", ["/nothing", "/twirp", "/twirp/livekit.Nothing/Do", "/twirp/RoomService/X"]
)
def test_what_is_not_there_is_the_page_of_go(mock: MockLiveKit, path: str) -> None:
    answer = ask(mock.http_url, path, headers=ANYBODY)

    assert (answer.status, answer.body) == (404, b"404 page not found\n")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_bad_routes_and_malformed_bodies_are_those_of_a_twirp_server(
    mock: MockLiveKit,
) -> None:
    def told(path: str, body: str, method: str, **headers: str) -> tuple[int, str, str]:
        answer = ask(mock.http_url, path, body, {**ANYBODY, **headers}, method)
        return answer.status, answer.json["code"], answer.json["msg"]

    assert told(LIST, "{}", "GET") == (
        404,
        "bad_route",
        'unsupported method "GET" (only POST is allowed)',
    )
    assert told(LIST + "s", "{}", "POST") == (
        404,
        "bad_route",
        f'no handler for path "{LIST}s"',
    )
    assert told(LIST, "{", "POST") == (
        400,
        "malformed",
        "the json request could not be decoded",
    )
    wrong = {"Content-Type": "text/plain"}
    assert (
        told(LIST, "{}", "POST", **wrong)[2] == 'unexpected Content-Type: "text/plain"'
    )


def test_both_codecs_and_two_slashes_are_answered(mock: MockLiveKit) -> None:
    binary = {**ANYBODY, "Content-Type": "application/protobuf"}
    body = CreateRoomRequest(name="é").to_bytes()

    first = ask(mock.http_url, "/" + CREATE, body, binary)
    second = ask(mock.http_url, CREATE, '{"name": "é"}'.encode(), ANYBODY)

    assert first.headers["content-type"] == "application/protobuf"
    assert Room.from_bytes(first.body).name == "é"
    assert second.json["name"] == "é"
    assert second.json["sid"] == Room.from_bytes(first.body).sid


def test_pages_of_any_origin_may_ask(mock: MockLiveKit) -> None:
    wanted = {
        "Origin": "http://app",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }

    before = ask(mock.http_url, CREATE, None, wanted, "OPTIONS")
    call = ask(mock.http_url, CREATE, "{}", {**JSON, "Origin": "http://app"})

    del before.headers["date"]
    assert (before.status, before.body) == (204, b"")
    assert before.headers == {
        "access-control-allow-headers": "authorization,content-type",
        "access-control-allow-methods": "POST",
        "access-control-allow-origin": "http://app",
        "access-control-max-age": "86400",
        "vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
    }
    assert call.status == 401
    assert call.headers["access-control-allow-origin"] == "http://app"
    assert call.headers["access-control-expose-headers"] == "*"
    assert call.headers["vary"] == "Origin"
    assert [each.http_method for each in mock.requests] == ["POST"]


def test_options_without_a_wanted_method_is_a_bad_route(mock: MockLiveKit) -> None:
    answer = ask(mock.http_url, CREATE, None, {"Origin": "http://app"}, "OPTIONS")

    assert answer.json["msg"] == 'unsupported method "OPTIONS" (only POST is allowed)'


def test_a_connection_serves_one_request_after_the_other(mock: MockLiveKit) -> None:
    connection = HTTPConnection(urlsplit(mock.http_url).netloc, timeout=30)
    places = set()
    for number in range(3):
        connection.request("POST", CREATE, f'{{"name":"r{number}"}}', ANYBODY)
        assert connection.getresponse().read()
        places.add(connection.sock.getsockname())
    connection.close()

    assert len(places) == 1


def test_several_connections_are_served_at_once(mock: MockLiveKit) -> None:
    answers: list[int] = []

    def call() -> None:
        with mock.script("ListRooms", response={}, skip_auth=True):
            answers.append(ask(mock.http_url, LIST).status)

    with mock.script("CreateRoom", delay=60.0, skip_auth=True):
        slow = threading.Thread(target=lambda: talk(mock.http_url, HEAD + b"\r\n"))
        slow.start()
        threads = [threading.Thread(target=call) for _ in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()

    assert answers == [200] * 8
    mock.stop()
    slow.join(30)
    assert not slow.is_alive()


@pytest.mark.parametrize(
    "body",
    [
        b'Transfer-Encoding: chunked\r\n\r\nc\r\n{"name":"abc\r\n2\r\n"}\r\n0\r\n\r\n',
        b'Transfer-Encoding: chunked\r\n\r\n0e ; x\r\n{"name":"abc"}\r\n0\r\nT: x\r\n\r\n',
        b'Content-Length: 14\r\n\r\n{"name":"abc"}',
    ],
)
def test_bodies_come_whole_or_in_chunks(mock: MockLiveKit, body: bytes) -> None:
    answer = talk(mock.http_url, (HEAD + body) * 2)

    assert answer.count(b"HTTP/1.1 200 OK") == 2
    assert answer.count(b'"name":"abc"') == 2


@pytest.mark.parametrize(
    "body",
    [
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\n{}",
        b"Content-Length: 14\r\n\r\n{}",
    ],
)
def test_a_body_that_is_not_whole_is_malformed_and_ends_the_connection(
    mock: MockLiveKit, body: bytes
) -> None:
    answer = talk(mock.http_url, HEAD + body)

    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b'"code":"malformed"' in answer.replace(b" ", b"")
    assert b"Connection: close" in answer


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"POST\r\n\r\n",
        HEAD + b"Content-Length: -1\r\n\r\n",
        HEAD + b"Content-Length: x\r\n\r\n",
    ],
)
def test_what_is_not_http_is_refused_as_go_does(mock: MockLiveKit, data: bytes) -> None:
    answer = talk(mock.http_url, data)

    assert b"400 Bad Request" in answer
    assert answer.endswith(b"\r\n\r\n400 Bad Request")


def test_a_body_that_nobody_reads_does_not_hide_the_answer(mock: MockLiveKit) -> None:
    big = b"x" * (3 << 20)

    answer = ask(mock.http_url, "/nothing", big, {})
    small = talk(
        mock.http_url,
        2 * (b"POST /no HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"),
    )

    assert answer.status == 404
    assert answer.headers["connection"] == "close"
    assert small.count(b"404 page not found") == 2


def test_an_old_client_gets_its_connection_closed(mock: MockLiveKit) -> None:
    answer = talk(mock.http_url, b"GET / HTTP/1.0\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"\r\n\r\nOK")


def test_a_client_that_leaves_early_harms_nobody(mock: MockLiveKit) -> None:
    target = urlsplit(mock.http_url)
    for data in (b"", b"PO", HEAD, HEAD + b"\r\n"):
        with socket.create_connection((target.hostname, target.port)) as peer:
            peer.sendall(data)

    assert ask(mock.http_url, "/", None, {}).status == 200


def test_a_body_whose_chunks_are_wrong_is_refused_at_once(mock: MockLiveKit) -> None:
    wrong = HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}XXXX0\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port(mock)), timeout=30) as peer:
        peer.sendall(wrong)  # and it waits, as a client does
        answer = b"".join(iter(lambda: peer.recv(1 << 16), b""))

    assert answer.startswith(b"HTTP/1.1 400 "), answer
    assert answer.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize(
    "lengths",
    [
        b"Content-Length: 2\r\nContent-Length: 40\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding: gzip, chunked\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    ],
)
def test_a_body_whose_end_is_not_clear_is_refused(
    mock: MockLiveKit, lengths: bytes
) -> None:
    answer = talk(mock.http_url, HEAD + lengths + b"\r\n{}")

    assert answer.startswith(b"HTTP/1.1 400 "), answer
    assert b"Connection: close" in answer


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_that_has_no_body_is_followed_by_the_next_one(
    mock: MockLiveKit, status: int
) -> None:
    end = b"Content-Length: 2\r\n\r\n{}"
    failing = b'"skipAuth":true,"failRegions":[0],"failStatus":%d' % status
    fails = HEAD.replace(b'"skipAuth":true', failing)

    answers = talk(mock.http_url, fails + end + HEAD + end)

    first, _, rest = answers.partition(b"\r\n\r\n")
    assert first.startswith(b"HTTP/1.1 %d " % status)
    assert rest.startswith(b"HTTP/1.1 "), rest


def port(mock: MockLiveKit) -> int:
    return urlsplit(mock.http_url).port or 0
