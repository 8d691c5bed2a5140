# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Bodies of answers: collected within a limit, decoded as they come."""

from __future__ import annotations

from ._heads import broken
from ._protocol import Headers, TransportError

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from typing import Any

_STEP = 1 << 20
_PIECE = 16 << 10  # each member of a gzip copies what follows it in its piece
_DECODED_HEADERS = ("content-encoding", "content-length")


def too_large(limit: int) -> TransportError:
    """The error of a body that is larger than allowed."""
    return TransportError(
        "too_large", True, f"the answer has more than {limit:,} bytes (max_response)"
    )


class Body:
    """Collects a body that is not encoded. Raises TransportError as soon as it is too large."""

    is_plain = True

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._data = bytearray()

    def feed(self, data: bytes | bytearray | memoryview) -> None:
        """Add what came next."""
        self._data += data
        if len(self._data) > self._limit:
            raise too_large(self._limit)

    def finish(self) -> bytes:
        """The whole body. Raises TransportError if its encoding has not ended."""
        return bytes(self._data)


class EncodedBody(Body):
    """The same for gzip and deflate: what is kept is decoded, and never more than the limit."""

    is_plain = False

    def __init__(self, limit: int, coding: str) -> None:
        super().__init__(limit)
        import zlib

        self._zlib = zlib
        self._bits = 31 if coding.endswith("gzip") else 15
        self._decoder: Any = zlib.decompressobj(self._bits)
        self._begun = False

    def feed(self, data: bytes | bytearray | memoryview) -> None:
        """Decode what came next."""
        for at in range(0, len(data), _PIECE):
            self._feed(bytes(data[at : at + _PIECE]))

    def _feed(self, rest: bytes) -> None:
        while rest:
            if self._decoder.eof:  # another member of the same gzip
                self._decoder = self._zlib.decompressobj(self._bits)
            decoded = self._decode(rest)
            super().feed(decoded)
            rest = self._decoder.unconsumed_tail or self._decoder.unused_data
            if self._bits != 31 and self._decoder.eof and rest:
                raise broken("there is something after its compressed body")

    def _decode(self, data: bytes) -> bytes:
        begun, self._begun = self._begun, True
        try:
            decoded: bytes = self._decoder.decompress(data, _STEP)
        except self._zlib.error:
            if begun or self._bits != 15:
                raise broken("its body is not compressed as it says") from None
        else:
            return decoded
        # Some servers send deflate without the header of zlib.
        self._bits = -15
        self._decoder = self._zlib.decompressobj(-15)
        return self._decode(data)

    def finish(self) -> bytes:
        """The whole body. Raises TransportError if its encoding has not ended."""
        while self._begun and not self._decoder.eof:
            more = self._decode(b"")
            if not more:
                raise broken("its compressed body has no end")
            super().feed(more)
        return super().finish()


def body_for(headers: Headers, limit: int) -> Body:
    """What collects the body of an answer with these headers."""
    codings = headers.named("content-encoding")
    coding = codings[0].lower() if len(codings) == 1 else ""
    if coding in ("gzip", "x-gzip", "deflate"):
        return EncodedBody(limit, coding)
    return Body(limit)


def headers_after(body: Body, headers: Headers) -> Headers:
    """The headers of an answer once its body is decoded."""
    if body.is_plain:
        return headers
    pairs = headers.pairs()
    return Headers(each for each in pairs if each[0].lower() not in _DECODED_HEADERS)
