"""What a verifier accepts, refuses, shows and hides.

Verdicts on single tokens are vectors, which the Go reference answered; see
tests/conformance/test_our_testee.py. These tests are for what vectors cannot express.
"""

from __future__ import annotations

import json
import pickle
import sys
import time
import tracemalloc
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from lkproto.auth import (
    AlgorithmError,
    AuthError,
    ClaimError,
    ClaimGrants,
    ExpiredTokenError,
    InvalidArgumentError,
    KeyProvider,
    MalformedTokenError,
    MissingClaimError,
    NotYetValidError,
    SignatureError,
    TokenError,
    TokenTooLargeError,
    TokenVerifier,
    UnknownKeyError,
    VideoGrants,
    WrongIssuerError,
    mint,
    parse_unverified,
    read_unverified,
)

from .payloads import KEY, SECRET, Maker, encoded, signed
from .support import NOW

HEADER = b'{"alg":"HS256","typ":"JWT"}'


def verifier(**options: Any) -> TokenVerifier:
    return TokenVerifier(KEY, SECRET, **{"clock": lambda: NOW, **options})


def token(header: bytes = HEADER, secret: str = SECRET, **claims: Any) -> str:
    whole = {"iss": KEY, "sub": "ann", "exp": NOW + 60, **claims}
    return signed(header, json.dumps(whole).encode(), secret)


def test_verified_claims_are_typed() -> None:
    found = verifier().verify(
        token(video={"roomJoin": True, "room": "lobby"}, aud="x", nbf=NOW, jti="j")
    )

    assert found.grants == ClaimGrants(
        identity="ann", video=VideoGrants(room_join=True, room="lobby")
    )
    assert found.identity == "ann"
    assert found.api_key == KEY
    registered = found.registered
    assert (registered.iss, registered.sub, registered.jti) == (KEY, "ann", "j")
    assert (registered.exp, registered.nbf, registered.iat) == (NOW + 60, NOW, None)
    assert registered.aud == ["x"]
    assert found.unknown == {}
    assert registered == verifier().verify(token(aud="x", nbf=NOW, jti="j")).registered
    assert registered != verifier().verify(token()).registered


def test_unknown_claims_are_kept_apart_from_the_known() -> None:
    found = verifier().verify(token(new=[1, {"a": None}], video={"fly": True}))

    assert found.unknown == {"new": [1, {"a": None}], "video": {"fly": True}}
    assert found.grants.video == VideoGrants()


@pytest.mark.parametrize(
    ("error", "given"),
    [
        (MalformedTokenError, "a.b"),
        (TokenTooLargeError, "a" * 65537),
        (AlgorithmError, token(b'{"alg":"HS512"}')),
        (ClaimError, token(video={"roomJoin": 1})),
        (WrongIssuerError, token(iss="APIother")),
        (SignatureError, token(secret="another")),
        (MissingClaimError, token(exp=None)),
        (ExpiredTokenError, token(exp=NOW - 60)),
        (NotYetValidError, token(nbf=NOW + 61)),
        (NotYetValidError, token(iat=NOW + 61)),
    ],
)
def test_each_cause_has_an_error_without_secrets(
    error: type[TokenError], given: str
) -> None:
    with pytest.raises(error) as caught:
        verifier().verify(given)

    shown = str(caught.value) + repr(caught.value)
    assert SECRET not in shown
    assert given not in shown
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), str(again)) == (type(caught.value), str(caught.value))


def test_errors_of_claims_name_the_claim_and_not_its_value() -> None:
    given = token(roomConfig={"tags": {}, "emptyTimeout": "a secret number"})

    with pytest.raises(ClaimError, match="does not fit") as caught:
        verifier().verify(given)

    assert caught.value.path == "roomConfig.empty_timeout"
    assert "a secret number" not in str(caught.value)


