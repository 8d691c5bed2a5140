"""Tells in which claims two tokens differ. Their texts are compared; this is for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..protocol import MAX_DEPTH
from ..values import nests_deeper
from .equality import difference
from .notifier_tokens import read

MEMBERS = {
    "token.mint": "token",
    "token.service": "token",
    "keyset.sign": "token",
    "webhook.sign": "authorization",
}
"""The member of a result that is a token, by operation."""


def explained(op: str, expected: Any, got: Any) -> str:
    """The difference of two results that have a token; empty if they are equal."""
    member = MEMBERS[op]
    plain = difference(expected, got)
    if not plain.startswith(f"$.{member}: "):
        return plain
    parts = _parts(expected[member]), _parts(got[member])
    if None in parts:
        return plain
    found = "; ".join(_differences(*parts))
    return f"$.{member}: {found or 'the same claims, written or signed otherwise'}"


def _parts(token: Any) -> tuple[Any, Any] | None:
    """The header and the claims of a token; None if it is not a token."""
    try:
        parts = read(str(token))
    except ValueError:
        return None
    return None if any(nests_deeper(each, MAX_DEPTH) for each in parts) else parts


def _differences(expected: Any, got: Any) -> Iterator[str]:
    for name, one, other in zip(("header", "claims"), expected, got, strict=True):
        if missing := sorted(one.keys() - other.keys()):
            yield f"{name} without {', '.join(missing)}"
        if extra := sorted(other.keys() - one.keys()):
            yield f"{name} with {', '.join(extra)}"
        for key in sorted(one.keys() & other.keys()):
            if found := difference(one[key], other[key], f"{name}.{key}"):
                yield found
