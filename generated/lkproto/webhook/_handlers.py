# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What an application does with events: functions by kind of event.

An event that was handled before is not handled again, if there is a memory of those seen. It is
recorded only after every function has returned, so that what failed is done at the next delivery.
"""

from __future__ import annotations

from ..auth import ArgumentTypeError, InvalidArgumentError
from ._events import EVENTS, Event, typed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Literal, TypeVar, overload

    from ..livekit_webhook_pb import WebhookEvent
    from ._events import (
        AgentJobEnded,
        AgentJobPending,
        AgentJobStarted,
        EgressEnded,
        EgressStarted,
        EgressUpdated,
        IngressEnded,
        IngressStarted,
        ParticipantConnectionAborted,
        ParticipantJoined,
        ParticipantLeft,
        RoomFinished,
        RoomStarted,
        TrackPublished,
        TrackUnpublished,
    )
    from ._seen import Seen

    E = TypeVar("E", bound=Event)
    R = TypeVar("R")
    F = TypeVar("F", bound=Callable[..., object])
    # What takes a function that handles an event, and gives it back.
    Registers = Callable[[Callable[[E], R]], Callable[[E], R]]

_ASYNC = 0x80  # inspect.CO_COROUTINE, whose module would slow the import


class Handlers:
    """Functions by kind of event, and which events they have handled."""

    __slots__ = ("_any", "_by_name", "_seen")

    def __init__(self, seen: Seen | None = None) -> None:
        self._any: list[Callable[[WebhookEvent], Any]] = []
        self._by_name: dict[str, list[Callable[[Any], Any]]] = {}
        self._seen = seen

    if TYPE_CHECKING:

        @overload
        def on(
            self, kind: Literal["room_started"], /
        ) -> Registers[RoomStarted, Any]: ...

        @overload
        def on(
            self, kind: Literal["room_finished"], /
        ) -> Registers[RoomFinished, Any]: ...

        @overload
        def on(
            self, kind: Literal["participant_joined"], /
        ) -> Registers[ParticipantJoined, Any]: ...

        @overload
        def on(
            self, kind: Literal["participant_left"], /
        ) -> Registers[ParticipantLeft, Any]: ...

        @overload
        def on(
            self, kind: Literal["participant_connection_aborted"], /
        ) -> Registers[ParticipantConnectionAborted, Any]: ...

        @overload
        def on(
            self, kind: Literal["track_published"], /
        ) -> Registers[TrackPublished, Any]: ...

        @overload
        def on(
            self, kind: Literal["track_unpublished"], /
        ) -> Registers[TrackUnpublished, Any]: ...

        @overload
        def on(
            self, kind: Literal["egress_started"], /
        ) -> Registers[EgressStarted, Any]: ...

        @overload
        def on(
            self, kind: Literal["egress_updated"], /
        ) -> Registers[EgressUpdated, Any]: ...

        @overload
        def on(
            self, kind: Literal["egress_ended"], /
        ) -> Registers[EgressEnded, Any]: ...

        @overload
        def on(
            self, kind: Literal["ingress_started"], /
        ) -> Registers[IngressStarted, Any]: ...

        @overload
        def on(
            self, kind: Literal["ingress_ended"], /
        ) -> Registers[IngressEnded, Any]: ...

        @overload
        def on(
            self, kind: Literal["agent_job_pending"], /
        ) -> Registers[AgentJobPending, Any]: ...

        @overload
        def on(
            self, kind: Literal["agent_job_started"], /
        ) -> Registers[AgentJobStarted, Any]: ...

        @overload
        def on(
            self, kind: Literal["agent_job_ended"], /
        ) -> Registers[AgentJobEnded, Any]: ...

        @overload
        def on(self, kind: type[E], /) -> Registers[E, Any]: ...

    def on(self, kind: Any, /) -> Any:
        """A decorator for a function that handles events of a kind: a class, or its name.

            @receiver.on(ParticipantJoined)
            def joined(event): ...

        There may be several, which are called in order. Raises InvalidArgumentError for a name that
        no event has.
        """
        name = kind if isinstance(kind, str) else getattr(kind, "name", "")
        if name not in EVENTS:
            raise _no_event(kind)

        def register(function: F) -> F:
            self._by_name.setdefault(name, []).append(function)
            return function

        return register

    def on_any(self, function: F, /) -> F:
        """Make a function handle every event, also those that only a newer server knows.

        It is a decorator; the function gets the WebhookEvent.
        """
        self._any.append(function)
        return function

    @property
    def is_async(self) -> bool:
        """Whether any function is a coroutine function, so that `handle` cannot call it."""
        return any(map(_is_async, self._functions()))

    def handle(self, event: WebhookEvent) -> bool:
        """Call the functions for an event; False if it was handled before.

        Raises ArgumentTypeError if one of them is a coroutine function, before any is called, and
        what they raise.
        """
        if self.is_async:
            raise ArgumentTypeError(
                "a function for events is a coroutine function; await handle_async"
            )
        if self._is_repeat(event):
            return False
        for function, argument in self._calls(event):
            function(argument)
        self._record(event)
        return True

    async def handle_async(self, event: WebhookEvent) -> bool:
        """As `handle`, for coroutine functions; all others run in threads."""
        from asyncio import to_thread

        if self._seen is not None and await to_thread(self._is_repeat, event):
            return False
        for function, argument in self._calls(event):
            if _is_async(function):
                await function(argument)
            else:
                await to_thread(function, argument)
        if self._seen is not None:
            await to_thread(self._record, event)
        return True

    def _functions(self) -> list[Callable[[Any], Any]]:
        return [*self._any, *(f for each in self._by_name.values() for f in each)]

    def _calls(self, event: WebhookEvent) -> list[tuple[Callable[[Any], Any], Any]]:
        calls: list[tuple[Callable[[Any], Any], Any]] = [
            (each, event) for each in self._any
        ]
        functions = self._by_name.get(event.event)
        if functions:
            found = typed(event)
            calls += [(each, found) for each in functions]
        return calls

    def _is_repeat(self, event: WebhookEvent) -> bool:
        return bool(self._seen and event.id and self._seen.has(event.id))

    def _record(self, event: WebhookEvent) -> None:
        if self._seen and event.id:
            self._seen.add(event.id)


def _is_async(function: Any) -> bool:
    """Whether a function, method, partial or object that is called is a coroutine function."""
    while (inner := getattr(function, "func", None)) is not None:
        function = inner  # of a functools.partial
    function = getattr(function, "__func__", function)
    if not hasattr(function, "__code__"):
        function = (
            function.__call__.__func__
            if hasattr(function.__call__, "__func__")
            else None
        )
    return bool(function and function.__code__.co_flags & _ASYNC)


def _no_event(kind: object) -> InvalidArgumentError:
    if isinstance(kind, str):
        from .._runtime.advice import did_you_mean

        near = did_you_mean(kind, EVENTS) or "; on_any gets all events"
        return InvalidArgumentError(f"no event is called {kind!r}{near}")
    return ArgumentTypeError(
        f"a kind of event is a class such as RoomStarted, not {kind!r}"
    )
