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

from . import chart, generation, imports, large, report, tokens, trees, webhooks
from .api import imports as api_imports
from .api import mock as api_mock
from .process import worker
from .tables import Table
from .twirp import clients as twirp_clients
from .twirp import imports as twirp_imports

BEGIN, END = "<!-- benchmark tables: begin -->", "<!-- benchmark tables: end -->"
PEERS = ("protobuf-py", "betterproto2")
PEERS_RUN = (*PEERS, "protobuf-py pure")
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


@dataclass(frozen=True, slots=True)
class Run:
    """What all benchmarks share: the generated code, how often, and who takes part."""

    trees: Path
    rounds: int
    libraries: tuple[str, ...]
    sizes: tuple[int, ...]
    problems: dict[str, str]

    def each(self, module: str, names: Sequence[str], *words: object) -> dict[str, Any]:
        """What a module finds for each library, run in a process of its own."""
        found: dict[str, Any] = {}
        for name in names:
            try:
                found[name] = worker(module, name, self.trees, *words)
            except RuntimeError as error:
                if name not in PEERS_RUN:
                    raise
                self.problems[name] = str(error)
        return found


def run_codecs(run: Run) -> Any:
    """Each library against upb, in a process of its own."""
    names = [name for name in codecs_of(run.libraries) if name != "google"]
    return run.each("codecs", names, run.rounds)


def run_memory(run: Run) -> Any:
    """Each library in a process of its own."""
    return run.each("memory", codecs_of(run.libraries))


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


def run_tokens(run: Run) -> Any:
    """Compared with livekit-api, in one process; nothing without it."""
    try:
        return worker("tokens", run.rounds)
    except RuntimeError as error:
        run.problems[tokens.PEER] = str(error)
        return {}


def run_webhooks(run: Run) -> Any:
    """Receiving compared with livekit-api, if it is there; sending with a bare loop."""
    found = {"send": worker("webhooks", "send", run.rounds)}
    try:
        found["receive"] = worker("webhooks", "receive", run.trees, run.rounds)
    except RuntimeError as error:
        run.problems[tokens.PEER] = str(error)
    return found


def run_webhooks_memory(_: Run) -> Any:
    """Each store in a process of its own."""
    return {
        store: worker("webhooks", "memory", store, webhooks.EVENTS)
        for store in webhooks.STORES
    }


def run_twirp(run: Run) -> Any:
    """Clients, each server and the imports; without the peers that are not installed."""
    peers = [name for name in twirp_clients.PEERS if trees.installed(name)]
    missing = twirp_clients.PEERS.keys() - peers
    run.problems.update(dict.fromkeys(missing, "not installed"))
    rounds = run.rounds * 3
    found = {
        "clients": worker("twirp.clients", run.trees, rounds, *peers),
        "servers": worker("twirp.servers", rounds, *peers),
    }
    if tokens.PEER in peers:
        found["imports"] = twirp_imports.measure(run.trees, run.rounds * 2)
    return found


def run_api(run: Run) -> Any:
    """Calls and imports next to livekit-api, if it is there; and how fast a mock starts."""
    found = {"mock": api_mock.measure(run.rounds)}
    if trees.installed(tokens.PEER):
        found["calls"] = worker("api.calls", run.trees, run.rounds * 3)
        found["imports"] = api_imports.measure(run.trees, run.rounds * 2)
    else:
        run.problems[tokens.PEER] = "not installed"
    return found


BENCHMARKS: dict[str, Callable[[Run], Any]] = {
    "codecs": run_codecs,
    "memory": run_memory,
    "first_use": run_first_use,
    "large": run_large,
    "generation": run_generation,
    "imports": run_imports,
    "tokens": run_tokens,
    "webhooks": run_webhooks,
    "webhooks_memory": run_webhooks_memory,
    "twirp": run_twirp,
    "api": run_api,
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
    if arguments.markdown:
        around(arguments.markdown)  # or it would be refused after all has run
    if arguments.load:
        results = json.loads(arguments.load.read_text("utf-8"))
    else:
        try:
            results = measure(arguments)
        except RuntimeError as error:
            raise SystemExit(f"benchmarks: {error}") from error
    found = report.tables(results)
    print(report.text_of(found))
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    if arguments.chart:
        arguments.chart.write_text(chart.draw(results), "utf-8")
    if arguments.markdown:
        insert(arguments.markdown, results, found)
    return 0


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Run what was asked for; a peer that is missing or fails is named and left out.

    Raises RuntimeError where lkproto or google fails.
    """
    peers = () if arguments.no_peers else PEERS
    results: dict[str, Any] = {"environment": environment()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        problems = trees.make_trees(folder, ["google", *peers])
        if "google" in problems:
            raise RuntimeError(problems["google"])
        libraries = [
            each for each in ("ours", "google", *peers) if each not in problems
        ]
        rounds, sizes = arguments.rounds, arguments.sizes
        run = Run(folder, rounds, tuple(libraries), sizes, problems)
        for each in arguments.only or BENCHMARKS:
            say(f"running {each} …")
            results[each] = BENCHMARKS[each](run)
    for peer, problem in problems.items():
        say(f"without {peer}: {problem}")
    return results | {"problems": problems}


def insert(path: Path, results: dict[str, Any], found: Sequence[Table]) -> None:
    """Put the tables between the markers of a Markdown file."""
    head, tail = around(path)
    about = results["environment"]
    versions = ", ".join(f"{name} {each}" for name, each in about["versions"].items())
    where = f"{about['system']}, {about['processors']} processors"
    facts = [f"Python {about['python']}, {where}; {versions}."]
    facts += [f"Without {peer}." for peer in results["problems"]]
    body = "\n\n".join([*facts, *(table.markdown() for table in found)])
    path.write_text(f"{head}{BEGIN}\n\n{body}\n\n{END}{tail}", "utf-8")


def around(path: Path) -> tuple[str, str]:
    """The text before and after the markers of a page. Raises SystemExit without them."""
    text = path.read_text("utf-8")
    if BEGIN not in text or END not in text:
        raise SystemExit(f"{path}: the markers are missing: {BEGIN} and {END}")
    head, _, rest = text.partition(BEGIN)
    return head, rest.partition(END)[2]


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
