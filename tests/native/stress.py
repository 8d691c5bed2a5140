"""Threads, collections and code of users in the middle of the codec's work, in a process of its own.

`python -m tests.native.stress NAME --seconds N` runs one of the trials below with the native codec
and prints what it did. A crash ends the process, a wrong result raises an AssertionError.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import random
import signal
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.fuzz import schemas
from tests.support import module_of

from . import codecs, work
from .alike import difference
from .odd import Index

THREADS = 4
Done = Callable[[], bool]


class Trial:
    """Both schemas with a codec in use."""

    def __init__(self, codec: str, folder: Path) -> None:
        self.schemas = {"fuzz": schemas.inline(folder), "livekit": schemas.livekit()}
        self.codecs: dict[str, Any] = {}
        for name, schema in self.schemas.items():
            chosen = codecs.codec_of(schema.package, codec)
            module_of(schema.package, "_runtime.codec").use(chosen)
            self.codecs[name] = chosen

    def cls(self, name: str) -> Any:
        found = self.schemas["fuzz"].ours(name)
        return found or self.schemas["livekit"].ours(name)

    def calls(self) -> list[work.Call]:
        return [
            call
            for name, schema in self.schemas.items()
            for call in work.calls_of(schema, self.codecs[name], work.CLASSES[name])
        ]


@contextmanager
def restless(threshold: int = 1) -> Generator[None]:
    """The collector runs all the time, and threads switch as often as they can."""
    before = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(threshold)
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        gc.set_threshold(*before[0])
        sys.setswitchinterval(before[1])


def in_threads(work_of: Callable[[int], object], count: int = THREADS) -> None:
    """Run in threads that begin together; raises the first error of any."""
    errors: list[BaseException] = []
    together = threading.Barrier(count)

    def run(number: int) -> None:
        try:
            together.wait()
            work_of(number)
        except BaseException as error:  # noqa: BLE001 - raised again below
            errors.append(error)

    threads = [threading.Thread(target=run, args=(each,)) for each in range(count)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    if errors:
        raise errors[0]


def directions(trial: Trial, done: Done) -> int:
    """All directions in threads at once, with the results that they have alone."""
    expected = [(call, call.attempt()) for call in trial.calls()]
    counts = [0] * THREADS

    def run(number: int) -> None:
        order = list(expected)
        random.Random(number).shuffle(order)
        while not done():
            for call, right in order:
                assert call.is_right(right), (call.direction, call.arguments)
                counts[number] += 1
                if done():
                    return

    with restless():
        in_threads(run)
    return sum(counts)


def first_use(trial: Trial, done: Done) -> int:
    """Threads use each class for the first time together."""
    counts = [0] * THREADS
    names = list(trial.schemas["livekit"].names)

    def run(number: int) -> None:
        for name in names:
            cls = trial.cls(name)
            message = cls()
            assert cls.from_bytes(message.to_bytes()) == message
            # Text of a well-known type may need a value.
            if not name.startswith("google."):
                assert cls.from_json(message.to_json()) == message
            counts[number] += 1
            if done():
                return

    with restless(50):
        in_threads(run)
    return sum(counts)


def changed_while_read(trial: Trial, done: Done) -> int:
    """Messages are encoded while others change them: a state they had, or an error, is the result."""
    room, info = trial.cls("livekit.Room"), trial.cls("livekit.ParticipantInfo")
    packet, codec = trial.cls("livekit.DataPacket"), trial.cls("livekit.Codec")
    user = trial.cls("livekit.UserPacket")
    shared = room(), info(), packet()
    texts = ["", "a", "é" * 50, "x" * 500]
    counts = [0] * THREADS

    def change(chance: random.Random) -> None:
        one, other, third = shared
        text = chance.choice(texts)
        changes: tuple[Callable[[], object], ...] = (
            lambda: one.enabled_codecs.append(codec(mime=text)),
            lambda: setattr(one, "enabled_codecs", [codec()] * chance.randrange(3)),
            one.enabled_codecs.clear,
            lambda: other.attributes.update({text: text}),
            lambda: setattr(other, "attributes", {}),
            other.attributes.clear,
            lambda: setattr(third, "user", user(payload=b"x" * 300)),
            lambda: setattr(third, "user", None),
            lambda: setattr(one, "name", text),
        )
        chance.choice(changes)()

    def run(number: int) -> None:
        chance = random.Random(number)
        while not done():
            if number % 2:
                change(chance)
            for message in shared:
                _written_and_read(message, texts)
            counts[number] += 1

    with restless():
        in_threads(run)
    return sum(counts)


def _written_and_read(message: Any, texts: list[str]) -> None:
    """Both formats of a message that others change can be read, and hold what was put there."""
    cls = message.__class__
    for write, read in ((cls.to_bytes, cls.from_bytes), (cls.to_json, cls.from_json)):
        try:
            text = write(message)
        except (ValueError, RuntimeError):
            continue  # a size changed under the exact codec
        found = read(text)
        for each in getattr(found, "enabled_codecs", ()):
            assert each.mime in texts
        for key, value in getattr(found, "attributes", {}).items():
            assert key in texts
            assert value in texts


def _until(done: Done) -> Iterator[int]:
    return itertools.takewhile(lambda _: not done(), itertools.count(1))


def in_enums(trial: Trial, done: Done) -> int:
    """Numbers without a name are asked of the enum's class, which may do anything."""
    scalars, lists = trial.cls("fuzz.proto3.Scalars"), trial.cls("fuzz.proto3.Lists")
    fields = trial.schemas["fuzz"].package.fields_of(lists)
    kind: Any = next(each.type for each in fields if each.name == "kinds")
    named: Any = kind._missing_.__func__
    chance = random.Random(1)
    data = lists(kinds=[kind(5), kind(1), kind(6)], scalars=[scalars(kind=kind(9))])
    encoded, text = data.to_bytes(), data.to_json()
    depth = [0]

    def missing(cls: Any, value: Any) -> Any:
        gc.collect(0)
        if depth[0] < 3 and chance.random() < 0.3:
            depth[0] += 1
            assert lists.from_bytes(encoded).kinds[2] == 6
            assert lists.from_json(text).kinds[0] == 5
            depth[0] -= 1
        if chance.random() < 0.02:
            _touch_all(lists)
        if chance.random() < 0.1:
            raise LookupError("the enum does not like this number")
        return named(cls, value)

    kind._missing_ = classmethod(missing)
    count = 0
    try:
        for count in _until(done):  # noqa: B007 - it is returned
            for read, given in ((lists.from_bytes, encoded), (lists.from_json, text)):
                try:
                    found = read(given)
                except LookupError:
                    continue
                assert [int(each) for each in found.kinds] == [5, 1, 6]
    finally:
        kind._missing_ = classmethod(named)
    return count


