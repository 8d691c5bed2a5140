"""Tokens as a user types against them; mypy and pyright check this file, strictly."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_type

from lkproto.agents import build_job_token, parse_job_token_claims
from lkproto.auth import (
    AccessToken,
    ClaimGrants,
    SIPGrants,
    VideoGrants,
    clone,
    held_rights,
    kind_of,
    mint,
    publish_sources,
    to_permission,
    with_permission,
)
from lkproto.livekit import ParticipantInfo, ParticipantPermission, TrackSource


def minting() -> None:
    """Methods give the token back; grants are dataclasses with optional bools."""
    video = VideoGrants(room_join=True, room="lobby", can_publish=None)
    assert_type(video.can_publish, bool | None)
    assert_type(video.get_can_publish(), bool)
    token = (
        AccessToken("key", "secret")
        .with_identity("ann")
        .with_kind(ParticipantInfo.Kind.AGENT)
        .with_kind("agent")
        .with_grants(video)
        .with_sip_grants(SIPGrants(call=True))
        .with_attributes({"team": "blue"})
        .with_ttl(timedelta(minutes=5))
    )
    assert_type(token, AccessToken)
    assert_type(token.to_jwt(), str)
    assert_type(token.claims, ClaimGrants)
    assert_type(mint(token.claims, ttl=timedelta(hours=1)), str)


def meaning(claims: ClaimGrants) -> None:
    """Rules are functions; copies have the type of what they are made of."""
    assert_type(kind_of(claims), ParticipantInfo.Kind)
    video = clone(claims.video or VideoGrants())
    assert_type(video, VideoGrants)
    assert_type(publish_sources(video), list[TrackSource])
    assert_type(to_permission(video), ParticipantPermission)
    assert_type(with_permission(video, None), VideoGrants)
    for right, limits in held_rights(claims):
        assert_type(right.opens, str)
        assert_type(sorted(limits), list[str])


def jobs() -> None:
    """The token of a job is a pair."""
    token, expires_at = build_job_token(parse_job_token_claims("{}"))
    assert_type(token, str)
    assert_type(expires_at, datetime)
