"""The modules of runtime/http import in one direction, as DESIGN.md says in its section on HTTP."""

from __future__ import annotations

import ast
import re
from graphlib import TopologicalSorter

import pytest

from .tree import ROOT, imports, modules_of, python, resolved

pytestmark = pytest.mark.skipif(not python(""), reason="needs a git checkout")

FOLDER = "runtime/http/"
MODULES = modules_of(FOLDER)
del MODULES["face"]  # it is at the root of a package, above all others


def layers() -> list[set[str]]:
    """The modules of each layer, as DESIGN.md has them."""
    text = (ROOT / "DESIGN.md").read_text("utf-8")
    section = text.partition("\n## HTTP\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| [\w ]+ \| (`_.*) \|$", section, re.MULTILINE)
    return [set(re.findall(r"`(\w+)`", row)) for row in rows]


def later(name: str, tree: ast.Module | None = None) -> list[str]:
    """What a module imports of later layers, or of the face."""
    layer_of = {each: at for at, layer in enumerate(layers()) for each in layer}
    found = resolved(MODULES[name], FOLDER, tree=tree)
    return [each for each in found if layer_of.get(each, 99) > layer_of[name]]


def test_every_module_has_a_layer() -> None:
    assert sorted(MODULES.keys() - {""}) == sorted(
        name for each in layers() for name in each
    )


@pytest.mark.parametrize("name", sorted(MODULES.keys() - {""}))
def test_no_module_imports_a_later_one(name: str) -> None:
    assert later(name) == []


def test_no_modules_import_each_other() -> None:
    graph = {name: {*resolved(path, FOLDER)} - {""} for name, path in MODULES.items()}

    TopologicalSorter(graph).prepare()  # raises CycleError


def test_a_planted_import_is_seen() -> None:
    assert later("_heads", ast.parse("def f():\n    from ._pool import Pool")) == [
        "_pool"
    ]
    assert later("_urls", ast.parse("from . import Request")) == [""]


def test_the_core_does_not_import_it() -> None:
    for path in python("runtime/core/"):
        assert not any(
            name.startswith(".") and "http" in name for name in imports(path)
        )
