"""What only the store in Redis does."""

from __future__ import annotations

import builtins
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import redis
import redis.asyncio
from lkproto.auth import InvalidArgumentError
from lkproto.webhook.stores import (
    Delivery,
    LeaseLostError,
    RedisStore,
    StoreError,
)
from redis.cluster import RedisCluster

from ..redis_server import RedisServer, needs_redis
from .support import RedisBench, delivery, ids

SECRET = "p4ssw0rd"


def drained(store: RedisStore, now: float | None = None) -> list[int]:
    found: list[int] = []
    while claims := store.claim("drain", now or time.time(), 30, 100):
        found += ids(claims)
        for each in claims:
            store.done(each)
    return found


def go_through(store: RedisStore) -> None:
    """Everything a store does once, with bytes that are not text."""
    odd = replace(delivery(1), body=b"\xff\x00\xfe", event="é")
    store.put([odd, delivery(2), delivery(3)])
    (claim,) = store.claim("sender", time.time(), 30, 9)
    assert claim.delivery == odd
    store.retry(replace(claim, attempts=3, sent_at=7.25), time.time() - 1, "503 é")
    (claim,) = store.claim("sender", time.time(), 30, 9)
    assert (claim.attempts, claim.sent_at, claim.delivery) == (3, 7.25, odd)
    store.dead(claim, "rejected", "é")
    (letter,) = store.dead_letters()
    assert (letter.delivery, letter.error, letter.attempts) == (odd, "é", 3)
    assert store.next_due() == 0
    assert store.replay(letter.seq) == 1
    assert drained(store) == [2, 3, 1]
    assert store.next_due() is None
    with pytest.raises(LeaseLostError):
        store.done(claim)


@pytest.mark.parametrize("decode", [False, True])
@pytest.mark.parametrize("protocol", [2, 3])
def test_a_client_is_used_as_it_is(
    redis_bench: RedisBench, decode: bool, protocol: int
) -> None:
    with redis.Redis.from_url(
        redis_bench.url, decode_responses=decode, protocol=protocol
    ) as client:
        store = RedisStore(client, redis_bench.name)
        go_through(store)
        store.close()
        assert client.ping()  # it is the caller's to close


def test_a_url_is_enough(redis_bench: RedisBench) -> None:
    store = RedisStore(redis_bench.url, redis_bench.name)
    go_through(store)
    store.close()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[RedisServer]:
    """A cluster of one server, which has all slots."""
    needs_redis()
    bus = str(RedisServer(tmp_path).port)
    server = RedisServer(tmp_path, "--cluster-enabled", "yes", "--cluster-port", bus)
    server.start()
    with redis.Redis.from_url(server.url) as client:
        client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
        deadline = time.monotonic() + 20
        while client.cluster("info")["cluster_state"] != "ok":
            assert time.monotonic() < deadline
            time.sleep(0.05)
    yield server
    server.kill()


@pytest.mark.slow
def test_a_cluster_has_all_in_one_slot(cluster: RedisServer) -> None:
    client = RedisCluster(host="127.0.0.1", port=cluster.port)
    store = RedisStore(client, "in a cluster")

    go_through(store)
    store.put([delivery(1), delivery(2, "other")])

    with redis.Redis.from_url(cluster.url) as one:
        slots = {one.execute_command("CLUSTER KEYSLOT", key) for key in one.scan_iter()}
    assert len(slots) == 1
    client.close()


def test_an_empty_store_has_no_keys_but_its_counters(redis_bench: RedisBench) -> None:
    redis_bench.put(1, 2)
    redis_bench.put(3, key="other")
    assert "dead" not in redis_bench.names()

    redis_bench.drain()

    assert redis_bench.names() == ["pending", "seq"]


def test_all_keys_begin_with_the_tag_of_the_name(redis_bench: RedisBench) -> None:
    with redis.Redis.from_url(redis_bench.url) as client:
        before = set(client.keys())
        redis_bench.put(1, 2)
        redis_bench.claim()
        tag = f"{{lkproto:{redis_bench.name}}}:".encode()
        added = set(client.keys()) - before
        assert len(added) > 6
        assert all(each.startswith(tag) for each in added)


