"""Events that were handled are remembered in a real Redis."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from lkproto.auth import ArgumentTypeError, InvalidArgumentError
from lkproto.webhook import RedisSeenEvents

from .support import event, receiver

redis: Any = pytest.importorskip("redis")


@pytest.fixture
def client(redis_server: Any) -> Iterator[Any]:
    """A client of a real Redis."""
    with redis.Redis.from_url(redis_server.url) as found:
        yield found


@pytest.fixture
def prefix() -> str:
    """Names that no other test has."""
    return f"{uuid.uuid4()}:"


def test_processes_share_what_they_have_seen(client: Any, prefix: str) -> None:
    one, other = (RedisSeenEvents(client, prefix=prefix) for _ in range(2))

    assert not one.has("EV_1")
    one.add("EV_1")
    assert other.has("EV_1")
    assert not other.has("EV_2")
    assert not RedisSeenEvents(client, prefix=prefix + "x").has("EV_1")
    assert 86_000 < client.ttl(prefix + "EV_1") <= 86_400


def test_an_event_is_forgotten_after_its_time(client: Any, prefix: str) -> None:
    seen = RedisSeenEvents(client, prefix=prefix, ttl=timedelta(seconds=30))

    seen.add("EV_1")

    assert 0 < client.ttl(prefix + "EV_1") <= 30
    client.expire(prefix + "EV_1", 0)
    assert not seen.has("EV_1")


def test_receivers_handle_an_event_once(client: Any, prefix: str) -> None:
    handled: list[object] = []
    first, second = (
        receiver(seen=RedisSeenEvents(client, prefix=prefix)) for _ in range(2)
    )
    first.on_any(handled.append)
    second.on_any(handled.append)
    found = event("room_started", event_id="EV_1")

    assert first.handle(found)
    assert not second.handle(found)
    assert not asyncio.run(second.handle_async(found))
    assert handled == [found]


def test_an_event_is_not_lost_with_the_connection(redis_server: Any) -> None:
    hook = receiver(seen=RedisSeenEvents(redis.Redis(port=1)))

    with pytest.raises(redis.ConnectionError):
        hook.handle(event("room_started", event_id="EV_1"))


def test_a_client_or_time_that_cannot_be_is_refused() -> None:
    from redis import asyncio as others

    with pytest.raises(ArgumentTypeError, match=r"by a redis.Redis, also for handle_"):
        RedisSeenEvents(others.Redis())
    with pytest.raises(InvalidArgumentError, match="for some time, not 0:00:00"):
        RedisSeenEvents(redis.Redis(), ttl=timedelta(0))
