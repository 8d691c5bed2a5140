"""Pages of documentation, a part of which is generated: what is between two lines."""

from __future__ import annotations


def replaced(page: str, begin: str, end: str, part: str) -> str | None:
    """The text of a page with another part between its two lines; None if one is missing.

    The last `end` counts, for a part may hold one, such as in a testee's name.
    """
    before, found, rest = page.partition(begin)
    _, ended, after = rest.rpartition(end)
    if not found or not ended:
        return None
    return f"{before}{begin}\n\n{part.strip()}\n\n{end}{after}"