def test_stores_of_other_names_are_apart(redis_bench: RedisBench) -> None:
    redis_bench.put(1)
    other = RedisStore(redis_bench.url, f"{redis_bench.name} 2")

    assert other.next_due() is None
    other.close()


def test_scripts_that_redis_forgot_are_sent_again(redis_bench: RedisBench) -> None:
    redis_bench.put(1)
    with redis.Redis.from_url(redis_bench.url) as client:
        client.script_flush()

    redis_bench.put(2)
    assert redis_bench.drain() == [1, 2]


def test_times_are_those_of_the_caller(redis_bench: RedisBench) -> None:
    store = redis_bench.store
    redis_bench.put(1)
    # A clock that is three hours late.
    now = time.time() - 10_800
    (claim,) = store.claim("sender", now, 30, 1)

    assert store.next_due() == pytest.approx(now + 30, abs=1)
    store.retry(claim, now + 5, "no")
    assert store.next_due() == pytest.approx(now + 5, abs=1)
    assert store.claim("sender", now, 30, 1) == []
    redis_bench.pass_(6)
    (claim,) = store.claim("sender", now + 6, 30, 1)
    store.dead(claim, "rejected", "400")
    store.replay(store.dead_letters()[0].seq)
    (claim,) = store.claim("sender", now + 6, 30, 1)
    assert claim.delivery.queued_at == pytest.approx(now + 6, abs=1)


