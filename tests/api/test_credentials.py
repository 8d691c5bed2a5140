"""Who calls: what is given, and what the environment has."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
from lkproto.api import LiveKitAPI
from lkproto.auth import (
    AccessToken,
    FileKeys,
    HMACKeySet,
    InvalidArgumentError,
    KeyFileError,
    KeyProvider,
    MappingKeys,
    StaticKeys,
    TokenVerifier,
    WeakSecretWarning,
    parse_unverified,
)

from .callers import Caller, answered

A, B, C = "APIkeyAAAAAAAA", "APIkeyBBBBBBBB", "APIkeyCCCCCCCC"
SECRET = {key: f"the-secret-of-{key}-is-long-enough" for key in (A, B, C)}
GIVEN = AccessToken("APIgiven", "g" * 32).to_jwt()
OTHER = AccessToken("APIother", "o" * 32).to_jwt()
KEYS = f"{B}: {SECRET[B]}\n{C}: {SECRET[C]}\n"


class Own(KeyProvider):
    """Keys of an application."""

    num_keys = 1

    def get_secret(self, api_key: str) -> str:
        return SECRET.get(api_key, "")


def caller(environment: dict[str, str], given: dict[str, Any]) -> Any:
    """Who a call comes from: the key, or the token that was given."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(f"LIVEKIT_{name}", value)
        defaults = {"api_key": None, "api_secret": None}
        made = Caller(False, answered(), **defaults | given)
    made.call("room.list_rooms")
    token = made.requests[0].headers["Authorization"].removeprefix("Bearer ")
    if token in (GIVEN, OTHER):
        return token
    key = parse_unverified(token)
    TokenVerifier(key, SECRET[key]).verify(token)
    return key


PAIR = {"API_KEY": A, "API_SECRET": SECRET[A]}


@pytest.mark.parametrize(
    ("environment", "given", "who"),
    [
        ({}, {"api_key": A, "api_secret": SECRET[A]}, A),
        ({}, {"token": GIVEN}, GIVEN),
        ({}, {"keys": {B: SECRET[B], C: SECRET[C]}}, B),
        ({}, {"keys": MappingKeys({C: SECRET[C]})}, C),
        ({}, {"keys": StaticKeys(C, SECRET[C])}, C),
        ({}, {"keys": {B: SECRET[B], C: SECRET[C]}, "api_key": C}, C),
        ({}, {"keys": Own(), "api_key": C}, C),
        (PAIR, {}, A),
        ({"TOKEN": OTHER}, {}, OTHER),
        ({"TOKEN": OTHER} | PAIR, {}, OTHER),
        ({"TOKEN": "junk"} | PAIR, {"api_key": B, "api_secret": SECRET[B]}, B),
        ({"TOKEN": OTHER} | PAIR, {"token": GIVEN}, GIVEN),
        ({"TOKEN": OTHER} | PAIR, {"api_key": A}, A),
        ({"TOKEN": OTHER} | PAIR, {"api_secret": SECRET[A]}, A),
        ({"TOKEN": OTHER}, {"keys": {B: SECRET[B]}}, B),
        ({"TOKEN": ""} | PAIR, {}, A),
        ({"KEYS": KEYS}, {}, B),
        ({"KEYS": KEYS, "API_KEY": C}, {}, C),
        ({"KEYS": KEYS, "API_KEY": C, "API_SECRET": ""}, {}, C),
        ({"KEYS": KEYS} | PAIR, {}, A),
        ({"KEYS": KEYS}, {"api_key": C}, C),
        ({"KEYS": KEYS} | PAIR, {"api_key": C}, C),
        ({"API_SECRET": SECRET[B]}, {"api_key": B}, B),
        ({"API_KEY": B}, {"api_secret": SECRET[B]}, B),
        ({"KEYS": KEYS}, {"api_secret": SECRET[B]}, B),
        (PAIR, {"keys": {B: SECRET[B]}}, B),
        (PAIR, {"keys": {A: SECRET[A], B: SECRET[B]}, "api_key": B}, B),
    ],
)
def test_who_calls(environment: Any, given: Any, who: str) -> None:
    assert caller(environment, given) == who


