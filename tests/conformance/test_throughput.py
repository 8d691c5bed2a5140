"""What the runner itself costs for each case, and that nothing grows with their number."""

from __future__ import annotations

import gc
import json
import resource
import subprocess
import sys
import threading
import time
from itertools import cycle, islice
from pathlib import Path
from subprocess import PIPE

import pytest
from lkproto_conformance.connect import ProcessTestee
from lkproto_conformance.running.runner import run
from lkproto_conformance.vectors import Vector, load, vectors_folder

from .misbehaving import command

TIMES = 6
"""How often the runner may take the processor time of a bare exchange; it takes 2 to 4 of them.

The bare one takes 15 to 35 microseconds, and 5,000 cases a second take 200 of any time.
"""

STATM = Path("/proc/self/statm")


@pytest.fixture(scope="module")
def vectors() -> list[Vector]:
    """All vectors of which a request and a reply are the whole exchange."""
    found = load(vectors_folder()).vectors
    return [each for each in found if not each.op.startswith("twirp.")]


def test_the_runner_takes_little_more_processor_time_than_a_bare_exchange(
    vectors: list[Vector],
) -> None:
    gc.freeze()  # the collector would visit what all other tests left
    ratios = [judged(vectors) / exchanged(vectors) for _ in range(3)]
    gc.unfreeze()

    assert len(vectors) > 5_000
    assert min(ratios) < TIMES


def judged(vectors: list[Vector]) -> float:
    """Seconds of processor time that the runner takes for a case of a testee that is null."""
    begun: list[float] = []
    results = run(
        ProcessTestee(command("null")),
        vectors,
        "go",
        started=lambda _: begun.append(time.process_time()),
    )
    number = sum(1 for _ in results)
    return (time.process_time() - begun[0]) / number


def exchanged(vectors: list[Vector]) -> float:
    """Seconds that it takes to write a request and to read its reply, and no more."""
    with subprocess.Popen(command("null"), stdin=PIPE, stdout=PIPE) as testee:
        assert testee.stdin
        assert testee.stdout
        begun = time.process_time()
        for each in vectors:
            request = {"id": each.id, "op": each.op, "args": each.args}
            testee.stdin.write(json.dumps(request).encode() + b"\n")
            testee.stdin.flush()
            assert json.loads(testee.stdout.readline())["id"] == each.id
        taken = time.process_time() - begun
        testee.stdin.close()
    return taken / len(vectors)


@pytest.mark.slow
@pytest.mark.skipif(not STATM.exists(), reason="looks into /proc")
def test_memory_does_not_grow_with_cases_nor_with_noise_on_stderr(
    vectors: list[Vector],
) -> None:
    """A line of 500 bytes for each of 100,000 cases, of which 64 KiB are kept."""
    few = [each for each in vectors if each.op == "kind.parse"]
    many = islice(cycle(few), 100_000)
    results = run(ProcessTestee(command("noise")), many, "go")
    blocks, used, threads = 0, 0, {*threading.enumerate()}
    for at, result in enumerate(results):
        assert result.verdict.name == "pass"
        if at == 20_000:
            blocks, used = sys.getallocatedblocks(), resident()
            assert {*threading.enumerate()} <= threads
        elif at == 99_900:
            blocks = sys.getallocatedblocks() - blocks
            used = resident() - used

    assert blocks < 5_000
    assert used < 4_000_000


def resident() -> int:
    """Bytes of memory that this process uses."""
    return int(STATM.read_text().split()[1]) * resource.getpagesize()
