"""What comes back: statuses, headers and bodies, right and wrong."""

from __future__ import annotations

import gzip
import zlib

import pytest
from lkproto.http import Request, TransportError

from .kinds import OWN, Client, kinds
from .server import OK, Peer, RawServer, answer, once

LENGTH = b"Content-Length: 2\r\n\r\nok"


def failure(client: Client, request: Request) -> TransportError:
    with pytest.raises(TransportError) as caught:
        client.send(request)
    return caught.value


def exchanged(client: Client, *pieces: bytes, method: str = "POST") -> object:
    """What one request gives that is answered with these bytes."""
    with RawServer(once(*pieces)) as server:
        url = server.url("/path?secret=1")
        return given(client, Request(method, url, {}, b"x" * 60, timeout=30))


def given(client: Client, request: Request) -> object:
    """The status and body of an answer, or what its error says."""
    try:
        response = client.send(request)
    except TransportError as error:
        failed = error
    else:
        return response.status, response.body
    assert "secret" not in f"{failed} {failed!r}"
    return failed.reason, failed.sent


@pytest.mark.parametrize(
    ("answered", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\n" + LENGTH, (200, b"ok")),
        (b"HTTP/1.1 200\r\n" + LENGTH, (200, b"ok")),
        (b"HTTP/1.1 200 \r\n" + LENGTH, (200, b"ok")),
        (b"HTTP/1.0 200 OK\r\n\r\nuntil the end", (200, b"until the end")),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", (200, b"until the end")),
        (b"HTTP/1.1 204 No Content\r\n\r\n", (204, b"")),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", (304, b"")),
        (b"HTTP/1.1 404 Not Found\r\n" + LENGTH, (404, b"ok")),
        (b"HTTP/1.1 500 Oh\r\n" + LENGTH, (500, b"ok")),
        (b"HTTP/1.1 205 Reset\r\n" + LENGTH, (205, b"ok")),
        (b"HTTP/1.1 600 Odd\r\n" + LENGTH, (600, b"ok")),
        (b"HTTP/1.1 999 Odd\r\n" + LENGTH, (999, b"ok")),
        (b"HTTP/1.1 199 Odd\r\n\r\n" + OK, (200, b"ok")),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, (200, b"ok")),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK, (200, b"ok")),
        (b"HTTP/1.1 102 Processing\r\n\r\n" * 3 + OK, (200, b"ok")),
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n"
            b'1;a="b"\r\no\r\n01\r\nk\r\n0\r\nTrailer: x\r\n\r\n',
            (200, b"ok"),
        ),
    ],
)
def test_an_answer_is_read(client: Client, answered: bytes, expected: object) -> None:
    assert exchanged(client, answered) == expected


