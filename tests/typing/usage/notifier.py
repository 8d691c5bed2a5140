"""Sending webhooks as a user types it; mypy and pyright check this file, strictly."""

from __future__ import annotations

from pathlib import Path
from typing import assert_type

from lkproto.http import (
    AsyncScriptedTransport,
    Request,
    Response,
    ScriptedTransport,
    StdlibTransport,
)
from lkproto.livekit import Room, WebhookConfig, WebhookEvent, WebhookInfo
from lkproto.webhook.notifier import (
    AsyncNotifier,
    Counts,
    Filter,
    Notifier,
    NotifierConfig,
    PrometheusMetrics,
    QueueFullError,
    Retries,
    public_only,
)
from lkproto.webhook.stores import (
    DeadLetter,
    Delivery,
    MemoryStore,
    RedisStore,
    SQLiteStore,
    Store,
)

SECTION = {
    "urls": ["https://example.com/hook"],
    "api_key": "key",
    "resource_url_notifier": {"max_age": "1m", "max_depth": 50},
}
notifier = Notifier(SECTION, "key", "secret", transport=StdlibTransport())


@notifier.on_processed
def processed(info: WebhookInfo) -> None:
    """The hook stays what it is."""
    print(info.url, info.send_error)


class Numbers:
    """Metrics of an application's own."""

    def dispatched(self, status: str, reason: str, /) -> None:
        """A delivery is over."""

    def queued(self, length: int, /) -> None:
        """An event was queued."""


def stores(folder: Path) -> list[Store]:
    """All three are stores."""
    return [
        MemoryStore(max_depth=10),
        SQLiteStore(folder / "hooks.db", full_sync=True),
        RedisStore("redis://localhost"),
    ]


def sending(store: Store, event: WebhookEvent) -> None:
    """All settings have their types."""
    config = NotifierConfig(("https://example.com/hook",), "key", filter=Filter(("a",)))
    with Notifier(
        config,
        keys={"key": "secret"},
        store=store,
        transport=ScriptedTransport(Response(200, {}, b"")),
        retries=Retries(wait_max=5.0, max_retries=None),
        timeout=3.0,
        user_agent="mine",
        url_policy=public_only(),
        metrics=PrometheusMetrics(),
        max_in_flight=8,
        lease=20.0,
        clock=lambda: 0.0,
    ) as sender:
        extra = WebhookConfig(url="https://other.example/", signing_key="key")
        try:
            sender.queue_notify(event, extra=[extra])
        except QueueFullError as error:
            assert_type(error.kind, str)
        sender.set_keys("key", "new")
        sender.set_filter(exclude=["room_started"])
        letters = sender.store.dead_letters()
        assert_type(letters, list[DeadLetter])
        assert_type(sender.replay(*(each.seq for each in letters)), int)
        assert_type(sender.forget(*(each.seq for each in letters)), int)
        assert_type(sender.counts, Counts)
    assert_type(sender.stop(force=True, timeout=1.0), list[Delivery])


async def sending_in_a_loop(event: WebhookEvent) -> None:
    """The same with asyncio, and another kind of transport."""

    async def answer(request: Request) -> Response:
        return Response(200, {}, request.body)

    transport = AsyncScriptedTransport(answer)
    async with AsyncNotifier(
        SECTION, "key", "secret", transport=transport, metrics=Numbers()
    ) as sender:
        await sender.queue_notify(event)
        assert_type(await sender.replay(1, 2), int)
        assert_type(await sender.forget(1, 2), int)
    assert_type(await sender.stop(), list[Delivery])


EVENT = WebhookEvent(event="room_started", room=Room(name="demo"))
