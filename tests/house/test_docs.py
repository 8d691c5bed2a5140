"""Everything public has a docstring, and no module is too large to read."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

import pytest

from .report import LIMIT, main, sizes
from .tree import OWN_CODE, ROOT, parsed, python

pytestmark = pytest.mark.skipif(not python(""), reason="needs a git checkout")

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def undocumented(body: list[ast.stmt], prefix: str = "") -> Iterator[str]:
    """Public names of a body without a docstring in any of their definitions.

    A name may have several: for checkers and for run time, or one for each overload.
    """
    found: dict[str, list[Definition]] = defaultdict(list)
    for each in definitions(body):
        found[each.name].append(each)
    for name, all_of_it in found.items():
        if name.startswith("_"):
            continue
        if not any(ast.get_docstring(each) for each in all_of_it):
            yield prefix + name
        for each in all_of_it:
            if isinstance(each, ast.ClassDef):
                yield from undocumented(each.body, f"{prefix}{name}.")


def definitions(body: list[ast.stmt]) -> Iterator[Definition]:
    """Classes and functions of a body, including those under a condition."""
    for node in body:
        if isinstance(node, Definition):
            yield node
        elif isinstance(node, ast.If | ast.Try):
            yield from definitions([*node.body, *node.orelse])


@pytest.mark.slow
@pytest.mark.parametrize("path", python(*OWN_CODE))
def test_public_names_have_docstrings(path: str) -> None:
    tree = parsed(path)

    assert ast.get_docstring(tree), "the module has none"
    assert list(undocumented(tree.body)) == []


def test_the_search_finds_missing_docstrings() -> None:
    tree = ast.parse(
        "if x:\n    def a(): ...\nelse:\n    def a(): 'doc'\n"
        "def b(): ...\ndef _c(): ...\n"
        "class D:\n    'doc'\n    def e(self): ...\n    def __init__(self): ...\n"
    )

    assert list(undocumented(tree.body)) == ["b", "D.e"]


def test_every_testee_that_is_not_ours_says_what_it_is() -> None:
    folder = ROOT / "conformance" / "testees"
    testees = [each for each in folder.iterdir() if each.is_dir()]

    assert testees
    assert [each.name for each in testees if not (each / "README.md").exists()] == []


def test_modules_are_small_enough_to_read(capsys: pytest.CaptureFixture[str]) -> None:
    found = sizes()

    assert {path: lines for path, lines in found.items() if lines > LIMIT} == {}
    main()
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{len(found)} modules, median ")
    assert len(rest) == 10
