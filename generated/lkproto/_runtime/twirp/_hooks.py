# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Functions that see each call of a server, whatever becomes of it."""

from __future__ import annotations

import logging
from inspect import isawaitable

from ._calls import is_coroutine_function

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from typing import Any, TypeAlias

    from ._context import TwirpContext
    from ._errors import TwirpError

    Hook: TypeAlias = Callable[..., Awaitable[None] | None]

_FACE = __name__.rpartition(".")[0]
LOG = logging.getLogger("lkproto.twirp")


class TwirpHooks:
    """What a server calls on the way of each call. Subclass it, and override what you need.

    An answer comes after `request_received`, `request_routed`, `response_prepared` and
    `response_sent`; an error after those that were reached, then `error` and `response_sent`. The
    first two may raise TwirpError, which is the answer then. What the others raise is logged.

    Under ASGI, they may be `async def`. If they are not they run in the event loop, so they must
    not wait for anything.
    """

    __module__ = _FACE
    __slots__ = ()

    def request_received(self, context: TwirpContext, /) -> Awaitable[None] | None:
        """A request is there, of which only path and headers are known."""

    def request_routed(self, context: TwirpContext, /) -> Awaitable[None] | None:
        """Service and method are known; the body is not read yet."""

    def response_prepared(self, context: TwirpContext, /) -> Awaitable[None] | None:
        """The method has returned an answer, and it is about to be encoded."""

    def response_sent(self, context: TwirpContext, /) -> Awaitable[None] | None:
        """The answer was sent, or could not be."""

    def error(
        self, context: TwirpContext, error: TwirpError, /
    ) -> Awaitable[None] | None:
        """The answer is going to be an error; its `__cause__` is what the method raised."""


class Chain:
    """The hooks of a server: for each event, the functions to call. Raises TypeError."""

    __slots__ = ("error", "prepared", "received", "routed", "sent")

    def __init__(self, hooks: Iterable[TwirpHooks], *, is_async: bool) -> None:
        given = _checked(hooks)
        self.received = _overridden(given, "request_received", is_async)
        self.routed = _overridden(given, "request_routed", is_async)
        self.prepared = _overridden(given, "response_prepared", is_async)
        self.sent = _overridden(given, "response_sent", is_async)
        self.error = _overridden(given, "error", is_async)


def _checked(hooks: Any) -> tuple[TwirpHooks, ...]:
    if isinstance(hooks, TwirpHooks):
        raise TypeError(f"hooks takes several hooks: write hooks=[{hooks!r}]")
    found = tuple(hooks)
    for each in found:
        if not isinstance(each, TwirpHooks):
            raise TypeError(f"hooks are instances of TwirpHooks, not {each!r}")
    return found


def _overridden(
    hooks: Iterable[TwirpHooks], name: str, is_async: bool
) -> tuple[Hook, ...]:
    """The methods with a name that subclasses have of their own."""
    empty = getattr(TwirpHooks, name)
    given = [each for each in hooks if getattr(each.__class__, name) is not empty]
    found = tuple(getattr(each, name) for each in given)
    for each in found:
        if not is_async and is_coroutine_function(each):
            raise TypeError(
                f"the hook {each.__qualname__} is async; WSGI takes plain functions"
            )
    return found


def before(hooks: Iterable[Hook], context: TwirpContext) -> None:
    """Call hooks whose errors are answers."""
    for each in hooks:
        each(context)


async def before_async(hooks: Iterable[Hook], context: TwirpContext) -> None:
    """As `before`."""
    for each in hooks:
        if isawaitable(outcome := each(context)):
            await outcome


def after(hooks: Iterable[Hook], context: TwirpContext, *more: object) -> None:
    """Call hooks that cannot change the answer any more; their errors are logged."""
    for each in hooks:
        try:
            each(context, *more)
        except Exception as error:  # noqa: BLE001 - the answer is decided
            _log(each, error)


async def after_async(
    hooks: Iterable[Hook], context: TwirpContext, *more: object
) -> None:
    """As `after`."""
    for each in hooks:
        try:
            if isawaitable(outcome := each(context, *more)):
                await outcome
        except Exception as error:  # noqa: BLE001 - the answer is decided
            _log(each, error)


def _log(hook: Any, error: Exception) -> None:
    LOG.error("the hook %s failed", hook.__qualname__, exc_info=error)
