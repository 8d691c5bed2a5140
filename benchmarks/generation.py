"""The time to generate the whole schema, each generator in turn, in processes of their own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from typing import Any

from .timing import clock
from .trees import GENERATORS, Generator

COLD, NO_CHANGE = "lkproto", "lkproto, nothing to do"


def measure(folder: Path, rounds: int, names: Iterable[str]) -> dict[str, Any]:
    """By label: minimum and median of wall seconds, files and lines written.

    Cold means into an empty folder. Each round runs every generator once.
    """
    generators = {name: GENERATORS[name] for name in names}
    runs: dict[str, Callable[[], float]] = {
        each.label: cold_run(each, folder / name) for name, each in generators.items()
    }
    ours = GENERATORS["ours"]
    runs[NO_CHANGE] = lambda: clock(lambda: ours.run(folder / "ours"))
    for each in runs.values():
        each()  # .pyc files and the disk's cache are warm from here on
    taken = [{label: each() for label, each in runs.items()} for _ in range(rounds)]
    sizes = {each.label: size(folder / name) for name, each in generators.items()}
    return {
        label: {
            "min": min(each[label] for each in taken),
            "median": median(each[label] for each in taken),
            **sizes.get(label, {}),
        }
        for label in runs
    }


def cold_run(generator: Generator, out: Path) -> Callable[[], float]:
    """A function that generates into an empty folder and returns the seconds that took."""

    def timed() -> float:
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        return clock(lambda: generator.run(out))

    return timed


def size(out: Path) -> dict[str, int]:
    """How many Python files there are below a folder, and how many lines they have."""
    files = [*out.rglob("*.py"), *out.rglob("*.pyi")]
    lines = sum(path.read_text("utf-8").count("\n") for path in files)
    return {"files": len(files), "lines": lines}
