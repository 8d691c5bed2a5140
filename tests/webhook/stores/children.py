"""Processes that use a store: `python -m tests.webhook.stores.children ROLE PLACE`."""

from __future__ import annotations

import sys
import time

from lkproto.webhook.stores import RedisStore, SQLiteStore, StoreError

from .support import delivery


def opened(place: str) -> SQLiteStore | RedisStore:
    """The store at a path, or at a URL with the name after a space."""
    url, _, name = place.partition(" ")
    return RedisStore(url, name) if name else SQLiteStore(place)


def put(place: str) -> None:
    """Put deliveries for ever; print the number of each before and after."""
    store, number = opened(place), 0
    while True:
        print("try", number, flush=True)
        store.put([delivery(number, f"k{number % 5}")])
        print("ok", number, flush=True)
        number += 1


def send(place: str) -> None:
    """Deliver what is due, and print the number of each, until something is called `end`."""
    store = opened(place)
    while True:
        for claim in store.claim(f"sender {place}", time.time(), 30, 3):
            if claim.delivery.key == "end":
                return
            print(claim.delivery.event_id.removeprefix("EV_"), flush=True)
            store.done(claim)


def hold(place: str) -> None:
    """Claim everything, say so, and hang."""
    store = opened(place)
    print(len(store.claim("holder", time.time(), 1.5, 1000)), flush=True)
    time.sleep(60)


def fill(place: str) -> None:
    """Put 200 deliveries of one's own partition, however busy the file is."""
    store, key = opened(place), f"filler {time.time_ns()}"
    for number in range(200):
        try:
            store.put([delivery(number, key)])
        except StoreError as error:
            sys.exit(str(error))


if __name__ == "__main__":
    {"put": put, "send": send, "hold": hold, "fill": fill}[sys.argv[1]](sys.argv[2])
