"""The operators: for a node of a syntax tree, the nodes that take its place, one for each mutant.

A replacement shares what is the same with the original, and never changes it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Operator:
    """A kind of fault: its name in ids, what it does, and how."""

    name: str
    does: str
    changes: Callable[[ast.AST], Iterator[ast.AST]]


_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_CALCULATED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
}
_TRUE, _FALSE, _NONE = ast.Constant(True), ast.Constant(False), ast.Constant(None)


def _with(node: ast.AST, **changed: Any) -> ast.AST:
    """A copy of a node with other fields."""
    other = copy(node)
    for name, value in changed.items():
        setattr(other, name, value)
    return other


def _compare(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare):
        for at, sign in enumerate(node.ops):
            other = _COMPARED[type(sign)]()
            yield _with(node, ops=[*node.ops[:at], other, *node.ops[at + 1 :]])


def _boolean(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield _with(node, op=other)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand


def _branch(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.If | ast.IfExp):
        yield _with(node, test=_TRUE)
        yield _with(node, test=_FALSE)
    elif isinstance(node, ast.While):
        yield _with(node, test=_FALSE)
    elif isinstance(node, ast.comprehension):
        for at in range(len(node.ifs)):
            yield _with(node, ifs=[*node.ifs[:at], *node.ifs[at + 1 :]])


def _number(node: ast.AST) -> Iterator[ast.AST]:
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        # A large float is the same after it.
        yield from (ast.Constant(to) for to in (value + 1, value - 1) if to != value)


def _flag(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)


def _text(node: ast.AST) -> Iterator[ast.AST]:
    value = node.value if isinstance(node, ast.Constant) else None
    # What has spaces is a sentence, what begins so a place: errors are free in their words.
    if isinstance(value, str) and not value.startswith((".", "[", "]")):
        if not value or any(map(str.isspace, value)):
            return
        # A letter, because names of codecs are compared without other signs.
        yield ast.Constant(value + "x")
        yield ast.Constant("")
    elif isinstance(value, bytes) and value:
        yield ast.Constant(value + b"x")
        yield ast.Constant(b"")


def _arithmetic(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _CALCULATED:
        yield _with(node, op=_CALCULATED[type(node.op)]())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Invert):
        yield node.operand


def _return(node: ast.AST) -> Iterator[ast.AST]:
    # None is as false as False is; `flag` changes that.
    if isinstance(node, ast.Return) and node.value and not _is_nothing(node.value):
        yield _with(node, value=_NONE)


def _assign(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr):
        value = node.value
        if value is not None and not _is_nothing(value):
            yield _with(node, value=_NONE)


def _is_nothing(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value in (None, False)


def _call(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Expr):
        value = node.value.value if isinstance(node.value, ast.Await) else node.value
        if isinstance(value, ast.Call):
            yield ast.Pass()


def _raise(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Raise):
        yield ast.Pass()


def _except(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Try):
        for at in range(len(node.handlers)):
            rest = [*node.handlers[:at], *node.handlers[at + 1 :]]
            if rest or node.finalbody:
                orelse = node.orelse if rest else []
                body = node.body if rest else [*node.body, *node.orelse]
                yield _with(node, handlers=rest, body=body, orelse=orelse)
            else:
                yield ast.If(test=_TRUE, body=[*node.body, *node.orelse], orelse=[])


def _arguments(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call) and len(node.args) > 1 and not _is_of_either(node):
        one, other, *rest = node.args
        starred = isinstance(one, ast.Starred) or isinstance(other, ast.Starred)
        if not starred and ast.dump(one) != ast.dump(other):
            yield _with(node, args=[other, one, *rest])


def _is_of_either(node: ast.Call) -> bool:
    """Whether a function is the same for swapped arguments."""
    return isinstance(node.func, ast.Name) and node.func.id in ("min", "max")


def _keyword(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call):
        for at, each in enumerate(node.keywords):
            if each.arg is not None:
                rest = [*node.keywords[:at], *node.keywords[at + 1 :]]
                yield _with(node, keywords=rest)


def _slice(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Slice):
        if node.lower is not None:
            yield _with(node, lower=None)
        if node.upper is not None:
            yield _with(node, upper=None)


def _loop(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Break):
        yield ast.Continue()
    elif isinstance(node, ast.Continue):
        yield ast.Break()


OPERATORS = (
    Operator("compare", "a bound by its neighbour, a test by its opposite", _compare),
    Operator("boolean", "`and` by `or`, `or` by `and`, `not x` by `x`", _boolean),
    Operator("branch", "a condition always true, or never; a filter left out", _branch),
    Operator("number", "a number by the next and the previous one", _number),
    Operator("flag", "`True` by `False`, `False` by `True`", _flag),
    Operator("text", "a text that is not a sentence changed or emptied", _text),
    Operator("arithmetic", "`+` by `-`, `<<` by `>>`, `&` by `|` …", _arithmetic),
    Operator("return", "a returned value by `None`", _return),
    Operator("assign", "an assigned value by `None`", _assign),
    Operator("call", "a call whose result is not used left out", _call),
    Operator("raise", "a `raise` left out", _raise),
    Operator("except", "a handler of exceptions left out", _except),
    Operator("arguments", "the first two arguments of a call swapped", _arguments),
    Operator("keyword", "a named argument of a call left out", _keyword),
    Operator("slice", "a bound of a slice left out", _slice),
    Operator("loop", "`break` by `continue`, `continue` by `break`", _loop),
)
"""All operators; ids of mutants have their names."""
