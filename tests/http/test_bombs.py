"""Bodies that are small on the wire and large, or long work, when they are decoded."""

from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Callable

import pytest
from lkproto.http import Request, TransportError

from .kinds import Client
from .server import RawServer, once

LIMIT = 1 << 20


def encoded(coding: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def zeros(size: int, bits: int) -> bytes:
    packer = zlib.compressobj(wbits=bits)
    piece = b"\0" * (1 << 20)
    return b"".join(packer.compress(piece) for _ in range(size >> 20)) + packer.flush()


def too_large(client: Client, answer: bytes, limit: int) -> bool:
    with RawServer(once(answer)) as server:
        request = Request("GET", server.url(), timeout=30, max_response=limit)
        with pytest.raises(TransportError) as caught:
            client.send(request)
    return (caught.value.reason, caught.value.status) == ("too_large", 200)


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", zeros(20 << 20, 31)),
        ("deflate", zeros(20 << 20, 15)),
        ("deflate", zeros(20 << 20, -15)),
        ("gzip", gzip.compress(b"\0" * 1000) * 3000),
    ],
    ids=["gzip", "deflate", "raw-deflate", "members"],
)
def test_a_bomb_stops_at_the_limit(client: Client, coding: str, body: bytes) -> None:
    assert too_large(client, encoded(coding, body), LIMIT)


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Encoding: gzip, gzip\r\n",
        b"Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n",
        b"Content-Encoding: deflate, gzip\r\n",
    ],
)
def test_several_codings_stay_as_they_are(client: Client, head: bytes) -> None:
    body = gzip.compress(gzip.compress(b"text"))
    length = b"Content-Length: %d\r\n\r\n" % len(body)
    with RawServer(once(b"HTTP/1.1 200 OK\r\n", head, length, body)) as server:
        response = client.send(Request("GET", server.url(), timeout=30))

    assert response.body == body
    assert "content-encoding" in response.headers


def test_a_bomb_within_a_body_stays_there(client: Client) -> None:
    inner = zeros(20 << 20, 31)
    with RawServer(once(encoded("gzip", gzip.compress(inner)))) as server:
        request = Request("GET", server.url(), timeout=30, max_response=LIMIT)

        assert client.send(request).body == inner


def test_members_without_content_are_read(client: Client) -> None:
    body = gzip.compress(b"") * 20_000 + gzip.compress(b"end")
    with RawServer(once(encoded("gzip", body))) as server:
        assert client.send(Request("GET", server.url(), timeout=30)).body == b"end"


def test_the_work_for_members_grows_with_their_number_alone() -> None:
    from lkproto._runtime.http._bodies import EncodedBody

    def seconds(members: int) -> float:
        body, data = EncodedBody(LIMIT, "gzip"), gzip.compress(b"") * members
        begin = time.process_time()
        body.feed(data)
        return time.process_time() - begin

    # Sixteen times as many; 256 times the work if each copied what follows it.
    assert min(seconds(64_000) for _ in range(2)) < 64 * min(
        seconds(4_000) for _ in range(3)
    )


@pytest.mark.slow
def test_a_large_bomb_takes_no_more_memory(make: Callable[..., Client]) -> None:
    import resource

    client = make()
    answer = encoded("gzip", zeros(200 << 20, 31))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert too_large(client, answer, 8 << 20)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    assert after - before < 40 << 10  # KiB
