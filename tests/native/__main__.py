"""Compares the native codec with the exact one for any time: `python -m tests.native --seconds 600`.

Prints what was done, and the first difference as a line that `--case` repeats.
"""

from __future__ import annotations

import argparse
import itertools
import math
import random
import sys
import tempfile
import time
import warnings
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from pathlib import Path
from typing import Any

from tests.fuzz import schemas

from . import codecs
from .case import parsed
from .compare import Comparer, FoundError
from .fuzz import ORDINARY, Result, run

# Rounds of the fuzz schema for one of LiveKit's, which has many more classes, that are alike.
_SHARES = {"fuzz": 6, "livekit": 1}


def comparers(folder: Path, codec: str) -> dict[str, Comparer]:
    """A comparer for each schema; the one of `tests.fuzz` is generated into a folder."""
    both = {"fuzz": schemas.inline(folder), "livekit": schemas.livekit()}
    return {
        name: Comparer(schema, codecs.codec_of(schema.package, codec))
        for name, schema in both.items()
    }


def search(options: argparse.Namespace, job: int) -> Result:
    """One process's share of the rounds. Raises FoundError."""
    warnings.simplefilter("ignore")
    result = Result()
    until = time.monotonic() + options.seconds
    most = options.comparisons / options.jobs
    with tempfile.TemporaryDirectory() as folder:
        both = comparers(Path(folder), options.codec)
        for number in itertools.count(job, options.jobs):
            for name, comparer in both.items():
                share = _SHARES[name]
                result.merge(
                    run(
                        comparer,
                        list(comparer.schema.names),
                        f"{options.seed} {name}",
                        iter(range(number * share, (number + 1) * share)),
                        comparisons=most - result.comparisons,
                        until=until,
                    )
                )
                if result.comparisons >= most or time.monotonic() >= until:
                    return result
    raise AssertionError("rounds do not end")


def repeat(line: str, codec: str) -> str:
    """The outcome of one case. Raises FoundError."""
    case = parsed(line)
    with tempfile.TemporaryDirectory() as folder:
        for comparer in comparers(Path(folder), codec).values():
            if comparer.schema.ours(case.name) is not None:
                with comparer.in_use():
                    return comparer.compare(case)
    raise SystemExit(f"no message is called {case.name}")


def told(result: Result, seconds: float) -> str:
    """What a run did, as text."""
    speed = result.comparisons / max(seconds, 0.001)
    lines = [f"{result.comparisons} comparisons, {speed:.0f} a second, no difference"]
    rows: dict[tuple[str, str], dict[str, int]] = {}
    for (direction, kind, outcome), count in sorted(result.outcomes.items()):
        rows.setdefault((direction, kind), {})[outcome] = count
    for (direction, kind), counts in rows.items():
        shares = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
        lines.append(f"  {direction}, {kind}: {shares}")
    for (_, kind), examples in result.fell_back.items():
        if kind.startswith(ORDINARY):
            lines += [f"fell back on {kind}", *(f"  {each}" for each in examples)]
    return "\n".join(lines)


def in_processes(options: argparse.Namespace) -> Result:
    """The shares of all processes. Raises the first FoundError."""
    result = Result()
    with ProcessPoolExecutor(options.jobs) as pool:
        running = {pool.submit(search, options, job) for job in range(options.jobs)}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for each in done:
                result.merge(each.result())
    return result


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.native", description=__doc__)
    parser.add_argument("--codec", choices=codecs.NAMES, default="native")
    parser.add_argument("--comparisons", type=float, default=math.inf)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--case", help="repeat this case, a line of an earlier run")
    options = parser.parse_args()
    if options.codec == "native" and not codecs.is_installed():
        parser.error(codecs.MISSING)
    if options.seconds is None:
        options.seconds = 60 if options.comparisons == math.inf else math.inf
    warnings.simplefilter("ignore")
    try:
        return _act(options)
    except FoundError as error:
        print(f"seed {options.seed}; repeat with --case and this line:\n{error}")
        return 1


def _act(options: Any) -> int:
    if options.case:
        print(repeat(options.case, options.codec))
        return 0
    start = time.monotonic()
    result = search(options, 0) if options.jobs == 1 else in_processes(options)
    print(f"seed {options.seed}:", told(result, time.monotonic() - start))
    return 0


if __name__ == "__main__":
    sys.exit(main())
