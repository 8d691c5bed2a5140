"""How tokens and what was read from them are compared, and what a difference is called."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from lkproto_conformance.judging.equality import equal
from lkproto_conformance.judging.verdict import judge
from lkproto_conformance.protocol import Reply

from .test_verdict import vector

HEADER = {"alg": "HS256", "typ": "JWT"}
CLAIMS = {"iss": "key", "exp": 10, "video": {"room": "a"}}


def token(header: Any = HEADER, claims: Any = CLAIMS, signature: str = "c2ln") -> str:
    """A token; nobody verifies it."""
    parts = (json.dumps(each).encode() for each in (header, claims))
    return ".".join(
        [
            *(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts),
            signature,
        ]
    )


def told(got: object, op: str = "token.mint", member: str = "token") -> str:
    """The difference of a minted token from the expected one."""
    return equal(op, {}, {member: token()}, {member: got})


def test_equal_tokens_are_equal() -> None:
    assert told(token()) == ""


def test_a_difference_of_tokens_names_the_claims() -> None:
    other = token(
        {"alg": "HS256"}, {"iss": "key", "exp": 11, "video": {"room": "b"}, "iat": 1}
    )

    assert told(other) == (
        "$.token: header without typ; claims with iat; "
        'claims.exp: 11, not 10; claims.video.room: "b", not "a"'
    )


@pytest.mark.parametrize(
    "other", [token(signature="b3RoZXI"), token(claims=dict(reversed(CLAIMS.items())))]
)
def test_tokens_with_equal_claims_are_not_equal(other: str) -> None:
    assert told(other) == "$.token: the same claims, written or signed otherwise"


@pytest.mark.parametrize(
    "other",
    [
        None,
        7,
        "",
        "a.b",
        "é.é.é",
        "e30.e30",
        "W10.W10.x",
        f"{'=' * 5}.e30.x",
        token(claims=json.loads("[" * 200 + "]" * 200)),
        token(claims={"deep": json.loads("[" * 200 + "]" * 200)}),
        "e30." + base64.urlsafe_b64encode(b"[" * 100_000).decode().rstrip("=") + ".x",
    ],
)
def test_what_is_not_a_token_is_shown_as_it_is(other: object) -> None:
    assert told(other).startswith("$.token: ")
    assert "without" not in told(other)


def test_a_result_without_a_token_lacks_it() -> None:
    assert equal("token.mint", {}, {"token": token()}, {}) == (
        "$: missing ['token'], unexpected []"
    )


def test_a_webhook_is_signed_by_a_token_too() -> None:
    other = told(token(claims={"iss": "key"}), "webhook.sign", "authorization")

    assert other == "$.authorization: claims without exp, video"


VERIFIED = {
    "api_key": "key",
    "claims": {},
    "effective": {"video": None, "kind": "STANDARD"},
}


def test_a_verifier_may_have_no_opinion_on_what_claims_mean() -> None:
    assert equal("token.verify", {}, VERIFIED, {**VERIFIED, "effective": None}) == ""
    wrong = {**VERIFIED, "effective": None, "api_key": "other"}
    assert equal("token.verify", {}, VERIFIED, wrong) == '$.api_key: "other", not "key"'


@pytest.mark.parametrize("effective", [{}, False, "", {"video": None, "kind": None}])
def test_a_wrong_opinion_is_a_difference(effective: object) -> None:
    assert equal("token.verify", {}, VERIFIED, {**VERIFIED, "effective": effective})


def test_an_opinion_has_to_be_given_or_refused() -> None:
    without = {name: value for name, value in VERIFIED.items() if name != "effective"}

    assert equal("token.verify", {}, VERIFIED, without) == (
        "$: missing ['effective'], unexpected []"
    )


@pytest.mark.parametrize(
    ("expected", "got", "verdict"),
    [
        ("unknown_key", "wrong_issuer", "pass"),
        ("unknown_key", "bad_signature", "fail:kind"),
        ("wrong_issuer", "unknown_key", "fail:kind"),
        ("bad_claim", "wrong_issuer", "fail:kind"),
    ],
)
def test_with_one_key_an_unknown_key_is_a_wrong_issuer(
    expected: str, got: str, verdict: str
) -> None:
    required = vector("invalid", {"kind": expected, "kind_required": True})

    assert (
        judge(required, Reply("reject", {"kind": got, "message": ""})).name == verdict
    )
