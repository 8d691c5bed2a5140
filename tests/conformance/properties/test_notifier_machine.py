"""The notifier in virtual time, with endpoints that fail and recover in any order.

Whatever happens: order within an endpoint and a room, one success for an event, tokens of the key
that is set, and nothing is lost without being counted or given back.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from itertools import groupby
from typing import Any, NamedTuple

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from lkproto.http import Request, Response, TransportError
from lkproto.livekit import Room, WebhookEvent
from lkproto.webhook import WebhookReceiver
from lkproto.webhook.notifier import (
    AsyncNotifier,
    NotifierClosedError,
    NotifierConfig,
    QueueFullError,
)
from lkproto_conformance.testees.virtual import VirtualLoop, settle

from .support import examples

NOW = 1_767_225_600
SECRETS = {"APIone": "1" * 32, "APItwo": "2" * 32}
URLS = ("https://one.example/hook", "https://two.example/hook")
DEPTH = 6
ANSWERS = st.sampled_from([200, 200, 404, 503, "refused", "slow", "hang"])


class Attempt(NamedTuple):
    """A request that an endpoint saw, and what it answered."""

    url: str
    room: str
    number: int
    answer: Any


class Endpoints:
    """A transport whose answers are changed while it is used."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.answers: dict[str, Any] = dict.fromkeys(URLS, 200)
        self.attempts: list[Attempt] = []
        self._loop = loop

    async def send(self, request: Request, /) -> Response:
        event = self._event(request)
        answer = self.answers[request.url]
        self.attempts.append(
            Attempt(request.url, event.room.name, int(event.id), answer)
        )
        if answer == "refused":
            raise TransportError("connect", False)
        try:
            async with asyncio.timeout(request.timeout):
                await asyncio.sleep({"slow": 3, "hang": 1_000}.get(answer, 0))
        except TimeoutError:
            raise TransportError("timeout", True) from None
        return Response(answer if isinstance(answer, int) else 200, {}, b"")

    async def aclose(self) -> None: ...

    def _event(self, request: Request) -> Any:
        """The event of a request, whose token has to be good now."""
        receiver = WebhookReceiver(
            keys=SECRETS, profile="strict", clock=lambda: NOW + self._loop.time()
        )
        return receiver.receive(request.body, request.headers.get("Authorization", ""))


class Notifier(RuleBasedStateMachine):
    """A notifier with two endpoints, and what was queued."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner(loop_factory=VirtualLoop)
        loop = self.runner.get_loop()
        self.endpoints = Endpoints(loop)
        self.notifier = AsyncNotifier(
            NotifierConfig(URLS, "APIone", max_depth=DEPTH),
            keys=SECRETS,
            transport=self.endpoints,
            clock=lambda: NOW + loop.time(),
        )
        self.queued = 0
        self.numbers = 0
        self.excluded: set[int] = set()
        self.closed = False
        self.ignored = False
        """Whether events called `ignored` are filtered."""

    @rule(
        room=st.sampled_from(["red", "blue"]), name=st.sampled_from(["kept", "ignored"])
    )
    def queue(self, room: str, name: str) -> None:
        self.numbers += 1
        filtered = self.ignored and name == "ignored"
        if filtered:
            self.excluded.add(self.numbers)
        event = WebhookEvent(event=name, id=str(self.numbers), room=Room(name=room))
        if self.closed and not filtered:
            with pytest.raises(NotifierClosedError):
                self.run(self.notifier.queue_notify(event))
            return
        with suppress(QueueFullError):  # what it drops is counted
            self.run(self.notifier.queue_notify(event))
        self.queued += 0 if filtered else len(URLS)

    @rule(url=st.sampled_from(URLS), answer=ANSWERS)
    def change_answer(self, url: str, answer: Any) -> None:
        self.endpoints.answers[url] = answer

    @rule(seconds=st.sampled_from([0.5, 1, 4, 11, 40]))
    def let_time_pass(self, seconds: float) -> None:
        self.run(asyncio.sleep(seconds))

    @rule(key=st.sampled_from([*SECRETS]))
    def sign_with(self, key: str) -> None:
        self.notifier.set_keys(key, SECRETS[key])

    @rule(ignored=st.booleans())
    def filter(self, ignored: bool) -> None:
        self.notifier.set_filter([], ["ignored"] if ignored else [])
        self.ignored = ignored

    @precondition(lambda self: not self.closed)
    @rule()
    def stop(self) -> None:
        self.closed = True
        assert self.run(self.notifier.stop()) == []
        assert self.counted() == self.queued

    @invariant()
    def order_is_kept_within_an_endpoint_and_a_room(self) -> None:
        by_key: dict[tuple[str, str], list[Attempt]] = {}
        for attempt in self.endpoints.attempts:
            by_key.setdefault((attempt.url, attempt.room), []).append(attempt)
        for attempts in by_key.values():
            numbers = [
                number for number, _ in groupby(each.number for each in attempts)
            ]
            assert numbers == sorted(set(numbers))

    @invariant()
    def nothing_is_sent_again_after_it_has_arrived(self) -> None:
        arrived: set[tuple[str, int]] = set()
        for url, _, number, answer in self.endpoints.attempts:
            assert (url, number) not in arrived
            if answer in (200, 404):
                arrived.add((url, number))

    @invariant()
    def what_is_filtered_is_not_sent(self) -> None:
        assert not self.excluded & {each.number for each in self.endpoints.attempts}

    @invariant()
    def no_more_is_counted_than_was_queued(self) -> None:
        assert self.counted() <= self.queued

    def teardown(self) -> None:
        """Stop by force: everything was counted, or is given back."""
        try:
            lost = self.run(self.notifier.stop(force=True))
            self.run(asyncio.sleep(60))  # attempts in flight
            lost += self.run(self.notifier.stop(force=True))
            assert self.counted() + len(lost) == self.queued
        finally:
            self.runner.close()

    def counted(self) -> int:
        """Deliveries that are over."""
        counts = self.notifier.counts
        return counts.success + counts.failure + sum(counts.dropped.values())

    def run(self, awaited: Any) -> Any:
        """Let a coroutine finish, and then what takes no time."""

        async def whole() -> Any:
            result = await awaited
            await settle()
            return result

        return self.runner.run(whole())


Notifier.TestCase.settings = examples(40, 3_000)
FOUND = settings(examples(300, 300), phases=[Phase.generate])


class TestNotifier(Notifier.TestCase):  # type: ignore[misc,valid-type]
    """The machine, run by pytest."""


def test_the_machine_finds_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AsyncNotifier, "set_filter", lambda *_: None)

    with pytest.raises((AssertionError, NotifierClosedError)):
        run_state_machine_as_test(Notifier, settings=FOUND)
