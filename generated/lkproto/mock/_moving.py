# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Moving participants to another room, and forwarding them, as LiveKit Cloud documents it."""

from __future__ import annotations

from .._runtime.twirp import TwirpCode, TwirpError
from ..livekit_models_pb import DisconnectReason, ParticipantInfo
from ._copies import copied, copies
from ._errors import MockError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..livekit_models_pb import TrackInfo
    from ._presence import Presence
    from ._state import State


def move(state: State, presence: Presence, destination: str) -> None:
    """Let somebody go to another room, where tracks and functions for RPC stay its own.

    Holds the lock. Raises TwirpError.
    """
    tracks = copies(presence.info.tracks)
    there = _at_the_door(state, presence.info, destination)
    there.data, there.handlers = presence.data, presence.handlers
    presence.room.remove(presence, DisconnectReason.MIGRATION)
    presence.view.follow(there)
    _enter(there, tracks)


def forward(state: State, presence: Presence, destination: str) -> None:
    """Show somebody in another room, too; holds the lock. Raises TwirpError."""
    there = _at_the_door(state, presence.info, destination)
    there.info.kind_details.append(ParticipantInfo.KindDetail.FORWARDED)
    _enter(there, copies(presence.info.tracks))


def _at_the_door(state: State, info: ParticipantInfo, destination: str) -> Presence:
    old = copied(info)
    try:
        return state.arrived(
            destination,
            state.arrival(
                old.identity,
                name=old.name,
                metadata=old.metadata,
                attributes=old.attributes,
                permission=old.permission,
                kind=old.kind,
                kind_details=old.kind_details,
            ),
        )
    except MockError as error:
        raise TwirpError(TwirpCode.FAILED_PRECONDITION, str(error)) from None


def _enter(presence: Presence, tracks: list[TrackInfo]) -> None:
    presence.room.add(presence)
    for track in tracks:
        presence.add_track(track)
