"""Services as an ASGI application."""

from __future__ import annotations

import asyncio
from time import monotonic

from ._asgi_body import AsgiBody
from ._codes import TwirpCode
from ._errors import TwirpError
from ._exchange import Incoming
from ._gate import Gate, relative
from ._guard import Clocks, Guard
from ._hooks import after_async
from ._lifespan import Lifespan
from ._limits import TwirpLimits
from ._router import Router
from ._strategy import TwirpStrategy
from ._threads import Threads

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from ._calls import AsyncInterceptor
    from ._exchange import Answer
    from ._hooks import TwirpHooks
    from ._lifespan import Application, Event, Receive, Send

    Read = Callable[[], Awaitable[bytes]]

_FACE = __name__.rpartition(".")[0]
_POLL = 0.01


class TwirpAsgi:
    """An ASGI application that serves services; `twirp_asgi` makes it."""

    __module__ = _FACE
    __slots__ = ("_clocks", "_fallback", "_gate", "_late", "_router", "_threads")

    def __init__(
        self,
        router: Router,
        threads: Threads,
        limits: TwirpLimits,
        fallback: Application | None,
    ) -> None:
        self._router = router
        self._threads = threads
        self._gate = Gate(limits)
        self._clocks = Clocks()
        self._fallback = fallback
        self._late = router.timeout_header

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        """Answer a request, as ASGI 3 has it."""
        kind, fallback = scope["type"], self._fallback
        if kind == "http":
            path = scope["path"]
            if mount := scope.get("root_path"):
                path = relative(path, mount)
            if fallback is None or self._router.owns(path):
                await self._answer(scope, path, receive, send)
                return
        elif kind == "lifespan":
            await self._lifespan(scope, receive, send)
            return
        if fallback is None:
            raise ValueError(f"Twirp is served by HTTP, not by {kind}")
        await fallback(scope, receive, send)

    async def _answer(
        self, scope: Event, path: str, receive: Receive, send: Send
    ) -> None:
        request, length = self._incoming(scope, path)
        guard = Guard(request.deadline)
        clock = self._clocks.here()
        body = AsgiBody(receive, length, guard, self._gate, clock.guards)
        clock.add(guard)
        try:
            answer = await self._guarded(guard, request, body.read)
            if not body.ended:
                await body.drop()
            await self._send(answer, request, send)
        finally:
            clock.guards.discard(guard)
        if self._router.hooks.sent:
            await after_async(self._router.hooks.sent, request)

    def _incoming(self, scope: Event, path: str) -> tuple[Incoming, bytes]:
        """A request without its body, and its Content-Length."""
        headers = [*scope["headers"]]
        first = dict(reversed(headers))  # of several, the first one counts, as in Go
        late, limit, deadline = first.get(self._late), self._gate.limits.timeout, None
        if late is not None or limit is not None:
            deadline = self._router.deadline((late or b"").decode("latin-1"), limit)
        request = Incoming(
            scope["method"],
            scope["path"],
            headers,
            first.get(b"content-type", b"").decode("latin-1"),
            deadline,
            path,
            scope.get("root_path", ""),
            scope,
        )
        return request, first.get(b"content-length", b"")

    async def _guarded(self, guard: Guard, request: Incoming, read: Read) -> Answer:
        try:
            with guard:
                return await self._router.serve_async(request, read)
        except TwirpError as error:
            return await self._router.failure_async(error, request)
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # The method let one through that was for a task of its own.
            failed = RuntimeError("the method was cancelled, but not by the server")
            failed.__cause__ = error
            return await self._router.failure_async(failed, request)

    async def _send(self, answer: Answer, request: Incoming, send: Send) -> None:
        body = answer.body
        kind, status = answer.content_type.encode("latin-1"), answer.status
        headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
        if answer.more:
            headers += map(_encoded, answer.more)
        if request.http_method == "HEAD":
            body = b""
        start = {"type": "http.response.start", "status": status, "headers": headers}
        try:
            await send(start)
            await send({"type": "http.response.body", "body": body})
        except OSError as error:  # the client has left
            if status == 200:
                unsent = TwirpError(TwirpCode.UNKNOWN, "failed to write response")
                unsent.__cause__ = error
                await self._router.failure_async(unsent, request)

    async def _lifespan(self, scope: Event, receive: Receive, send: Send) -> None:
        running = Lifespan(receive, send, self._open, self.aclose)
        if self._fallback is None:
            await running.run()
        else:
            await running.forward(self._fallback, scope)

    def _open(self) -> None:
        self._gate.closing = False

    async def aclose(self) -> None:
        """Finish what is being answered, refuse what comes, and end the threads.

        A server calls it at its shutdown; call it where the application is mounted in another,
        which does not tell it. After the grace of the limits, calls that are still running are
        cancelled and answered with `unavailable`.
        """
        guards = self._clocks.here().guards
        self._gate.closing = True
        end = monotonic() + self._gate.limits.grace
        while (guards or self._threads.busy) and monotonic() < end:
            await asyncio.sleep(_POLL)
        for each in [*guards]:
            each.stop(TwirpCode.UNAVAILABLE)
        await asyncio.sleep(_POLL)
        self._threads.close()

    def __repr__(self) -> str:
        return f"<TwirpAsgi of {self._router}>"


def _encoded(header: tuple[str, str]) -> tuple[bytes, bytes]:
    name, value = header
    return name.lower().encode("latin-1"), value.encode("latin-1")


def twirp_asgi(
    *services: object,
    prefix: str = "/twirp",
    interceptors: Iterable[AsyncInterceptor] = (),
    hooks: Iterable[TwirpHooks] = (),
    limits: TwirpLimits | None = None,
    skip_defaults: bool = False,
    camel_case: bool = False,
    fallback: Application | None = None,
) -> TwirpAsgi:
    """An ASGI application that serves services.

    `services` are instances of classes that inherit from generated ones, such as `RoomService`, or
    what `ROOM_SERVICE.serve(…)` makes of other objects. Their methods take a request and a
    TwirpContext; those that are `async def` run in the event loop, the others in threads. A
    TwirpError that they raise is the answer. Any other exception is logged (`lkproto.twirp`) and
    answered with `internal`, without its text.

    Paths are `<prefix>/<package>.<Service>/<Method>`, from where the application is mounted.
    `interceptors` are functions `async def (call, proceed)` around each call, the first one
    outermost. `hooks` see all requests, also those that lead to no method. In JSON, fields have
    the names of the schema, and those not set are there, too; `camel_case` and `skip_defaults`
    change that. `fallback` is an application that gets everything else: what is not below the
    prefix, web sockets, and startup and shutdown.

    Raises TypeError and ValueError for what cannot be served.
    """
    limits = limits or TwirpLimits()
    threads = Threads(limits.threads)
    router = Router(
        services,
        prefix=prefix,
        interceptors=interceptors,
        hooks=hooks,
        strategy=TwirpStrategy(skip_defaults=skip_defaults, camel_case=camel_case),
        threads=threads,
    )
    return TwirpAsgi(router, threads, limits, fallback)
