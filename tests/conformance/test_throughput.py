"""What the runner itself costs for each case, and that nothing grows with their number."""

from __future__ import annotations

import resource
import sys
import threading
import time
from itertools import cycle, islice
from pathlib import Path

import pytest
from lkproto_conformance.connect import ProcessTestee
from lkproto_conformance.running.runner import run
from lkproto_conformance.vectors import Vector, load, vectors_folder

from .misbehaving import command

MICROSECONDS = 150
"""Of processor time for a case: 5,000 cases a second take 200 of any time. It takes 25 to 60."""

STATM = Path("/proc/self/statm")


@pytest.fixture(scope="module")
def vectors() -> list[Vector]:
    """All vectors of which a request and a reply are the whole exchange."""
    found = load(vectors_folder()).vectors
    return [each for each in found if not each.op.startswith("twirp.")]


def test_the_runner_takes_little_processor_time_for_a_case(
    vectors: list[Vector],
) -> None:
    begun: list[float] = []
    costs: list[float] = []
    for _ in range(2):
        results = run(
            ProcessTestee(command("null")),
            vectors,
            "go",
            started=lambda _: begun.append(time.process_time()),
        )
        number = sum(1 for _ in results)
        costs.append((time.process_time() - begun[-1]) / number * 1e6)

    assert number > 5_000
    assert min(costs) < MICROSECONDS


@pytest.mark.slow
@pytest.mark.skipif(not STATM.exists(), reason="looks into /proc")
def test_memory_does_not_grow_with_cases_nor_with_noise_on_stderr(
    vectors: list[Vector],
) -> None:
    """A line of 500 bytes for each of 100,000 cases, of which 64 KiB are kept."""
    few = [each for each in vectors if each.op == "kind.parse"]
    many = islice(cycle(few), 100_000)
    results = run(ProcessTestee(command("noise")), many, "go")
    blocks, used, threads = 0, 0, threading.active_count()
    for at, result in enumerate(results):
        assert result.verdict.name == "pass"
        if at == 20_000:
            blocks, used = sys.getallocatedblocks(), resident()
            assert threading.active_count() == threads
        elif at == 99_900:
            blocks = sys.getallocatedblocks() - blocks
            used = resident() - used

    assert blocks < 5_000
    assert used < 4_000_000


def resident() -> int:
    """Bytes of memory that this process uses."""
    return int(STATM.read_text().split()[1]) * resource.getpagesize()
