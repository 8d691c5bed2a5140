"""The modules of runtime/livekit look one way, as DESIGN.md's section on tokens has it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter

import pytest

from .tree import is_type_checking, parsed, python

pytestmark = pytest.mark.skipif(not python(""), reason="needs a git checkout")

FOLDER = "runtime/livekit/"
# From the ground; a module may import those of its own layer and of the layers before it.
LAYERS = [
    ("ids", "stream_urls"),
    ("auth._errors",),
    ("auth._scan", "auth._jws", "auth._go_json", "auth._copying"),
    ("auth._registered_claims", "auth._claims_reader"),
    ("auth._credentials", "auth._grants", "auth._explain"),
    ("auth._keys", "auth._key_sets"),
    ("auth._access_token", "auth._service_tokens", "auth._verifier"),
    ("auth",),
    ("agents",),
]
LAYER_OF = {name: number for number, layer in enumerate(LAYERS) for name in layer}


def name_of(path: str) -> str:
    """The dotted name of a module, below the root of the package."""
    name = path.removeprefix(FOLDER).removesuffix(".py").removesuffix("/__init__")
    return name.replace("/", ".")


def arrows(path: str, tree: ast.AST) -> set[str]:
    """The modules of the folder that the code of a module imports when it runs.

    Imports inside functions count; those for checkers alone do not.
    """
    package = path.removeprefix(FOLDER).split("/")[:-1]
    found: set[str] = set()
    for node in at_run_time(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            parts = package[: len(package) - node.level + 1]
            base = ".".join([*parts, *filter(None, [node.module])])
            for name in node.names:
                # A module of the package, or a name in its `__init__`.
                module = f"{base}.{name.name}".lstrip(".")
                found.add(module if module in LAYER_OF else base)
    return found & LAYER_OF.keys()


def at_run_time(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it, without those for checkers alone."""
    yield node
    if isinstance(node, ast.If) and is_type_checking(node.test):
        below: Iterable[ast.AST] = node.orelse
    else:
        below = ast.iter_child_nodes(node)
    for each in below:
        yield from at_run_time(each)


def backwards(graph: dict[str, set[str]]) -> list[tuple[str, str]]:
    """The arrows that lead to a later layer."""
    return [
        (name, other)
        for name, others in graph.items()
        for other in others
        if LAYER_OF[other] > LAYER_OF[name]
    ]


def graph_of(planted: dict[str, str] | None = None) -> dict[str, set[str]]:
    """The arrows of all modules, with code planted at the end of some."""
    code = planted or {}
    return {
        name: arrows(path, parsed(path)) | arrows(path, ast.parse(code.get(name, "")))
        for path in python(FOLDER)
        for name in [name_of(path)]
    }


def test_every_module_has_a_layer() -> None:
    assert sorted(map(name_of, python(FOLDER))) == sorted(LAYER_OF)


def test_no_arrow_leads_to_a_later_layer() -> None:
    graph = graph_of()

    assert sum(map(len, graph.values())) > 30
    assert backwards(graph) == []


def test_no_modules_import_each_other_even_in_functions() -> None:
    TopologicalSorter(graph_of()).prepare()  # raises CycleError


@pytest.mark.parametrize(
    ("module", "code", "arrow"),
    [
        ("auth._scan", "from ._verifier import Claims", "auth._verifier"),
        ("auth._keys", "def f():\n    from .. import agents", "agents"),
        ("auth._grants", "def f():\n    from . import mint", "auth"),
        ("ids", "from .auth._errors import AuthError", "auth._errors"),
        ("ids", "if TYPE_CHECKING:\n    pass\nelse:\n    from .auth import x", "auth"),
    ],
)
def test_an_arrow_that_is_planted_is_seen(module: str, code: str, arrow: str) -> None:
    assert backwards(graph_of({module: code})) == [(module, arrow)]


def test_an_import_for_checkers_alone_is_not_an_arrow() -> None:
    code = "if TYPE_CHECKING:\n    from ._verifier import Claims"

    assert backwards(graph_of({"auth._scan": code})) == []


def test_a_circle_within_a_layer_is_seen() -> None:
    graph = graph_of({"auth._scan": "def f():\n    from ._jws import encode"})

    assert backwards(graph) == []
    with pytest.raises(CycleError):
        TopologicalSorter(graph).prepare()