class LosesAnswers:
    """A client whose connection breaks after a command was done; it sends it again."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def execute_command(self, *arguments: Any, **options: Any) -> Any:
        self._client.execute_command(*arguments, **options)
        return self._client.execute_command(*arguments, **options)


def test_a_put_that_the_client_repeats_is_done_once(redis_bench: RedisBench) -> None:
    with redis.Redis.from_url(redis_bench.url) as client:
        store = RedisStore(LosesAnswers(client), redis_bench.name)
        store.put([delivery(1), delivery(2)])
        store.put([delivery(3)])

    assert redis_bench.drain() == [1, 2, 3]


def test_without_memory_what_is_queued_can_still_be_sent(tmp_path: Path) -> None:
    needs_redis()
    server = RedisServer(tmp_path)
    server.start()
    try:
        store = RedisStore(server.url)
        for number in range(6):
            store.put([delivery(number, f"k{number % 3}")])
        with redis.Redis.from_url(server.url) as client:
            client.config_set("maxmemory", 1)
            with pytest.raises(StoreError, match="OutOfMemory|OOM"):
                store.put([delivery(9)])
            claims = store.claim("sender", time.time(), 30, 9)
            assert sorted(ids(claims)) == [0, 1, 2]
            store.retry(claims[0], time.time() - 1, "no")
            store.dead(claims[1], "rejected", "400")
            store.done(claims[2])
            found = drained(store)
            assert store.forget(claims[1].seq) == 1
            client.config_set("maxmemory", 0)
        assert sorted(found) == sorted([*ids(claims[:1]), 3, 4, 5])
        assert store.dead_letters() == []
        store.put([delivery(9)])
        assert drained(store) == [9]
        store.close()
    finally:
        server.kill()


def test_what_others_deleted_is_skipped(redis_bench: RedisBench) -> None:
    redis_bench.put(1, 2)
    redis_bench.put(3, key="b")
    with redis.Redis.from_url(redis_bench.url) as client:
        prefix = f"{{lkproto:{redis_bench.name}}}:delivery:"
        for key in client.scan_iter(f"{prefix}*"):
            if client.hget(key, "event_id") in (b"EV_1", b"EV_3"):
                client.delete(key)

    assert redis_bench.drain() == [2]
    redis_bench.put(4, key="b")
    assert redis_bench.drain() == [4]
    assert redis_bench.store.next_due() is None
    with redis.Redis.from_url(redis_bench.url) as client:
        assert client.get(f"{{lkproto:{redis_bench.name}}}:pending") == b"0"


def test_dead_letters_that_others_deleted_are_not_listed(
    redis_bench: RedisBench,
) -> None:
    redis_bench.put(1)
    (claim,) = redis_bench.claim()
    redis_bench.store.dead(claim, "rejected", "400")
    with redis.Redis.from_url(redis_bench.url) as client:
        client.delete(f"{{lkproto:{redis_bench.name}}}:delivery:{claim.seq}")

    assert redis_bench.store.dead_letters() == []
    assert redis_bench.store.replay(claim.seq) == 0
    assert redis_bench.store.forget(claim.seq) == 0


def shown(error: BaseException) -> str:
    """All that a reporter of errors might print of one."""
    found = [*traceback.format_exception(error), repr(error)]
    assert error.__cause__ is None
    assert error.__context__ is None
    return "\n".join(found)


def test_no_error_shows_the_address_or_the_password(tmp_path: Path) -> None:
    needs_redis()
    server = RedisServer(tmp_path)
    server.start()
    with redis.Redis.from_url(server.url) as client:
        client.config_set("requirepass", "another")
    store = RedisStore(f"redis://me:{SECRET}@127.0.0.1:{server.port}/0")
    with pytest.raises(StoreError, match="Redis does not do what") as refused:
        store.put([delivery(1)])
    server.kill()
    with pytest.raises(StoreError, match="ConnectionError") as gone:
        store.claim("sender", 0, 1, 1)

    store.close()
    for each in (shown(refused.value), shown(gone.value), repr(store)):
        assert SECRET not in each
        assert "127.0.0.1" not in each
        assert "EV_1" not in each


@pytest.mark.parametrize(
    "url", [f"http://:{SECRET}@host", f"redis://host:{SECRET}/0", SECRET]
)
def test_what_is_not_a_url_of_redis_is_not_shown(url: str) -> None:
    with pytest.raises(InvalidArgumentError, match="one is redis://") as caught:
        RedisStore(url)

    assert SECRET not in shown(caught.value)


def test_a_server_that_hangs_is_given_up_in_time(redis_server: RedisServer) -> None:
    store = RedisStore(redis_server.url, "hangs", timeout=0.4)
    store.put([delivery(1)])
    os.kill(redis_server.pid, signal.SIGSTOP)
    try:
        begun = time.monotonic()
        with pytest.raises(StoreError, match="TimeoutError"):
            store.put([delivery(2)])
        assert time.monotonic() - begun < 15
    finally:
        os.kill(redis_server.pid, signal.SIGCONT)
    time.sleep(0.1)
    assert drained(store)[0] == 1
    store.close()


@pytest.mark.parametrize("name", ["", "a}b"])
def test_a_name_has_to_fit_into_a_tag(name: str) -> None:
    with pytest.raises(InvalidArgumentError, match="and no }"):
        RedisStore("redis://localhost", name)


def test_other_clients_are_refused() -> None:
    wrong: Any
    for wrong in (redis.asyncio.Redis(), None, b"redis://localhost"):
        with pytest.raises(InvalidArgumentError, match="or a URL; not"):
            RedisStore(wrong)


def test_half_of_a_surrogate_pair_is_refused(redis_bench: RedisBench) -> None:
    with pytest.raises(StoreError, match="surrogate"):
        redis_bench.store.put([delivery(1), replace(delivery(2), event="\ud800")])
    assert redis_bench.drain() == []


def test_without_redis_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any, **options: Any) -> Any:
        if name.split(".", maxsplit=1)[0] == "redis":
            raise ImportError(name)
        return real(name, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ImportError, match=r"pip install lkproto\[redis\]"):
        RedisStore("redis://localhost")


def test_the_face_imports_a_store_when_it_is_named() -> None:
    code = (
        "import sys, lkproto.webhook.stores as stores\n"
        "assert not {'redis', 'sqlite3'} & set(sys.modules)\n"
        "stores.RedisStore, stores.SQLiteStore, stores.MemoryStore\n"
        "assert 'redis' not in sys.modules\n"
        "try: stores.Nothing\n"
        "except AttributeError as error: assert error.name == 'Nothing'\n"
    )
    path = str(Path(__file__).parents[3] / "generated")
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": path})
    assert Delivery.__module__ == "lkproto.webhook.stores"
