"""What imports cost: wall time of a fresh interpreter, minus that of one that imports nothing.

The .pyc files are warm. Every round starts each interpreter once, and a bare one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from .process import run
from .timing import clock
from .trees import FILES


@dataclass(frozen=True, slots=True)
class Case:
    """An import statement, where its modules are, and the case it is compared with."""

    library: str
    code: str
    against: str = ""


def modules(pattern: str) -> str:
    """An import of the module of every .proto file."""
    names = [file.removesuffix(".proto").replace("/", ".") for file in FILES]
    return "import " + ", ".join(pattern.format(name) for name in names)


def betterproto2_packages(trees: Path) -> str:
    """An import of every package betterproto2 made: it has no module per file."""
    root = trees / "betterproto2"
    found = sorted(path.parent.relative_to(root) for path in root.rglob("__init__.py"))
    return "import " + ", ".join(".".join(path.parts) for path in found)


ONE, ALL = "google: livekit_models_pb2", "google: every module"
BARE, NOTHING = "nothing", Case("google", "pass")


def cases(trees: Path) -> dict[str, Case]:
    """The imports by label; the bare interpreter is apart."""
    return {
        ONE: Case("google", "import livekit_models_pb2"),
        ALL: Case("google", modules("{}_pb2")),
        "lkproto: the package alone": Case("ours", "import lkproto"),
        "lkproto: Room": Case("ours", "from lkproto.livekit import Room", ONE),
        "lkproto: every module": Case("ours", modules("lkproto.{}_pb"), ALL),
        "protobuf-py: livekit_models_pb": Case(
            "protobuf-py", "import bench_protobuf_py.livekit_models_pb", ONE
        ),
        "protobuf-py: every module": Case(
            "protobuf-py", modules("bench_protobuf_py.{}_pb"), ALL
        ),
        "betterproto2: package livekit": Case(
            "betterproto2", "import bench_betterproto2.livekit", ONE
        ),
        "betterproto2: every package": Case(
            "betterproto2", betterproto2_packages(trees), ALL
        ),
    }


def measure(trees: Path, rounds: int, names: Iterable[str]) -> dict[str, Any]:
    """By label: minimum and median seconds beyond the bare interpreter, median ratio to google."""
    known = {"google", "ours", *names}
    return compare(
        trees,
        rounds,
        {label: case for label, case in cases(trees).items() if case.library in known},
    )


def compare(trees: Path, rounds: int, wanted: Mapping[str, Case]) -> dict[str, Any]:
    """The figures of some imports, each of which is done once in every round."""
    for case in wanted.values():
        start(trees, case)  # writes the .pyc files
    rows = [
        {label: start(trees, case) for label, case in {BARE: NOTHING, **wanted}.items()}
        for _ in range(rounds)
    ]
    return {label: summary(label, case, rows) for label, case in wanted.items()}


def start(trees: Path, case: Case) -> float:
    """Wall seconds of an interpreter that runs the case."""
    command = [sys.executable, "-c", case.code]
    path = str(trees / case.library)
    return clock(lambda: run(command, PYTHONPATH=path))


def summary(
    label: str, case: Case, rows: list[dict[str, float]]
) -> dict[str, float | str | None]:
    """The figures of one import over all rounds."""
    own, bare = [row[label] for row in rows], [row[BARE] for row in rows]
    ratio = None
    if case.against:
        ratio = median(
            (row[label] - row[BARE]) / (row[case.against] - row[BARE]) for row in rows
        )
    return {
        "library": case.library,
        "against": case.against,
        "min": min(own) - min(bare),
        "median": median(own) - median(bare),
        "ratio": ratio,
    }