def test_nothing_that_is_printed_shows_a_secret_or_who_the_holder_is() -> None:
    checks = verifier()
    found = checks.verify(token(name="Ann Other", metadata="private"))

    for each in (checks, found, found.registered, checks._keys):
        shown = f"{each} {each!r}"
        assert SECRET not in shown
        assert not {"ann", "Ann Other", "private"} & set(shown.split("'"))


def test_the_caller_chooses_leeway_and_clock() -> None:
    given = token(exp=NOW)

    assert verifier(clock=lambda: NOW + 59.9).verify(given)
    with pytest.raises(ExpiredTokenError):
        verifier(clock=lambda: NOW + 60).verify(given)
    with pytest.raises(ExpiredTokenError):
        verifier(leeway=0).verify(given)


def test_the_caller_chooses_the_limits() -> None:
    deep = token(a=[[[[]]]])
    assert verifier(max_depth=5).verify(deep)
    with pytest.raises(TokenTooLargeError, match="deeper than 4"):
        verifier(max_depth=4).verify(deep)
    with pytest.raises(TokenTooLargeError, match="more than 20"):
        verifier(max_size=20).verify(deep)
    long = token(metadata="a" * 70_000)
    assert verifier(max_size=1 << 20).verify(long)
    assert verifier(profile="go").verify(long)


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="strict or go, not 'lax'"):
        verifier(profile="lax")


def test_keys_come_from_a_pair_a_mapping_a_provider_or_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Own(KeyProvider):
        num_keys = 1

        def get_secret(self, api_key: str) -> str:
            return SECRET if api_key == KEY else ""

    given = token()
    for keys in ({KEY: SECRET}, Own()):
        checks = TokenVerifier(keys=keys, clock=lambda: NOW)
        assert checks.verify(given).identity == "ann"
        with pytest.raises(UnknownKeyError):
            checks.verify(token(iss="APIother"))
    monkeypatch.setenv("LIVEKIT_API_KEY", KEY)
    monkeypatch.setenv("LIVEKIT_API_SECRET", SECRET)
    assert TokenVerifier(clock=lambda: NOW).verify(given).identity == "ann"


@pytest.mark.parametrize(
    ("pair", "keys"),
    [(("", "s"), None), (("k", ""), None), (("k", None), None), (("k", "s"), {})],
)
def test_a_verifier_needs_exactly_one_source_of_keys(pair: Any, keys: Any) -> None:
    with pytest.raises(InvalidArgumentError):
        TokenVerifier(*pair, keys=keys)


def test_a_key_with_an_empty_secret_verifies_nothing() -> None:
    for profile in ("strict", "go"):
        checks = TokenVerifier(keys={KEY: ""}, profile=profile, clock=lambda: NOW)  # type: ignore[arg-type]
        with pytest.raises(UnknownKeyError):
            checks.verify(token(secret=""))


def test_an_unverified_token_gives_its_key_and_its_claims() -> None:
    given = token(secret="never asked for", name="Ann")

    assert parse_unverified(given) == KEY
    assert read_unverified(given).grants.name == "Ann"
    with pytest.raises(MalformedTokenError):
        parse_unverified("a.b.c")


def test_any_input_is_judged_or_refused_and_never_fails_otherwise() -> None:
    maker = Maker(Random(1))
    strict, go = verifier(), verifier(profile="go")
    taken = 0
    for _ in range(3000):
        given = maker.token()
        found = outcome(strict, given)
        if isinstance(found, ClaimGrants):
            # A token that `strict` accepts is accepted by `go`, too, with the same claims.
            # Shown, because NaN is not equal to itself.
            assert repr(outcome(go, given)) == repr(found)
            taken += 1
    assert taken > 300


def outcome(checks: TokenVerifier, given: str) -> ClaimGrants | AuthError:
    try:
        return checks.verify(given).grants
    except TokenError as error:
        return error


