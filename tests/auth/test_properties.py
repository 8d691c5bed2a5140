"""Properties of all claims: minting, reading back, copying."""

from __future__ import annotations

import json
from string import ascii_letters, digits

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lkproto.auth import ClaimGrants, TokenError, TokenVerifier, clone, mint
from lkproto_conformance.strategies import grants
from lkproto_conformance.strategies.claims import CLAIM_TEXTS as TEXT

from .support import KEYS, NOW, payload

pytestmark = pytest.mark.filterwarnings(
    "ignore:.* is deprecated:DeprecationWarning",
    "ignore:the secret of:lkproto.auth.WeakSecretWarning",
)
EXAMPLES = settings.default.max_examples  # fewer in the quick run
QUICK = settings(
    max_examples=min(60, EXAMPLES),
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
SECRET = "a secret of at least thirty-two bytes"
MINTED = KEYS | {"api_secret": SECRET}


def verifier(profile: str) -> TokenVerifier:
    return TokenVerifier(
        "APIkey", SECRET, profile=profile, clock=lambda: NOW  # type: ignore[arg-type]
    )


@QUICK
@given(grants(), st.sampled_from(["strict", "go"]))
def test_verified_claims_are_those_that_were_minted(
    given: ClaimGrants, profile: str
) -> None:
    found = verifier(profile).verify(mint(given, **MINTED))

    assert found.grants.to_dict() == given.to_dict()
    assert found.unknown == {}
    assert mint(found.grants, **MINTED) == mint(given, **MINTED)


@QUICK
@given(grants())
def test_a_payload_is_the_registered_claims_and_the_grants(given: ClaimGrants) -> None:
    found = json.loads(payload(mint(given, **MINTED), SECRET))

    registered = {"iss": "APIkey", "exp": NOW + 21600, "nbf": NOW, "iat": NOW}
    if given.identity:
        registered["sub"] = given.identity
    assert found == registered | given.to_dict()


@QUICK
@given(grants())
def test_claims_are_the_same_after_json_and_after_copying(given: ClaimGrants) -> None:
    before = given.to_bytes(deterministic=True)

    assert ClaimGrants.from_json(given.to_json()).to_dict() == given.to_dict()
    copied = clone(given)
    assert copied.to_bytes(deterministic=True) == before
    mint(given, **MINTED)
    assert given.to_bytes(deterministic=True) == before


NEW = st.dictionaries(
    TEXT.map(lambda text: "new " + text),
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
        lambda inner: st.lists(inner, max_size=2)
        | st.dictionaries(TEXT, inner, max_size=2),
        max_leaves=4,
    ),
    max_size=2,
)


@QUICK
@given(grants(), NEW, NEW)
def test_unknown_claims_survive_both_ways(
    given: ClaimGrants, new: dict[str, object], inner: dict[str, object]
) -> None:
    unknown = new | ({"video": inner} if inner else {})
    token = mint(given, unknown=unknown, **MINTED)

    found = verifier("strict").verify(token)

    assert found.unknown == unknown
    again = mint(found.grants, unknown=found.unknown, **MINTED)
    assert json.loads(payload(again, SECRET)) == json.loads(payload(token, SECRET))


@settings(QUICK, max_examples=3 * EXAMPLES)
@given(st.data())
def test_strict_refuses_tokens_with_one_byte_changed(data: st.DataObject) -> None:
    token = mint(ClaimGrants(identity="ann"), **MINTED)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from(ascii_letters + digits + "-_.=+/ \n\0é"))
    changed = token[:place] + other + token[place + 1 :]
    if changed == token:
        return

    with pytest.raises(TokenError):
        verifier("strict").verify(changed)
