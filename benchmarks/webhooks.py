"""Webhooks: receiving, compared with livekit-api, and sending, with a loop that signs and posts.

`python -m benchmarks.webhooks receive TREES ROUNDS`, `… send ROUNDS` and `… memory EVENTS` print
JSON. Both sides of a comparison take turns, and the median of their ratios counts.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from . import sink
from .libraries import LIBRARIES, confirm_environment
from .memory import resident
from .payloads import PAYLOADS
from .timing import BATCH, compare, pair_of
from .tokens import KEY, SECRET

KEYS = 40
DELIVERIES = 1000
EVENTS = 100_000
AHEAD = 1000  # events that wait at most while memory is watched
STORES = ("memory", "sqlite")


def receive(trees: Path, rounds: int, batch: float = BATCH) -> dict[str, Any]:
    """Seconds to receive the webhook of the payloads, and the ratio to livekit-api."""
    webhook, api = import_module("lkproto.webhook"), import_module("livekit.api")
    payload = next(each for each in PAYLOADS if each.name == "WebhookEvent")
    event = payload.builder(LIBRARIES["ours"](trees).classes)()
    body = event.to_json()
    names = {"body": body, "header": webhook.sign(body, KEY, SECRET)}
    ours = webhook.WebhookReceiver(KEY, SECRET)
    theirs = api.WebhookReceiver(api.TokenVerifier(KEY, SECRET))
    pair = compare(
        "receive(body, header)",
        names | {"receive": ours.receive},
        names | {"receive": theirs.receive},
        rounds,
        batch,
    )
    return {"event": len(event.to_bytes()), "body": len(body), **asdict(pair)}


def send(rounds: int, count: int = DELIVERIES) -> dict[str, Any]:
    """Wall and processor seconds of a delivery, by store, and the ratios to the bare loop."""
    events = [event(number) for number in range(count)]
    sides: dict[str, list[list[tuple[float, float]]]] = {each: [] for each in STORES}
    with sink.running() as url:
        bare = partial(post_all, url, events)
        bare()  # warms up
        for _ in range(rounds):
            for store, samples in sides.items():
                with opened(store, url) as notifier:
                    notify = partial(notify_all, notifier, events)
                    samples.append([timed(bare, count), timed(notify, count)])
    return {
        store: {
            kind: asdict(pair_of((one[at], bare[at]) for bare, one in samples))
            for at, kind in enumerate(("wall", "processor"))
        }
        for store, samples in sides.items()
    }


def timed(function: Callable[[], None], count: int) -> tuple[float, float]:
    """Wall and processor seconds a delivery."""
    gc.collect()
    wall, processor = time.perf_counter(), time.process_time()
    function()
    processor = time.process_time() - processor
    return (time.perf_counter() - wall) / count, processor / count


def event(number: int) -> Any:
    """An event of one of forty rooms."""
    lk = import_module("lkproto.livekit")
    return lk.WebhookEvent(
        event="participant_joined",
        id=f"EV_{number:012}",
        created_at=1_790_000_001,
        room=lk.Room(sid=f"RM_{number % KEYS}", name=f"room-{number % KEYS}"),
        participant=lk.ParticipantInfo(sid="PA_1", identity="ann", name="Ann"),
    )


def post_all(url: str, events: list[Any]) -> None:
    """What a notifier is compared with: sign and post, one after the other."""
    http, webhook = import_module("lkproto.http"), import_module("lkproto.webhook")
    with http.StdlibTransport() as transport:
        for each in events:
            body = each.to_json().encode()
            headers = {
                "Authorization": webhook.sign(body, KEY, SECRET),
                "Content-Type": "application/webhook+json",
                "User-Agent": "LiveKit",
            }
            answer = transport.send(http.Request("POST", url, headers, body))
            if answer.status != 200:
                raise RuntimeError(f"the sink answered {answer.status}")


def notify_all(notifier: Any, events: list[Any]) -> None:
    """Queue everything and wait until it is sent."""
    for each in events:
        notifier.queue_notify(each)
    notifier.stop()
    if notifier.counts.success != len(events):
        raise RuntimeError(f"not everything was delivered: {notifier.counts}")


@contextmanager
def opened(store: str, url: str) -> Generator[Any]:
    """A notifier, whose store is closed after the block."""
    with TemporaryDirectory() as folder:
        notifier, kept = notifier_of(store, url, folder)
        try:
            yield notifier
        finally:
            kept.close()


def notifier_of(store: str, url: str, folder: str) -> tuple[Any, Any]:
    """A notifier and its store."""
    stores = import_module("lkproto.webhook.stores")
    http, module = (
        import_module("lkproto.http"),
        import_module("lkproto.webhook.notifier"),
    )
    kept = (
        stores.MemoryStore(max_depth=EVENTS)
        if store == "memory"
        else stores.SQLiteStore(Path(folder) / "hooks.db")
    )
    section = {
        "urls": [url],
        "api_key": KEY,
        "resource_url_notifier": {"max_age": "1h"},
    }
    transport = http.StdlibTransport()
    made = module.Notifier(section, KEY, SECRET, store=kept, transport=transport)
    return made, kept


def memory(store: str, count: int = EVENTS) -> dict[str, Any]:
    """The resident size after a tenth of the events and after all of them, in bytes."""
    with sink.running() as url, TemporaryDirectory() as folder:
        notifier, kept = notifier_of(store, url, folder)
        sizes: list[int | None] = []
        for number in range(count):
            notifier.queue_notify(event(number))
            while number - notifier.counts.success > AHEAD:
                time.sleep(0.01)
            if number + 1 in (count // 10, count):
                sizes.append(resident())
        notifier.stop()
        kept.close()
        if notifier.counts.success != count:
            raise RuntimeError(f"not everything was delivered: {notifier.counts}")
    return {"events": count, "early": sizes[0], "end": sizes[1]}


def main(kind: str, *words: str) -> dict[str, Any]:
    """What was asked for."""
    if kind == "receive":
        return receive(Path(words[0]), int(words[1]))
    if kind == "send":
        return send(int(words[0]))
    return memory(words[0], int(words[1]))


if __name__ == "__main__":
    confirm_environment()
    print(json.dumps(main(*sys.argv[1:])))
