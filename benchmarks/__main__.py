"""`python -m benchmarks`: run the benchmarks and print their tables."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import chart, large, pages, report, tokens, trees
from .process import ROOT
from .runs import BENCHMARKS, PEERS, prepare
from .tables import label

FIGURES = ROOT / "benchmarks" / "figures.json"
DISTRIBUTIONS = (
    "protobuf",
    "grpcio-tools",
    "protobuf-py",
    "protobuf-py-ext",
    "protoc-gen-py",
    "betterproto2",
    "betterproto2-compiler",
    tokens.PEER,
    "PyJWT",
    "aiohttp",
    "twirp",
    "requests",
    "uvicorn",
    "uvloop",
    "httptools",
)


def main(words: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    arguments = parser().parse_args(words)
    if arguments.write and arguments.no_peers:
        raise SystemExit("benchmarks: --write needs every library, not --no-peers")
    if arguments.markdown:  # or it would be refused after all has run
        pages.around(arguments.markdown, pages.TABLES)
    if arguments.load:
        results = json.loads(arguments.load.read_text("utf-8"))
    else:
        try:
            results = measure(arguments)
        except RuntimeError as error:
            raise SystemExit(f"benchmarks: {error}") from error
    print(report.text_of(report.tables(results)))
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    if arguments.chart:
        arguments.chart.write_text(chart.draw(results), "utf-8")
    if arguments.markdown:
        pages.insert(arguments.markdown, pages.TABLES, pages.tables(results))
    if arguments.write:
        write(results)
    return 0


def write(results: dict[str, Any]) -> None:
    """Keep the figures, next to those of benchmarks that were not run, and write them into pages.

    Raises SystemExit where the others come from other versions, or a library was left out.
    """
    try:
        need_all(results["problems"])
    except RuntimeError as error:
        raise SystemExit(f"benchmarks: {error}") from error
    if FIGURES.exists():
        kept = json.loads(FIGURES.read_text("utf-8"))
        if kept["environment"] != results["environment"] and kept.keys() - results:
            raise SystemExit(
                f"{FIGURES.name} comes from other versions than this run: "
                "run all benchmarks, or write this run with --json"
            )
        results = kept | results
    FIGURES.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    pages.write(ROOT, results)


def need_all(problems: dict[str, str]) -> None:
    """Raise RuntimeError if a library is left out: pages compare all of them."""
    if problems:
        found = ", ".join(f"{label(peer)} ({why})" for peer, why in problems.items())
        raise RuntimeError(f"--write needs every library, not run: {found}")


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Run what was asked for; a peer that is missing or fails is named and left out.

    Raises RuntimeError where lkproto or google fails.
    """
    peers = () if arguments.no_peers else PEERS
    results: dict[str, Any] = {"environment": environment()}
    with tempfile.TemporaryDirectory() as name:
        run = prepare(Path(name), arguments.rounds, arguments.sizes, peers)
        if arguments.write:
            need_all(run.problems)
        for each in arguments.only or BENCHMARKS:
            say(f"running {each} …")
            results[each] = BENCHMARKS[each](run)
    for peer, problem in run.problems.items():
        say(f"without {label(peer)}: {problem}")
    return results | {"problems": run.problems}


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
    """Say how far it has come, apart from the tables."""
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
        choices=[*BENCHMARKS, []],  # the empty default is checked, too
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
    found.add_argument(
        "--write",
        action="store_true",
        help=f"keep the figures in {FIGURES.name}, and write pages and chart from it",
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
