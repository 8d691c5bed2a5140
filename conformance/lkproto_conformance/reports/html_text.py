"""Texts of others in the page: as HTML that shows them, and as texts that every browser keeps."""

from __future__ import annotations

from html import escape

from ..values import printable

LONGEST = 65_536
"""Characters of a text that the page keeps; the report has the rest."""
_SHOWN = 300


def text(said: object) -> str:
    """What a report says, as HTML that shows it and does nothing: one line, cut.

    It is escaped twice over: `printable` for signs that act on text, such as those that turn its
    direction, and `html.escape` for signs of HTML.
    """
    whole = str(said)
    return escape(printable(whole[:_SHOWN] + ("…" if len(whole) > _SHOWN else "")))


def encodable(text: str) -> str:
    """A text with the halves of surrogate pairs spelled out: they fit in no address and no file."""
    return text.encode("utf-8", "backslashreplace").decode()


def shortened(text: str) -> str:
    """A text, or its beginning and how long it is."""
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}… ({len(text):,} characters; the report has all of them)"
