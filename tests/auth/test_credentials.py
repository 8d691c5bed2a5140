"""Secrets in room configurations: `strict` finds all of them, `go` those the reference finds.

The verdicts of `go` are those that auth.RoomConfiguration.CheckCredentials of livekit/protocol
v1.54.0 returned for the same ProtoJSON.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from lkproto import Message, fields_of
from lkproto.auth import SensitiveCredentialsError, check_credentials, secrets_in
from lkproto.google.protobuf import Struct
from lkproto.livekit import (
    CreateIngressRequest,
    IngressInfo,
    PresignedPostRequest,
    RoomConfiguration,
    StreamOutput,
    UpdateStreamRequest,
    WebEgressRequest,
)

HUSH = "hush"
S3 = {"s3": {"secret": HUSH}}
# A configuration with a secret, the secret's path, and whether Go checks that path.
SECRETS: list[tuple[dict[str, Any], str, bool]] = [
    (
        {"participant": {"fileOutputs": [{}, S3]}},
        "participant.file_outputs[1].s3.secret",
        True,
    ),
    (
        {"participant": {"segmentOutputs": [{"gcp": {"credentials": HUSH}}]}},
        "participant.segment_outputs[0].gcp.credentials",
        True,
    ),
    (
        {"room": {"fileOutputs": [{"azure": {"accountKey": HUSH}}]}},
        "room.file_outputs[0].azure.account_key",
        True,
    ),
    (
        {"room": {"segmentOutputs": [{"aliOSS": {"secret": HUSH}}]}},
        "room.segment_outputs[0].aliOSS.secret",
        True,
    ),
    ({"tracks": S3}, "tracks.s3.secret", True),
    ({"room": {"streamOutputs": [{}]}}, "room.stream_outputs[0]", True),
    ({"room": {"imageOutputs": [S3]}}, "room.image_outputs[0].s3.secret", False),
    ({"room": {"file": S3}}, "room.file.s3.secret", False),
    ({"room": {"stream": {"urls": ["rtmp://h/a/k"]}}}, "room.stream", False),
    (
        {"room": {"segments": {"gcp": {"credentials": HUSH}}}},
        "room.segments.gcp.credentials",
        False,
    ),
    ({"tracks": {"s3": {"sessionToken": HUSH}}}, "tracks.s3.session_token", False),
    (
        {"tracks": {"s3": {"assumeRoleExternalId": HUSH}}},
        "tracks.s3.assume_role_external_id",
        False,
    ),
    ({"tracks": {"s3": {"accessKey": HUSH}}}, "tracks.s3.access_key", False),
    (
        {"tracks": {"s3": {"proxy": {"url": "u", "password": HUSH}}}},
        "tracks.s3.proxy.password",
        False,
    ),
    ({"tracks": {"aliOSS": {"accessKey": HUSH}}}, "tracks.aliOSS.access_key", False),
]
HARMLESS: list[dict[str, Any]] = [
    {},
    {"egress": {}},
    {"egress": {"tracks": {"azure": {"accountName": "x"}}}},
    {"egress": {"tracks": {"s3": {"secret": "", "region": "r"}}}},
    {"metadata": "secret", "agents": [{"agentName": "a", "metadata": "m"}]},
]


@pytest.mark.parametrize(("egress", "path", "seen_by_go"), SECRETS)
def test_secrets_are_found(egress: dict[str, Any], path: str, seen_by_go: bool) -> None:
    config = RoomConfiguration.from_dict({"egress": egress})

    with pytest.raises(SensitiveCredentialsError) as caught:
        check_credentials(config)

    assert caught.value.path == f"$.egress.{path}"
    assert HUSH not in str(caught.value)
    assert HUSH not in repr(caught.value)
    if seen_by_go:
        with pytest.raises(SensitiveCredentialsError):
            check_credentials(config, profile="go")
    else:
        check_credentials(config, profile="go")


@pytest.mark.parametrize("config", HARMLESS)
def test_a_configuration_without_secrets_passes(config: dict[str, Any]) -> None:
    check_credentials(RoomConfiguration.from_dict(config))
    check_credentials(RoomConfiguration.from_dict(config), profile="go")
    check_credentials(None)


def test_go_finds_a_secret_after_one_it_does_not_see() -> None:
    egress = {"room": {"file": S3, "fileOutputs": [S3]}}
    config = RoomConfiguration.from_dict({"egress": egress})

    with pytest.raises(SensitiveCredentialsError) as caught:
        check_credentials(config, profile="go")

    assert caught.value.path == "$.egress.room.file_outputs[0].s3.secret"


def with_each_secret(
    cls: type[Message], path: str = "$"
) -> Iterator[tuple[Message, str]]:
    """Messages of a class, one for each path to a secret, with that path."""
    for field in fields_of(cls):
        place = f"{path}.{field.proto_name}"
        many = field.presence == "repeated"
        if field.redact == "SECRET":
            yield cls(**{field.name: HUSH}), place
        elif field.kind == "message":
            step = place + "[0]" if many else place
            inner: Any = with_each_secret(field.type, step)
            if field.type is StreamOutput:
                inner = [(StreamOutput(), step)]
            for message, where in inner:
                yield cls(**{field.name: [message] if many else message}), where


@pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")
def test_strict_finds_every_secret_the_schema_has() -> None:
    found = {where: message for message, where in with_each_secret(RoomConfiguration)}

    assert len(found) > 60
    for where, config in found.items():
        assert list(secrets_in(config)) == [where]
        with pytest.raises(SensitiveCredentialsError):
            check_credentials(config)  # type: ignore[arg-type]


def test_secrets_are_found_in_any_message() -> None:
    signed = PresignedPostRequest(url="u", values={"key": HUSH, "policy": HUSH})

    assert list(secrets_in(signed)) == ["$.values"]
    assert list(secrets_in(Struct.from_dict({"a": {"b": [1]}}))) == []


@pytest.mark.parametrize(
    "message",
    [
        StreamOutput(urls=["rtmp://u:hush@h/k"]),
        WebEgressRequest(url="https://u:hush@h"),
        UpdateStreamRequest(add_output_urls=["rtmp://h/hush"]),
        UpdateStreamRequest(remove_output_urls=["rtmp://h/hush"]),
        CreateIngressRequest(url="https://u:hush@h"),
        IngressInfo(url="https://u:hush@h"),
    ],
)
def test_addresses_with_credentials_are_not_shown(message: Message) -> None:
    assert HUSH not in repr(message)
    assert "<redacted SECRET>" in repr(message)
    assert len(list(secrets_in(message))) == 1
