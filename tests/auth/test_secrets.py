"""No frame of a traceback has a secret as a local variable: reporters of errors print them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from traceback import TracebackException
from typing import Any, cast

import pytest
from lkproto.agents import build_agent_token, build_job_token
from lkproto.auth import (
    AccessToken,
    AuthError,
    ClaimGrants,
    FileKeys,
    HMACKeySet,
    InvalidArgumentError,
    KeyProvider,
    MappingKeys,
    StaticKeys,
    TokenVerifier,
    VideoGrants,
    build_sip_token,
    environment_keys,
    hmac_key_id,
    mint,
    read_yaml,
)
from lkproto.livekit import (
    AutoTrackEgress,
    ParticipantPermission,
    RoomConfiguration,
    RoomEgress,
    S3Upload,
)

from .support import NOW

HUSH = "hush-" * 8
PAIR = ("APIkey", HUSH)
BROKEN = ClaimGrants(name="\ud800")
CONFIG = RoomConfiguration(egress=RoomEgress(tracks=AutoTrackEgress()))


class Database(KeyProvider):
    def get_secret(self, api_key: str) -> str:
        return HUSH


def forged() -> str:
    return AccessToken("APIkey", "another secret of thirty-two bytes").to_jwt()


def expired() -> str:
    return AccessToken(*PAIR, clock=lambda: NOW).to_jwt()


def in_a_room() -> str:
    tracks = AutoTrackEgress(s3=S3Upload(secret=HUSH))
    config = RoomConfiguration(egress=RoomEgress(tracks=tracks))
    return AccessToken(*PAIR).with_room_config(config).to_jwt()


class Odd(str):
    __slots__ = ()

    def encode(self, encoding: str = "", errors: str = "") -> bytes:
        raise InvalidArgumentError("odd")


WHO: dict[str, Any] = {"room": "r", "identity": "i"}
KEYS = HMACKeySet.from_bytes("HS256", HUSH.encode())
RAISING: dict[str, Callable[[], Any]] = {
    "forged": lambda: TokenVerifier(*PAIR).verify(forged()),
    "expired": lambda: TokenVerifier(*PAIR).verify(expired()),
    "a provider": lambda: TokenVerifier(keys=Database()).verify(expired()),
    "a key set": lambda: KEYS.verify(KEYS.sign({"exp": 1})),
    "another issuer": lambda: TokenVerifier(keys={"APIx": HUSH}).verify(forged()),
    "minting": lambda: AccessToken(*PAIR).with_claims(BROKEN).to_jwt(),
    "unknown claims": lambda: mint(
        ClaimGrants(), api_key="k", api_secret=HUSH, unknown={"x": "\ud800"}
    ),
    "a service": lambda: build_sip_token(
        room="\ud800", identity="i", api_key="APIkey", api_secret=HUSH
    ),
    "a room": in_a_room,
    "no Unicode": lambda: AccessToken("APIkey", HUSH + "\ud800"),
    "YAML": lambda: read_yaml(f"a: {HUSH}\nb: '"),
    "YAML beyond Unicode": lambda: read_yaml(f'a: {HUSH}\nb: "\\UFFFFFFFF"'),
    "YAML of digits": lambda: read_yaml(f"%YAML {'9' * 5000}.1\n---\na: {HUSH}"),
    "YAML of a wrong type": lambda: read_yaml(cast("Any", [HUSH])),
    "YAML twice": lambda: read_yaml(f"a: {HUSH}\na: {HUSH}"),
    "a profile": lambda: AccessToken(*PAIR, profile=cast("Any", HUSH[:4])),
    "a clock": lambda: AccessToken(*PAIR, clock=cast("Any", 5)),
    "no key": lambda: TokenVerifier("", HUSH),
    "a key pair": lambda: StaticKeys("", HUSH),
    "both": lambda: TokenVerifier(*PAIR, keys={"APIkey": HUSH}),
    "a verifier of pairs": lambda: TokenVerifier(keys=cast("Any", [PAIR])),
    "a mapping of pairs": lambda: MappingKeys(cast("Any", [PAIR])),
    "a secret that fails": lambda: MappingKeys({"APIkey": HUSH, "x": Odd(HUSH)}),
    "an environment": lambda: environment_keys({"LIVEKIT_API_SECRET": HUSH}),
    "keys of an environment": lambda: environment_keys({"LIVEKIT_KEYS": HUSH}),
    "an agent": lambda: build_agent_token(**WHO, permissions=None, api_secret=HUSH),
    "an agent's name": lambda: build_agent_token(
        **WHO, permissions=ParticipantPermission(), api_key="", api_secret=HUSH
    ),
    "a job": lambda: build_job_token(None, api_key="APIkey", api_secret=HUSH),
    "a job's claims": lambda: build_job_token(
        ClaimGrants(sha256="x"), api_key="APIkey", api_secret=HUSH
    ),
    "an algorithm": lambda: HMACKeySet.from_bytes("HS1", HUSH.encode()),
    "a key of text": lambda: HMACKeySet.from_bytes("HS256", cast("Any", HUSH)),
    "bytes as a key": lambda: HMACKeySet("HS256", cast("Any", HUSH.encode())),
    "the id of a text": lambda: hmac_key_id(cast("Any", HUSH)),
}


def shown(raising: Callable[[], Any]) -> str:
    """What a reporter prints of our frames: their local variables, with `repr`."""
    with pytest.raises(AuthError) as caught:
        raising()
    found = TracebackException.from_exception(caught.value, capture_locals=True)
    frames = [
        frame
        for frame in found.stack
        if f"{Path('tests', 'auth')}" not in frame.filename
    ]
    assert frames
    return "\n".join(
        f"{name} = {text}"
        for each in frames
        for name, text in (each.locals or {}).items()
    )


@pytest.mark.parametrize("raising", RAISING.values(), ids=RAISING)
def test_no_frame_shows_a_secret(raising: Callable[[], Any]) -> None:
    assert HUSH[:10] not in shown(raising)


def test_no_frame_shows_the_secrets_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.yaml"
    path.write_text(f"a: {HUSH}\nb: [", "utf-8")
    path.chmod(0o600)

    assert HUSH[:10] not in shown(lambda: FileKeys(path))


@pytest.mark.parametrize(
    "pair", [(HUSH, "APIprobe"), ("secret", "devkey"), (HUSH, HUSH), (HUSH, "short")]
)
def test_a_pair_that_would_publish_its_secret_is_not_minted(
    pair: tuple[str, str],
) -> None:
    with pytest.raises(InvalidArgumentError, match="swapped"):
        AccessToken(*pair)
    with pytest.raises(InvalidArgumentError, match="swapped"):
        mint(ClaimGrants(), api_key=pair[0], api_secret=pair[1])
    assert AccessToken(*pair, profile="go").to_jwt()


@pytest.mark.parametrize(
    ("unknown", "place"),
    [
        ({"EXP": 1}, "EXP"),
        ({"i\u017fs": "other"}, "i\u017fs"),
        ({"Video": {"roomAdmin": True}}, "Video"),
        ({"video": {"ROOMADMIN": True}}, "video.ROOMADMIN"),
        ({"roomconfig": {}}, "roomconfig"),
        (
            {"roomConfig": {"egress": {"room": {"file_outputs": [{"s3": {}}]}}}},
            "roomConfig.egress.room.file_outputs",
        ),
        (
            {"roomConfig": {"egress": {"tracks": {"s3": {"session_token": HUSH}}}}},
            "roomConfig.egress.tracks.s3.session_token",
        ),
        ({"roomConfig": {"agents": [{"newField": 1}]}}, "roomConfig.agents"),
    ],
)
def test_unknown_claims_are_not_what_a_server_reads(
    unknown: dict[str, Any], place: str
) -> None:
    claims = ClaimGrants(video=VideoGrants(room="r"), room_config=CONFIG)
    token = AccessToken(*PAIR).with_claims(claims, unknown)

    with pytest.raises(InvalidArgumentError, match="is not an unknown claim") as caught:
        token.to_jwt()
    assert str(caught.value).startswith(place)


def test_unknown_claims_are_copied_even_if_there_are_none_yet() -> None:
    unknown: dict[str, Any] = {}
    token = AccessToken(*PAIR).with_claims(ClaimGrants(), unknown)
    unknown["late"] = True

    assert TokenVerifier(*PAIR).verify(token.to_jwt()).unknown == {}
