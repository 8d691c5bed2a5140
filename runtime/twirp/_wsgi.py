"""Services as a WSGI application."""

from __future__ import annotations

from http import HTTPStatus
from time import monotonic, sleep

from ..http import Headers
from ._exchange import Incoming
from ._gate import Gate
from ._hooks import after
from ._limits import TwirpLimits
from ._router import Router
from ._strategy import TwirpStrategy
from ._wsgi_body import WsgiBody

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, TypeAlias

    from ._calls import Interceptor
    from ._exchange import Answer
    from ._hooks import TwirpHooks

    Environ: TypeAlias = dict[str, Any]
    StartResponse: TypeAlias = Callable[..., Any]
    Application: TypeAlias = Callable[[Environ, StartResponse], Iterable[bytes]]

_FACE = __name__.rpartition(".")[0]
_POLL = 0.01


class TwirpWsgi:
    """A WSGI application that serves services; `twirp_wsgi` makes it."""

    __module__ = _FACE
    __slots__ = ("_fallback", "_gate", "_late", "_open", "_router")

    def __init__(
        self, router: Router, limits: TwirpLimits, fallback: Application | None
    ) -> None:
        self._router = router
        self._gate = Gate(limits)
        # Of a set, single steps are atomic, so that threads need no lock.
        self._open: set[WsgiBody] = set()
        self._fallback = fallback
        name = router.timeout_header.decode("latin-1")
        self._late = "HTTP_" + name.upper().replace("-", "_")

    def __call__(
        self, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        path = _decoded(environ.get("PATH_INFO", ""))
        if self._fallback is not None and not self._router.owns(path):
            return self._fallback(environ, start_response)
        request = self._incoming(environ, path)
        answer = self._answer(request, environ)
        phrase = HTTPStatus(answer.status).phrase
        start_response(f"{answer.status} {phrase}", answer.headers)
        body = b"" if request.http_method == "HEAD" else answer.body
        sent = self._router.hooks.sent
        return _Sent(body, lambda: after(sent, request)) if sent else [body]

    def _incoming(self, environ: Environ, path: str) -> Incoming:
        mount = _decoded(environ.get("SCRIPT_NAME", ""))
        limit, late = self._gate.limits.timeout, environ.get(self._late, "")
        deadline = self._router.deadline(late, limit)
        return Incoming(
            environ["REQUEST_METHOD"],
            mount + path,
            Headers(_pairs(environ)),
            environ.get("CONTENT_TYPE", ""),
            deadline,
            path,
            mount,
            environ,
        )

    def _answer(self, request: Incoming, environ: Environ) -> Answer:
        body = WsgiBody(environ, self._gate, self._open)
        self._open.add(body)
        try:
            answer = self._router.serve(request, body.read)
            body.drop()
            return answer
        finally:
            self._open.discard(body)

    def close(self) -> None:
        """Refuse what comes, and wait for what is being answered, up to the grace of the limits.

        WSGI has no shutdown: call it where your server has a hook for that.
        """
        self._gate.closing = True
        end = monotonic() + self._gate.limits.grace
        while self._open and monotonic() < end:
            sleep(_POLL)

    def __repr__(self) -> str:
        return f"<TwirpWsgi of {self._router}>"


class _Sent:
    """The body of an answer; the server closes it when it was sent."""

    __slots__ = ("_body", "close")

    def __init__(self, body: bytes, close: Callable[[], None]) -> None:
        self._body = body
        self.close = close

    def __iter__(self) -> Iterator[bytes]:
        return iter((self._body,))

    def __len__(self) -> int:
        return 1


def _decoded(path: str) -> str:
    """A path of WSGI as text."""
    return path if path.isascii() else path.encode("latin-1").decode("utf-8", "replace")


def _pairs(environ: Environ) -> Iterator[tuple[str, str]]:
    for key, value in environ.items():
        if key in ("CONTENT_TYPE", "CONTENT_LENGTH") and value:
            yield key.replace("_", "-").title(), value
        elif key.startswith("HTTP_"):
            yield key[5:].replace("_", "-").title(), value


def twirp_wsgi(
    *services: object,
    prefix: str = "/twirp",
    interceptors: Iterable[Interceptor] = (),
    hooks: Iterable[TwirpHooks] = (),
    limits: TwirpLimits | None = None,
    skip_defaults: bool = False,
    camel_case: bool = False,
    fallback: Application | None = None,
) -> TwirpWsgi:
    """A WSGI application that serves services.

    All is as in `twirp_asgi`, but that methods, interceptors and hooks are plain functions, called
    in the server's threads. A method cannot be cancelled: after the deadline it finds
    `context.time_left()` below 0, and what it returns is still the answer. `fallback` is an
    application of WSGI that gets what is not below the prefix.

    Raises TypeError and ValueError for what cannot be served, such as methods that are async.
    """
    limits = limits or TwirpLimits()
    router = Router(
        services,
        prefix=prefix,
        interceptors=interceptors,
        hooks=hooks,
        strategy=TwirpStrategy(skip_defaults=skip_defaults, camel_case=camel_case),
    )
    return TwirpWsgi(router, limits, fallback)
