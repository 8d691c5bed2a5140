"""Formatting of generated Python, and the proof that all of it compiles."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ..diagnostics import Diagnostic, GenerationError, failure
from ..resources import find_spec

# ruff is looked up after the standard library, in the folder where it was found.
_PROGRAM = """
import runpy, sys
sys.path.append(sys.argv.pop(1))
runpy.run_module("ruff", run_name="__main__")
"""

# What formatters and linters of the project that an output is part of go by, whatever their
# settings: nobody can mend what they find.
_MARKS = "# ruff: noqa: PGH004\n# ruff: noqa\n# isort: skip_file\n# fmt: off\n"


def left_alone(texts: Mapping[str, str]) -> dict[str, str]:
    """Sources by relative path, with marks that tell formatters and linters to leave them alone."""
    return {
        path: _MARKS + text if path.endswith(".py") else text
        for path, text in texts.items()
    }


def format_sources(sources: Mapping[str, str]) -> dict[str, str]:
    """Format Python sources, by relative path, as black would; other files pass through.

    Raises GenerationError if the formatter is missing or a source is not valid Python.
    """
    python = {path: text for path, text in sources.items() if path.endswith(".py")}
    _validate(python)
    formatted = _ruff(python)
    return {path: formatted.get(path, text) for path, text in sources.items()}


@cache
def formatter_version() -> str:
    """The version of the formatter, as the manifest records it."""
    try:
        return f"ruff {version('ruff')}"
    except PackageNotFoundError:
        return "none"


def _validate(sources: Mapping[str, str]) -> None:
    problems: list[Diagnostic] = []
    for path, text in sources.items():
        try:
            compile(text, path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            problems.append(
                Diagnostic(
                    f"the generated module {path} is not valid Python: {error}",
                    hint="if you override templates, correct yours; otherwise report this",
                )
            )
    if problems:
        raise GenerationError(problems)


def _ruff(sources: Mapping[str, str]) -> dict[str, str]:
    with tempfile.TemporaryDirectory(prefix="lkproto-") as scratch:
        root = Path(scratch)
        for path, text in sources.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8", newline="\n")
        command = [*_program(), "format", "--isolated", "--no-cache"]
        command += ["--line-length", "88", "--target-version", "py311", "--quiet"]
        done = subprocess.run(
            [*command, "."], capture_output=True, text=True, cwd=root, check=False
        )
        if done.returncode != 0:
            raise failure(f"the formatter failed: {done.stderr.strip()}")
        return {path: (root / path).read_text("utf-8") for path in sources}


def _program() -> list[str]:
    """How ruff is started: isolated from the working directory and Python's environment."""
    found = find_spec("ruff")
    for place in (found.submodule_search_locations if found else None) or ():
        folder = str(Path(place).absolute().parent)
        return [sys.executable, "-I", "-c", _PROGRAM, folder]
    raise failure(
        "the formatter is not installed", hint="pip install 'lkproto[codegen]'"
    )
