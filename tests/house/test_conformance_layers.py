"""The rooms of the conformance suite import as DESIGN.md says in "Rooms of the suite"."""

from __future__ import annotations

import ast
import re

import pytest

from .tree import ROOT, modules_of, python, resolved

pytestmark = pytest.mark.skipif(not python(""), reason="needs a git checkout")

FOLDER = "conformance/lkproto_conformance/"
MODULES = modules_of(FOLDER)
NAME = re.compile(r"`([\w ]+)/?`")


def rooms() -> dict[str, tuple[set[str], set[str]]]:
    """The rooms by name: their modules or folders, and the rooms that they may import."""
    text = (ROOT / "DESIGN.md").read_text("utf-8")
    section = text.partition("\n### Rooms of the suite\n")[2].partition("\n###")[0]
    rows = re.findall(r"^\| (.*`) \| .* \| ([\w, ]+) \|$", section, re.MULTILINE)
    found: dict[str, tuple[set[str], set[str]]] = {}
    for cell, allowed in rows:
        held = {name for names in NAME.findall(cell) for name in names.split()}
        name = "root" if cell.startswith("root") else min(held)
        found[name] = held, set(allowed.split(", "))
    return found


def room_of(module: str) -> str | None:
    """The room of a module, as the table has it."""
    first = module.partition("/")[0]
    return next((name for name, (held, _) in rooms().items() if first in held), None)


def strangers(module: str, tree: ast.Module | None = None) -> list[str]:
    """What a module imports of rooms that its own may not import."""
    own = room_of(module)
    assert own is not None
    allowed = rooms()[own][1]
    if "all" in allowed:
        return []
    found = {*resolved(MODULES[module], FOLDER, tree=tree)}
    return sorted(each for each in found if room_of(each) not in {own, *allowed})


def test_every_module_has_a_room_and_every_room_modules() -> None:
    there = {name.partition("/")[0] for name in MODULES} - {""}
    listed = [each for held, _ in rooms().values() for each in held]

    assert sorted(listed) == sorted(there)


@pytest.mark.parametrize("module", sorted(MODULES.keys() - {""}))
def test_no_module_imports_a_room_that_the_table_does_not_allow(module: str) -> None:
    assert strangers(module) == []


@pytest.mark.parametrize(
    ("module", "planted", "found"),
    [
        ("values", "def f():\n    from .running import shards", ["running/shards"]),
        ("judging/verdict", "from ..connect import connect", ["connect"]),
        ("reports/model", "from ..commands.run import HELP", ["commands/run"]),
    ],
)
def test_a_planted_import_is_seen(module: str, planted: str, found: list[str]) -> None:
    assert strangers(module, ast.parse(planted)) == found
