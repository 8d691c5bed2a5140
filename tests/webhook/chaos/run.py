"""A run: endpoints and store here, senders as processes that things are done to."""

from __future__ import annotations

import select
import signal
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from lkproto.webhook.stores import Store

from .checks import Evidence, Name, violations
from .children import Child, Nursery
from .plan import URLS, Plan
from .sender import opened
from .sink import Sink

PAUSE = (0.1, 0.3)
"""Seconds of a SIGSTOP: an attempt may follow, and the lease is still not nearly over."""
FULL = 1.0
"""Seconds for which the disk is full at least."""
STUCK = 120.0
"""Seconds without progress after which a run has failed."""


class Failed(AssertionError):  # noqa: N818 - it is what a test reports
    """What did not hold, with seed and log."""


class Run:
    """A run of a plan. `place` is a path, or a URL of Redis and a name after a space."""

    def __init__(self, plan: Plan, place: str, folder: Path) -> None:
        self.plan = plan
        self.place = place
        self.seen = Evidence(plan)
        self.begun = time.monotonic()
        self.log = folder / f"{plan.store}-{plan.seed}.log"
        self._said = self.log.open("wb")
        self._sink = Sink(plan)
        self._nursery = Nursery(self._said)
        self._children: list[Child] = []
        self._next = [0] * plan.senders
        self._moved = self._sampled = time.monotonic()
        self._done = -1.0
        self._full = 0.0
        self._refused = 0
        self._actions = self._planned()

    def _planned(self) -> list[tuple[float, str]]:
        """What is done, and after how many events."""
        actions: list[tuple[float, str]] = []
        plan = self.plan
        what = {"kill": plan.kills, "pause": plan.pauses, "full": plan.fills}
        what["stop"] = plan.stops
        for action, count in what.items():
            for turn in range(count):
                moment = 0.5 if action == "full" else plan.shuffled.random()
                share = (turn + moment) / count
                actions.append((share * plan.events * 0.97, action))
        return sorted(actions)

    def note(self, *words: object) -> None:
        """Write to the log."""
        line = f"{time.time():.6f} " + " ".join(map(str, words))
        self._said.write(line.encode() + b"\n")

    def run(self) -> Evidence:
        """Do all of it. Raises Failed with what does not hold."""
        problems: list[str] = []
        try:
            self._sink.start()
            self._children = [self._start(lane) for lane in range(self.plan.senders)]
            self._work()
            self._finish()
        except Exception as error:  # noqa: BLE001 - the log is kept
            problems.append(f"{type(error).__name__}: {error}")
        finally:
            for child in self._children:
                self._end_now(child)
            self._nursery.close()
            self._sink.close()
        self.seen.arrivals = self._sink.arrivals
        problems += violations(self.seen)
        self._keep_log(problems)
        if problems:
            lines = "\n".join(problems)
            raise Failed(f"seed {self.plan.seed}, log {self.log}\n{lines}")
        return self.seen

    def _keep_log(self, problems: list[str]) -> None:
        """Keep the log of a run that failed, with what arrived."""
        if problems:
            self.note("plan", self.plan)
            for each in self.seen.arrivals:
                self.note("arrival", each)
            for line in problems:
                self.note(line)
        self._said.close()
        if not problems:
            self.log.unlink()

    def _start(self, lane: int) -> Child:
        settings = {
            "plan": asdict(self.plan),
            "place": self.place,
            "urls": self._sink.urls,
            "lane": lane,
            "first": self._next[lane],
        }
        self.note("start", lane, "at", self._next[lane])
        return self._nursery.fork(settings, lane)

    def _progress(self) -> float:
        """How many events are over."""
        seen = self.seen
        reported = len(seen.dropped) + len(seen.lost)
        without = len(seen.tried) - len(seen.ok)
        urls = URLS - bool(self.plan.hangs)
        return (len(self._sink.over) + reported) / urls + without

    def _work(self) -> None:
        """Have everything queued, and do to senders what is planned."""
        events = self.plan.events
        while self._actions or any(each.at < events for each in self._children):
            self._look(0.01)
            until = min(int(self._progress()) + self.plan.window, events)
            for child in self._children:
                if child.ready and child.upto < until:
                    child.upto = until
                    child.tell(f"until {until}")
            if self._is_time():
                self._act(self._actions.pop(0)[1])

    def _is_time(self) -> bool:
        """Whether something is to be done to a sender; while the disk is full it waits."""
        if not self._actions or self._full:
            return False
        return self._actions[0][0] <= self._progress()

    def _finish(self) -> None:
        """Wait until everything is sent, and end the senders."""
        if self.plan.hangs:
            self._wait(lambda: self._progress() >= self.plan.events)
            return
        if self.plan.store == "memory":
            self._end()
            return
        store = opened(self.plan, self.place)
        try:
            self._wait(lambda: store.next_due() is None)
            self._end()
            self.seen.pending = store.next_due() is not None
            self._read_dead(store)
        finally:
            store.close()

    def _read_dead(self, store: Store) -> None:
        urls, after = self._sink.urls, 0
        while letters := store.dead_letters(after):
            after = letters[-1].seq
            for each in letters:
                number = int(each.delivery.event_id.removeprefix("EV_"))
                self.seen.dead.add((urls.index(each.delivery.endpoint), number))

    def _end(self) -> None:
        for child in self._children:
            child.tell("end")
        self._wait(lambda: all(each.over for each in self._children))

    def _wait(self, enough: Callable[[], bool]) -> None:
        while not enough():
            self._look(0.05)

    def _look(self, seconds: float) -> None:
        """Read what senders say, for a time, and see that something happens."""
        files = [each.output for each in self._children if not each.over]
        readable, _, _ = select.select(files, [], [], seconds)
        for child in self._children:
            if child.output in readable and not self._hear(child) and not child.over:
                raise ChildProcessError("a sender ended by itself")
        now = time.monotonic()
        if now - self._sampled > 0.05:
            self._sampled = now
            self._sample()
            self._let_go(now)
        progress = self._progress()
        if progress != self._done:
            self._done, self._moved = progress, now
        if now - self._moved > STUCK:
            self.seen.pending = True
            raise TimeoutError(
                f"nothing happened for {STUCK} s, after {progress} events"
            )
        if self._sink.error:
            raise self._sink.error

    def _sample(self) -> None:
        share = self._progress() / self.plan.events
        sizes = [each.memory() for each in self._children if each.ready]
        self.seen.memory += [(share, size) for size in sizes]

    def _hear(self, child: Child) -> bool:
        """Read from a sender. Returns False when it is over."""
        lines = child.lines()
        if lines is None:
            return False
        for line in lines:
            self.note(child.lane, line)
            self._heard(child, *line.split())
        return True

    def _heard(self, child: Child, word: str, *values: str) -> None:
        numbers = [int(each) for each in values]
        if word == "ready":
            child.ready = True
        elif word == "at":
            child.at = numbers[0]
        elif word == "over":
            child.over = True
        elif word == "again":
            self.seen.again[numbers[0], numbers[1]] += 1
        elif word in ("drop", "dead", "lost"):
            name: Name = numbers[0], numbers[1]
            seen = {"drop": self.seen.dropped, "dead": self.seen.dead}
            seen.get(word, self.seen.lost).add(name)
        elif word in ("try", "ok", "no"):
            (number,) = numbers
            if word == "try":
                self._next[child.lane] = number + 1
            what = {"try": self.seen.tried, "ok": self.seen.ok}
            what.get(word, self.seen.refused).add(number)

    def _act(self, action: str) -> None:
        ready = [
            each for each in self._children if each.ready and not each.stopped_until
        ]
        if not ready:
            self._wait(lambda: any(each.ready for each in self._children))
            ready = [each for each in self._children if each.ready]
        child = self.plan.shuffled.choice(ready)
        if action == "kill":
            self._kill(child)
        elif action == "pause":
            self.note("pause", child.lane)
            child.send_signal(signal.SIGSTOP)
            length = self.plan.shuffled.uniform(*PAUSE)
            child.stopped_until = time.monotonic() + length
            self.seen.pauses += 1
        elif action == "full":
            self._full = time.monotonic() + FULL
            self._refused = len(self.seen.refused)
            self.seen.fills += 1
        else:
            child.tell("drain" if self.seen.stops % 2 else "force")
            self.seen.stops += 1

    def _let_go(self, now: float) -> None:
        """End what lasts for a time."""
        for child in self._children:
            if child.stopped_until and now > child.stopped_until:
                child.stopped_until = 0.0
                child.send_signal(signal.SIGCONT)
        if self._full:
            full = now < self._full or self._is_unnoticed()
            word = (
                "full" if full else "space"
            )  # again, because what is sent frees pages
            for child in self._children:
                if child.ready and not child.over:
                    child.tell(word)
            if word == "space":
                self._full = 0.0

    def _is_unnoticed(self) -> bool:
        """Whether an event is still to be queued, and none was refused since the disk is full."""
        more = any(each.at < self.plan.events for each in self._children)
        return more and len(self.seen.refused) == self._refused

    def _end_now(self, child: Child) -> None:
        """End a sender, and read what it had said."""
        child.kill()
        while self._hear(child):
            pass
        child.close()

    def _kill(self, child: Child) -> None:
        """Kill a sender at some moment of the next ones, and start another one."""
        end = time.monotonic() + self.plan.shuffled.random() * 0.02
        while time.monotonic() < end:
            self._look(0.001)
        self.note("kill", child.lane, child.pid)
        self._end_now(child)
        self.seen.kills += 1
        self._children[self._children.index(child)] = self._start(child.lane)
