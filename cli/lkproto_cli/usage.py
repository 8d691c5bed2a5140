"""Mistakes of users, as errors that say what to do. It imports little: completion needs it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

LONGEST = 60  # comparing takes the square of the length


class UsageError(Exception):
    """A wrong word on the command line, or a wrong file that it names."""


def bare(name: str) -> str:
    """A name without what its spellings differ in: `create_room`, `create-room`, `CreateRoom`."""
    return name.replace("_", "").replace("-", "").lower()


def nearest(name: str, names: Iterable[str]) -> str:
    """A hint with the name that is probably meant, or with all names."""
    known = {bare(each): each for each in names}
    found = get_close_matches(bare(name)[:LONGEST], known, n=1)
    if found:
        return f"\n  hint: did you mean {known[found[0]]!r}?"
    return f"\n  hint: there are {', '.join(known.values())}"
