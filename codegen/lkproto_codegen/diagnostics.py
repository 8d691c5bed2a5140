"""What is wrong with the input: values that travel to the end of a run and are all printed."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from .ir import Location


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake: what, where, and what to do about it."""

    message: str
    location: Location | None = None
    hint: str | None = None

    def as_json(self) -> dict[str, str | int | None]:
        """The same for programs; what is unknown is None."""
        where = self.location
        return {
            "message": self.message,
            "file": where.file if where else None,
            "line": where.line if where else None,
            "column": where.column if where else None,
            "hint": self.hint,
        }

    def __str__(self) -> str:
        where = self.location
        file = in_line(where.file) if where else ""
        place = f"{file}:{where.line}:{where.column}: " if where else ""
        hint = f"\n  hint: {visible(self.hint)}" if self.hint else ""
        return f"{place}error: {visible(self.message)}{hint}"


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


# What a terminal obeys or hides: control characters but line feed and tab, marks that change
# the direction of text, and bytes that are not UTF-8, which could not be printed at all.
_UNSEEN = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


def visible(text: str) -> str:
    r"""Text of others as it can be printed: what a terminal obeys is escaped, as in `\x1b`."""
    return _UNSEEN.sub(lambda found: repr(found[0])[1:-1], text)


def in_line(name: object) -> str:
    """The same for a name or path, which stays on its line."""
    return visible(str(name)).replace("\n", "\\n")


def failure(
    message: str, location: Location | None = None, hint: str | None = None
) -> GenerationError:
    """An error of a single diagnostic."""
    return GenerationError([Diagnostic(message, location, hint)])


def shown(path: Path) -> str:
    """A path that an editor can open: relative to the working directory if it is below that."""
    with suppress(ValueError, OSError):
        return path.absolute().relative_to(Path.cwd()).as_posix()
    return str(path)


@contextmanager
def found_in(include: Iterable[Path]) -> Generator[None]:
    """Make errors that pass through name .proto files by their paths, not as protoc does.

    protoc's names are relative to an include directory.
    """
    try:
        yield
    except GenerationError as error:
        roots = list(include)
        raise GenerationError(
            _placed(roots, each) for each in error.diagnostics
        ) from error


def _placed(roots: Sequence[Path], problem: Diagnostic) -> Diagnostic:
    place = problem.location
    if place is None:
        return problem
    paths = (folder / place.file for folder in roots)
    path = next((shown(path) for path in paths if path.is_file()), place.file)
    return replace(problem, location=replace(place, file=path))


def nearest(name: str, known: Sequence[str]) -> str | None:
    """A hint: the known name that is nearest to a mistaken one, or all of them if they are few."""
    found = get_close_matches(name, known, n=1, cutoff=0.5)
    if found:
        return f"did you mean {found[0]!r}?"
    return f"known: {', '.join(sorted(known))}" if 0 < len(known) <= 16 else None
