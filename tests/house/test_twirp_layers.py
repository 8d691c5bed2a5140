"""The modules of runtime/twirp import in one direction, as DESIGN.md says in its section on Twirp."""

from __future__ import annotations

import ast
import re
from graphlib import TopologicalSorter

import pytest

from .tree import ROOT, imports, modules_of, python, resolved

pytestmark = pytest.mark.skipif(not python(""), reason="needs a git checkout")

FOLDER = "runtime/twirp/"
MODULES = modules_of(FOLDER)
NAMES = sorted(MODULES.keys() - {"", "public"})


def layers() -> dict[str, set[str]]:
    """The modules of each layer, as DESIGN.md has them."""
    text = (ROOT / "DESIGN.md").read_text("utf-8")
    section = text.partition("\n## Twirp\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([\w ]+) \| (`_.*) \|$", section, re.MULTILINE)
    return {name: set(re.findall(r"`(\w+)`", row)) for name, row in rows}


def later(name: str, tree: ast.Module | None = None) -> list[str]:
    """What a module imports of later layers, or of the face."""
    layer_of = {
        each: at for at, layer in enumerate(layers().values()) for each in layer
    }
    found = resolved(MODULES[name], FOLDER, tree=tree)
    return [each for each in found if layer_of.get(each, 99) > layer_of[name]]


def test_every_module_has_a_layer() -> None:
    assert sorted(name for each in layers().values() for name in each) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_no_module_imports_a_later_one(name: str) -> None:
    assert later(name) == []


def test_no_modules_import_each_other() -> None:
    graph = {name: {*resolved(path, FOLDER)} - {""} for name, path in MODULES.items()}

    TopologicalSorter(graph).prepare()  # raises CycleError


def test_servers_import_nothing_of_clients() -> None:
    named = layers()
    client = named["client"]
    after = [*named].index("client") + 1
    for layer in [*named.values()][after:]:
        for name in layer:
            assert client.isdisjoint(resolved(MODULES[name], FOLDER)), name


def test_a_planted_import_is_seen() -> None:
    assert later("_codecs", ast.parse("def f():\n    from ._asgi import x")) == [
        "_asgi"
    ]
    assert later("_codes", ast.parse("from . import TwirpError")) == [""]


def test_the_core_and_http_do_not_import_it() -> None:
    for path in python("runtime/core/", "runtime/http/"):
        assert not any(
            name.startswith(".") and "twirp" in name for name in imports(path)
        )
