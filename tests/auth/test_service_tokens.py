"""Tokens of services, agents and jobs have exactly the reference's claims.

Expected payloads: printed by livekit/protocol v1.54.0, egress.BuildEgressToken,
ingress.BuildIngressToken, connector.BuildConnectorToken, agent.BuildAgentToken and
agent.BuildJobToken at the same instant; for SIP, the calls of sip/token.go repeated on auth.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from lkproto.agents import (
    JobToken,
    build_agent_token,
    build_job_token,
    validate_deployment,
    validate_thread_id,
)
from lkproto.auth import (
    ClaimError,
    ClaimGrants,
    ConnectorKind,
    InvalidArgumentError,
    SensitiveCredentialsError,
    VideoGrants,
    build_connector_token,
    build_egress_token,
    build_ingress_token,
    build_sip_token,
)
from lkproto.livekit import (
    ParticipantInfo,
    ParticipantPermission,
    RoomAgentDispatch,
    RoomConfiguration,
    TrackSource,
)

from .support import KEYS, NOW, payload

DAY = '"exp":1767312000,"nbf":1767225600,"iat":1767225600'
HOUR = '"exp":1767229200,"nbf":1767225600,"iat":1767225600'
WHO: dict[str, Any] = {"room": "r", "identity": "i"}
CONFIG = RoomConfiguration.from_dict({"egress": {"tracks": {"s3": {"secret": "s"}}}})


def test_egress() -> None:
    token = build_egress_token(egress_id="EG_1", room="r", **KEYS)

    assert payload(token) == (
        f'{{"iss":"APIkey","sub":"EG_1",{DAY},"identity":"EG_1","kind":"egress",'
        '"video":{"roomJoin":true,"room":"r","canPublish":false,"canSubscribe":true,'
        '"canPublishData":false,"hidden":true,"recorder":true}}'
    )


def test_ingress() -> None:
    token = build_ingress_token(
        **WHO, name="n", metadata="m", ingress_id="IN_1", **KEYS
    )

    assert payload(token) == (
        f'{{"iss":"APIkey","sub":"i",{DAY},"identity":"i","name":"n","kind":"ingress",'
        '"video":{"roomJoin":true,"room":"r","canPublish":true,"canSubscribe":false,'
        '"canUpdateOwnMetadata":true},"metadata":"m",'
        '"attributes":{"ingress.ingressID":"IN_1"}}'
    )


def test_sip() -> None:
    token = build_sip_token(
        **WHO,
        name="n",
        metadata="m",
        attributes={"b": "1", "a": "2"},
        room_preset="p",
        room_config=CONFIG,
        **KEYS,
    )

    video = (
        '"video":{"roomJoin":true,"room":"r","canPublish":true,"canSubscribe":true,'
        '"canPublishData":true,"canUpdateOwnMetadata":true}'
    )
    assert payload(token) == (
        f'{{"iss":"APIkey","sub":"i",{DAY},"identity":"i","name":"n","kind":"sip",{video},'
        '"roomConfig":{"egress":{"tracks":{"s3":{"secret":"s"}}}},"roomPreset":"p",'
        '"metadata":"m","attributes":{"a":"2","b":"1"}}'
    )
    assert payload(build_sip_token(**WHO, **KEYS)) == (
        f'{{"iss":"APIkey","sub":"i",{DAY},"identity":"i","kind":"sip",{video}}}'
    )


def test_connector() -> None:
    token = build_connector_token(
        **WHO,
        name="n",
        metadata="m",
        attributes={"a": "b"},
        agents=[RoomAgentDispatch(agent_name="x")],
        hidden=True,
        kind=ConnectorKind.TWILIO,
        **KEYS,
    )

    video = (
        '"video":{"roomJoin":true,"room":"r","canPublish":true,"canSubscribe":true,'
        '"canPublishData":true,"canUpdateOwnMetadata":true'
    )
    assert payload(token) == (
        f'{{"iss":"APIkey","sub":"i",{DAY},"identity":"i","name":"n","kind":"connector",'
        f'"kindDetails":["connector_twilio"],{video},"hidden":true}},'
        '"roomConfig":{"agents":[{"agentName":"x"}]},"metadata":"m",'
        '"attributes":{"a":"b"}}'
    )
    assert payload(build_connector_token(**WHO, kind=7, **KEYS)) == (
        f'{{"iss":"APIkey","sub":"i",{DAY},"identity":"i","kind":"connector",'
        f'"kindDetails":["connector_whatsapp"],{video}}},"roomConfig":{{}}}}'
    )


def test_agent() -> None:
    permissions = ParticipantPermission(
        can_subscribe=True,
        can_publish=False,
        can_publish_data=True,
        can_publish_sources=[TrackSource.CAMERA],
        hidden=True,
        recorder=True,
        can_update_metadata=True,
        can_subscribe_metrics=True,
        can_manage_agent_session=True,
    )
    details = ParticipantInfo.KindDetail
    token = build_agent_token(
        **WHO,
        name="n",
        metadata="m",
        attributes={"a": "b"},
        permissions=permissions,
        kind_details=[details.CLOUD_AGENT, "connector_whatsapp"],
        **KEYS,
    )

    assert payload(token) == (
        f'{{"iss":"APIkey","sub":"i",{HOUR},"identity":"i","name":"n","kind":"agent",'
        '"kindDetails":["cloud_agent","connector_whatsapp"],'
        '"video":{"roomJoin":true,"room":"r","canPublish":false,"canSubscribe":true,'
        '"canPublishData":true,"canUpdateOwnMetadata":true,"hidden":true,"agent":true,'
        '"canSubscribeMetrics":true},"metadata":"m","attributes":{"a":"b"}}'
    )
    none = build_agent_token(**WHO, permissions=ParticipantPermission(), **KEYS)
    assert payload(none) == (
        f'{{"iss":"APIkey","sub":"i",{HOUR},"identity":"i","kind":"agent",'
        '"video":{"roomJoin":true,"room":"r","canPublish":false,"canSubscribe":false,'
        '"canPublishData":false,"canUpdateOwnMetadata":false,"agent":true,'
        '"canSubscribeMetrics":false}}'
    )


def test_an_agent_needs_permissions() -> None:
    """The reference panics."""
    with pytest.raises(InvalidArgumentError, match="needs permissions"):
        build_agent_token(**WHO, permissions=None, **KEYS)


def test_job() -> None:
    grants = ClaimGrants(
        identity="i", name="n", video=VideoGrants(room_join=True, room="r")
    )

    token, expires_at = build_job_token(grants, **(KEYS | {"clock": lambda: NOW + 0.5}))

    assert payload(token) == (
        '{"iss":"APIkey","sub":"i","exp":1767226200,"nbf":1767225600,"iat":1767225600,'
        '"identity":"i","name":"n","video":{"roomJoin":true,"room":"r"}}'
    )
    assert expires_at == datetime.fromtimestamp(1767226200.5, UTC)


@pytest.mark.parametrize(
    ("grants", "error", "message"),
    [
        (None, InvalidArgumentError, "no grants"),
        (ClaimGrants(sha256="x"), ClaimError, "sha256: claim not allowed"),
        (
            ClaimGrants(video=VideoGrants(agent=True)),
            ClaimError,
            "video.agent: claim not allowed",
        ),
        (
            ClaimGrants(room_config=CONFIG),
            SensitiveCredentialsError,
            "credentials at $.egress.tracks.s3.secret;",
        ),
    ],
)
def test_grants_that_a_job_must_not_have_are_refused(
    grants: ClaimGrants | None, error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        build_job_token(grants, **KEYS)

    assert message in str(caught.value)


def test_the_token_of_a_job_is_not_shown() -> None:
    shown = repr(JobToken("hush", datetime.fromtimestamp(0, UTC)))

    assert "hush" not in shown
    assert "1970" in shown


@pytest.mark.parametrize(
    "name", ["", "a" * 64, b"\xc2\xa0", b"\xff", "-.", "é" * 32, "\u2028"]
)
def test_names_of_deployments(name: str | bytes) -> None:
    validate_deployment(name)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a" * 65, "deployment exceeds 64 bytes"),
        ("é" * 33, "deployment exceeds 64 bytes"),
        ("a_b", "deployment contains reserved character '_'"),
        ("_ ", "deployment contains reserved character '_'"),
        ("a b_", "deployment contains whitespace or control byte at position 1"),
        (b"\x7f", "deployment contains whitespace or control byte at position 0"),
        ("éb\n", "deployment contains whitespace or control byte at position 3"),
    ],
)
def test_invalid_names_of_deployments(name: str | bytes, message: str) -> None:
    """Messages are those of agent.ValidateDeployment."""
    with pytest.raises(InvalidArgumentError) as caught:
        validate_deployment(name)

    assert str(caught.value) == message


def test_ids_of_threads() -> None:
    validate_thread_id("")
    validate_thread_id("AT_23456789ABCD")
    for wrong in (
        "AT_23456789ABC",
        "AT_23456789ABC1",
        "at_23456789ABCD",
        "AT_23456789ABCDE",
        "ATX23456789ABCD",
        "AT_23456789ABé",
    ):
        with pytest.raises(InvalidArgumentError) as caught:
            validate_thread_id(wrong)
        # The message of agent.ValidateThreadID.
        assert str(caught.value) == "thread id must be an AT_ agent thread id"