@pytest.mark.parametrize(
    "body",
    [LENGTH, b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"],
    ids=["length", "chunks"],
)
@pytest.mark.parametrize("status", [204, 304])
def test_a_body_where_none_may_be_is_not_taken_for_an_answer(
    kind: str, client: Client, status: int, body: bytes
) -> None:
    with RawServer(answer(b"HTTP/1.1 %d Empty\r\n" % status + body, OK)) as server:
        found = [given(client, Request("POST", server.url())) for _ in range(2)]

    # aiohttp takes it for something that is not HTTP.
    first = ("protocol", True) if kind == "aiohttp" else (status, b"")
    assert found == [first, (200, b"ok")]


def test_100_continue_may_be_asked_for(client: Client) -> None:
    def careful(peer: Peer) -> None:
        peer.receive_head()
        peer.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        peer.request()
        peer.send(OK)

    with RawServer(careful) as server:
        headers = {"Expect": "100-continue"}
        request = Request("POST", server.url(), headers, b"x" * 60, timeout=30)

        assert client.send(request).body == b"ok"
        assert server.asked[0].body == b"x" * 60


@pytest.mark.parametrize(
    "status", [301, 302, 303, 307, 308], ids=lambda status: f"{status}"
)
def test_redirects_are_not_followed(client: Client, status: int) -> None:
    def redirect(peer: Peer) -> None:
        while peer.request():
            to = peer.server.url("/elsewhere").encode()
            peer.send(b"HTTP/1.1 %d Go\r\nLocation: %s\r\n%s" % (status, to, LENGTH))

    with RawServer(redirect) as server:
        response = client.send(Request("POST", server.url("/here")))

        assert response.status == status
        assert response.headers["location"] == server.url("/elsewhere")
        assert len(server.asked) == 1


def test_cookies_are_not_kept(kind: str, client: Client) -> None:
    if kind == "aiohttp":
        pytest.skip("the session is the application's, and its cookies too")
    first = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\n" + LENGTH
    with RawServer(answer(first, OK)) as server:
        for _ in range(2):
            client.send(Request("GET", server.url()))

        assert [each.header("cookie") for each in server.asked] == [None, None]


@pytest.mark.parametrize(
    ("answered", "reason"),
    [
        (b"", "closed"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", "closed"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", "closed"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nok", "closed"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", "closed"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5", "closed"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "closed"),
        (b"HTTP/1.1 2", "closed"),
        (b"HTTP/1.1 200 OK\r\n" + LENGTH[:-4], "closed"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", "closed"),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n" + OK, "protocol"),
        (b"HTTP/1.1 000 Low\r\n" + LENGTH, "protocol"),
        (b"HTTP/1.1 099 Low\r\n" + LENGTH, "protocol"),
        (b"HTTP/1.1 1000 High\r\n" + LENGTH, "protocol"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "protocol"),
        (b"HTTP/1.1 20 OK\r\n" + LENGTH, "protocol"),
        (b"HTTP/1.1 200 OK\r\nno colon\r\n" + LENGTH, "protocol"),
        (b"HTTP/1.1 200 OK\r\nbad name: x\r\n" + LENGTH, "protocol"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2x\r\n\r\nok", "protocol"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok", "protocol"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nok",
            "protocol",
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nok\r\n",
            "protocol",
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nok\r\n0\r\n\r\n",
            "protocol",
        ),
    ],
)
def test_an_answer_that_is_not_whole_or_not_http_is_an_error(
    client: Client, answered: bytes, reason: str
) -> None:
    assert exchanged(client, answered) == (reason, True)


HEAD = b"HTTP/1.1 %d Oh\r\n"
CHUNKS = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("answered", "reason"),
    [
        (HEAD + b"Content-Length: 9\r\n\r\nok", "closed"),
        (HEAD + b"Content-Length: 9\r\n\r\n", "closed"),
        (CHUNKS + b"5\r\nok", "closed"),
        (HEAD + b"Content-Length: 1001\r\n\r\n", "too_large"),
        (CHUNKS + b"3e9\r\n" + b"x" * 1001, "too_large"),
        (HEAD + b"\r\n" + b"x" * 1001, "too_large"),
        (HEAD + b"Content-Encoding: gzip\r\n\r\nthis is not gzip", "protocol"),
    ],
)
@pytest.mark.parametrize("status", [200, 503])
def test_the_status_of_an_answer_outlives_its_body(
    client: Client, answered: bytes, reason: str, status: int
) -> None:
    script = once(b"HTTP/1.1 103 Early Hints\r\n\r\n", answered % status)
    with RawServer(script) as server:
        error = failure(client, Request("POST", server.url(), max_response=1000))

    assert (error.reason, error.status) == (reason, status)


def test_the_status_of_an_answer_that_takes_too_long_is_kept(client: Client) -> None:
    def slow(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\nok")
        peer.wait_for_close()

    with RawServer(slow) as server:
        error = failure(client, Request("POST", server.url(), timeout=2))

    assert (error.reason, error.status) == ("timeout", 201)


@pytest.mark.parametrize(
    "answered",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 103 Early Hints\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2x\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 10_000 + LENGTH,
    ],
)
def test_without_a_whole_head_there_is_no_status(
    client: Client, answered: bytes
) -> None:
    with RawServer(once(answered)) as server:
        error = failure(client, Request("POST", server.url()))

    assert error.status is None


def test_the_status_of_one_answer_is_not_that_of_the_next(client: Client) -> None:
    with RawServer(answer(OK, b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n")) as server:
        client.send(Request("GET", server.url()))
        error = failure(client, Request("POST", server.url(), timeout=30))

    assert error.status is None


@pytest.mark.parametrize("kind", kinds(*OWN), indirect=True)
@pytest.mark.parametrize(
    "answered",
    [
        b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
        b"HTTP/1.1 200 OK\r\nX-A: b\n" + LENGTH,
        b"HTTP/1.1 200 OK\r\nX-A: b\rX-B: c\r\n" + LENGTH,
        b"HTTP/1.1 200 OK\r\nX-A: b\r\n folded\r\n" + LENGTH,
        b"HTTP/1.1 200 OK\r\n X-A: b\r\n" + LENGTH,
        b"HTTP/1.1 200 OK\r\nX-A : b\r\n" + LENGTH,
        b"HTTP/1.1 200 OK\r\nX-A: \0\r\n" + LENGTH,
        b"HTTP/1.1 200 OK\r\n: b\r\n" + LENGTH,
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + LENGTH,
        b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: \xb2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + LENGTH,
        b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\n"
        + b"Transfer-Encoding: chunked\r\n" * 2
        + b"\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\nok\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x2\r\nok\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nok\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"0" * 5000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 50 + OK,
        b"HTTP/2.0 200 OK\r\n" + LENGTH,
        b"http/1.1 200 OK\r\n" + LENGTH,
        b"HTTP/1.1  200 OK\r\n" + LENGTH,
        b"\r\nHTTP/1.1 200 OK\r\n" + LENGTH,
    ],
)
def test_what_two_readers_may_take_differently_is_refused(
    client: Client, answered: bytes
) -> None:
    assert exchanged(client, answered) == ("protocol", True)


@pytest.mark.parametrize("kind", kinds(*OWN), indirect=True)
def test_trailers_have_a_limit(client: Client) -> None:
    chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"

    assert exchanged(client, chunks, b"a: b\r\n" * 20_000, b"\r\n") == (
        "protocol",
        True,
    )


def test_headers_are_found_in_any_case_and_with_all_values(client: Client) -> None:
    head = b"HTTP/1.1 200 OK\r\nX-One:  a \t\r\nX-Two: b\r\nx-two:\r\n"
    with RawServer(answer(head + LENGTH)) as server:
        headers = client.send(Request("GET", server.url())).headers

    assert headers["x-one"] == headers["X-ONE"] == "a"
    assert headers.get_all("X-Two") == ["b", ""]
    assert "X-Three" not in headers


def test_an_answer_to_head_has_no_body(client: Client) -> None:
    with RawServer(answer(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n")) as server:
        for _ in range(2):
            response = client.send(Request("HEAD", server.url(), timeout=30))

            assert (response.status, response.body) == (200, b"")


@pytest.mark.parametrize("lines", [4_000, 40_000])
def test_a_head_has_a_limit(kind: str, client: Client, lines: int) -> None:
    head = b"".join(b"X-%d: aaaaaaaaaaaaaaa\r\n" % number for number in range(lines))
    found = exchanged(client, b"HTTP/1.1 200 OK\r\n", head, LENGTH)

    # Others have limits of their own, on the number of lines, for instance.
    allowed = (
        [("too_large", True)]
        if kind in OWN
        else [("too_large", True), ("protocol", True)]
    )
    assert found in allowed


# --- bodies


def encoded(coding: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


DATA = b"some text, " * 1000


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(DATA, mtime=0)),
        ("GZIP", gzip.compress(DATA, mtime=0)),
        ("x-gzip", gzip.compress(DATA, mtime=0)),
        (
            "gzip",
            gzip.compress(DATA[:5000], mtime=0) + gzip.compress(DATA[5000:], mtime=0),
        ),
        ("deflate", zlib.compress(DATA)),
        ("deflate", raw_deflate(DATA)),
        ("identity", DATA),
    ],
)
def test_bodies_are_decoded(client: Client, coding: str, body: bytes) -> None:
    with RawServer(answer(encoded(coding, body))) as server:
        response = client.send(Request("GET", server.url()))

        asked = server.asked[0].header("accept-encoding")
    assert response.body == DATA
    assert asked == "gzip, deflate"
    if coding != "identity":
        assert "content-encoding" not in response.headers
        assert "content-length" not in response.headers


def test_a_coding_that_was_not_asked_for_stays_as_it_is(client: Client) -> None:
    with RawServer(answer(encoded("zstd", b"abc"))) as server:
        response = client.send(Request("GET", server.url()))

    assert response.body == b"abc"
    assert response.headers["content-encoding"] == "zstd"


def test_an_empty_body_may_be_called_compressed(client: Client) -> None:
    assert exchanged(client, encoded("gzip", b"")) == (200, b"")


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(DATA, mtime=0)[:-9]),
        ("gzip", b"this is not gzip"),
        ("gzip", gzip.compress(DATA, mtime=0) + b"more"),
        ("deflate", zlib.compress(DATA)[:-5]),
        ("deflate", zlib.compress(DATA) + b"more"),
        ("deflate", b"\xff\xff this is not deflate"),
    ],
)
def test_a_broken_coding_is_an_error(client: Client, coding: str, body: bytes) -> None:
    assert exchanged(client, encoded(coding, body)) == ("protocol", True)


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n",
    ],
)
def test_a_body_has_a_limit(client: Client, head: bytes) -> None:
    def endless(peer: Peer) -> None:
        peer.request()
        peer.send(head + b"x" * 1001)
        peer.wait_for_close()

    with RawServer(endless) as server:
        error = failure(client, Request("GET", server.url(), max_response=1000))

    assert (error.reason, error.sent) == ("too_large", True)
    assert "1,000 bytes" in str(error)


def test_a_body_may_be_as_large_as_its_limit(client: Client) -> None:
    with RawServer(answer(OK)) as server:
        assert client.send(Request("GET", server.url(), max_response=2)).body == b"ok"
