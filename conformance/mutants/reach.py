"""Which statements of our modules each case reaches, measured once with probes."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from .cases import Case, verdict
from .forked import Code, Forked
from .hook import Change
from .modules import Module
from .pool import Lost, WorkerError, in_workers
from .probes import SPAN, probed

SECONDS = 1800.0
SHARDS = 2
"""Processes that cases are dealt to, however many work at a time.

Functions that are written once are written for the first case that needs them, in each process:
with another number, other cases would reach what writes them, and other mutants survive.
"""


@dataclass
class Reach:
    """The cases that pass, and by statement those that reach it, as positions in `cases`."""

    cases: Sequence[Case]
    by_statement: dict[int, array[int]] = field(
        default_factory=lambda: defaultdict(lambda: array("I"))
    )
    by_module: dict[int, array[int]] = field(
        default_factory=lambda: defaultdict(lambda: array("I"))
    )
    at_import: set[int] = field(default_factory=set[int])
    failed: list[str] = field(default_factory=list[str])
    """Cases that our code fails as it is: nothing can be judged by them."""
    passed: int = 0


_Found = tuple[int, str, frozenset[int]]
"""A case's position, how it failed or empty, and what it reached."""


def measure(modules: Sequence[Module], cases: Sequence[Case], jobs: int) -> Reach:
    """Ask our code all cases, with probes in these modules."""
    changes = {
        module.name: partial(probed, module=number)
        for number, module in enumerate(modules)
    }
    found = Reach(cases)
    work = partial(_shard, cases, changes)
    for _, result in in_workers(range(SHARDS), work, jobs=jobs, seconds=SECONDS):
        if isinstance(result, Lost):
            raise WorkerError(f"reach was not measured within {SECONDS:.0f} s")
        at_import, shard = result
        found.at_import |= at_import
        _add(found, shard)
    return found


def _add(found: Reach, shard: Iterable[_Found]) -> None:
    for at, problem, reached in shard:
        case = found.cases[at]
        if problem:
            # What the fast codec rightly leaves to the exact one `sync` judges.
            if case.variant != "straight":
                found.failed.append(f"{case}: {problem}")
            continue
        found.passed += 1
        for number in reached:
            found.by_statement[number].append(at)
        for module in {number // SPAN for number in reached}:
            found.by_module[module].append(at)


def _shard(
    cases: Sequence[Case], changes: Mapping[str, Change], number: int
) -> tuple[set[int], list[_Found]]:
    """Every `SHARDS`th case. Returns what importing reaches, and what the cases reach."""
    at_import: set[int] = set()
    found: list[_Found] = []
    positions = range(number, len(cases), SHARDS)
    processes = {exact: Forked(Code(changes, exact)) for exact in (False, True)}
    for exact, process in processes.items():
        if (problem := process.start()) is not None:
            raise WorkerError(problem.detail)
        at_import |= process.reached
        found += _asked(
            cases, (at for at in positions if cases[at].exact is exact), process
        )
        process.stop()
    return at_import, found


def _asked(
    cases: Sequence[Case], positions: Iterable[int], process: Forked
) -> Iterator[_Found]:
    for at in positions:
        process.reached = set()
        judged = verdict(process, cases[at])
        if judged.name != "skip":
            problem = f"{judged.name}: {judged.detail}" if judged.failed else ""
            yield at, problem, frozenset(process.reached)
