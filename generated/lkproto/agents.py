# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Tokens and names of agents (livekit/protocol v1.54.0, agent/token.go and environment.go)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from .auth import AccessToken, ClaimError, InvalidArgumentError
from .auth._access_token import named
from .auth._claims_reader import read_claims
from .auth._registered_claims import clock_of
from .auth._secrets import forgetful
from .ids import has_prefix
from .livekit_models_pb import ParticipantInfo
from .lkproto.claims_pb import ClaimGrants, VideoGrants

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .auth._jws import Profile
    from .livekit_models_pb import ParticipantPermission

__all__ = [
    "AGENT_THREAD_PREFIX",
    "JOB_TOKEN_TTL",
    "MAX_DEPLOYMENT_LENGTH",
    "JobToken",
    "build_agent_token",
    "build_job_token",
    "parse_job_token_claims",
    "validate_deployment",
    "validate_thread_id",
]

AGENT_THREAD_PREFIX = "AT_"
"""The prefix of ids of agents' threads."""

JOB_TOKEN_TTL = timedelta(minutes=10)
"""How long the token of a job is valid."""

MAX_DEPLOYMENT_LENGTH = 64
"""The longest name of a deployment, in bytes of UTF-8."""


class JobToken(NamedTuple):
    """The token of a job, and when it expires."""

    token: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"JobToken(token=<redacted SECRET>, expires_at={self.expires_at!r})"


@forgetful
def build_agent_token(
    *,
    room: str,
    identity: str,
    name: str = "",
    metadata: str = "",
    attributes: Mapping[str, str] | None = None,
    permissions: ParticipantPermission | None,
    kind_details: Iterable[ParticipantInfo.KindDetail | str] = (),
    api_key: str | None = None,
    api_secret: str | None = None,
    clock: Callable[[], float] | None = None,
) -> str:
    """The token of an agent that joins a room, valid for an hour.

    It has all permissions but for sources, `recorder` and `can_manage_agent_session`. Raises
    InvalidArgumentError, also if permissions are missing.
    """
    if permissions is None:
        raise InvalidArgumentError("an agent's token needs permissions")
    grants = VideoGrants(
        room_join=True,
        agent=True,
        room=room,
        can_subscribe=permissions.can_subscribe,
        can_publish=permissions.can_publish,
        can_publish_data=permissions.can_publish_data,
        hidden=permissions.hidden,
        can_update_own_metadata=permissions.can_update_metadata,
        can_subscribe_metrics=permissions.can_subscribe_metrics,
    )
    token = AccessToken(api_key, api_secret, clock=clock)
    # As claims, which may name details that only a newer server knows.
    detail = ParticipantInfo.KindDetail
    details = [named(detail, each, strict=False) for each in kind_details]
    token.with_claims(ClaimGrants(kind_details=details)).with_grants(grants)
    token.with_identity(identity).with_name(name).with_metadata(metadata)
    token.with_kind(ParticipantInfo.Kind.AGENT)
    return token.with_attributes(attributes or {}).with_ttl(timedelta(hours=1)).to_jwt()


@forgetful
def build_job_token(
    grants: ClaimGrants | None,
    *,
    api_key: str | None = None,
    api_secret: str | None = None,
    profile: Profile = "strict",
    clock: Callable[[], float] | None = None,
) -> JobToken:
    """A token with the grants given and no others, valid for ten minutes.

    `expires_at` is less than a second after the token's `exp`. Raises ClaimError for claims that
    jobs may not have, InvalidArgumentError and SensitiveCredentialsError.
    """
    if grants is None:
        raise InvalidArgumentError("no grants")
    _check_job_claims(grants)
    now = clock_of(clock)()
    token = AccessToken(api_key, api_secret, profile=profile, clock=lambda: now)
    text = token.with_claims(grants).with_ttl(JOB_TOKEN_TTL).to_jwt()
    return JobToken(text, datetime.fromtimestamp(now, UTC) + JOB_TOKEN_TTL)


def parse_job_token_claims(claims: str | bytes) -> ClaimGrants:
    """The grants a job asks for (`CreateJobTokenRequest.claims`), a JSON object.

    Unknown members are left out. Raises TokenError: MalformedTokenError for text that is not
    JSON, ClaimError for a claim of the wrong type or one that jobs may not have.
    """
    grants, _unknown = read_claims(claims, strict=False)
    _check_job_claims(grants)
    return grants


def _check_job_claims(grants: ClaimGrants) -> None:
    """Webhooks are verified by `sha256`; `video.agent` would register a worker."""
    if grants.sha256:
        raise ClaimError("claim not allowed", "sha256")
    if grants.video is not None and grants.video.agent:
        raise ClaimError("claim not allowed", "video.agent")


def validate_deployment(deployment: str | bytes) -> None:
    """Check the name of a deployment; an empty one means the default.

    Raises InvalidArgumentError with the position in bytes.
    """
    data = deployment
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    if len(data) > MAX_DEPLOYMENT_LENGTH:
        raise InvalidArgumentError(f"deployment exceeds {MAX_DEPLOYMENT_LENGTH} bytes")
    for position, byte in enumerate(data):
        if byte == ord("_"):
            raise InvalidArgumentError("deployment contains reserved character '_'")
        if byte <= ord(" ") or byte == 0x7F:
            raise InvalidArgumentError(
                f"deployment contains whitespace or control byte at position {position}"
            )


def validate_thread_id(thread_id: str) -> None:
    """Check the id of an agent's thread; an empty one means that no thread is kept.

    Raises InvalidArgumentError.
    """
    if thread_id and not has_prefix(AGENT_THREAD_PREFIX, thread_id):
        raise InvalidArgumentError(
            f"thread id must be an {AGENT_THREAD_PREFIX} agent thread id"
        )