@pytest.mark.parametrize(
    ("environment", "given", "told"),
    [
        ({}, {}, "pass them, or set LIVEKIT_API_KEY and LIVEKIT_API_SECRET"),
        ({"API_KEY": A}, {}, "pass them, or set"),
        ({"API_SECRET": SECRET[A]}, {}, "pass them, or set"),
        ({"KEYS": KEYS, "API_KEY": A}, {}, f"no secret for the API key '{A}'"),
        ({}, {"api_key": A}, "pass them, or set"),
        ({}, {"api_secret": SECRET[A]}, "pass them, or set"),
        (PAIR, {"api_key": "", "api_secret": ""}, "pass them, or set"),
        (PAIR, {"api_key": ""}, "pass them, or set"),
        (PAIR, {"api_secret": ""}, "pass them, or set"),
        ({}, {"token": GIVEN, "api_key": A}, "not both"),
        ({}, {"token": GIVEN, "keys": {A: SECRET[A]}}, "not both"),
        ({}, {"keys": {A: SECRET[A]}, "api_secret": "x"}, "not both"),
        (
            {},
            {"keys": {A: SECRET[A]}, "api_key": B},
            f"no secret for the API key '{B}'",
        ),
        ({}, {"keys": {}}, "no key among the keys"),
        ({}, {"keys": {A: ""}}, f"no secret for the API key '{A}'"),
        ({}, {"keys": "x"}, "a mapping from API key to secret, not str"),
        ({}, {"keys": Own()}, "say which of the keys signs"),
        (
            {},
            {"keys": HMACKeySet.from_bytes("HS256", b"x" * 32)},
            "an HMACKeySet has no",
        ),
        ({}, {"api_key": SECRET[A], "api_secret": A}, "swapped"),
        ({}, {"api_key": A, "api_secret": b"x"}, "text, not bytes"),
        ({"KEYS": "not yaml"}, {}, "LIVEKIT_KEYS"),
        ({}, {"token": ""}, "not a JSON Web Token"),
        ({}, {"token": "a.b"}, "three parts"),
        ({}, {"token": f"{GIVEN}\n"}, "white space or a line break around it"),
        ({}, {"token": f" {GIVEN}"}, "white space or a line break around it"),
        ({}, {"token": f"Bearer {GIVEN}"}, "begins with Bearer"),
        ({}, {"token": GIVEN.encode()}, "text, not bytes"),
        ({}, {"token": GIVEN.replace(".", ".\r\n")}, "not a JSON Web Token"),
        ({"TOKEN": f"{OTHER}\n"}, {}, "LIVEKIT_TOKEN: the token has white space"),
    ],
)
def test_what_is_wrong_is_said_and_no_secret_is_shown(
    environment: Any, given: Any, told: str
) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        caller(environment, given)

    text = str(caught.value)
    assert told in text
    for secret in (*SECRET.values(), GIVEN, OTHER):
        assert secret not in text


def test_keys_of_a_file_are_read_for_each_token(tmp_path: Path) -> None:
    file = tmp_path / "keys.yaml"
    file.write_text(f"{A}: {SECRET[A]}\n")
    file.chmod(0o600)
    made = Caller(False, answered(), keys=FileKeys(file), api_key=A)
    made.call("room.list_rooms")
    file.write_text(f"{B}: {SECRET[B]}\n")
    made.call("room.list_rooms")  # whose token is kept

    with pytest.raises(InvalidArgumentError):
        made.call("room.create_room")
    file.write_text("{")
    with pytest.raises(KeyFileError):
        made.call("room.create_room")
    assert len(made.requests) == 2


def test_an_api_mints_tokens_of_the_same_key() -> None:
    with LiveKitAPI("ws://h", A, SECRET[A]) as api:
        token = api.token("alice").to_jwt()

    claims = TokenVerifier(A, SECRET[A]).verify(token)
    assert claims.identity == "alice"
    assert claims.registered.exp
    assert claims.registered.nbf is not None
    assert claims.registered.exp - claims.registered.nbf >= 6 * 3600 - 1


def test_an_api_receives_webhooks_of_all_its_keys() -> None:
    from lkproto.webhook import sign

    body = b'{"event":"room_started","id":"EV_1"}'
    api = LiveKitAPI("ws://h", keys={A: SECRET[A], B: SECRET[B]})
    for key in (A, B):
        header = sign(body, key, SECRET[key])
        assert api.webhooks().receive(body, header).id == "EV_1"


def test_an_api_with_a_ready_made_token_says_what_it_cannot() -> None:
    api = LiveKitAPI("ws://h", token=GIVEN)

    with pytest.raises(InvalidArgumentError, match="cannot make others"):
        api.token("alice")
    with pytest.raises(InvalidArgumentError, match="cannot verify webhooks"):
        api.webhooks()


def test_a_token_among_the_headers_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="as token"):
        Caller(False, (), headers={"authorization": f"Bearer {GIVEN}"})


def test_a_weak_secret_is_warned_of_once_where_the_api_is_made() -> None:
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        made = Caller(False, answered(), api_key="devkey", api_secret="secret")
        made.call("room.list_rooms")
        made.api.token("alice").to_jwt()

    assert [each.category for each in warned] == [WeakSecretWarning]
    assert warned[0].filename.endswith("callers.py")
