"""`python -m benchmarks`: run the benchmarks and print their tables."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import chart, generation, imports, large, report, trees
from .process import worker

BEGIN, END = "<!-- benchmark tables: begin -->", "<!-- benchmark tables: end -->"
PEERS = ("protobuf-py", "betterproto2")
DISTRIBUTIONS = (
    "protobuf",
    "grpcio-tools",
    "protobuf-py",
    "protobuf-py-ext",
    "protoc-gen-py",
    "betterproto2",
    "betterproto2-compiler",
)


@dataclass(frozen=True, slots=True)
class Run:
    """What all benchmarks share: the generated code, how often, and who takes part."""

    trees: Path
    rounds: int
    libraries: tuple[str, ...]
    sizes: tuple[int, ...]


def run_codecs(run: Run) -> Any:
    """Each library against upb, in a process of its own."""
    names = [name for name in codecs_of(run.libraries) if name != "google"]
    return {name: worker("codecs", name, run.trees, run.rounds) for name in names}


def run_memory(run: Run) -> Any:
    """Each library in a process of its own."""
    return {
        name: worker("memory", name, run.trees) for name in codecs_of(run.libraries)
    }


def run_first_use(run: Run) -> Any:
    """All our classes, in one fresh process."""
    return worker("first_use", run.trees)


def run_large(run: Run) -> Any:
    """Each kind of data in a process of its own, so that memory comes free in between."""
    rounds = max(1, run.rounds // 2)
    return {
        kind: worker("large", kind, run.trees, rounds, *run.sizes)
        for kind in large.KINDS
    }


def run_generation(run: Run) -> Any:
    """All generators in turn."""
    names = ["ours", "descriptors", *run.libraries[1:]]
    with tempfile.TemporaryDirectory() as folder:
        return generation.measure(Path(folder), max(1, run.rounds // 2), names)


def run_imports(run: Run) -> Any:
    """All imports in turn."""
    return imports.measure(run.trees, run.rounds * 2, run.libraries)


BENCHMARKS: dict[str, Callable[[Run], Any]] = {
    "codecs": run_codecs,
    "memory": run_memory,
    "first_use": run_first_use,
    "large": run_large,
    "generation": run_generation,
    "imports": run_imports,
}


def codecs_of(libraries: Sequence[str]) -> list[str]:
    """Libraries to run: protobuf-py counts twice, with its extension and without."""
    found: list[str] = []
    for name in libraries:
        found += [name, "protobuf-py pure"] if name == "protobuf-py" else [name]
    return found


def main(words: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    arguments = parser().parse_args(words)
    if arguments.load:
        results = json.loads(arguments.load.read_text("utf-8"))
    else:
        results = measure(arguments)
    found = report.tables(results)
    print(report.text_of(found))
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    if arguments.chart:
        arguments.chart.write_text(chart.draw(results), "utf-8")
    if arguments.markdown:
        insert(arguments.markdown, results["environment"], found)
    return 0


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Run what was asked for; a peer that is missing is named and left out."""
    peers = () if arguments.no_peers else PEERS
    results: dict[str, Any] = {"environment": environment()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        problems = trees.make_trees(folder, ["google", *peers])
        for peer, problem in problems.items():
            say(f"without {peer}: {problem}")
        libraries = [
            each for each in ("ours", "google", *peers) if each not in problems
        ]
        run = Run(folder, arguments.rounds, tuple(libraries), arguments.sizes)
        for each in arguments.only or BENCHMARKS:
            say(f"running {each} …")
            results[each] = BENCHMARKS[each](run)
    return results | {"problems": problems}


def insert(path: Path, about: dict[str, Any], found: Sequence[report.Table]) -> None:
    """Put the tables between the markers of a Markdown file. Raises SystemExit without them."""
    text = path.read_text("utf-8")
    if BEGIN not in text or END not in text:
        raise SystemExit(f"{path}: the markers are missing: {BEGIN} and {END}")
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    versions = ", ".join(f"{name} {each}" for name, each in about["versions"].items())
    where = f"{about['system']}, {about['processors']} processors"
    facts = f"Python {about['python']}, {where}; {versions}."
    body = "\n\n".join([facts, *(table.markdown() for table in found)])
    path.write_text(f"{head}{BEGIN}\n\n{body}\n\n{END}{tail}", "utf-8")


def environment() -> dict[str, Any]:
    """Where the figures come from: interpreter, system, versions."""
    versions = {name: trees.installed(name) for name in DISTRIBUTIONS}
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "versions": {name: each for name, each in versions.items() if each},
    }


def say(words: str) -> None:
    """Tell how far it has come, apart from the tables."""
    print(words, file=sys.stderr, flush=True)


def sizes(words: str) -> tuple[int, ...]:
    """The sizes of large messages up to a limit in MB."""
    limit = float(words) * 1_000_000
    return tuple(size for size in large.SIZES if size <= limit)


def parser() -> argparse.ArgumentParser:
    """The arguments."""
    found = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    found.add_argument(
        "only",
        nargs="*",
        metavar="BENCHMARK",
        choices=[*BENCHMARKS, []],
        help=f"which to run (default: all): {', '.join(BENCHMARKS)}",
    )
    found.add_argument(
        "--rounds", type=int, default=11, help="pairs of batches a figure (default: 11)"
    )
    found.add_argument(
        "--largest",
        dest="sizes",
        type=sizes,
        default=large.SIZES,
        metavar="MB",
        help="the largest message (default: 100)",
    )
    found.add_argument(
        "--no-peers", action="store_true", help="only lkproto and google"
    )
    found.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    found.add_argument("--chart", type=Path, metavar="FILE", help="draw an SVG picture")
    found.add_argument(
        "--markdown", type=Path, metavar="FILE", help="put the tables into a page"
    )
    found.add_argument(
        "--load", type=Path, metavar="FILE", help="show the figures of a --json file"
    )
    return found


if __name__ == "__main__":
    sys.exit(main())
