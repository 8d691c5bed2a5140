"""The operations and the kinds of rejects as Markdown, for the documentation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from .operations import SERVICES, SUBJECTS, Operation
from .pages import replaced
from .protocol import KINDS

BEGIN, END = "<!-- operations: begin -->", "<!-- operations: end -->"


class PageError(Exception):
    """A page without the two lines that the tables go between."""


def tables() -> str:
    """A table of operations for each subject, and one of the kinds of rejects."""
    found = [
        _table(subject, ("operation", "arguments", "result"), map(_row, operations))
        for subject, operations in SUBJECTS.items()
    ]
    services = ((f"`{name}`", args) for name, args in SERVICES.items())
    found.append(_table("Arguments of `token.service`", ("function", "args"), services))
    kinds = ((f"`{kind}`", when) for kind, when in KINDS.items())
    found.append(_table("Kinds of rejects", ("kind", "when"), kinds))
    return "\n".join(found)


def with_tables(page: str) -> str:
    """The text of a page with the tables as they are now. Raises PageError."""
    changed = replaced(page, BEGIN, END, tables())
    if changed is None:
        raise PageError(f"the lines {BEGIN} and {END} are missing")
    return changed


def _table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return f"### {title}\n\n" + "".join(f"| {' | '.join(each)} |\n" for each in lines)


def _row(operation: Operation) -> tuple[str, str, str]:
    about = f"`{operation.name}`<br>{operation.does}"
    script = operation.script
    args = _members(operation.args) + _in_vectors(script.args)
    return about, args, _members(operation.result) + _in_vectors(script.seen)


def _in_vectors(members: dict[str, str]) -> str:
    """Members that only vectors have, as the rest of a cell."""
    return f"<br>*in vectors* {_members(members)}" if members else ""


def _members(members: dict[str, str]) -> str:
    """Members of an object, those in a row that are described alike together."""
    groups = groupby(members, key=lambda name: members[name])
    cells = [f"{', '.join(map(_name, names))}: {text}" for text, names in groups]
    return "<br>".join(cells) or "`{}`"


def _name(name: str) -> str:
    return f"`{name[:-1]}` (optional)" if name.endswith("?") else f"`{name}`"
