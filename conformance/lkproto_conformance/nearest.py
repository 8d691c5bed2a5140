"""What somebody may have meant by a name that does not exist."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

MAX_NAME = 200
"""Characters that are compared: the time grows with the square."""


def perhaps(name: str, *lists: Iterable[str]) -> str:
    """Names that resemble it, as the end of a sentence; of the first list that has some."""
    for names in lists:
        if found := get_close_matches(name[:MAX_NAME], names, n=3):
            return f"; perhaps {' or '.join(found)}"
    return ""
