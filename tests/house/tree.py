"""The project's files as git knows them, and its modules as syntax trees."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
OWN_CODE = ("codegen/", "cli/", "runtime/", "conformance/lkproto_conformance/")


@cache
def files() -> tuple[str, ...]:
    """Relative paths of all files that are, or would be, in git; none outside a checkout."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ()
    names = done.stdout.decode().split("\0")
    return tuple(sorted(name for name in names if (ROOT / name).is_file()))


def python(*folders: str) -> list[str]:
    """Relative paths of the Python modules below some folders, `/` at their end."""
    return [
        path for path in files() if path.endswith(".py") and path.startswith(folders)
    ]


@cache
def parsed(path: str) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse((ROOT / path).read_text("utf-8"), path)


def imports(path: str, *, deferred: bool = True) -> Iterator[str]:
    """Dotted names of what a module imports, relative ones with their dots.

    `deferred=False` leaves out what is imported inside functions or for checkers alone.
    """
    for node in _nodes(parsed(path), deferred):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            # `from . import x` names modules, `from .x import y` what is in one.
            if node.module is None:
                yield from (base + name.name for name in node.names)
            else:
                yield base


def _nodes(node: ast.AST, deferred: bool) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not deferred and isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(child, ast.If) and is_type_checking(child.test) and not deferred:
            continue
        yield child
        yield from _nodes(child, deferred)


def resolved(
    path: str, folder: str, *, deferred: bool = True, tree: ast.Module | None = None
) -> Iterator[str]:
    """Modules of the package `folder` that one of them imports: `read/compile`.

    A package has the name of its folder, and the root an empty one. Imports for checkers alone do
    not count; `deferred=False` also leaves out those inside functions. `tree` replaces the
    module's content, so that a test can plant an import.
    """
    modules = modules_of(folder)
    here = path.removeprefix(folder).split("/")[:-1]
    for node in _run(tree or parsed(path), deferred):
        if not isinstance(node, ast.ImportFrom) or not 0 < node.level <= len(here) + 1:
            continue
        base = here[: len(here) + 1 - node.level]
        base += node.module.split(".") if node.module else []
        for name in node.names:
            # Each name is a module, or else a name in the module it is imported from.
            inner = "/".join([*base, name.name])
            yield inner if inner in modules else "/".join(base)


def modules_of(folder: str) -> dict[str, str]:
    """The modules of a package by their names for `resolved`, with their paths."""
    return {
        path.removeprefix(folder)
        .removesuffix(".py")
        .removesuffix("__init__")
        .rstrip("/"): path
        for path in python(folder)
    }


def _run(node: ast.AST, deferred: bool) -> Iterator[ast.AST]:
    """The nodes that run: all except those for checkers alone; functions only if `deferred`."""
    for child in ast.iter_child_nodes(node):
        if not deferred and isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(child, ast.If) and is_type_checking(child.test):
            yield from _run(ast.Module(child.orelse, []), deferred)
            continue
        yield child
        yield from _run(child, deferred)


def is_type_checking(test: ast.expr) -> bool:
    """Whether a condition is `TYPE_CHECKING`, or `typing.TYPE_CHECKING`."""
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", None)
    return name == "TYPE_CHECKING"
