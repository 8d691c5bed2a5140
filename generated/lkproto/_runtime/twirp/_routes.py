# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""From implementations of services to what answers each path."""

from __future__ import annotations

import re
from inspect import isawaitable, iscoroutine, signature

from ..reflection.services import Served
from ._calls import (
    TwirpCall,
    TwirpReply,
    chain,
    check_interceptors,
    is_coroutine_function,
)
from ._errors import unimplemented

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, TypeVar

    from ..message import Message
    from ..reflection.services import Method, Service
    from ._context import TwirpContext
    from ._threads import Threads

    Call = Callable[[Any, TwirpContext], Any]
    T = TypeVar("T")

# The beginning of a word, which Go writes in upper case.
_WORD = re.compile(r"(?:^|_|(?<=[0-9]))([a-z])")


class Route:
    """A method that is served: `call` takes request and context, and returns the answer.

    If the server is asyncio, what `call` returns has to be awaited.
    """

    __slots__ = ("call", "input", "method", "output", "service")

    def __init__(self, method: Method, call: Call) -> None:
        self.method = method
        self.service = method.service
        self.call = call
        self.input: type[Message] = method.input_type
        self.output: type[Message] = method.output_type


def routes(
    given: Iterable[object], interceptors: Iterable[Any], threads: Threads | None
) -> dict[str, dict[str, Route]]:
    """The routes of implementations, by the names of service and method in paths.

    With `threads` they are for asyncio. Names can be as they are in the schema, and in the camel
    case that Go makes of them. Raises TypeError for what cannot be served, ValueError for a service
    that is there twice.
    """
    found: dict[str, dict[str, Route]] = {}
    around = check_interceptors(interceptors, is_async=threads is not None)
    for each in given:
        for service, implementation in _services_of(each):
            if service.name in found:
                raise ValueError(f"{service.name} is served twice")
            served = _of_service(service, implementation, around, threads)
            found[service.name] = _with_spellings(served)
    if not found:
        raise TypeError("there is no service to serve")
    return _with_spellings(found)


def _services_of(given: Any) -> Iterator[tuple[Service, Any]]:
    """The services that an object implements: all that its class inherits from."""
    if isinstance(given, type):
        raise TypeError(f"{given.__qualname__} is a class; pass an instance of it")
    if isinstance(given, Served):
        yield given.service, given.implementation
        return
    tables = [vars(each).get("_twirp_service") for each in type(given).__mro__]
    for table in filter(None, tables):
        yield table, given
    if not any(tables):
        name = type(given).__qualname__
        raise TypeError(
            f"{name} implements no service: derive it from the generated class of one, or pass "
            f"what the service's table makes of it, as in X_SERVICE.serve({name}())"
        )


def _of_service(
    service: Service, implementation: Any, around: Any, threads: Threads | None
) -> dict[str, Route]:
    found: dict[str, Route] = {}
    for method in service.methods:
        if method.client_streaming or method.server_streaming:
            raise TypeError(f"{method.path} is streaming, which Twirp cannot do")
        call = _call(method, implementation, threads)
        if around:
            call = _intercepted(method, call, around, is_async=threads is not None)
        found[method.name] = Route(method, call)
    return found


def _call(method: Method, implementation: Any, threads: Threads | None) -> Call:
    """The function that calls a method of an implementation. Raises TypeError."""
    handler = getattr(implementation, method.python_name, None)
    if not callable(handler):
        name = type(implementation).__qualname__
        raise TypeError(f"{name} has no method {method.python_name} for {method.path}")
    _check_arguments(handler)
    if _is_generated(handler, implementation):
        return _unimplemented(method, is_async=threads is not None)
    is_async = is_coroutine_function(handler)
    if threads is None:
        return _plain(handler, is_async)
    return handler if is_async else _threaded(handler, threads)


def _check_arguments(handler: Callable[..., Any]) -> None:
    try:
        found = signature(handler)
    except ValueError:
        return  # of a builtin, which does not say
    try:
        found.bind(None, None)
    except TypeError:
        name = getattr(handler, "__qualname__", repr(handler))
        raise TypeError(
            f"{name}{found} has to take two arguments: request and context"
        ) from None


def _is_generated(handler: Any, implementation: Any) -> bool:
    """Whether a method is the one of the generated class, for which no thread is needed."""
    function = getattr(handler, "__func__", None)
    name = getattr(function, "__name__", "")
    given = [vars(each) for each in type(implementation).__mro__]
    return function is not None and any(
        each.get(name) is function for each in given if "_twirp_service" in each
    )


def _unimplemented(method: Method, *, is_async: bool) -> Call:
    def refuse(*_: object) -> Any:
        raise unimplemented(method)

    async def refuse_async(*_: object) -> Any:
        raise unimplemented(method)

    return refuse_async if is_async else refuse


def _plain(handler: Call, is_async: bool) -> Call:
    """A method for WSGI, which may not be async."""
    name = getattr(handler, "__qualname__", repr(handler))
    wrong = f"{name} is async; WSGI takes plain functions (twirp_asgi takes both)"
    if is_async:
        raise TypeError(wrong)

    def call(request: Any, context: TwirpContext) -> Any:
        answer = handler(request, context)
        if isawaitable(answer):
            if iscoroutine(answer):
                answer.close()
            raise TypeError(wrong)
        return answer

    return call


def _threaded(handler: Call, threads: Threads) -> Call:
    """A plain function for asyncio; what it returns may still have to be awaited."""

    async def call(request: Any, context: TwirpContext) -> Any:
        answer = await threads.run(handler, request, context)
        return await answer if isawaitable(answer) else answer

    return call


def _intercepted(method: Method, call: Call, around: Any, *, is_async: bool) -> Call:
    """A method with interceptors around it."""

    def last(given: TwirpCall) -> TwirpReply:
        context: Any = given.context
        return TwirpReply(call(given.request, context), context.response_headers)

    async def last_async(given: TwirpCall) -> TwirpReply:
        context: Any = given.context
        return TwirpReply(await call(given.request, context), context.response_headers)

    through = chain(around, last_async if is_async else last)

    def run(request: Any, context: TwirpContext) -> Any:
        return _message_of(through(_seen(method, request, context)), context)

    async def run_async(request: Any, context: TwirpContext) -> Any:
        return _message_of(await through(_seen(method, request, context)), context)

    return run_async if is_async else run


def _seen(method: Method, request: Any, context: TwirpContext) -> TwirpCall:
    call = TwirpCall(method, request, context.headers, context.deadline, context)
    call.state = context.state
    return call


def _message_of(reply: Any, context: TwirpContext) -> Any:
    if not isinstance(reply, TwirpReply):
        kind = type(reply).__qualname__
        raise TypeError(f"an interceptor returned {kind}, not a TwirpReply")
    if reply.headers is not context.response_headers:
        context.response_headers.update(reply.headers)
    return reply.message


def _with_spellings(named: dict[str, T]) -> dict[str, T]:
    """Names as they are in the schema, which count first, and as clients of Go write them."""
    return {_camel_case(name): each for name, each in named.items()} | named


def _camel_case(name: str) -> str:
    """A name as twitchtv/twirp's `stringutils.CamelCase` writes its last part in paths."""
    package, dot, simple = name.rpartition(".")
    begin = "X" if simple[:1] == "_" else ""
    words = _WORD.sub(lambda found: found[1].upper(), simple.removeprefix("_"))
    return f"{package}{dot}{begin}{words}"
