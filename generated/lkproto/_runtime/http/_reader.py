# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Answers, read from bytes as they come, without I/O: threads and event loops share it.

What reads is a generator. It yields where it needs bytes, is sent them, and returns what it read;
no bytes are the end of the connection.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable

from ._bodies import Body, body_for, headers_after, too_large
from ._heads import (
    CHUNKED,
    MAX_HEAD,
    UNTIL_CLOSE,
    broken,
    has_bare_line_feed,
    length_of,
    parse_head,
)
from ._protocol import Headers, Request, Response, TransportError

_MAX_INTERIM = 20
_MAX_CHUNK_LINE = 4096
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n\0]*+)?+")


class Reader:
    """What was received over a connection and is not read yet.

    `status` is that of the answer, once its head is read.
    """

    def __init__(self, peer: str) -> None:
        self.peer = peer
        self.status: int | None = None
        self._buffer = bytearray()

    def error(self, reason: str, sent: bool, why: str) -> TransportError:
        """An error that names the peer."""
        return TransportError(reason, sent, f"{self.peer}: {why}")  # type: ignore[arg-type]

    def _add(self, data: bytes) -> None:
        """Keep what was received. Raises TransportError at the end."""
        if not data:
            raise self.error("closed", True, "closed before its answer was complete")
        self._buffer += data

    def _take(self, size: int) -> bytes:
        buffer = self._buffer
        taken = bytes(buffer[:size])
        del buffer[:size]
        return taken

    def answer(self, request: Request) -> Generator[None, bytes, tuple[Response, bool]]:
        """An answer, and whether the connection can be used again. Raises TransportError."""
        for _ in range(_MAX_INTERIM):
            minor, status, headers = yield from self._head()
            if status >= 200:
                break
            if status == 101:
                raise broken("it switches protocols, which was not asked for")
        else:
            raise broken("too many interim answers")
        length = length_of(request.method, minor, status, headers)
        self.status = status
        body = body_for(headers, request.max_response)
        if length >= 0 and body.is_plain and length > request.max_response:
            raise too_large(request.max_response)
        yield from self._body(length, body)
        reusable = minor == 1 and length != UNTIL_CLOSE and not self._buffer
        if reusable and (options := headers.named("connection")):
            reusable = "close" not in words_of(options)
        return Response(status, headers_after(body, headers), body.finish()), reusable

    def tunnelled(self) -> Generator[None, bytes, int]:
        """The status of a proxy's answer to CONNECT. Raises TransportError."""
        while (status := (yield from self._head())[1]) < 200:
            pass
        if self._buffer and status < 300:
            raise broken("something follows the answer to CONNECT")
        return status

    def _head(self) -> Generator[None, bytes, tuple[int, int, Headers]]:
        """The head of an answer: minor version, status, headers."""
        buffer = self._buffer
        while (end := buffer.find(b"\r\n\r\n", 0, MAX_HEAD)) < 0:
            if len(buffer) >= MAX_HEAD:
                raise self.error(
                    "too_large", True, "the head of its answer is too long"
                )
            if has_bare_line_feed(buffer):
                raise broken("a line of its head does not end in CR LF")
            self._add((yield))
        return parse_head(self._take(end + 4))

    def _line(self, limit: int) -> Generator[None, bytes, bytes]:
        buffer = self._buffer
        while (end := buffer.find(b"\n", 0, limit)) < 0:
            if len(buffer) >= limit:
                raise broken("a line of its body is too long")
            self._add((yield))
        line = self._take(end + 1)
        if not line.endswith(b"\r\n"):
            raise broken("a line of its body does not end in CR LF")
        return line[:-2]

    def _body(self, length: int, body: Body) -> Generator[None, bytes, None]:
        """Feed a body, without the coding of its transfer."""
        if length == CHUNKED:
            yield from self._chunks(body)
        elif length == UNTIL_CLOSE:
            body.feed(self._take(len(self._buffer)))
            while data := (yield):
                body.feed(data)
        else:
            yield from self._exactly(length, body)

    def _exactly(self, length: int, body: Body) -> Generator[None, bytes, None]:
        while length:
            if not self._buffer:
                self._add((yield))
            data = self._take(length)
            length -= len(data)
            body.feed(data)

    def _chunks(self, body: Body) -> Generator[None, bytes, None]:
        while True:
            found = _CHUNK.fullmatch((yield from self._line(_MAX_CHUNK_LINE)))
            if found is None:
                raise broken("a chunk has no length")
            length = int(found[1], 16)
            if not length:
                break
            yield from self._exactly(length, body)
            if (yield from self._line(2)):
                raise broken("a chunk is longer than its length")
        left = MAX_HEAD
        while line := (yield from self._line(left)):  # trailers, which nobody asked for
            left -= len(line)


def words_of(values: Iterable[str]) -> set[str]:
    """The words of a header such as Connection, in lower case."""
    return {word.strip().lower() for value in values for word in value.split(",")}
