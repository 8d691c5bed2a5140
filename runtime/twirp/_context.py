"""What a method of a server knows of its call, in addition to the request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableMapping
from time import monotonic

from ..http import Headers

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from ..reflection.services import Method

_FACE = __name__.rpartition(".")[0]
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
# No control characters, and no spaces around, which servers would refuse when it is too late.
_VALUE = re.compile(r"(?! )[\x20-\x7e\x80-\xff]*(?<! )")
# What the answer itself or its connection needs.
_RESERVED = frozenset(
    {
        "connection",
        "content-length",
        "content-type",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


class ResponseHeaders(MutableMapping[str, str]):
    """The headers of an answer, in addition to those of Twirp; names in any case.

    Raises ValueError for what HTTP does not allow in names and values, such as line breaks, and for
    the headers of the body and of the connection.
    """

    __module__ = _FACE
    __slots__ = ("_values",)

    def __init__(self) -> None:
        self._values: dict[str, tuple[str, list[str]]] = {}

    def add(self, name: str, value: str) -> None:
        """Add a value to those that a header has; `Set-Cookie` may be there several times."""
        _check(name, value)
        self._values.setdefault(name.lower(), (name, []))[1].append(value)

    def pairs(self) -> list[tuple[str, str]]:
        """All names and values."""
        found = self._values.values()
        return [(name, value) for name, values in found for value in values]

    def __setitem__(self, name: str, value: str) -> None:
        _check(name, value)
        self._values[name.lower()] = name, [value]

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()][1][0]

    def __delitem__(self, name: str) -> None:
        del self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter([name for name, _ in self._values.values()])

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"<ResponseHeaders {', '.join(self)}>"  # values may be secrets


def _check(name: str, value: str) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} cannot be the name of a header")
    if name.lower() in _RESERVED:
        raise ValueError(f"the header {name} belongs to the server")
    if not _VALUE.fullmatch(value):
        raise ValueError(
            f"the value of header {name} has characters that HTTP does not allow"
        )


class TwirpContext:
    """A call as its server sees it: what a method gets with the request.

    `headers` are those of the request; `path` is where it was sent to. `service` is the full name
    of the service and `method` the method's row in its table, as soon as the call is routed;
    before, they are empty and None. `response_headers` are sent with the answer, also with one
    that is an error. `state` passes things on from hooks and interceptors to methods. `deadline`
    is when the call has to end, by `time.monotonic`, or None. `scope` is the scope of ASGI or the
    environment of WSGI.

    Tests can make one: `TwirpContext(headers={"Authorization": "Bearer …"})`.
    """

    __module__ = _FACE
    __slots__ = (
        "_given",
        "_headers",
        "_response",
        "_state",
        "deadline",
        "method",
        "path",
        "scope",
        "service",
    )

    def __init__(
        self,
        path: str = "",
        headers: Mapping[str, str] | Iterable[tuple[bytes, bytes]] = (),
        scope: Mapping[str, Any] | None = None,
        deadline: float | None = None,
    ) -> None:
        self.path = path
        self.service = ""
        self.method: Method | None = None
        self.deadline = deadline
        self.scope: Mapping[str, Any] = {} if scope is None else scope
        self._given = headers
        self._headers: Headers | None = None
        self._response: ResponseHeaders | None = None
        self._state: dict[str, Any] | None = None

    @property
    def headers(self) -> Headers:
        """The headers of the request; names in any case, and several values of one."""
        if self._headers is None:
            self._headers = _headers(self._given)
        return self._headers

    @property
    def response_headers(self) -> ResponseHeaders:
        """Headers to send with the answer."""
        if self._response is None:
            self._response = ResponseHeaders()
        return self._response

    @property
    def state(self) -> dict[str, Any]:
        """What hooks and interceptors pass on."""
        if self._state is None:
            self._state = {}
        return self._state

    def time_left(self) -> float | None:
        """Seconds until the deadline, below 0 after it; None without one."""
        return None if self.deadline is None else self.deadline - monotonic()

    def response_pairs(self) -> list[tuple[str, str]]:
        """The names and values of `response_headers`."""
        return [] if self._response is None else self._response.pairs()

    def __repr__(self) -> str:
        return f"<TwirpContext {self.path}>"


def _headers(given: object) -> Headers:
    """Headers from a mapping of str, or from pairs of bytes, as ASGI has them."""
    known: Any = given
    if isinstance(given, Mapping):
        return Headers(known)
    return Headers(
        [(name.decode("latin-1"), value.decode("latin-1")) for name, value in known]
    )
