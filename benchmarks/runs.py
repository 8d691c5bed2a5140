"""Which benchmarks there are, and what each of them runs in which processes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import generation, imports, large, tokens, trees, webhooks
from .api import imports as api_imports
from .api import mock as api_mock
from .libraries import CODECS, codec_for
from .native import cost
from .process import worker
from .twirp import clients as twirp_clients
from .twirp import imports as twirp_imports

PEERS = ("protobuf-py", "betterproto2")
PEERS_RUN = (*PEERS, "protobuf-py pure")


@dataclass(frozen=True, slots=True)
class Run:
    """What all benchmarks share: the generated code, how often, and who takes part."""

    trees: Path
    rounds: int
    libraries: tuple[str, ...]
    sizes: tuple[int, ...]
    problems: dict[str, str]

    @property
    def ours(self) -> list[str]:
        """The package of this project, once for each codec that is there."""
        return [name for name in self.libraries if name in CODECS]

    def each(self, module: str, names: Iterable[str], *words: object) -> dict[str, Any]:
        """What a module finds for each library, run in a process of its own."""
        found: dict[str, Any] = {}
        for name in names:
            codec = codec_for(name)
            try:
                found[name] = worker(module, name, self.trees, *words, codec=codec)
            except RuntimeError as error:
                if name not in PEERS_RUN:
                    raise
                self.problems[name] = str(error)
        return found

    def on_each_codec(self, module: str, *words: object) -> dict[str, Any]:
        """What a module finds about this project's package, on each of its codecs."""
        return {
            name: worker(module, *words, codec=codec_for(name)) for name in self.ours
        }


def run_codecs(run: Run) -> Any:
    """Each library against upb, in a process of its own."""
    names = [name for name in codecs_of(run.libraries) if name != "google"]
    return run.each("codecs", names, run.rounds)


def run_memory(run: Run) -> Any:
    """Each library in a process of its own."""
    return run.each("memory", codecs_of(run.libraries))


def run_native(run: Run) -> Any:
    """What the extension costs; nothing without it."""
    if "ours-native" not in run.libraries:
        return {}
    return cost.measure(run.rounds, run.trees)


def run_first_use(run: Run) -> Any:
    """All our classes, in one fresh process for each codec."""
    return run.on_each_codec("first_use", run.trees)


def run_large(run: Run) -> Any:
    """Each kind of data in a process of its own, so that memory comes free in between."""
    rounds = max(1, run.rounds // 2)
    words = run.trees, rounds, *run.sizes
    return {
        name: {
            kind: worker("large", name, kind, *words, codec=codec_for(name))
            for kind in large.KINDS
        }
        for name in run.ours
    }


def run_generation(run: Run) -> Any:
    """All generators in turn."""
    others = [name for name in run.libraries if name not in CODECS]
    names = ["ours", "descriptors", *others]
    with tempfile.TemporaryDirectory() as folder:
        return generation.measure(Path(folder), max(1, run.rounds // 2), names)


def run_imports(run: Run) -> Any:
    """All imports in turn."""
    return imports.measure(run.trees, run.rounds * 2, run.libraries)


def run_tokens(run: Run) -> Any:
    """Compared with livekit-api, in one process for each codec; nothing without it."""
    if is_missing(run, tokens.PEER):
        return {}
    return run.on_each_codec("tokens", run.rounds)


def run_webhooks(run: Run) -> Any:
    """Receiving compared with livekit-api, if it is there; sending with a bare loop."""
    found = {"send": worker("webhooks", "send", run.rounds)}
    if not is_missing(run, tokens.PEER):
        words = "receive", run.trees, run.rounds
        found["receive"] = run.on_each_codec("webhooks", *words)
    return found


def run_webhooks_memory(_: Run) -> Any:
    """Each store in a process of its own."""
    return {
        store: worker("webhooks", "memory", store, webhooks.EVENTS)
        for store in webhooks.STORES
    }


def run_twirp(run: Run) -> Any:
    """Clients, each server and the imports; without the peers that are not installed."""
    peers = [name for name in twirp_clients.PEERS if not is_missing(run, name)]
    rounds = run.rounds * 3
    found = {
        "clients": run.on_each_codec("twirp.clients", run.trees, rounds, *peers),
        "servers": worker("twirp.servers", rounds, *peers),
    }
    if tokens.PEER in peers:
        found["imports"] = twirp_imports.measure(run.trees, run.rounds * 2)
    return found


def run_api(run: Run) -> Any:
    """Calls and imports next to livekit-api, if it is there; and how fast a mock starts."""
    found = {"mock": api_mock.measure(run.rounds)}
    if not is_missing(run, tokens.PEER):
        found["calls"] = run.on_each_codec("api.calls", run.trees, run.rounds * 3)
        found["imports"] = api_imports.measure(run.trees, run.rounds * 2)
    return found


BENCHMARKS: dict[str, Callable[[Run], Any]] = {
    "codecs": run_codecs,
    "memory": run_memory,
    "native": run_native,
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


def is_missing(run: Run, peer: str) -> bool:
    """Whether a distribution is not installed, which is then among the problems."""
    if trees.installed(peer):
        return False
    run.problems[peer] = "not installed"
    return True


def codecs_of(libraries: Sequence[str]) -> list[str]:
    """Libraries to run: protobuf-py counts twice, with its extension and without."""
    found: list[str] = []
    for name in libraries:
        found += [name, "protobuf-py pure"] if name == "protobuf-py" else [name]
    return found


def prepare(
    folder: Path, rounds: int, sizes: tuple[int, ...], peers: Sequence[str]
) -> Run:
    """Generate the code of all libraries; who cannot take part is among the problems.

    Raises RuntimeError where google's code cannot be made.
    """
    problems = trees.make_trees(folder, ["google", *peers])
    if "google" in problems:
        raise RuntimeError(problems["google"])
    if cost.extension() is None:
        problems["ours-native"] = "lkproto_native is not installed"
    everyone = (*CODECS, "google", *peers)
    libraries = tuple(name for name in everyone if name not in problems)
    return Run(folder, rounds, libraries, sizes, problems)
