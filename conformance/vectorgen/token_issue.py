"""Issuing: what a server reads in a token, whatever its text is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from . import token_mint
from .area import Area


def areas() -> Iterator[Area]:
    """The requests of minting, again: `token.mint` demands the text, this what it means."""
    for area in token_mint.areas():
        yield replace(area, op="token.issue", source="token_issue")