@pytest.mark.parametrize("profile", ["strict", "go"])
@pytest.mark.parametrize(
    "payload", [b"[" * 30_000, b'{"a":' * 9_000, b"[[],[" * 6_000, b'{"a":[{},' * 5_000]
)
def test_nesting_never_exhausts_the_stack(profile: str, payload: bytes) -> None:
    given = signed(HEADER, payload)

    def at_depth(frames: int) -> None:
        if frames:
            at_depth(frames - 1)
        else:
            with pytest.raises(TokenError):
                verifier(profile=profile, max_size=1 << 20).verify(given)

    at_depth(sys.getrecursionlimit() // 2)


def test_a_stack_that_is_nearly_full_does_not_matter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr("lkproto.auth._scan._FLAT", full)
    monkeypatch.setattr("lkproto.auth._scan._QUICK", (full, full))

    assert isinstance(outcome(verifier(), token()), ClaimGrants)


@pytest.mark.skipif(sys.gettrace() is not None, reason="a tracer slows our code alone")
def test_garbage_takes_no_longer_than_a_valid_token() -> None:
    good = token(metadata="m" * 40_000)
    head, _, signature = good.rpartition(".")
    header, _, payload = head.partition(".")
    checks = verifier()
    garbage = {
        "wrong signature": f"{head}.{encoded(b'0' * 32)}",
        "no base64": "!" * len(good),
        "no dots": "a" * len(good),
        "dots": "." * len(good),
        "cut off": good[:-5000],
        "no JSON": f"{header}.{payload[:4000]}{payload[8000:]}!.{signature}",
        "deep": f"{header}.{encoded(b'[' * 29_000)}.{signature}",
        "twice": signed(HEADER, b'{"a":"%s","a":1}' % (b"m" * 40_000)),
    }
    assert isinstance(outcome(checks, good), ClaimGrants)
    limit = fastest(lambda: outcome(checks, good))
    for name, each in garbage.items():
        assert isinstance(outcome(checks, each), TokenError), name
        took = fastest(lambda each=each: outcome(checks, each))
        assert took < 3 * limit, (name, took, limit)


def fastest(call: Callable[[], object]) -> float:
    """The processor time of the fastest of many calls, so that a busy machine does not count."""

    def once() -> float:
        begin = time.thread_time()
        call()
        return time.thread_time() - begin

    return min(once() for _ in range(30))


@pytest.mark.parametrize("inner", [b"[]", b"{}", b"0", b'"a":"b"'])
def test_memory_is_bounded_by_the_limit_of_size(inner: bytes) -> None:
    items = b",".join([inner] * (48_000 // (len(inner) + 1)))
    text = b"{%s}" % items if b":" in inner else b'{"a":[%s]}' % items
    checks = verifier()
    given = signed(HEADER, text)
    assert len(given) < 1 << 16
    tracemalloc.start()
    try:
        outcome(checks, given)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 100 * len(given)


def test_a_verified_token_can_be_minted_again_byte_for_byte() -> None:
    given = mint(
        ClaimGrants(identity="ann", video=VideoGrants(room_join=True)),
        unknown={"video": {"fly": True}, "new": "x"},
        api_key=KEY,
        api_secret=SECRET,
        clock=lambda: NOW,
    )
    found = verifier().verify(given)

    again = mint(
        found.grants,
        unknown=found.unknown,
        api_key=KEY,
        api_secret=SECRET,
        clock=lambda: NOW,
    )

    assert again == given


@pytest.mark.parametrize("new", [b"[" * 5000 + b"]" * 5000, b"1e400", b"9" * 5000])
def test_claims_that_cannot_be_minted_again_are_reported(new: bytes) -> None:
    given = signed(
        HEADER, b'{"iss":"%s","exp":%d,"new":%s}' % (KEY.encode(), NOW + 1, new)
    )
    found = verifier(profile="go").verify(given)

    with pytest.raises(InvalidArgumentError, match="unknown claims"):
        mint(found.grants, unknown=found.unknown, api_key=KEY, api_secret=SECRET)
