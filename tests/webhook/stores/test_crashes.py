"""Nothing that `put` returned for is lost, whatever happens to processes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from lkproto.webhook.stores import RedisStore

from tests.support import until

from ..redis_server import RedisServer, needs_redis
from .support import Bench, RedisBench, SQLiteBench, delivery, ids

ROOT = Path(__file__).parents[3]


def child(role: str, bench: Bench) -> subprocess.Popen[str]:
    """A process that plays a role of `children`."""
    if isinstance(bench, RedisBench):
        place = f"{bench.url} {bench.name}"
    else:
        assert isinstance(bench, SQLiteBench)
        place = str(bench.path)
    command = [sys.executable, "-m", "tests.webhook.stores.children", role, place]
    folders = os.pathsep.join([str(ROOT / "generated"), str(ROOT)])
    env = {**os.environ, "PYTHONPATH": folders}
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=env
    )


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


@pytest.mark.slow
def test_what_put_returned_for_outlives_a_kill_at_any_time(durable: Bench) -> None:
    dice, promised, tried = random.Random(7), 0, 0
    durable.store.close()
    for round_ in range(4):
        with child("put", durable) as process:
            enough = f"ok {dice.randrange(20, 60)}"
            seen = [said(process)]
            while seen[-1] != enough and process.poll() is None:
                seen.append(said(process))
            time.sleep(dice.random() / 100)
            process.send_signal(signal.SIGKILL)
            seen += process.communicate()[0].splitlines()
        words = [each.split() for each in seen if len(each.split()) == 2]
        oks = [int(number) for word, number in words if word == "ok"]
        tries = [int(number) for word, number in words if word == "try"]
        promised, tried = max(oks, default=-1), max(tries, default=-1)
        store = durable.open()
        durable.store = store
        found: dict[int, int] = {}
        while claims := durable.claim():
            for claim in claims:
                found[ids([claim])[0]] = found.get(ids([claim])[0], 0) + 1
                store.done(claim)
        assert set(range(promised + 1)) <= set(found), f"round {round_}"
        assert max(found, default=-1) <= max(tried, promised + 1)
        assert set(found.values()) <= {1}


def test_what_a_killed_sender_claimed_is_free_when_its_lease_ends(
    durable: Bench,
) -> None:
    durable.put(1, 2, key="a")
    durable.put(3, key="b")
    with child("hold", durable) as process:
        assert said(process) == "2"
        process.kill()
    durable.now = time.time()

    assert durable.claim() == []
    due = durable.store.next_due()
    assert due is not None
    assert due - durable.now < 2
    time.sleep(max(due - time.time(), 0) + 0.1)
    durable.now = time.time()
    assert sorted(durable.drain()) == [1, 2, 3]


@pytest.mark.slow
def test_processes_share_a_store_and_send_each_delivery_once(durable: Bench) -> None:
    senders = [child("send", durable) for _ in range(2)]
    for number in range(300):
        durable.store.put([delivery(number, f"k{number % 7}")])
    until(lambda: durable.store.next_due() is None, 30)
    arrived: list[int] = []
    durable.store.put([delivery(1, "end")])
    for each in senders:
        # The first one to claim the end keeps it, so that the other one goes on.
        if not arrived and each.poll() is None:
            time.sleep(0.5)
        each.terminate()
        numbers = [int(line) for line in each.communicate()[0].split()]
        for rest in range(7):
            own = [number for number in numbers if number % 7 == rest]
            assert own == sorted(own)
        arrived += numbers
    assert sorted(arrived) == list(range(300))


@pytest.mark.slow
def test_a_busy_store_keeps_what_each_process_puts(durable: Bench) -> None:
    fillers = [child("fill", durable) for _ in range(3)]

    assert [each.wait(60) for each in fillers] == [0, 0, 0]
    assert len(durable.drain()) == 600
    for each in fillers:
        each.communicate()


def test_a_redis_that_is_killed_keeps_what_put_returned_for(tmp_path: Path) -> None:
    needs_redis()
    server = RedisServer(tmp_path, "--appendonly", "yes")
    server.start()
    try:
        store = RedisStore(server.url)
        for number in range(50):
            store.put([delivery(number, f"k{number % 3}")])
        first = store.claim("sender", time.time(), 0.2, 1)
        server.kill()
        server.start()
        store.put([delivery(50, "k0")])
        store.done(first[0])
        found = []
        while claims := store.claim("sender", time.time(), 30, 100):
            found += ids(claims)
            for each in claims:
                store.done(each)
        assert sorted([*ids(first), *found]) == list(range(51))
        store.close()
    finally:
        server.kill()
