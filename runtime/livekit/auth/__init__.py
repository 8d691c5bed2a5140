"""Access tokens of LiveKit: grants, minting, verification, keys."""

from __future__ import annotations

from ..lkproto.claims_pb import (
    AgentEndpointGrants,
    AgentGrants,
    AgentThreadGrants,
    ClaimGrants,
    InferenceGrants,
    ObservabilityGrants,
    SIPGrants,
    VideoGrants,
)
from .errors import (
    AlgorithmError,
    AuthError,
    ClaimError,
    ExpiredTokenError,
    InvalidArgumentError,
    KeyFileError,
    MalformedTokenError,
    MissingClaimError,
    NotYetValidError,
    SensitiveCredentialsError,
    SignatureError,
    TokenError,
    TokenTooLargeError,
    UnknownKeyError,
    WrongIssuerError,
)

__all__ = [
    "AgentEndpointGrants",
    "AgentGrants",
    "AgentThreadGrants",
    "AlgorithmError",
    "AuthError",
    "ClaimError",
    "ClaimGrants",
    "ExpiredTokenError",
    "InferenceGrants",
    "InvalidArgumentError",
    "KeyFileError",
    "MalformedTokenError",
    "MissingClaimError",
    "NotYetValidError",
    "ObservabilityGrants",
    "SIPGrants",
    "SensitiveCredentialsError",
    "SignatureError",
    "TokenError",
    "TokenTooLargeError",
    "UnknownKeyError",
    "VideoGrants",
    "WrongIssuerError",
]
