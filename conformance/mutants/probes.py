"""Probes: a copy of our modules that notes which statements run, to know which vectors reach them.

A probe is a call before each statement. It costs far less than a trace function, and threads
need no care.
"""

from __future__ import annotations

import ast
from typing import Any

from lkproto_conformance.values import is_list

from .sites import statements

PROBE = "__lkproto_probe__"
"""The name by which a statement's number is noted."""
SPAN = 100_000
"""Numbers for each module: statement n of module m is `m * SPAN + n`."""


def probed(tree: ast.Module, module: int) -> ast.Module:
    """The tree with a probe before each statement; it changes the tree."""
    numbers = statements(tree)
    for node in list(ast.walk(tree)):
        for name in ("body", "orelse", "finalbody"):
            block: Any = getattr(node, name, None)
            if is_list(block):
                first = _first(node, block, name)
                block[:] = [
                    *block[:first],
                    *_with_probes(block[first:], numbers, module * SPAN),
                ]
    return ast.fix_missing_locations(tree)


def _with_probes(
    block: list[ast.stmt], numbers: dict[ast.stmt, int], base: int
) -> list[ast.stmt]:
    found: list[ast.stmt] = []
    for statement in block:
        probe = ast.Call(
            ast.Name(PROBE, ast.Load()), [ast.Constant(base + numbers[statement])], []
        )
        found += [ast.copy_location(ast.Expr(probe), statement), statement]
    return found


def _first(node: ast.AST, block: list[ast.stmt], name: str) -> int:
    """Where code begins: docstrings and imports from `__future__` have to come first."""
    if name != "body" or not isinstance(
        node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    ):
        return 0
    at = int(ast.get_docstring(node, clean=False) is not None)
    while at < len(block) and _is_future(block[at]):
        at += 1
    return at


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"
