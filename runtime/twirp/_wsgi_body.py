"""The body of a request under WSGI."""

from __future__ import annotations

from contextlib import suppress

from ._codes import TwirpCode
from ._errors import TwirpError
from ._gate import MOST_DROPPED, length_of

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ._gate import Gate

_CHUNK = 64 << 10
_UNREADABLE = "failed to read request body"
_CHUNKED = (
    "the body comes in chunks, which the server in front does not decode; send it with a "
    "Content-Length"
)


class WsgiBody:
    """The body of a call: read for its method, or dropped."""

    __slots__ = ("_begun", "_environ", "_gate", "_length", "_open")

    def __init__(
        self, environ: dict[str, Any], gate: Gate, calls: set[WsgiBody]
    ) -> None:
        self._environ = environ
        self._gate = gate
        self._open = calls
        self._length: str = environ.get("CONTENT_LENGTH") or ""
        self._begun = False

    def read(self) -> bytes:
        """All of it. Raises TwirpError."""
        self._gate.admit(self._length, len(self._open))
        self._begun = True
        try:
            return self._read()
        except TwirpError:
            raise
        except Exception as error:  # each server has its own
            raise TwirpError(TwirpCode.MALFORMED, _UNREADABLE) from error

    def _read(self) -> bytes:
        parts: list[bytes] = []
        size = 0
        for part in self._parts():
            size += len(part)
            self._gate.check_size(size)
            parts.append(part)
        if self._length and size < int(self._length):
            raise TwirpError(TwirpCode.MALFORMED, _UNREADABLE)
        return b"".join(parts)

    def _parts(self) -> Iterator[bytes]:
        environ = self._environ
        read = environ["wsgi.input"].read
        if self._length:
            left = length_of(self._length)
            while left and (part := read(left)):
                left -= len(part)
                yield part
        elif environ.get("wsgi.input_terminated"):
            while part := read(_CHUNK):
                yield part
        elif environ.get("HTTP_TRANSFER_ENCODING"):
            raise TwirpError(TwirpCode.MALFORMED, _CHUNKED)

    def drop(self) -> None:
        """Read what nobody has, if it is not too long."""
        if self._begun or not self._gate.drops(self._length):
            return
        size = 0
        with suppress(Exception):  # the answer is there, whatever the server does
            for part in self._parts():
                size += len(part)
                if size > MOST_DROPPED:
                    return
