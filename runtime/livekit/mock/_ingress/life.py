# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Streams that begin and end, as an ingress service reports them to the server."""

from __future__ import annotations

from ...livekit_ingress_pb import IngressInfo, IngressState
from ...livekit_models_pb import DisconnectReason, ParticipantInfo
from .._errors import MockError
from .._permissions import permitted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .._presence import Presence
    from .._state import State

INGRESS_ID = "ingress.ingressID"
_STATUS = IngressState.Status
_ACTIVE = (_STATUS.ENDPOINT_BUFFERING, _STATUS.ENDPOINT_PUBLISHING)


def known(state: State, ingress_id: str) -> IngressInfo:
    """An ingress; holds the lock. Raises MockError."""
    found = state.ingresses.get(ingress_id)
    if found is None:
        there = ", ".join(map(repr, state.ingresses)) or "none"
        raise MockError(f"there is no ingress {ingress_id!r}; there is {there}")
    return found


def is_active(info: IngressInfo) -> bool:
    """Whether somebody streams."""
    return info.state is not None and info.state.status in _ACTIVE


def start(state: State, info: IngressInfo) -> Presence:
    """Let a stream begin: its participant joins the room. Holds the lock. Raises MockError."""
    if info.enabled is False:
        raise MockError(f"the ingress {info.ingress_id!r} is not enabled")
    if info.state and info.state.status == _STATUS.ENDPOINT_PUBLISHING:
        raise MockError(f"the ingress {info.ingress_id!r} is streaming already")
    who = state.arrival(
        info.participant_identity,
        name=info.participant_name,
        metadata=info.participant_metadata,
        attributes={INGRESS_ID: info.ingress_id},
        kind=ParticipantInfo.Kind.INGRESS,
        permission=permitted(can_subscribe=False),
    )
    presence = state.arrived(info.room_name, who)
    now = int(state.clock() * 1_000_000_000)
    info.state = IngressState(
        status=_STATUS.ENDPOINT_PUBLISHING,
        room_id=presence.room.info.sid,
        started_at=now,
        updated_at=now,
    )
    state.emit("ingress_started", ingress_info=info)
    presence.room.add(presence)
    return presence


def end(state: State, info: IngressInfo, error: str = "") -> None:
    """Let a stream end: its participant leaves. Holds the lock. Raises MockError."""
    if info.state is None or not is_active(info):
        raise MockError(f"the ingress {info.ingress_id!r} is not streaming")
    room = state.rooms.get(info.room_name)
    who = room.participants.get(info.participant_identity) if room else None
    if who and who.info.attributes.get(INGRESS_ID) == info.ingress_id:
        who.room.remove(who, DisconnectReason.CLIENT_INITIATED)
    over = _STATUS.ENDPOINT_INACTIVE if info.reusable else _STATUS.ENDPOINT_COMPLETE
    info.state.status = _STATUS.ENDPOINT_ERROR if error else over
    info.state.error = error
    info.state.ended_at = info.state.updated_at = int(state.clock() * 1_000_000_000)
    state.emit("ingress_ended", ingress_info=info)
