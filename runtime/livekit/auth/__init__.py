# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Access tokens of LiveKit: grants, minting, verification, keys."""

from __future__ import annotations

from .._runtime.construct import refuse_with
from ..ids import has_prefix, is_valid_id, marshal_guid, new_guid, unmarshal_guid
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
from ..stream_urls import (
    redact_identifier,
    redact_stream_key,
    redact_url,
    redact_url_query_values,
)
from ._access_token import DEFAULT_TTL, AccessToken, mint
from ._copying import clone
from ._credentials import check_credentials, secrets_in
from ._errors import (
    AlgorithmError,
    ArgumentTypeError,
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
    TokenTypeError,
    UnknownKeyError,
    WrongIssuerError,
)
from ._grants import (
    allows_endpoint,
    can_create_thread,
    can_delete_thread,
    can_list_threads,
    can_read_thread,
    can_update_threads,
    can_write_thread,
    claim_text,
    enum_value,
    kind_details_of,
    kind_of,
    matches_permission,
    may_publish_source,
    publish_sources,
    to_permission,
    with_permission,
)
from ._keys import (
    FileKeys,
    KeyProvider,
    MappingKeys,
    StaticKeys,
    environment_keys,
)
from ._registered_claims import RegisteredClaims
from ._secrets import SuspectKeyWarning, WeakSecretWarning

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._explain import Limit as Limit
    from ._explain import Right as Right
    from ._explain import grants_table as grants_table
    from ._explain import held_rights as held_rights
    from ._explain import rights as rights
    from ._key_sets import HMACKey as HMACKey
    from ._key_sets import HMACKeySet as HMACKeySet
    from ._key_sets import hmac_key_id as hmac_key_id
    from ._service_tokens import ConnectorKind as ConnectorKind
    from ._service_tokens import build_connector_token as build_connector_token
    from ._service_tokens import build_egress_token as build_egress_token
    from ._service_tokens import build_ingress_token as build_ingress_token
    from ._service_tokens import build_sip_token as build_sip_token
    from ._verifier import Claims as Claims
    from ._verifier import TokenVerifier as TokenVerifier
    from ._verifier import parse_unverified as parse_unverified
    from ._verifier import read_unverified as read_unverified
    from ._yaml_keys import read_yaml as read_yaml

__all__ = [
    "DEFAULT_TTL",
    "AccessToken",
    "AgentEndpointGrants",
    "AgentGrants",
    "AgentThreadGrants",
    "AlgorithmError",
    "ArgumentTypeError",
    "AuthError",
    "ClaimError",
    "ClaimGrants",
    "Claims",
    "ConnectorKind",
    "ExpiredTokenError",
    "FileKeys",
    "HMACKey",
    "HMACKeySet",
    "InferenceGrants",
    "InvalidArgumentError",
    "KeyFileError",
    "KeyProvider",
    "Limit",
    "MalformedTokenError",
    "MappingKeys",
    "MissingClaimError",
    "NotYetValidError",
    "ObservabilityGrants",
    "RegisteredClaims",
    "Right",
    "SIPGrants",
    "SensitiveCredentialsError",
    "SignatureError",
    "StaticKeys",
    "SuspectKeyWarning",
    "TokenError",
    "TokenTooLargeError",
    "TokenTypeError",
    "TokenVerifier",
    "UnknownKeyError",
    "VideoGrants",
    "WeakSecretWarning",
    "WrongIssuerError",
    "allows_endpoint",
    "build_connector_token",
    "build_egress_token",
    "build_ingress_token",
    "build_sip_token",
    "can_create_thread",
    "can_delete_thread",
    "can_list_threads",
    "can_read_thread",
    "can_update_threads",
    "can_write_thread",
    "check_credentials",
    "claim_text",
    "clone",
    "enum_value",
    "environment_keys",
    "grants_table",
    "has_prefix",
    "held_rights",
    "hmac_key_id",
    "is_valid_id",
    "kind_details_of",
    "kind_of",
    "marshal_guid",
    "matches_permission",
    "may_publish_source",
    "mint",
    "new_guid",
    "parse_unverified",
    "publish_sources",
    "read_unverified",
    "read_yaml",
    "redact_identifier",
    "redact_stream_key",
    "redact_url",
    "redact_url_query_values",
    "rights",
    "secrets_in",
    "to_permission",
    "unmarshal_guid",
    "with_permission",
]

for _each in (
    AgentEndpointGrants,
    AgentGrants,
    AgentThreadGrants,
    ClaimGrants,
    InferenceGrants,
    ObservabilityGrants,
    SIPGrants,
    VideoGrants,
):
    refuse_with(_each, ArgumentTypeError)


# Names by module: what many programs do not need, and what would slow the import for all others.
_LATER = {
    "_explain": ("Limit", "Right", "grants_table", "held_rights", "rights"),
    "_key_sets": ("HMACKey", "HMACKeySet", "hmac_key_id"),
    "_service_tokens": (
        "ConnectorKind",
        "build_connector_token",
        "build_egress_token",
        "build_ingress_token",
        "build_sip_token",
    ),
    "_verifier": (
        "Claims",
        "TokenVerifier",
        "parse_unverified",
        "read_unverified",
    ),
    "_yaml_keys": ("read_yaml",),
}


def __getattr__(name: str) -> object:
    for module, names in _LATER.items():
        if name in names:
            from importlib import import_module

            found: object = getattr(import_module(f".{module}", __name__), name)
            globals()[name] = found
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
