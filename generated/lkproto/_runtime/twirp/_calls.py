# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""A call on its way, seen by interceptors: of clients and servers alike."""

from __future__ import annotations

from time import monotonic

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from typing import Any, TypeAlias

    from ..reflection.services import Method
    from ._context import TwirpContext

    Proceed: TypeAlias = Callable[["TwirpCall"], "TwirpReply"]
    AsyncProceed: TypeAlias = Callable[["TwirpCall"], Awaitable["TwirpReply"]]
    Interceptor: TypeAlias = Callable[["TwirpCall", Proceed], "TwirpReply"]
    AsyncInterceptor: TypeAlias = Callable[
        ["TwirpCall", AsyncProceed], Awaitable["TwirpReply"]
    ]

_FACE = __name__.rpartition(".")[0]
_COROUTINE = 0x80  # inspect.CO_COROUTINE


class HiddenHeaders(dict[str, str]):
    """Headers that can be changed, and do not show their values: they have tokens.

    A header that is set replaces that of the same name in another case.
    """

    __slots__ = ()

    def __setitem__(self, name: str, value: str) -> None:
        if name not in self:
            for other in [each for each in self if each.lower() == name.lower()]:
                del self[other]
        super().__setitem__(name, value)

    def __repr__(self) -> str:
        return f"<headers {', '.join(self)}>"


class TwirpCall:
    """A call: its `method`, the `request` message and, as far as it has one, its deadline.

    Of a client, `headers` are those to send, `base` is where to (what precedes `method.path` in the
    URL), `retries` how often the call may be tried again, and `options` its CallOptions; an
    interceptor may change all of them, and the request, before it proceeds. `grants` are those of
    the options; an interceptor that makes a token with them sets None. Of a server, `headers` are
    those that came, and `context` is what the method gets, too. `state` is for interceptors, to
    pass something on.
    """

    __module__ = _FACE
    __slots__ = (
        "base",
        "context",
        "deadline",
        "grants",
        "headers",
        "method",
        "options",
        "request",
        "retries",
        "state",
    )

    def __init__(
        self,
        method: Method,
        request: Any,
        headers: Any,
        deadline: float | None = None,
        context: TwirpContext | None = None,
        options: Any = None,
        base: str = "",
        retries: int = 0,
    ) -> None:
        self.method = method
        self.request = request
        self.headers: dict[str, str] = headers
        self.deadline = deadline
        self.context = context
        self.options = options
        self.grants: Any = None if options is None else options.grants
        self.base = base
        self.retries = retries
        self.state: dict[str, Any] = {}

    def time_left(self) -> float | None:
        """Seconds until the deadline, below 0 after it; None without one."""
        return None if self.deadline is None else self.deadline - monotonic()

    def __repr__(self) -> str:
        return f"<TwirpCall {self.method.path}>"  # a request may have secrets


class TwirpReply:
    """The answer of a call that succeeded: its `message`, and its `headers`, in any case.

    A server's interceptors may change both; None is not an answer.
    """

    __module__ = _FACE
    __slots__ = ("headers", "message")

    def __init__(self, message: Any, headers: Mapping[str, str] | None = None) -> None:
        self.message: Any = message
        self.headers: Mapping[str, str] = {} if headers is None else headers

    def __repr__(self) -> str:
        return f"<TwirpReply {self.message.__class__.__name__}>"


def check_interceptors(given: Iterable[Any], *, is_async: bool) -> tuple[Any, ...]:
    """Interceptors of one kind. Raises TypeError, naming the one of the other kind."""
    found = tuple(given)
    for each in found:
        if not callable(each):
            raise TypeError(f"an interceptor is a function, not {each!r}")
        if is_coroutine_function(each) != is_async:
            kind, wanted = ("sync", "async def") if is_async else ("async", "plain def")
            name = getattr(each, "__qualname__", each.__class__.__qualname__)
            raise TypeError(
                f"the interceptor {name} is {kind}; here it has to be {wanted}"
            )
    return found


def is_coroutine_function(function: Any) -> bool:
    """Whether a function, or the `__call__` of an object, is `async def`."""
    code = getattr(function, "__code__", None)
    if code is not None and not getattr(function, "__dict__", True):
        return bool(code.co_flags & _COROUTINE)  # a function that nothing was added to
    from inspect import iscoroutinefunction  # late: it takes as long as all the rest

    if iscoroutinefunction(function):
        return True
    call = getattr(function.__class__, "__call__", None)  # noqa: B004 - it is looked at
    return iscoroutinefunction(call)


def chain(interceptors: Iterable[Any], last: Any) -> Any:
    """The function that goes through interceptors, the first one outermost, to the last step.

    It serves both kinds: what an async interceptor returns is awaited by the caller.
    """
    for each in reversed(tuple(interceptors)):
        last = _around(each, last)
    return last


def _around(interceptor: Any, proceed: Any) -> Any:
    def intercepted(call: TwirpCall) -> Any:
        return interceptor(call, proceed)

    return intercepted
