"""Sources written by hand that go into an output as they are."""

from __future__ import annotations

from collections.abc import Collection

from ..diagnostics import Diagnostic, GenerationError, failure
from ..options import Options


def included_files(options: Options, generated: Collection[str]) -> dict[str, bytes]:
    """The Python modules below the directories of `include`, by their path in the output.

    `generated` are the paths that are already taken. Raises GenerationError for a missing
    directory, and for modules that would have the same name.
    """
    modules = {_module(path): "the generator" for path in generated}
    found: dict[str, bytes] = {}
    problems: list[Diagnostic] = []
    for root in options.include:
        if not root.is_dir():
            raise failure(f"there is no directory {root} for `include`")
        for source in sorted(root.rglob("*.py")):
            path = source.relative_to(root).as_posix()
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


def _module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__")
