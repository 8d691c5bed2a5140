"""The page of the documentation: what a run found, between two markers; the rest is written."""

from __future__ import annotations

import json
from pathlib import Path

from lkproto_conformance.pages import replaced
from lkproto_conformance.whole_files import write_whole

from .modules import AREAS, LEFT_OUT
from .operators import OPERATORS
from .report import RESULT, ListError, tables

PAGE = Path(__file__).parents[2] / "docs" / "judge" / "mutants.md"
BEGIN, END = "<!-- written by mutants: begin -->", "<!-- written by mutants: end -->"


def update(path: Path = PAGE) -> None:
    """Write what is generated into the page. Raises ListError."""
    changed = replaced(path.read_text("utf-8"), BEGIN, END, generated())
    if changed is None:
        raise ListError(f"{path.name} lacks the lines {BEGIN} and {END}")
    write_whole(path, changed)


def generated() -> str:
    """What is generated: operators, modules, and the committed result."""
    result = json.loads(RESULT.read_text("utf-8"))
    parts = ["## Result", tables(result), "## Operators", _operators(), "## Modules"]
    return "\n\n".join([*parts, _modules(), "## Left out", _left_out()])


def _operators() -> str:
    rows = [f"| `{each.name}` | {each.does} |" for each in OPERATORS]
    return "\n".join(["| operator | replaces |", "|---|---|", *rows])


def _modules() -> str:
    rows = [f"| {area} | {_names(paths)} |" for area, paths in AREAS.items()]
    return "\n".join(["| area | modules of the package |", "|---|---|", *rows])


def _left_out() -> str:
    rows = [f"| {why} | {_names(names)} |" for why, names in LEFT_OUT.items()]
    return "\n".join(["| because it | functions |", "|---|---|", *rows])


def _names(names: tuple[str, ...]) -> str:
    return " ".join(f"`{name}`" for name in names)
