"""Stores for tests, whose time passes when a test says so."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import redis
from lkproto.webhook.stores import (
    Claim,
    Delivery,
    MemoryStore,
    RedisStore,
    SQLiteStore,
)

AnyStore = MemoryStore | SQLiteStore | RedisStore
LEASE = 30.0


def delivery(
    number: int, key: str = "room", endpoint: str = "http://one.test/"
) -> Delivery:
    """A delivery of the event with a number."""
    event_id = f"EV_{number}"
    body = f'{{"id":"{event_id}"}}'.encode()
    return Delivery(endpoint, key, event_id, "room_started", "APIkey", body, 1000.5)


def ids(found: Sequence[Claim] | Sequence[Delivery]) -> list[int]:
    """The numbers of deliveries."""
    each = [one.delivery if isinstance(one, Claim) else one for one in found]
    return [int(one.event_id.removeprefix("EV_")) for one in each]


def drained(store: SQLiteStore) -> list[int]:
    """Deliver all that is due by the system's clock. Returns the numbers in that order."""
    found: list[int] = []
    while claims := store.claim("drain", time.time(), 30, 100):
        found += ids(claims)
        for each in claims:
            store.done(each)
    return found


class Bench:
    """A store, and its time. `open` makes another object for what the first one keeps."""

    kind = "memory"

    def __init__(self) -> None:
        self.now = time.time()
        self.opened: list[AnyStore] = []
        self.store = self.open()

    def open(self, **options: int) -> AnyStore:
        if not self.opened:
            self.opened.append(MemoryStore(clock=lambda: self.now, **options))
        return self.opened[0]

    def fresh(self, **options: int) -> AnyStore:
        """A store with other options, which keeps nothing yet."""
        self.opened.clear()
        self.store = self.open(**options)
        return self.store

    def pass_(self, seconds: float) -> None:
        self.now += seconds

    def claim(self, limit: int = 100, lease: float = LEASE) -> list[Claim]:
        return self.store.claim("sender", self.now, lease, limit)

    def put(self, *numbers: int, key: str = "room") -> None:
        assert list(self.store.put([delivery(each, key) for each in numbers])) == []

    def drain(self) -> list[int]:
        """Deliver all that is due. Returns the numbers in that order."""
        found: list[int] = []
        while claims := self.claim():
            found += ids(claims)
            for each in claims:
                self.store.done(each)
        return found

    def close(self) -> None:
        for each in self.opened:
            each.close()


class SQLiteBench(Bench):
    """The store in a file."""

    kind = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.path = folder / "queue.db"
        super().__init__()

    def open(self, **options: int) -> AnyStore:
        self.opened.append(SQLiteStore(self.path, clock=lambda: self.now, **options))
        return self.opened[-1]

    def fresh(self, **options: int) -> AnyStore:
        self.path = self.path.with_name(f"{uuid4().hex}.db")
        self.store = self.open(**options)
        return self.store


class RedisBench(Bench):
    """The store in Redis; its keys are deleted at the end."""

    kind = "redis"

    def __init__(self, url: str) -> None:
        self.url = url
        self.name = uuid4().hex
        self.passed = 0.0
        super().__init__()

    def open(self, **options: int) -> AnyStore:
        store = RedisStore(self.url, self.name, **options)
        store._ahead = self.passed
        self.opened.append(store)
        return store

    def fresh(self, **options: int) -> AnyStore:
        self.name = uuid4().hex
        self.store = self.open(**options)
        return self.store

    def pass_(self, seconds: float) -> None:
        super().pass_(seconds)
        self.passed += seconds
        for each in self.opened:
            assert isinstance(each, RedisStore)
            each._ahead = self.passed

    def names(self) -> list[str]:
        """The keys of the store without those that expire, without their prefix."""
        with redis.Redis.from_url(self.url, decode_responses=True) as client:
            found = sorted(client.scan_iter(f"{{lkproto:{self.name}}}:*"))
        return [name for each in found if "put:" not in (name := each.split("}:")[1])]
