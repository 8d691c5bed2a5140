"""Where a module can be changed: its mutants, with ids that survive changes elsewhere.

An id is `path:function:operator:number`: the number counts the operator's mutants in that
function, from 1. Left out is what no run can judge: annotations, docstrings, texts of errors,
`repr`, assertions, warnings, decorators, and what only checkers read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .operators import OPERATORS

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SCOPES = (*_FUNCTIONS, ast.ClassDef)
_NOT_JUDGED = frozenset(["__repr__", "__str__", "__rich_repr__", "__dir__"])
_FOR_CHECKERS = frozenset(
    ["TYPE_CHECKING", "__slots__", "__all__", "__match_args__", "__hash__"]
)
_SAYINGS = ("Error", "Warning", "Exception")
"""Ends of the names of classes whose arguments are words for people."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: the node, what takes its place, and the statement that it is in."""

    path: str
    function: str
    operator: str
    number: int
    node: ast.AST
    by: ast.AST
    statement: ast.stmt

    @property
    def id(self) -> str:
        """Its name in lists and reports."""
        return f"{self.path}:{self.function}:{self.operator}:{self.number}"

    @property
    def was(self) -> str:
        """The code that is replaced, on a line."""
        return _on_a_line(self.node)

    @property
    def becomes(self) -> str:
        """The code that replaces it, on a line."""
        return _on_a_line(self.by)


@dataclass(frozen=True, slots=True)
class _Place:
    node: ast.AST
    function: str
    statement: ast.stmt


def mutants_of(tree: ast.Module, path: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its text."""
    counts: dict[tuple[str, str], int] = {}
    for place in _places(tree, tree.body, ""):
        for operator in OPERATORS:
            for by in operator.changes(place.node):
                key = place.function, operator.name
                counts[key] = counts.get(key, 0) + 1
                yield Mutant(
                    path,
                    place.function,
                    operator.name,
                    counts[key],
                    place.node,
                    by,
                    place.statement,
                )


def statements(tree: ast.Module) -> dict[ast.stmt, int]:
    """The statements of a module, numbered."""
    found = (node for node in ast.walk(tree) if isinstance(node, ast.stmt))
    return {node: number for number, node in enumerate(found)}


def mutated(tree: ast.Module, mutant: Mutant) -> ast.Module:
    """The tree with a mutant of it in place; it changes the tree."""
    changed = _Replace(mutant.node, mutant.by).visit(tree)
    assert isinstance(changed, ast.Module)
    return ast.fix_missing_locations(changed)


class _Replace(ast.NodeTransformer):
    def __init__(self, node: ast.AST, by: ast.AST) -> None:
        self._node = node
        self._by = by

    def visit(self, node: ast.AST) -> ast.AST:
        if node is self._node:
            return (
                ast.copy_location(self._by, node)
                if hasattr(node, "lineno")
                else self._by
            )
        return super().visit(node)  # type: ignore[no-any-return]


def _places(
    node: ast.AST, inside: Iterable[ast.AST], function: str, at: ast.stmt | None = None
) -> Iterator[_Place]:
    for child in inside:
        if _is_left_out(child, node):
            continue
        statement = child if isinstance(child, ast.stmt) else at
        assert statement is not None
        name = function
        if isinstance(child, _SCOPES):
            name = f"{function}.{child.name}" if function else child.name
        elif not _is_for_checkers(child):
            yield _Place(child, function or "module", statement)
        yield from _places(child, _children(child), name, statement)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a node that a run can judge."""
    if isinstance(node, ast.Raise):
        return
    if isinstance(node, _FUNCTIONS):
        yield from (each for each in node.args.defaults)
        yield from (each for each in node.args.kw_defaults if each is not None)
        yield from node.body
    elif isinstance(node, ast.ClassDef):
        yield from node.body
    elif isinstance(node, ast.AnnAssign):
        yield from [node.value] if node.value is not None else []
    elif _is_for_checkers(node):
        yield from getattr(node, "orelse", [])
    elif isinstance(node, ast.Call) and _called(node) == "cast":
        yield from node.args[1:]
    else:
        yield from ast.iter_child_nodes(node)


def _is_left_out(node: ast.AST, parent: ast.AST) -> bool:
    if isinstance(node, _FUNCTIONS):
        return node.name in _NOT_JUDGED or any(
            _reads(each, "overload") for each in node.decorator_list
        )
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(_reads(each, *_FOR_CHECKERS) for each in targets):
            return True
        return isinstance(node.value, ast.Call) and _called(node.value) == "TypeVar"
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return _called(node.value) == "warn"
    if isinstance(node, ast.Call):
        return _called(node).endswith(_SAYINGS) and not isinstance(parent, ast.Expr)
    if isinstance(node, ast.keyword):
        return node.arg == "repr"
    return isinstance(node, ast.Assert | ast.Import | ast.ImportFrom | ast.alias)


def _is_for_checkers(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and _reads(node.test, "TYPE_CHECKING")


def _reads(node: ast.AST, *names: str) -> bool:
    return isinstance(node, ast.Name) and node.id in names


def _called(node: ast.Call) -> str:
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _on_a_line(node: ast.AST) -> str:
    text = ast.unparse(ast.fix_missing_locations(node))
    return " ".join(text.split())
