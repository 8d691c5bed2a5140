"""Processes that queue and send, until they are killed: `children` starts what forks them.

One reads lines: `until N` queues its events below N, `full` and `space` are about the disk, `force`
and `drain` end one notifier and begin another, `end` sends all and ends. What it writes is not
buffered: `try N` before an event is queued, `ok N` after it, `no N` if it was refused; `again URL N`
before it is sent again.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from sqlite3 import Connection
from typing import Any

from lkproto.livekit import Room, WebhookEvent
from lkproto.livekit_analytics_pb import WebhookInfo
from lkproto.webhook.notifier import Notifier, NotifierConfig, QueueFullError, Retries
from lkproto.webhook.stores import (
    Claim,
    Delivery,
    LeaseLostError,
    MemoryStore,
    RedisStore,
    SQLiteStore,
    Store,
    StoreError,
)

from .plan import IN_FLIGHT, KEY, LEASE, MAX_AGE, MAX_DEPTH, SECRET, TIMEOUT, Plan
from .planted import planted

LOG = logging.getLogger("chaos")
RETRIES = Retries(
    wait_min=0.005, wait_max=0.1, max_retries=None, give_up_after=24 * 3600.0
)


def say(*words: object) -> None:
    """Write a line at once; so short a one is never mixed with that of another thread."""
    os.write(1, " ".join(map(str, words)).encode() + b"\n")


def opened(plan: Plan, place: str) -> Store:
    """The store of a run."""
    if plan.store == "memory":
        return MemoryStore(MAX_DEPTH)
    if plan.store == "redis":
        url, _, name = place.partition(" ")
        return RedisStore(url, name)
    return SQLiteStore(place)


class Sender:
    """A notifier of a plan, and what can be done with it."""

    def __init__(self, plan: Plan, place: str, urls: list[str], lane: int) -> None:
        self.plan = plan
        self.place = place
        self.urls = urls
        self.lane = lane
        self.next = 0
        self.notifier = self.made()

    def made(self) -> Notifier:
        """A notifier."""
        limits = {"max_age": MAX_AGE, "max_depth": MAX_DEPTH}
        section = {
            "urls": self.urls,
            "api_key": KEY,
            "resource_url_notifier": limits,
        }
        notifier = Notifier(
            NotifierConfig.from_section(section),
            KEY,
            SECRET,
            store=self.store(),
            retries=RETRIES,
            timeout=TIMEOUT,
            lease=LEASE,
            max_in_flight=IN_FLIGHT,
            clock=(
                time.time
                if self.plan.planted != "stale token"
                else lambda: time.time() - 1000
            ),
        )
        if self.plan.store == "memory":
            notifier.on_processed(self.processed)
        return notifier

    def store(self) -> Store:
        """The store, which says what will be sent again, and why: an attempt or a lease failed."""
        store: Any = planted(self.plan.planted, opened(self.plan, self.place))
        retry, done = store.retry, store.done

        def said_retry(claim: Claim, due: float, error: str) -> None:
            self.again(claim)
            retry(claim, due, error)

        def said_done(claim: Claim) -> None:
            try:
                done(claim)
            except LeaseLostError:
                self.again(claim)
                raise

        store.retry, store.done = said_retry, said_done
        return store  # type: ignore[no-any-return]

    def again(self, claim: Claim) -> None:
        """Report what is sent again."""
        number = claim.delivery.event_id.removeprefix("EV_")
        say("again", self.urls.index(claim.delivery.endpoint), number)

    def processed(self, info: WebhookInfo) -> None:
        """Report what was given up or dropped."""
        if info.is_dropped or info.send_error:
            what = "drop" if info.is_dropped else "dead"
            say(what, self.urls.index(info.url), info.event_id.removeprefix("EV_"))

    def until(self, end: int) -> None:
        """Queue events."""
        for number in range(self.next, end):
            if self.plan.lane(number) == self.lane:
                self.queue(number)
        self.next = max(self.next, end)
        say("at", end)

    def queue(self, number: int) -> None:
        """Queue one event."""
        room = Room(name=self.plan.key(number), metadata=repr(time.time()))
        event = WebhookEvent(
            event="room_started",
            id=f"EV_{number}",
            created_at=int(time.time()),
            room=room,
        )
        say("try", number)
        try:
            self.notifier.queue_notify(event)
        except StoreError as error:
            say("no", number)
            LOG.warning("%d was refused: %s", number, error)
            time.sleep(0.02)
        except QueueFullError:
            say("ok", number)
            time.sleep(0.01)
        else:
            say("ok", number)
        if self.plan.rate:
            time.sleep(1 / self.plan.rate)

    def stop(self, *, force: bool) -> None:
        """Stop, and say what is lost."""
        lost = self.notifier.stop(force=force)
        self.lost(lost)
        # Waits for attempts that are in flight.
        self.lost(self.notifier.stop())

    def lost(self, deliveries: Iterable[Delivery]) -> None:
        for each in deliveries:
            number = each.event_id.removeprefix("EV_")
            say("lost", self.urls.index(each.endpoint), number)

    def obey(self, word: str, value: str) -> None:
        """Do what a line says."""
        if word == "until":
            self.until(int(value))
        elif word in ("force", "drain"):
            self.stop(force=word == "force")
            self.notifier = self.made()
        else:
            store = self.notifier.store
            assert isinstance(store, SQLiteStore)
            # What reaches this connection alone: pragmas are not kept in the file.
            call = store._writer.call  # pyright: ignore[reportPrivateUsage]
            if word == "space":
                call(free)
                return
            with suppress(StoreError):
                call(limit)
                while True:
                    call(fill)


def limit(connection: Connection) -> None:
    """Allow no further page."""
    connection.execute("CREATE TABLE IF NOT EXISTS ballast (content BLOB)")
    used = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {used}")


def fill(connection: Connection) -> None:
    """Take a page that is free."""
    connection.execute("INSERT INTO ballast VALUES (zeroblob(3900))")


def free(connection: Connection) -> None:
    """Allow any number of pages."""
    connection.execute("PRAGMA max_page_count = 1073741823")
    connection.execute("DROP TABLE IF EXISTS ballast")


def main() -> None:
    """Fork a sender for each message, until there are no more; in a sender, do what it says."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
    orders = socket.socket(fileno=0)
    while True:
        order, ends, _, _ = socket.recv_fds(orders, 1 << 16, 2)
        if not order:
            return
        if not (pid := os.fork()):
            break
        orders.send(str(pid).encode())
        for each in ends:
            os.close(each)
    orders.detach()
    for number, end in enumerate(ends):
        os.dup2(end, number)
        os.close(end)
    send(json.loads(order))


def send(settings: dict[str, Any]) -> None:
    """Do what standard input says."""
    sender = Sender(
        Plan(**settings["plan"]),
        settings["place"],
        settings["urls"],
        settings["lane"],
    )
    sender.next = settings["first"]
    say("ready")
    for line in sys.stdin:
        word, _, value = line.strip().partition(" ")
        if word == "end":
            sender.stop(force=False)
            say("over")
            return
        sender.obey(word, value)
    os._exit(1)  # the run is gone, and its endpoints


if __name__ == "__main__":
    main()
