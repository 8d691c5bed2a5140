"""What is wrong with the input: values that travel to the end of a run and are all printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from .ir import Location


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake: what, where, and what to do about it."""

    message: str
    location: Location | None = None
    hint: str | None = None

    def __str__(self) -> str:
        where = self.location
        place = f"{where.file}:{where.line}:{where.column}: " if where else ""
        hint = f"\n  hint: {self.hint}" if self.hint else ""
        return f"{place}error: {self.message}{hint}"


class GenerationError(Exception):
    """A run that cannot go on; `diagnostics` says why, sorted by place, without repeats."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(sorted(set(diagnostics), key=_order))
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        return "\n".join(map(str, self.diagnostics))


def _order(diagnostic: Diagnostic) -> tuple[str, int, int, str]:
    where = diagnostic.location
    if where is None:
        return ("", 0, 0, diagnostic.message)
    return (where.file, where.line, where.column, diagnostic.message)


def failure(
    message: str, location: Location | None = None, hint: str | None = None
) -> GenerationError:
    """An error of a single diagnostic."""
    return GenerationError([Diagnostic(message, location, hint)])


def nearest(name: str, known: Sequence[str]) -> str | None:
    """A hint naming the known name nearest to a mistaken one, or listing a few."""
    found = get_close_matches(name, known, n=1, cutoff=0.5)
    if found:
        return f"did you mean {found[0]!r}?"
    return f"known: {', '.join(sorted(known))}" if 0 < len(known) <= 12 else None
