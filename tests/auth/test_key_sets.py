"""Key sets. Verdicts are vectors of keyset.*, which the Go reference answered."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from lkproto.auth import (
    AlgorithmError,
    ArgumentTypeError,
    ClaimError,
    ClaimGrants,
    ExpiredTokenError,
    HMACKey,
    HMACKeySet,
    InvalidArgumentError,
    MalformedTokenError,
    MissingClaimError,
    SignatureError,
    TokenVerifier,
    UnknownKeyError,
    hmac_key_id,
)

from .payloads import encoded, signed
from .support import NOW

PROFILES: tuple[Literal["strict", "go"], ...] = ("strict", "go")
OLD, NEW = (
    b"the old key, of thirty-two bytes or more",
    b"the new key, of thirty-two bytes or more",
)


def key_set(*keys: bytes, algorithm: str = "HS256") -> HMACKeySet:
    return HMACKeySet.from_bytes(algorithm, *keys)


def clock() -> float:
    return NOW


def test_keys_rotate_without_invalidating_tokens() -> None:
    before = key_set(OLD)
    token = before.sign({"sub": "ann"})

    rotated = key_set(NEW, OLD)

    assert rotated.verify(token) == {"sub": "ann"}
    assert rotated.verify(rotated.sign({"sub": "bob"})) == {"sub": "bob"}
    with pytest.raises(UnknownKeyError):
        before.verify(rotated.sign({"sub": "bob"}))
    with pytest.raises(UnknownKeyError):
        key_set(NEW).verify(token)


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_a_set_accepts_only_tokens_of_its_algorithm(algorithm: str) -> None:
    token = key_set(NEW, algorithm=algorithm).sign({"sub": "ann"})

    for other in ("HS256", "HS384", "HS512"):
        keys = key_set(NEW, algorithm=other)
        if other == algorithm:
            assert keys.verify(token) == {"sub": "ann"}
        else:
            with pytest.raises(AlgorithmError):
                keys.verify(token)


@pytest.mark.parametrize(
    ("algorithm", "keys", "problem"),
    [
        ("RS256", [HMACKey("a", NEW)], "'RS256' is not an algorithm"),
        ("HS256", [], "empty"),
        ("HS256", [HMACKey("a", NEW), HMACKey("a", OLD)], "duplicate key id 'a'"),
    ],
)
def test_wrong_key_sets_are_refused(
    algorithm: str, keys: list[HMACKey], problem: str
) -> None:
    with pytest.raises(InvalidArgumentError, match=problem):
        HMACKeySet(algorithm, *keys)


def test_the_caller_chooses_leeway_and_whether_expiry_is_required() -> None:
    keys = key_set(NEW)
    token = keys.sign({"exp": NOW})

    with pytest.raises(ExpiredTokenError):
        keys.verify(token, clock=clock)
    assert keys.verify(token, clock=clock, leeway=1) == {"exp": NOW}
    with pytest.raises(MissingClaimError):
        keys.verify(keys.sign({}), require_exp=True)


@pytest.mark.parametrize(
    "claims", [{"exp": "soon"}, {"exp": 253402300800}, {"nbf": -1}]
)
def test_wrong_dates_are_refused(claims: dict[str, Any]) -> None:
    keys = key_set(NEW)

    with pytest.raises(ClaimError):
        keys.verify(keys.sign(claims), clock=clock)


@pytest.mark.parametrize("value", ['""', "[]", "{}", "false", "null"])
@pytest.mark.parametrize("name", ["exp", "nbf"])
def test_dates_that_are_false_do_not_count_as_absent(name: str, value: str) -> None:
    keys = HMACKeySet("HS256", HMACKey("", NEW))
    payload = f'{{"{name}":{value}}}'.encode()
    token = signed(b'{"alg":"HS256"}', payload, NEW.decode())

    for profile in PROFILES:
        with pytest.raises(ClaimError, match=f"{name}: takes a number"):
            keys.verify(token, profile=profile, clock=clock)


def test_to_strict_zero_is_a_date_and_to_go_it_is_absent() -> None:
    keys = key_set(NEW)
    token = keys.sign({"exp": 0})

    with pytest.raises(ExpiredTokenError):
        keys.verify(token)
    assert keys.verify(token, profile="go") == {"exp": 0}


def test_strict_refuses_an_empty_key_with_which_anyone_can_sign() -> None:
    for make in (
        lambda profile: HMACKeySet("HS256", HMACKey("a", b""), profile=profile),
        lambda profile: HMACKeySet.from_bytes("HS256", NEW, b"", profile=profile),
    ):
        with pytest.raises(InvalidArgumentError, match="is empty"):
            make("strict")
        assert make("go").num_keys
    keys = HMACKeySet.from_bytes("HS256", b"", profile="go")
    token = keys.sign({"iss": "a", "exp": NOW + 60})

    assert keys.verify(token, profile="go", clock=clock)
    assert TokenVerifier(keys=keys, profile="go", clock=clock).verify(token)
    with pytest.raises(UnknownKeyError, match="is empty"):
        keys.verify(token, clock=clock)
    with pytest.raises(UnknownKeyError, match="is empty"):
        TokenVerifier(keys=keys, clock=clock).verify(token)


def test_keys_of_the_wrong_type_and_unknown_profiles_are_refused() -> None:
    for make in (
        lambda: HMACKey("a", "text"),  # type: ignore[arg-type]
        lambda: HMACKeySet.from_bytes("HS256", "text"),  # type: ignore[arg-type]
    ):
        with pytest.raises(ArgumentTypeError, match="is bytes, not str"):
            make()
    with pytest.raises(InvalidArgumentError, match="strict or go, not 'GO'"):
        HMACKeySet("HS256", HMACKey("a", NEW), profile="GO")  # type: ignore[arg-type]


def test_payloads_that_are_not_objects_and_wrong_signatures_are_refused() -> None:
    keys = HMACKeySet("HS256", HMACKey("", NEW))
    header = b'{"alg":"HS256"}'

    with pytest.raises(MalformedTokenError):
        keys.verify(signed(header, b"[]", NEW.decode()))
    with pytest.raises(SignatureError):
        keys.verify(signed(header, b"{}", OLD.decode()))
    assert keys.verify(signed(header, b"{}", NEW.decode())) == {}


@pytest.mark.parametrize(
    "claims", [{"a": object()}, {"a": float("inf")}, {"a": "\ud800"}]
)
def test_claims_that_json_cannot_hold_are_not_signed(claims: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgumentError):
        key_set(NEW).sign(claims)


def test_a_verifier_picks_the_key_of_the_set_by_id() -> None:
    keys = HMACKeySet("HS256", HMACKey("new", NEW), HMACKey("old", OLD))
    checks = TokenVerifier(keys=keys, clock=clock)
    token = keys.sign({"iss": "anyone", "exp": NOW + 1, "identity": "x", "sub": "ann"})

    assert checks.verify(token).grants == ClaimGrants(identity="ann")
    head, _, _ = token.rpartition(".")
    with pytest.raises(SignatureError):
        checks.verify(f"{head}.{encoded(bytes(32))}")
    with pytest.raises(UnknownKeyError):
        checks.verify(signed(b'{"alg":"HS256","kid":"gone"}', b"{}", NEW.decode()))


def test_keys_are_not_shown() -> None:
    key = HMACKey(hmac_key_id(NEW), NEW)

    assert repr(key) == f"HMACKey(key_id={key.key_id!r}, key=<redacted SECRET>)"
    assert repr(HMACKeySet("HS256", key)) == "<HMACKeySet of 1>"
