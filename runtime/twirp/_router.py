"""What answers a request, without any I/O: the server's part of Twirp.

Checks are in the order of twitchtv/twirp's Go server (v8.1.3), and errors have its texts.
"""

from __future__ import annotations

from time import monotonic

from ..errors import DecodeError, JsonError
from ._bad_routes import bad_content_type, bad_method, bad_prefix, no_handler, quoted
from ._codes import TwirpCode
from ._errors import TwirpError
from ._exchange import Answer, Incoming
from ._hooks import LOG, Chain, after, after_async, before, before_async
from ._routes import routes
from ._strategy import TwirpStrategy

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from typing import Any

    from ._codecs import Codec
    from ._hooks import TwirpHooks
    from ._routes import Route
    from ._strategy import Strategy
    from ._threads import Threads

_LATE = "the time for the call was over before its method was called"
_NIL = (
    "received a nil *{} and nil error while calling {}. nil responses are not supported"
)


class Router:
    """Answers the requests for some services.

    With `threads` it is one for asyncio (`handle_async`, `serve_async`), else one for plain
    functions (`handle`, `serve`). Raises TypeError and ValueError for what cannot be served.
    """

    __slots__ = ("_by_path", "_routes", "_strategy", "hooks", "prefix")

    def __init__(
        self,
        services: Iterable[object],
        *,
        prefix: str = "/twirp",
        interceptors: Iterable[Any] = (),
        hooks: Iterable[TwirpHooks] = (),
        strategy: Strategy | None = None,
        threads: Threads | None = None,
    ) -> None:
        self.prefix = f"/{prefix.strip('/')}" if prefix.strip("/") else ""
        self.hooks = Chain(hooks, is_async=threads is not None)
        self._strategy: Strategy = strategy or TwirpStrategy()
        self._routes = routes(services, interceptors, threads)
        self._by_path = {
            f"{self.prefix}/{service}/{name}": route
            for service, named in self._routes.items()
            for name, route in named.items()
        }

    def __repr__(self) -> str:
        return f"<Router of {', '.join(self._routes)}>"

    @property
    def timeout_header(self) -> bytes:
        """The name of the header for time limits, in lower case."""
        return self._strategy.timeout_header

    def owns(self, path: str) -> bool:
        """Whether a path is below the prefix; without one, whether it names a service."""
        if self.prefix:
            return path == self.prefix or path.startswith(self.prefix + "/")
        return path[1:].partition("/")[0] in self._routes

    def deadline(self, wanted: str, limit: float | None = None) -> float | None:
        """When a call has to end, by the caller's header and the server's limit in seconds."""
        given = self._strategy.timeout(wanted) if wanted else None
        if given is None or (limit is not None and limit < given):
            given = limit
        return None if given is None else monotonic() + given

    def handle(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        """The answer to a request, by methods that are plain functions."""
        request = self._incoming(method, path, headers or {})
        answer = self.serve(request, lambda: body)
        after(self.hooks.sent, request)
        return answer

    async def handle_async(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        """The answer to a request, by methods of either kind."""

        async def read() -> bytes:
            return body

        request = self._incoming(method, path, headers or {})
        answer = await self.serve_async(request, read)
        await after_async(self.hooks.sent, request)
        return answer

    def _incoming(self, method: str, path: str, headers: Mapping[str, str]) -> Incoming:
        given = {name.lower(): value for name, value in headers.items()}
        deadline = self.deadline(given.get(self.timeout_header.decode(), ""))
        return Incoming(method, path, given, given.get("content-type", ""), deadline)

    def serve(self, request: Incoming, read: Callable[[], bytes]) -> Answer:
        """The answer to a request whose body `read` returns; `hooks.sent` is left to do."""
        hooks = self.hooks
        try:
            before(hooks.received, request)
            route, codec = self._route(request)
            before(hooks.routed, request)
            message = self._message(route, codec, read(), request)
            answer = route.call(message, request)
            if answer.__class__ is not route.output:
                _check_answer(route, answer)
            after(hooks.prepared, request)
            body = codec.encode(answer)
            return Answer(200, codec.content_type, body, request.response_pairs())
        except Exception as error:  # noqa: BLE001 - the client gets an answer
            return self.failure(error, request)

    async def serve_async(
        self, request: Incoming, read: Callable[[], Awaitable[bytes]]
    ) -> Answer:
        """As `serve`, for asyncio."""
        hooks = self.hooks
        try:
            if hooks.received:
                await before_async(hooks.received, request)
            route, codec = self._route(request)
            if hooks.routed:
                await before_async(hooks.routed, request)
            message = self._message(route, codec, await read(), request)
            answer = await route.call(message, request)
            if answer.__class__ is not route.output:
                _check_answer(route, answer)
            if hooks.prepared:
                await after_async(hooks.prepared, request)
            body = codec.encode(answer)
            return Answer(200, codec.content_type, body, request.response_pairs())
        except Exception as error:  # noqa: BLE001 - the client gets an answer
            return await self.failure_async(error, request)

    def failure(self, error: Exception, request: Incoming) -> Answer:
        """The answer to a request that failed."""
        told = _told(error, request)
        after(self.hooks.error, request, told)
        return Answer(*self._strategy.error(told), request.response_pairs())

    async def failure_async(self, error: Exception, request: Incoming) -> Answer:
        """As `failure`, for asyncio."""
        told = _told(error, request)
        await after_async(self.hooks.error, request, told)
        return Answer(*self._strategy.error(told), request.response_pairs())

    def _route(self, request: Incoming) -> tuple[Route, Codec]:
        """What answers a request, and how its messages are written. Raises TwirpError."""
        if request.http_method != "POST":
            raise bad_method(request)
        route = self._by_path.get(request.relative)
        if route is None:
            raise self._lost(request)
        request.method = route.method
        request.service = route.service
        codecs, given = self._strategy.codecs, request.content_type
        codec = codecs.get(given) or codecs.get(given.partition(";")[0].lower().strip())
        if codec is None:
            raise bad_content_type(request)
        return route, codec

    def _lost(self, request: Incoming) -> TwirpError:
        """The error of a path that leads nowhere."""
        prefix, _, _ = request.relative.rpartition("/")
        prefix, _, service = prefix.rpartition("/")
        if service in self._routes and prefix != self.prefix:
            return bad_prefix(prefix, self.prefix, request)
        return no_handler(request)

    def _message(
        self, route: Route, codec: Codec, body: bytes, request: Incoming
    ) -> Any:
        """The message of a request. Raises TwirpError."""
        if request.deadline is not None and request.deadline <= monotonic():
            raise TwirpError(TwirpCode.DEADLINE_EXCEEDED, _LATE)
        try:
            return codec.decode(route.input, body)
        except (DecodeError, JsonError) as error:
            msg = self._strategy.undecodable(codec)
            raise TwirpError(TwirpCode.MALFORMED, msg) from error


def _check_answer(route: Route, answer: object) -> None:
    """Raise an error for what a method may not return: anything but its message."""
    if isinstance(answer, route.output):
        return
    kind = route.output.__qualname__
    if answer is None:
        text = _NIL.format(kind, route.method.name)
        LOG.error("%s returned None, not %s", route.method.path, kind)
        raise TwirpError(TwirpCode.INTERNAL, text)
    given = answer.__class__.__qualname__
    raise TypeError(f"{route.method.path} returned {given}, not {kind}")


def _told(error: Exception, request: Incoming) -> TwirpError:
    """The error to answer with. Others than TwirpError are logged, and not told."""
    if isinstance(error, TwirpError):
        return error
    where = request.method.path if request.method else quoted(request.path)
    LOG.error("%s failed", where, exc_info=error)
    told = TwirpError(TwirpCode.INTERNAL, "internal service error")
    told.__cause__ = error
    return told
