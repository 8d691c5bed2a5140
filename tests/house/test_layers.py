"""Import directions as DESIGN.md's table has them."""

from __future__ import annotations

import sys
from graphlib import TopologicalSorter

import pytest

from .tree import imports, python

pytestmark = pytest.mark.skipif(not python(""), reason="needs a git checkout")

STDLIB = sys.stdlib_module_names
# Folder: the packages beside the standard library that its modules may import.
MAY_IMPORT = {
    "runtime/core/": set[str](),
    "runtime/livekit/": set[str](),
    "generated/lkproto/": set[str](),
    "codegen/lkproto_codegen/": {"google", "jinja2"},
    "cli/lkproto_cli/": {"lkproto", "lkproto_codegen"},
    "conformance/lkproto_conformance/": {"lkproto"},
}
# Module: what an extra brings, which is imported inside functions alone.
EXTRAS = {"keys.py": {"yaml"}}


def name_of(path: str) -> str:
    return path.rpartition("/")[2]


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_a_folder_imports_only_what_it_may(folder: str) -> None:
    modules = python(folder)
    allowed = STDLIB | MAY_IMPORT[folder]

    assert modules
    for path in modules:
        absolute = {name for name in imports(path) if not name.startswith(".")}
        # Checkers know backports of typing; nothing of them is imported at run time.
        late = {"typing_extensions"} | EXTRAS.get(name_of(path), set())
        absolute -= late - set(imports(path, deferred=False))
        assert {name.partition(".")[0] for name in absolute} <= allowed, path


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_relative_imports_stay_inside_their_package(folder: str) -> None:
    for path in python(folder):
        depth = path.removeprefix(folder).count("/") + 1
        for name in imports(path):
            assert len(name) - len(name.lstrip(".")) <= depth, (path, name)


@pytest.mark.parametrize("folder", ["runtime/core/"])
def test_modules_do_not_import_each_other_in_a_circle(folder: str) -> None:
    modules = {path.removeprefix(folder).removesuffix(".py") for path in python(folder)}
    graph = {
        module: {
            name.lstrip(".").partition(".")[0]
            for name in imports(f"{folder}{module}.py", deferred=False)
            if name.startswith(".")
        }
        & modules
        for module in modules
    }

    assert any(graph.values())
    tuple(TopologicalSorter(graph).static_order())  # raises CycleError


def test_the_dispatcher_imports_nothing_but_the_standard_library() -> None:
    found = set(imports("cli/lkproto_cli/main.py", deferred=False))

    assert {name.partition(".")[0] for name in found} <= STDLIB
