# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What is sent, what comes back, and the error of what does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from typing import Any

    from ._transport import Reason

TIMEOUT = 10.0
"""Seconds that an exchange may take, to the last byte of its answer."""
MAX_RESPONSE = 64 << 20
"""Bytes that the body of an answer may have, decoded."""

_FACE = __name__.rpartition(".")[0]
_TEXTS = {
    "connect": "no connection",
    "tls": "TLS failed",
    "timeout": "the time is over",
    "closed": "the connection was closed before the whole answer was there",
    "protocol": "not HTTP as it should be",
    "too_large": "the answer is larger than allowed",
}


class TransportError(Exception):
    """No answer: why, and whether the request may have arrived.

    `reason` is `connect`, `tls`, `timeout`, `closed`, `protocol` or `too_large`. `sent` is False
    only where certainly nothing of the request has left. `status` is that of the answer if its
    head was read, and only its body is missing or unusable; else None. The text names scheme,
    host and port; it never has credentials, paths, queries or values of headers. It can be
    pickled.
    """

    __module__ = _FACE

    def __init__(
        self,
        reason: Reason,
        sent: bool,
        message: str = "",
        status: int | None = None,
    ) -> None:
        super().__init__(reason, sent, message)
        self.reason: Reason = reason
        self.sent = sent
        self.status = status

    def __str__(self) -> str:
        return self.args[2] or _TEXTS.get(self.reason, self.reason)


class Headers(Mapping[str, str]):
    """Headers by name, in any case; a name may have several values.

    `headers["Name"]` is the first value. Names keep the spelling they came with.
    """

    __module__ = _FACE
    __slots__ = ("_index", "_pairs")

    def __init__(
        self, items: Mapping[str, str] | Iterable[tuple[str, str]] = ()
    ) -> None:
        self._pairs: tuple[tuple[str, str], ...] = tuple(_pairs(items))
        self._index: dict[str, list[str]] | None = None

    @classmethod
    def received(cls, pairs: list[tuple[str, str]]) -> Headers:
        """Those of a head, without looking what they are given as. Not public."""
        headers = cls.__new__(cls)
        headers._pairs, headers._index = tuple(pairs), None
        return headers

    def named(self, name: str) -> Sequence[str]:
        """All values of a name, which is in lower case; they are not copied. Not public."""
        index = self._index
        if index is None:
            index = self._by_name()
        return index.get(name, ())

    def _by_name(self) -> dict[str, list[str]]:
        if self._index is None:
            index: dict[str, list[str]] = {}
            for name, value in self._pairs:
                index.setdefault(name.lower(), []).append(value)
            self._index = index
        return self._index

    def __getitem__(self, name: str) -> str:
        return self._by_name()[name.lower()][0]

    def __iter__(self) -> Iterator[str]:
        seen: dict[str, str] = {}
        for name, _ in self._pairs:
            seen.setdefault(name.lower(), name)
        return iter(seen.values())

    def __len__(self) -> int:
        return len(self._by_name())

    def get_all(self, name: str) -> list[str]:
        """All values of a name, in their order; empty if there is none."""
        return [*self._by_name().get(name.lower(), ())]

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """All names and values as they came."""
        return self._pairs

    def __eq__(self, other: object) -> bool:
        theirs: Any = other
        if not isinstance(other, Mapping):
            return NotImplemented
        return self._by_name() == Headers(theirs)._by_name()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Headers {', '.join(self)}>"  # values may be secrets


def _pairs(items: Any) -> Iterable[tuple[str, str]]:
    given: Any = items
    if isinstance(items, Headers):
        return items.pairs()
    found: Iterable[tuple[str, str]]
    found = given.items() if isinstance(items, Mapping) else given
    return found


class Request:
    """A request.

    `timeout` bounds the exchange to its last byte, in seconds, and `max_response` the body of its
    answer, in decoded bytes.
    """

    __module__ = _FACE
    __slots__ = ("body", "headers", "max_response", "method", "timeout", "url")

    def __init__(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        body: bytes = b"",
        timeout: float = TIMEOUT,
        max_response: int = MAX_RESPONSE,
    ) -> None:
        self.method = method
        self.url = url
        given: Any = headers
        self.headers: Mapping[str, str] = (
            given if isinstance(given, Mapping) else Headers(given)
        )
        self.body = body
        self.timeout = timeout
        self.max_response = max_response

    def __repr__(self) -> str:
        return f"<Request {self.method}, {len(self.body)} bytes>"  # no secrets


class Response:
    """An answer, whatever its status; its body is decoded."""

    __module__ = _FACE
    __slots__ = ("body", "headers", "status")

    def __init__(
        self,
        status: int = 200,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        body: bytes = b"",
    ) -> None:
        self.status = status
        self.headers = headers if isinstance(headers, Headers) else Headers(headers)
        self.body = body

    def __repr__(self) -> str:
        return f"<Response {self.status}, {len(self.body)} bytes>"