def _touch_all(cls: Any) -> None:
    """Whatever the collector shows of a class is a whole message, which can be changed."""
    for each in gc.get_objects():
        if each.__class__ is cls:
            for name in cls.__dict__["__slots__"]:
                assert hasattr(each, name)


def in_numbers(trial: Trial, done: Done) -> int:
    """Writing asks a number of users for its value, and it changes the message around it."""
    known, lists = trial.cls("fuzz.proto3.Known"), trial.cls("fuzz.proto3.Lists")
    stamp = known.from_json('{"timestamp":"2026-01-01T00:00:00Z"}').timestamp
    value = trial.cls("google.protobuf.Value")
    count = 0

    class Changing(Index):
        def __init__(self, message: Any) -> None:
            super().__init__(5)
            self.message = message

        def __index__(self) -> int:
            message = self.message
            for name in message.__class__.__dict__["__slots__"]:
                held: Any = getattr(message, name, None)
                if isinstance(held, list | dict):
                    held.clear()
                elif not name.startswith("_"):
                    setattr(message, name, None)
            gc.collect(0)
            return self.value

    for count in _until(done):  # noqa: B007 - it is returned
        message = known(timestamp=stamp.__class__(nanos=1), any=None)
        message.timestamp.seconds = Changing(message)
        _write(message)
        many = lists(values=[value(string_value="x" * 50) for _ in range(50)])
        many.values[3].number_value = Changing(many)
        _write(many)
    return count


def _write(message: Any) -> None:
    for write in (message.to_json, message.to_bytes):
        try:
            write()
        except (ValueError, AttributeError, RuntimeError):
            continue  # what was changed is no longer a message that can be written


def in_collections(trial: Trial, done: Done) -> int:
    """Each collection changes live messages, and garbage does so when it is freed."""
    info, track = trial.cls("livekit.ParticipantInfo"), trial.cls("livekit.TrackInfo")
    shared = info(tracks=[track(sid="TR_1")], attributes={"a": "b"})
    data = info(
        tracks=[track(sid=f"TR_{each}") for each in range(20)], attributes={"k": "v"}
    ).to_bytes()
    right = info.from_bytes(data)

    class Garbage:
        def __init__(self) -> None:
            self.me = self

        def __del__(self) -> None:
            shared.tracks.append(track(sid="TR_2"))
            del shared.tracks[:-3]

    def collected(phase: str, _: Any) -> None:
        shared.tracks = [*shared.tracks[-2:], track()]
        shared.attributes["a" if phase == "start" else "b"] = "c"

    gc.callbacks.append(collected)
    count = 0
    try:
        with restless():
            for count in _until(done):  # noqa: B007 - it is returned
                Garbage()
                assert difference(info.from_bytes(data), right) is None
                assert difference(info.from_json(right.to_json()), right) is None
                _write(shared)
                assert len(info(tracks=[track()], attributes={}).tracks) == 1
    finally:
        gc.callbacks.remove(collected)
    return count


class AlarmError(Exception):
    """Raised by a signal handler."""


def signals(trial: Trial, done: Done) -> int:
    """A signal handler that raises ends a call, or comes after it, and the next one is right."""
    expected = [(call, call.attempt()) for call in trial.calls()]
    count = 0

    def ring(*_: Any) -> None:
        raise AlarmError

    signal.signal(signal.SIGALRM, ring)
    for call, right in itertools.cycle(expected):
        if done():
            break
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.0002)
            for _ in range(50):
                call.attempt()
            signal.setitimer(signal.ITIMER_REAL, 0)
        except AlarmError:
            pass
        signal.setitimer(signal.ITIMER_REAL, 0)
        assert call.is_right(right), (call.direction, call.arguments)
        count += 1
    return count


TRIALS: dict[str, Callable[[Trial, Done], int]] = {
    "directions": directions,
    "first_use": first_use,
    "changed_while_read": changed_while_read,
    "in_enums": in_enums,
    "in_numbers": in_numbers,
    "in_collections": in_collections,
    "signals": signals,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.native.stress")
    parser.add_argument("trial", choices=TRIALS)
    parser.add_argument("--codec", choices=codecs.NAMES, default="native")
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()
    warnings.simplefilter("ignore", DeprecationWarning)
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(options.codec, Path(folder))
        end = time.monotonic() + options.seconds
        count = TRIALS[options.trial](trial, lambda: time.monotonic() >= end)
    print(f"{options.trial}: {count} times")


if __name__ == "__main__":
    main()
