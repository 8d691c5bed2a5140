"""What people get wrong with tokens: each mistake is an AuthError that says what to do."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from datetime import timedelta
from pprint import pformat
from typing import Any
from unittest import mock

import pytest
from freezegun import freeze_time
from lkproto.auth import (
    AccessToken,
    AuthError,
    ClaimError,
    ClaimGrants,
    Claims,
    ExpiredTokenError,
    HMACKey,
    HMACKeySet,
    InvalidArgumentError,
    KeyProvider,
    MalformedTokenError,
    NotYetValidError,
    RegisteredClaims,
    SIPGrants,
    TokenVerifier,
    UnknownKeyError,
    VideoGrants,
    WrongIssuerError,
    build_egress_token,
    check_credentials,
    mint,
    read_unverified,
)
from lkproto.livekit import ParticipantInfo, RoomAgentDispatch

from tests.support import variables_in

from .payloads import signed
from .support import NOW

KEY, SECRET = "APIkey", "a secret of at least thirty-two bytes"
HEADER = b'{"alg":"HS256","typ":"JWT"}'


def wrong(value: object) -> Any:
    """A value that a checker of types would refuse."""
    return value


def token() -> AccessToken:
    return AccessToken(KEY, SECRET, clock=lambda: NOW)


def verifier(**options: Any) -> TokenVerifier:
    return TokenVerifier(KEY, SECRET, clock=lambda: NOW, **options)


def with_payload(text: str) -> str:
    return signed(HEADER, text.encode(), SECRET)


GOOD = token().with_identity("ann").to_jwt()
BY_TYPE: dict[str, tuple[Callable[[], Any], str]] = {
    "ttl": (lambda: token().with_ttl(wrong(3600)), "takes a timedelta, not int"),
    "grants": (
        lambda: token().with_grants(wrong({"roomJoin": True})),
        "expected a VideoGrants, not dict; use VideoGrants.from_dict",
    ),
    "no grants": (lambda: token().with_grants(wrong({})), "expected a VideoGrants"),
    "other grants": (
        lambda: token().with_sip_grants(wrong(VideoGrants())),
        "expected a SIPGrants, not VideoGrants",
    ),
    "agents": (
        lambda: token().with_agents(wrong([RoomAgentDispatch(agent_name="a")])),
        "one by one",
    ),
    "an agent": (lambda: token().with_agents(wrong("a")), "not str"),
    "config": (
        lambda: token().with_room_config(wrong({"name": "n"})),
        "use RoomConfiguration.from_dict",
    ),
    "claims": (lambda: token().with_claims(wrong({})), "expected a ClaimGrants"),
    "unknown": (lambda: token().with_claims(ClaimGrants(), wrong([])), "a mapping"),
    "attributes": (lambda: token().with_attributes(wrong(["a"])), "a mapping"),
    "attribute": (
        lambda: token().with_attributes(wrong({"seat": 12})).to_jwt(),
        "attributes",
    ),
    "identity": (lambda: token().with_identity(wrong(5)).to_jwt(), "identity"),
    "bytes as secret": (
        lambda: TokenVerifier(KEY, wrong(5)),
        "an API secret is text, not int",
    ),
    "a key": (lambda: AccessToken(wrong(5), SECRET), "an API key is text, not int"),
    "keys": (lambda: TokenVerifier(keys=wrong([KEY])), "a mapping from API key"),
    "leeway": (lambda: verifier(leeway="5"), "a number of seconds or a timedelta"),
    "bytes": (lambda: verifier().verify(wrong(GOOD.encode())), "not bytes; decode it"),
    "None": (lambda: verifier().verify(wrong(None)), "not NoneType"),
    "unverified": (lambda: read_unverified(wrong(None)), "not NoneType"),
}


BY_KEYWORD: dict[str, tuple[Callable[[Any], Any], str]] = {
    "roomJoin": (lambda value: VideoGrants(roomJoin=value), "mean 'room_join'?"),  # type: ignore[call-arg]
    "canPublishSources": (
        lambda value: VideoGrants(canPublishSources=value),  # type: ignore[call-arg]
        "mean 'can_publish_sources'?",
    ),
    "room_joins": (lambda value: VideoGrants(room_joins=value), "mean 'room_join'?"),  # type: ignore[call-arg]
    "admn": (lambda value: SIPGrants(admn=value), "mean 'admin'?"),  # type: ignore[call-arg]
    "roomConfig": (lambda value: ClaimGrants(roomConfig=value), "mean 'room_config'?"),  # type: ignore[call-arg]
    "positional": (VideoGrants, "pass its fields by name"),
    "apiKey": (
        lambda value: AccessToken(apiKey=value),  # type: ignore[call-arg]
        "AccessToken takes no argument 'apiKey'; did you mean 'api_key'?",
    ),
    "apiSecret": (
        lambda value: AccessToken(KEY, apiSecret=value),  # type: ignore[call-arg]
        "mean 'api_secret'?",
    ),
    "maxSize": (
        lambda value: TokenVerifier(KEY, value, maxSize=1),  # type: ignore[call-arg]
        "mean 'max_size'?",
    ),
    "of a function": (
        lambda value: mint(ClaimGrants(), apiSecret=value),  # type: ignore[call-arg]
        "mint takes no argument 'apiSecret'; did you mean 'api_secret'?",
    ),
    "missing": (
        lambda value: build_egress_token(room="r", api_key=KEY, api_secret=value),  # type: ignore[call-arg]
        "missing 1 required keyword-only argument: 'egress_id'",
    ),
    "too many": (
        lambda value: mint(ClaimGrants(), KEY, value),  # type: ignore[misc]
        "takes 1 positional argument but 3 were given",
    ),
}


@pytest.mark.parametrize(("mistake", "said"), BY_KEYWORD.values(), ids=BY_KEYWORD)
def test_a_wrong_call_says_what_is_right_each_time(
    mistake: Callable[[Any], Any], said: str
) -> None:
    for _ in range(2):  # the first construction of a class is another path
        with pytest.raises(TypeError) as caught:
            mistake(SECRET)

        assert isinstance(caught.value, AuthError)
        assert said in str(caught.value)


@pytest.mark.parametrize(
    "name", ["apiSecret", "maxSize", "of a function", "missing", "too many"]
)
def test_an_error_of_a_wrong_keyword_keeps_no_secret(name: str) -> None:
    mistake, _ = BY_KEYWORD[name]
    with pytest.raises(AuthError) as caught:
        mistake(SECRET)

    assert SECRET not in variables_in(caught.value)


def test_repr_of_what_a_constructor_gave_up_does_not_fail() -> None:
    for cls in (AccessToken, TokenVerifier, Claims, RegisteredClaims, HMACKey):
        assert repr(object.__new__(cls)).startswith(f"<{cls.__module__}.{cls.__name__}")


@pytest.mark.parametrize(("mistake", "said"), BY_TYPE.values(), ids=BY_TYPE)
def test_a_wrong_type_is_an_error_of_tokens_and_of_types(
    mistake: Callable[[], Any], said: str
) -> None:
    with pytest.raises(TypeError) as caught:
        mistake()

    assert isinstance(caught.value, AuthError)
    assert said in str(caught.value)


@pytest.mark.parametrize("secret", [SECRET.encode(), b""])
def test_a_secret_of_bytes_is_refused(secret: bytes) -> None:
    for make in (AccessToken, TokenVerifier):
        with pytest.raises(AuthError):
            make(KEY, wrong(secret))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"Bearer {GOOD}", "`Bearer`"),
        (f"bearer {GOOD}", "`Bearer`"),
        (f'"{GOOD}"', "quotes"),
        (f"'{GOOD}'", "quotes"),
        (f"{GOOD}\n", "line break"),
        (f" {GOOD}", "white space"),
        (GOOD.replace(".", ".\r\n", 1), "line break"),
    ],
)
def test_what_is_around_a_token_is_named(text: str, said: str) -> None:
    with pytest.raises(MalformedTokenError, match=said) as caught:
        verifier().verify(text)
    assert GOOD[:8] not in str(caught.value)


@pytest.mark.parametrize("profile", ["STRICT", None, "", "Go"])
def test_a_profile_that_does_not_exist_is_refused_everywhere(profile: Any) -> None:
    for use in (
        lambda: AccessToken(KEY, SECRET, profile=profile),
        lambda: mint(ClaimGrants(), api_key=KEY, api_secret=SECRET, profile=profile),
        lambda: check_credentials(None, profile=profile),
        lambda: verifier(profile=profile),
        lambda: read_unverified(GOOD, profile=profile),
        lambda: HMACKeySet.from_bytes("HS256", SECRET.encode(), profile=profile),
    ):
        with pytest.raises(InvalidArgumentError, match="the profile is strict or go"):
            use()


def test_strict_does_not_mint_what_strict_refuses() -> None:
    deep: Any = 1
    for _ in range(200):
        deep = [deep]
    for make in (
        lambda p: AccessToken(KEY, SECRET, profile=p, clock=lambda: NOW * 1000),
        lambda p: AccessToken(KEY, SECRET, profile=p).with_ttl(
            timedelta(days=365 * 9000)
        ),
        lambda p: AccessToken(KEY, SECRET, profile=p).with_metadata("m" * 50_000),
        lambda p: AccessToken(KEY, SECRET, profile=p).with_claims(
            ClaimGrants(), {"x": deep}
        ),
    ):
        assert make("go").to_jwt()
        with pytest.raises(InvalidArgumentError):
            make("strict").to_jwt()


def test_strict_refuses_less_than_no_time_and_the_reference_takes_it_for_six_hours() -> (
    None
):
    for ttl in (timedelta(minutes=-5), timedelta(microseconds=-1)):
        with pytest.raises(InvalidArgumentError, match="less than no time"):
            token().with_ttl(ttl)
        go = AccessToken(KEY, SECRET, profile="go", clock=lambda: NOW).with_ttl(ttl)
        assert read_unverified(go.to_jwt()).registered.exp == NOW + 6 * 3600


def test_kinds_and_sources_that_do_not_exist_are_refused_alike() -> None:
    unknown = ParticipantInfo.Kind(99)
    for given in (unknown, "99", "robot"):
        with pytest.raises(InvalidArgumentError, match="is not one of standard"):
            token().with_kind(given)
    for source in ("cam", "CAMERA", "99"):
        video = VideoGrants(can_publish_sources=["microphone", source])
        with pytest.raises(InvalidArgumentError, match="not one of unknown, camera"):
            token().with_grants(video)
        go = AccessToken(KEY, SECRET, profile="go").with_grants(video)
        assert go.with_kind(unknown).claims.kind == "99"
    newer = ClaimGrants(kind="robot", video=VideoGrants(can_publish_sources=["cam"]))
    assert token().with_claims(newer).to_jwt()


def test_strict_refuses_a_token_without_issuer() -> None:
    text = with_payload(f'{{"exp":{NOW + 60}}}')
    empty: Any = {"": SECRET}
    go = TokenVerifier(keys=empty, profile="go", clock=lambda: NOW)

    assert go.verify(text).api_key == ""
    with pytest.raises(UnknownKeyError, match="`iss`"):
        TokenVerifier(keys=empty, clock=lambda: NOW).verify(text)


def test_dates_say_by_how_much_they_miss_and_what_to_compare() -> None:
    late = TokenVerifier(KEY, SECRET, clock=lambda: NOW + 6 * 3600 + 61)
    early = TokenVerifier(KEY, SECRET, clock=lambda: NOW - 75.5)
    made = with_payload(f'{{"iss":"{KEY}","exp":{NOW + 60},"iat":{NOW + 90}}}')

    with pytest.raises(
        ExpiredTokenError, match=r"expired, 61 s ago.*compare the clocks"
    ):
        late.verify(GOOD)
    with pytest.raises(
        NotYetValidError, match=r"\(`nbf`\), only in 76 s; .*compare the clocks"
    ):
        early.verify(GOOD)
    with pytest.raises(NotYetValidError, match="`iat`, in 90 s"):
        verifier().verify(made)


def test_a_leeway_may_be_a_timedelta() -> None:
    at = NOW + 6 * 3600 + 80
    patient = TokenVerifier(KEY, SECRET, leeway=timedelta(seconds=90), clock=lambda: at)

    assert patient.verify(GOOD).identity == "ann"


def test_an_unknown_key_is_named_but_not_at_any_length() -> None:
    with pytest.raises(UnknownKeyError, match="'APIkey'"):
        TokenVerifier(keys={"APIother": SECRET}).verify(GOOD)
    with pytest.raises(WrongIssuerError, match="'APIkey'.*'APIother'"):
        TokenVerifier("APIother", SECRET).verify(GOOD)
    with pytest.raises(UnknownKeyError) as caught:
        TokenVerifier(keys={"APIother": SECRET}).verify(
            with_payload('{"iss":"' + "\\u001bx" * 500 + '"}')
        )
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(
    ("member", "said"),
    [
        ('"attributes":{"a":"b","seat":5}', "attributes['seat']: takes text"),
        ('"kindDetails":["a",5]', "kindDetails[1]: takes text"),
        ('"roomConfig":{"emptyTimeout":"x"}', "roomConfig.empty_timeout: does not fit"),
        ('"roomConfig":{"emptyTimeout":-1}', "a whole number of 32 bits, not below 0"),
        ('"roomConfig":{"name":5}', "roomConfig.name: does not fit the field, which"),
        ('"roomConfig":{"agents":{}}', "takes an array"),
        ('"roomConfig":5', "takes an object"),
    ],
)
def test_claims_that_do_not_fit_are_named(member: str, said: str) -> None:
    with pytest.raises(ClaimError) as caught:
        read_unverified(with_payload(f"{{{member}}}"))
    assert said in str(caught.value)


def test_unknown_members_of_a_room_survive_verifying_and_minting() -> None:
    room = {
        "name": "n",
        "newer": {"a": [1]},
        "egress": {"room": {"newer": True, "fileOutputs": [{}, {"newer": 1}]}},
        "agents": [{"agentName": "a", "newer": "x"}, {"agentName": "b"}],
    }
    import json

    text = with_payload(
        json.dumps({"iss": KEY, "exp": NOW + 60, "roomConfig": room, "newer": 5})
    )
    claims = verifier().verify(text)
    again = token().with_claims(claims.grants, claims.unknown).to_jwt()

    assert verifier().verify(again).unknown == claims.unknown
    found = verifier(profile="go").verify(again)
    assert found.grants == claims.grants
    assert found.unknown["roomConfig"] == {
        "newer": {"a": [1]},
        "egress": {"room": {"newer": True, "fileOutputs": [{}, {"newer": 1}]}},
        "agents": [{"newer": "x"}, {}],
    }


def test_claims_compare_and_list_themselves() -> None:
    claims, same = verifier().verify(GOOD), verifier().verify(GOOD)

    assert claims == same
    assert claims != verifier().verify(token().with_identity("bob").to_jwt())
    assert claims != GOOD
    assert is_dataclass(claims)
    listed = asdict(claims)
    assert listed["grants"]["identity"] == "ann"
    assert listed["registered"]["exp"] == NOW + 6 * 3600
    assert listed["unknown"] == {}
    assert pformat([claims] * 9)


def test_the_clock_of_the_system_is_looked_up_when_it_is_read() -> None:
    checks, mints = TokenVerifier(KEY, SECRET), AccessToken(KEY, SECRET)
    with mock.patch.object(time, "time", return_value=float(NOW)):
        made = [
            mints.to_jwt(),
            mint(ClaimGrants(), api_key=KEY, api_secret=SECRET),
            build_egress_token(egress_id="e", room="r", api_key=KEY, api_secret=SECRET),
        ]
        assert [checks.verify(each).registered.iat for each in made] == [NOW] * 3
    with pytest.raises(ExpiredTokenError):
        checks.verify(made[0])


def test_freezegun_reaches_minting_and_verifying() -> None:
    checks, mints = TokenVerifier(KEY, SECRET), AccessToken(KEY, SECRET)
    with freeze_time("2030-01-01") as frozen:
        made = mints.to_jwt()
        assert checks.verify(made).registered.iat == 1_893_456_000
        frozen.tick(6 * 3600 + 61)
        with pytest.raises(ExpiredTokenError, match=", 61 s ago"):
            checks.verify(made)
    with pytest.raises(NotYetValidError):
        checks.verify(made)


def test_a_provider_that_does_not_count_its_keys_has_a_repr() -> None:
    class Database(KeyProvider):
        def get_secret(self, api_key: str) -> str:
            return SECRET

    assert repr(TokenVerifier(keys=Database())) == (
        "<TokenVerifier strict keys=<Database>>"
    )


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"max_size": "9"}, "max_size is a whole number, not str"),
        ({"max_depth": 0}, "max_depth is at least 1, not 0"),
        ({"clock": 5}, "clock is a function that returns seconds, not int"),
    ],
)
def test_a_verifier_refuses_limits_and_clocks_it_cannot_use(
    options: dict[str, Any], text: str
) -> None:
    with pytest.raises(InvalidArgumentError, match=text):
        TokenVerifier(KEY, SECRET, **options)


def test_a_wrong_type_in_a_grant_is_a_type_error_too() -> None:
    grants = VideoGrants(room=5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"\$\.video\.room: takes a str, not int"):
        token().with_grants(grants).to_jwt()
