"""Issued tokens are judged by what a server reads in them, and by nothing being in them besides."""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any

import pytest
from lkproto_conformance.judging.equality import equal
from lkproto_conformance.vectors import Vector, load, vectors_folder

KEY, SECRET, NOW = "key", "a secret of the test", 1767225600
ARGS: dict[str, Any] = {"api_key": KEY, "secret": SECRET, "now": NOW, "grants": {}}
CLAIMS: dict[str, Any] = {
    "iss": KEY,
    "sub": "alice",
    "nbf": NOW,
    "exp": NOW + 60,
    "video": {"roomJoin": True, "room": "demo"},
}
VECTORS = [each for each in load(vectors_folder()).vectors if each.op == "token.issue"]


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def token(header: dict[str, Any] | None = None, **claims: Any) -> dict[str, str]:
    """A result with a token, whose claims are those above and others."""
    head = f"{part({'alg': 'HS256', **(header or {})})}.{part({**CLAIMS, **claims})}"
    signature = hmac.digest(SECRET.encode(), head.encode(), "sha256")
    return {
        "token": f"{head}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"
    }


@pytest.mark.parametrize(
    "free",
    [
        {},
        {"nbf": NOW - 5},
        {"iat": NOW},
        {"identity": "alice"},
        {"name": "", "sip": {}},
        {"video": {"room": "demo", "roomJoin": True, "canPublish": True}},
        {"video": {"room": "demo", "roomJoin": True, "hidden": False}},
    ],
)
def test_what_a_server_reads_alike_is_equal(free: dict[str, Any]) -> None:
    assert equal("token.issue", ARGS, token(), token({"typ": "JWT"}, **free)) == ""


@pytest.mark.parametrize(
    ("claims", "difference"),
    [
        ({"exp": NOW + 61}, "$.exp: "),
        ({"exp": NOW - 61}, "$.token: a server refuses it: "),
        ({"sub": "bob"}, "$.identity: "),
        ({"identity": "root"}, '$.unknown: "identity"'),
        ({"name": "Alice"}, "$.claims: "),
        ({"video": {"roomJoin": True}}, "$.effective.video.room: "),
        ({"video": {"roomJoin": True, "room": "demo", "superUser": True}}, "$.unknown"),
        ({"secret": SECRET}, "$.unknown"),
        ({"aud": "others"}, "$.unknown"),
        ({"iat": NOW + 999}, "$.from the future: "),
        ({"iss": "another"}, "$.token: a server refuses it: "),
    ],
)
def test_what_a_server_reads_otherwise_is_a_difference(
    claims: dict[str, Any], difference: str
) -> None:
    assert equal("token.issue", ARGS, token(), token(**claims)).startswith(difference)


def test_a_header_has_nothing_besides() -> None:
    found = equal("token.issue", ARGS, token(), token({"crit": ["exp"]}))

    assert found == '$.unknown: "header crit", not ""'


@pytest.mark.parametrize("given", [None, 1, "", "a.b", "a.b.c", "\ud800.\ud800.\ud800"])
def test_what_is_not_a_token_is_refused(given: object) -> None:
    found = equal("token.issue", ARGS, token(), {"token": given})

    assert found.startswith("$.token: a server refuses it: ")


@pytest.mark.parametrize("vector", VECTORS[::10], ids=lambda each: each.id)
def test_the_token_of_a_vector_equals_itself(vector: Vector) -> None:
    if vector.result == "valid":
        assert equal(vector.op, vector.args, vector.expect, vector.expect) == ""
