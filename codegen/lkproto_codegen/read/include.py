"""Sources written by hand that go into an output as they are."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from pathlib import Path

from ..diagnostics import Diagnostic, GenerationError, failure
from ..options import Options
from ..resources import OPTIONAL_PARTS


def included_files(options: Options, generated: Collection[str]) -> dict[str, bytes]:
    """The Python modules below the directories of `include`, by their path in the output.

    `generated` are the paths that are already taken. Raises GenerationError for a missing
    directory, and for modules that would have the same name.
    """
    modules = {_module(path): "the generator" for path in generated}
    found: dict[str, bytes] = {}
    problems: list[Diagnostic] = []
    for root, path, source in _sources(options):
        other = modules.setdefault(_module(path), str(root))
        if other != str(root):
            problems.append(
                Diagnostic(
                    f"{path} below {root} has the name of a module of {other}",
                    hint="rename it",
                )
            )
        found[path] = source.read_bytes()
    if problems:
        raise GenerationError(problems)
    return found


def runtime_parts(options: Options) -> list[str]:
    """The optional parts of the runtime that modules of `include` import, deferred imports counted.

    Raises GenerationError for a missing directory.
    """
    imported: set[str] = set()
    for _, path, source in _sources(options):
        imported |= _imported(path, source.read_bytes())
    return [part for part in OPTIONAL_PARTS if f"_runtime.{part}" in imported]


def _sources(options: Options) -> Iterator[tuple[Path, str, Path]]:
    """The modules below the directories: directory, path in the output, file."""
    for root in options.include:
        if not root.is_dir():
            raise failure(f"there is no directory {root} for `include`")
        for source in sorted(root.rglob("*.py")):
            yield root, source.relative_to(root).as_posix(), source


def _imported(path: str, source: bytes) -> set[str]:
    """What a module imports by relative imports: dotted names, from the root of the output."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):  # copied as it is, like everything else
        return set()
    folders = path.split("/")[:-1]
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and 0 < node.level <= len(folders) + 1:
            base = folders[: len(folders) + 1 - node.level]
            base += node.module.split(".") if node.module else []
            names = [".".join([*base, each.name]) for each in node.names]
            found |= {start for name in names for start in _beginnings(name)}
    return found


def _beginnings(name: str) -> set[str]:
    """`a`, `a.b` and `a.b.c` for `a.b.c`."""
    words = name.split(".")
    return {".".join(words[:end]) for end in range(1, len(words) + 1)}


def _module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__")
