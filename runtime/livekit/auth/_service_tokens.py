# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Tokens that services of LiveKit make for the participants they bring into a room.

The claims are those of livekit/protocol v1.54.0: egress/token.go, ingress/token.go,
sip/token.go, connector/token.go. All are valid for a day.
"""

from __future__ import annotations

from datetime import timedelta
from enum import IntEnum

from ..livekit_models_pb import ParticipantInfo
from ..lkproto.claims_pb import VideoGrants
from ._access_token import AccessToken
from ._secrets import forgetful

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..livekit_agent_dispatch_pb import RoomAgentDispatch
    from ..livekit_room_pb import RoomConfiguration

TTL = timedelta(hours=24)
"""How long these tokens are valid."""

_INGRESS_ID = "ingress.ingressID"  # attribute of participants (livekit/attrs.go)


class ConnectorKind(IntEnum):
    """The service a connector brings calls from."""

    WHATSAPP = 0
    TWILIO = 1


@forgetful
def build_egress_token(
    *,
    egress_id: str,
    room: str,
    api_key: str | None = None,
    api_secret: str | None = None,
    clock: Callable[[], float] | None = None,
) -> str:
    """The token of a recorder, which is hidden, receives everything and sends nothing.

    Raises InvalidArgumentError.
    """
    grants = VideoGrants(
        room_join=True,
        room=room,
        can_subscribe=True,
        can_publish=False,
        can_publish_data=False,
        hidden=True,
        recorder=True,
    )
    token = AccessToken(api_key, api_secret, clock=clock).with_grants(grants)
    token.with_identity(egress_id).with_kind(ParticipantInfo.Kind.EGRESS)
    return token.with_ttl(TTL).to_jwt()


@forgetful
def build_ingress_token(
    *,
    room: str,
    identity: str,
    name: str = "",
    metadata: str = "",
    ingress_id: str,
    api_key: str | None = None,
    api_secret: str | None = None,
    clock: Callable[[], float] | None = None,
) -> str:
    """The token of a stream into a room, which publishes and receives nothing.

    Raises InvalidArgumentError.
    """
    grants = VideoGrants(
        room_join=True,
        room=room,
        can_subscribe=False,
        can_publish=True,
        can_update_own_metadata=True,
    )
    token = AccessToken(api_key, api_secret, clock=clock).with_grants(grants)
    token.with_identity(identity).with_name(name).with_metadata(metadata)
    token.with_attributes({_INGRESS_ID: ingress_id})
    return token.with_kind(ParticipantInfo.Kind.INGRESS).with_ttl(TTL).to_jwt()


@forgetful
def build_sip_token(
    *,
    room: str,
    identity: str,
    name: str = "",
    metadata: str = "",
    attributes: Mapping[str, str] | None = None,
    room_preset: str = "",
    room_config: RoomConfiguration | None = None,
    api_key: str | None = None,
    api_secret: str | None = None,
    clock: Callable[[], float] | None = None,
) -> str:
    """The token of a telephone call. It stays on servers, so it may contain credentials.

    Raises InvalidArgumentError.
    """
    token = AccessToken(api_key, api_secret, clock=clock)
    token.with_grants(_call(room, hidden=False)).with_identity(identity)
    token.with_name(name).with_metadata(metadata).with_attributes(attributes or {})
    token.with_room_preset(room_preset).with_room_config(room_config)
    token.with_kind(ParticipantInfo.Kind.SIP).with_ttl(TTL)
    return token.allow_sensitive_credentials().to_jwt()


@forgetful
def build_connector_token(
    *,
    room: str,
    identity: str,
    name: str = "",
    metadata: str = "",
    attributes: Mapping[str, str] | None = None,
    agents: tuple[RoomAgentDispatch, ...] | list[RoomAgentDispatch] = (),
    hidden: bool = False,
    kind: int = ConnectorKind.WHATSAPP,
    api_key: str | None = None,
    api_secret: str | None = None,
    clock: Callable[[], float] | None = None,
) -> str:
    """The token of a call from another service; an unknown kind counts as WhatsApp.

    It always has a room configuration, even if it is empty. Raises InvalidArgumentError.
    """
    details = ParticipantInfo.KindDetail
    twilio = kind == ConnectorKind.TWILIO
    token = AccessToken(api_key, api_secret, clock=clock)
    token.with_grants(_call(room, hidden)).with_agents(*agents).with_identity(identity)
    token.with_name(name).with_metadata(metadata).with_attributes(attributes or {})
    token.with_kind(ParticipantInfo.Kind.CONNECTOR).with_kind_details(
        details.CONNECTOR_TWILIO if twilio else details.CONNECTOR_WHATSAPP
    )
    return token.with_ttl(TTL).allow_sensitive_credentials().to_jwt()


def _call(room: str, hidden: bool) -> VideoGrants:
    return VideoGrants(
        room_join=True,
        room=room,
        can_subscribe=True,
        can_publish=True,
        can_publish_data=True,
        can_update_own_metadata=True,
        hidden=hidden,
    )
