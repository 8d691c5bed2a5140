"""Deliveries with two faults at once: which check comes first."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from .area import ORDER, Area, Note
from .forge import NOW, SECRET, b64, dumps, payload

# Faults by the check that finds them, in the order of the checks. The first two leave no payload.
FAULTS: dict[str, dict[str, Any]] = {
    "header-missing": {"header": None},
    "not-json": {"text": "{"},
    "registered-claim": {"claims": {"exp": "soon"}},
    "alg-unknown": {"alg": "none"},
    "key-unknown": {"claims": {"iss": "APIother"}},
    "grants": {"claims": {"video": 1}},
    "alg-hs512": {"alg": "HS512"},
    "signature": {"secret": "x"},
    "expired": {"claims": {"exp": NOW - 600}},
    "not-yet-valid": {"claims": {"nbf": NOW + 600}},
    "hash": {"claims": {"sha256": "x"}},
    "body": {"body": "[]"},
}
_HASHES = {"HS256": hashlib.sha256, "HS512": hashlib.sha512, "none": hashlib.sha256}


def add(area: Area) -> None:
    """Add each pair that a token can have: neighbours, and all others."""
    area.notes["Order"] = Note(
        "BASIC", "two faults", "errors differ, and an unsigned body is looked at"
    )
    for first, second in _pairs():
        area.add(
            f"order-{first}-and-{second}",
            f"two faults, {first} and {second}",
            _delivery(FAULTS[first], FAULTS[second]),
            "Order",
            level=ORDER,
        )


def _pairs() -> Iterator[tuple[str, str]]:
    for first, second in combinations(FAULTS, 2):
        both = FAULTS[first].keys() & FAULTS[second].keys()
        same = set(FAULTS[first].get("claims", {})) & set(
            FAULTS[second].get("claims", {})
        )
        if both <= {"claims"} and not same:
            yield first, second


def _delivery(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    body = {**first, **second}.get("body", '{"event":"e"}').encode()
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    claims = payload(sha256=digest)
    claims |= first.get("claims", {}) | second.get("claims", {})
    faults = {**second, **first}
    alg = faults.get("alg", "HS256")
    head = b64(f'{{"alg":"{alg}"}}')
    text = f"{head}.{b64(faults.get('text') or dumps(claims))}"
    secret = faults.get("secret", SECRET)
    token = f"{text}.{b64(hmac.digest(secret.encode(), text.encode(), _HASHES[alg]))}"
    return {
        "authorization": None if "header" in faults else token,
        "body_b64": base64.b64encode(body).decode(),
    }
