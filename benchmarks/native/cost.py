"""What the extension costs: to build, to keep on disk, to import, and before the first message."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from ..libraries import CODECS
from ..process import EXTENSION, ROOT, run, worker
from ..timing import clock

CRATE = ROOT / "native" / "Cargo.toml"


def extension() -> Path | None:
    """The binary of the extension that this interpreter would import; None without it."""
    spec = find_spec(EXTENSION)
    if spec is None or spec.origin is None:
        return None
    origin = Path(spec.origin)
    if not spec.submodule_search_locations:
        return origin
    # maturin makes a package of it, which has the binary and an `__init__.py`.
    binaries = [
        each
        for each in origin.parent.iterdir()
        if each.name.endswith(tuple(EXTENSION_SUFFIXES))
    ]
    return binaries[0] if binaries else None


def measure(rounds: int, trees: Path) -> dict[str, Any]:
    """Bytes of the binary, seconds of a clean build if there is cargo, seconds of each start.

    Raises RuntimeError where there is no extension.
    """
    binary = extension()
    if binary is None:
        raise RuntimeError(f"{EXTENSION} is not installed")
    return {
        "size": binary.stat().st_size,
        "build": build(),
        "start": {name: start(codec, rounds, trees) for name, codec in CODECS.items()},
    }


def build() -> dict[str, Any] | None:
    """Wall and processor seconds of a build from nothing; None without cargo or the crate."""
    if shutil.which("cargo") is None or not CRATE.exists():
        return None
    crate = f"--manifest-path={CRATE}"
    run(
        ["cargo", "fetch", "--locked", "--quiet", crate]
    )  # the network's time is not the build's
    with tempfile.TemporaryDirectory() as folder:
        changes = {"CARGO_TARGET_DIR": folder, "PYO3_PYTHON": sys.executable}
        command = ["cargo", "build", "--release", "--locked", "--quiet", crate]
        before = of_children()
        wall = clock(lambda: run(command, **changes))
    return {"wall": wall, "processor": of_children() - before}


def of_children() -> float:
    """Processor seconds of the processes that this one has started and that have ended."""
    times = os.times()
    return times.children_user + times.children_system


def start(codec: str, rounds: int, trees: Path) -> dict[str, float]:
    """Median seconds of each step of a fresh process with a codec."""
    samples: list[dict[str, float]] = [
        worker("native.start", trees, codec=codec) for _ in range(rounds)
    ]
    return {step: median(each[step] for each in samples) for step in samples[0]}
