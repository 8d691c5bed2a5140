"""Functions for events: which are called, when an event is not handled again, and coroutines."""

from __future__ import annotations

import asyncio
import functools
import threading
from typing import Any

import pytest
from lkproto.auth import ArgumentTypeError, InvalidArgumentError
from lkproto.livekit import WebhookEvent
from lkproto.webhook import Event, ParticipantJoined, RoomStarted, SeenEvents

from .support import event, receiver


def test_functions_get_the_events_of_their_kind_in_order() -> None:
    found, calls = receiver(), list[tuple[str, object]]()

    @found.on(ParticipantJoined)
    def joined(event: ParticipantJoined) -> None:
        calls.append(("class", event.participant.identity))

    @found.on("participant_joined")
    def also(event: ParticipantJoined) -> None:
        calls.append(("name", type(event)))

    @found.on(RoomStarted)
    def never(event: RoomStarted) -> None:
        calls.append(("never", event))

    @found.on_any
    def every(event: WebhookEvent) -> None:
        calls.append(("any", event.event))

    assert found.handle(event("participant_joined"))
    assert found.handle(event("room_renamed"))

    assert calls == [
        ("any", "participant_joined"),
        ("class", "ann"),
        ("name", ParticipantJoined),
        ("any", "room_renamed"),
    ]
    assert callable(joined)
    assert callable(never)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("participant_join", "did you mean 'participant_joined'"),
        ("zzz", "on_any gets all events"),
        (Event, "such as RoomStarted"),
        (5, "such as RoomStarted"),
    ],
)
def test_a_kind_that_does_not_exist_is_refused(kind: Any, said: str) -> None:
    with pytest.raises(InvalidArgumentError, match=said):
        receiver().on(kind)


def test_a_repeat_is_not_handled_again_but_what_failed_is() -> None:
    found, calls = receiver(seen=SeenEvents()), list[str]()

    @found.on_any
    def fails_once(event: WebhookEvent) -> None:
        calls.append(event.id)
        if len(calls) == 1:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        found.handle(event("x", event_id="EV_1"))
    assert found.handle(event("x", event_id="EV_1"))
    assert not found.handle(event("x", event_id="EV_1"))
    assert found.handle(event("x", event_id="EV_2"))
    assert calls == ["EV_1", "EV_1", "EV_2"]


def test_events_without_an_id_are_all_handled() -> None:
    found = receiver(seen=SeenEvents())

    assert found.handle(event("x"))
    assert found.handle(event("x"))


def test_a_memory_forgets_the_oldest() -> None:
    seen = SeenEvents(2)
    for each in "abc":
        seen.add(each)

    assert [seen.has(each) for each in "abc"] == [False, True, True]
    with pytest.raises(InvalidArgumentError):
        SeenEvents(0)


def test_coroutines_are_awaited_and_others_run_in_threads() -> None:
    found, calls = receiver(seen=SeenEvents()), list[object]()

    @found.on("participant_joined")
    async def first(event: ParticipantJoined) -> None:
        await asyncio.sleep(0)
        calls.append(event.participant.identity)

    @found.on("participant_joined")
    def second(event: ParticipantJoined) -> None:
        calls.append(threading.current_thread() is threading.main_thread())

    async def twice() -> list[bool]:
        given = event("participant_joined", event_id="EV_1")
        return [await found.handle_async(given), await found.handle_async(given)]

    assert asyncio.run(twice()) == [True, False]
    assert calls == ["ann", False]


class Awaits:
    async def method(self, event: WebhookEvent) -> None: ...

    async def __call__(self, event: WebhookEvent) -> None: ...


@pytest.mark.parametrize(
    "function",
    [Awaits().method, Awaits(), functools.partial(Awaits().method)],
    ids=["method", "object", "partial"],
)
def test_coroutines_are_refused_before_anything_is_called(function: Any) -> None:
    found, calls = receiver(), list[object]()
    found.on_any(calls.append)
    assert not found.is_async
    found.on_any(function)

    assert found.is_async
    with pytest.raises(ArgumentTypeError, match="await handle_async"):
        found.handle(event("x"))
    assert calls == []
