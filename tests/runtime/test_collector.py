"""The collector rests while large messages are read, and is at work again whatever happens."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
from typing import Any

import pytest
from lkproto._runtime.straight.collector import at_rest
from lkproto.livekit import Codec, Room

from tests.support import ROOT

LARGE = Room(enabled_codecs=[Codec(mime=f"video/{i}") for i in range(5000)]).to_bytes()
# Newer Pythons warn of it where there are threads; the tests' runner has some.
FORKS = pytest.mark.filterwarnings("ignore::DeprecationWarning")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="no fork, no such signals")

# In a process of its own: what fails here hangs.
IN_A_HANDLER = """
import gc, signal
from lkproto import codec
from lkproto.livekit import Codec, Room
count = 30_000 if codec() == "native" else 3000  # so that it takes milliseconds
large = Room(enabled_codecs=[Codec(mime=f"video/{i}") for i in range(count)]).to_bytes()
times = 0
class Stop(Exception): pass
def handler(number, frame):
    global times
    times += 1
    assert len(Room.from_bytes(large).enabled_codecs) == count
    if times % 2 and frame.f_code.co_filename != here: raise Stop
here = handler.__code__.co_filename
signal.signal(signal.SIGALRM, handler)
for at in range(200):
    signal.setitimer(signal.ITIMER_REAL, 0.0001 * (1 + at % 50))
    try: Room.from_bytes(large)
    except Stop: pass
    signal.setitimer(signal.ITIMER_REAL, 0)
assert times > 20, times
Room.from_bytes(large)
print(gc.isenabled())
"""


@pytest.mark.slow
def test_a_signal_handler_may_read_while_it_rests() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IN_A_HANDLER],
        env=os.environ | {"PYTHONPATH": str(ROOT / "generated")},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )

    assert done.stdout == "True\n"


def test_a_signal_at_any_place_leaves_it_as_it_was() -> None:
    """A handler that raises, at each line of the function in turn."""
    code = at_rest.__code__
    lines = sorted({line for *_, line in code.co_lines() if line})
    for stop in lines:

        def trace(frame: Any, event: str, arg: object, stop: int = stop) -> Any:
            if frame.f_code is not code:
                return None
            if event == "line" and frame.f_lineno == stop:
                sys.settrace(None)
                at_rest(int)  # what a handler does
            return trace

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            assert at_rest(int) == 0
        finally:
            sys.settrace(before)
        assert gc.isenabled(), stop


def child_collects() -> bool:
    """Whether the collector is at work in a fork made now, after a large message."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        Room.from_bytes(LARGE)
        os.write(writing, b"1" if gc.isenabled() else b"0")
        os._exit(0)
    os.close(writing)
    answer = os.read(reading, 1)
    os.close(reading)
    os.waitpid(child, 0)
    return answer == b"1"


@FORKS
def test_a_fork_while_another_thread_reads_collects() -> None:
    begun, done = threading.Event(), threading.Event()

    def read() -> None:
        begun.set()
        done.wait(60)

    other = threading.Thread(target=at_rest, args=(read,))
    other.start()
    try:
        assert begun.wait(60)
        assert not gc.isenabled()
        assert child_collects()
    finally:
        done.set()
        other.join()
    assert gc.isenabled()


@FORKS
def test_a_fork_inside_of_a_call_collects_once_that_ends() -> None:
    reading, writing = os.pipe()

    def fork() -> int:
        return os.fork()

    child = at_rest(fork)
    if not child:
        os.write(writing, b"1" if gc.isenabled() else b"0")
        os._exit(0)
    os.close(writing)
    assert os.read(reading, 1) == b"1"
    os.close(reading)
    os.waitpid(child, 0)
    assert gc.isenabled()


def test_a_process_without_a_collector_has_none_afterwards() -> None:
    gc.disable()
    try:
        Room.from_bytes(LARGE)
        assert not gc.isenabled()
    finally:
        gc.enable()
