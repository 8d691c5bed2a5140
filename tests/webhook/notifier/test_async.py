"""The notifier for asyncio."""

from __future__ import annotations

import asyncio
from typing import ClassVar

import pytest
from lkproto.http import AsyncScriptedTransport, Request, Response, TransportError
from lkproto.webhook.notifier import AsyncNotifier, NotifierClosedError, Retries
from lkproto.webhook.stores import Claim, MemoryStore, StoreError

from .support import CONFIG, KEY, OK, SECRET, WAIT, event, names

FAST = Retries(wait_min=0.001, wait_max=0.01)


def notifier(transport, config=CONFIG, **settings) -> AsyncNotifier:
    return AsyncNotifier(config, KEY, SECRET, transport=transport, **settings)


def run(coroutine):
    async def bounded():
        async with asyncio.timeout(WAIT):
            return await coroutine

    return asyncio.run(bounded())


class Gate:
    """A transport that answers when it is opened."""

    def __init__(self) -> None:
        self.opened, self.begun = asyncio.Event(), asyncio.Event()
        self.requests: list[Request] = []

    async def send(self, request: Request, /) -> Response:
        self.requests.append(request)
        self.begun.set()
        await self.opened.wait()
        return OK

    async def aclose(self) -> None: ...


def test_everything_is_sent_before_async_with_ends_and_in_order_for_each_key() -> None:
    transport = AsyncScriptedTransport(OK)

    async def main() -> AsyncNotifier:
        async with notifier(transport) as sender:
            for at in range(300):
                await sender.queue_notify(event(f"{at}", room=f"r{at % 3}"))
        return sender

    sender = run(main())
    sent = list(map(int, names(transport.requests)))
    assert sorted(sent) == list(range(300))
    for key in range(3):
        of_key = [each for each in sent if each % 3 == key]
        assert of_key == sorted(of_key)
    assert sender.counts.success == 300


def test_dead_letters_are_queued_again_or_deleted() -> None:
    transport = AsyncScriptedTransport([Response(404, {}, b"")] * 2 + [OK])

    async def main() -> AsyncNotifier:
        async with notifier(transport) as sender:
            for name in ("1", "2"):
                await sender.queue_notify(event(name))
            while sender.counts.failure < 2:
                await asyncio.sleep(0.001)
            one, two = (each.seq for each in sender.store.dead_letters())
            assert await sender.forget(one, 987654321) == 1
            assert await sender.replay(one, two) == 1
        return sender

    sender = run(main())
    assert names(transport.requests) == ["1", "2", "2"]
    assert sender.store.dead_letters() == []


def test_a_failure_is_tried_again() -> None:
    answers = [Response(500, {}, b""), TransportError("connect", sent=False), OK]
    transport = AsyncScriptedTransport(answers)

    async def main() -> None:
        async with notifier(transport, retries=FAST) as sender:
            await sender.queue_notify(event())

    run(main())
    assert len(transport.requests) == 3


def test_keys_are_sent_at_once_up_to_the_limit() -> None:
    async def main() -> None:
        gate = Gate()
        async with notifier(gate, max_in_flight=40) as sender:
            for at in range(100):
                await sender.queue_notify(event(room=f"r{at}"))
            await asyncio.sleep(0.05)
            assert len(gate.requests) == 40
            gate.opened.set()
        assert len(gate.requests) == 100

    run(main())


def test_a_forced_stop_returns_at_once_what_was_not_begun() -> None:
    async def main() -> None:
        gate = Gate()
        sender = notifier(gate)
        for name in "abc":
            await sender.queue_notify(event(name))
        await gate.begun.wait()

        lost = await sender.stop(force=True)

        assert [each.event for each in lost] == ["b", "c"]
        with pytest.raises(NotifierClosedError):
            await sender.queue_notify(event())
        gate.opened.set()
        assert await sender.stop() == []
        assert (names(gate.requests), sender.counts.success) == (["a"], 1)

    run(main())


def test_force_ends_what_a_drain_waits_for() -> None:
    async def main() -> None:
        gate = Gate()
        sender = notifier(gate)
        for name in "ab":
            await sender.queue_notify(event(name))
        await gate.begun.wait()
        drain = asyncio.create_task(sender.stop())
        await asyncio.sleep(0.01)

        lost = await sender.stop(force=True)

        assert [each.event for each in lost] == ["b"]
        assert await drain == []
        gate.opened.set()

    run(main())


def test_a_drain_that_takes_too_long_returns_what_is_lost() -> None:
    async def main() -> None:
        gate = Gate()
        sender = notifier(gate)
        for name in "ab":
            await sender.queue_notify(event(name))
        await gate.begun.wait()

        lost = await sender.stop(timeout=0.02)

        assert [each.event for each in lost] == ["b"]
        gate.opened.set()
        await sender.stop()

    run(main())


def test_it_can_be_made_outside_any_loop_and_stopped_without_an_event() -> None:
    sender = notifier(AsyncScriptedTransport(OK))

    assert run(sender.stop()) == []


def test_a_store_that_may_block_works_in_a_thread() -> None:
    import threading

    class Slow(MemoryStore):
        durable = True
        seen: ClassVar[set[str]] = set()

        def claim(
            self, owner: str, now: float, lease: float, limit: int, /
        ) -> list[Claim]:
            self.seen.add(threading.current_thread().name)
            return super().claim(owner, now, lease, limit)

    transport = AsyncScriptedTransport(OK)

    async def main() -> None:
        async with notifier(transport, store=Slow()) as sender:
            await sender.queue_notify(event())

    run(main())
    assert len(transport.requests) == 1
    assert "MainThread" not in Slow.seen


def test_a_store_that_fails_for_a_while_delays_and_loses_nothing() -> None:
    class Failing(MemoryStore):
        failures = 1

        def claim(
            self, owner: str, now: float, lease: float, limit: int, /
        ) -> list[Claim]:
            if self.failures:
                self.failures -= 1
                raise StoreError("away")
            return super().claim(owner, now, lease, limit)

    transport = AsyncScriptedTransport(OK)

    async def main() -> None:
        async with notifier(transport, store=Failing()) as sender:
            for name in "abcd":
                await sender.queue_notify(event(name))

    run(main())
    assert names(transport.requests) == list("abcd")


def test_a_transport_with_a_fault_of_its_own_is_logged(caplog) -> None:
    def broken(request: Request) -> Response:
        raise RuntimeError("a fault")

    async def main() -> None:
        sender = notifier(AsyncScriptedTransport(broken))
        await sender.queue_notify(event())
        await asyncio.sleep(0.01)
        await sender.stop(force=True)

    run(main())
    assert "could not be recorded" in caplog.text


def test_a_drain_waits_for_a_retry_without_being_busy() -> None:
    class Counted(MemoryStore):
        claims = 0

        def claim(
            self, owner: str, now: float, lease: float, limit: int, /
        ) -> list[Claim]:
            self.claims += 1
            return super().claim(owner, now, lease, limit)

    store = Counted()
    transport = AsyncScriptedTransport([Response(500, {}, b""), OK])

    async def main() -> None:
        sender = notifier(transport, store=store, retries=Retries(0.3, 0.3))
        await sender.queue_notify(event())
        await sender.stop()

    run(main())
    assert len(transport.requests) == 2
    assert store.claims < 20
