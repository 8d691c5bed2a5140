# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What a test lets happen in a mock that in a real server people and media do."""

from __future__ import annotations

from ..livekit_models_pb import ParticipantInfo, TrackSource
from ._state import State

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..livekit_egress_pb import EgressInfo, EgressStatus
    from ..livekit_models_pb import ParticipantPermission, TrackInfo, TrackType
    from ._participants import MockParticipant


class Actions:
    """The part of `MockLiveKit` that is about its rooms."""

    _state: State

    def join(
        self,
        room: str,
        identity: str,
        *,
        name: str = "",
        metadata: str = "",
        attributes: Mapping[str, str] | None = None,
        kind: ParticipantInfo.Kind = ParticipantInfo.Kind.STANDARD,
        permission: ParticipantPermission | None = None,
    ) -> MockParticipant:
        """Let somebody join a room, which is created if it is not there.

        Whoever is there with the same identity leaves. Without a permission they may subscribe,
        publish and send data. Raises MockError if the room is full, or a name empty or too long.
        """
        return self._state.join(
            room,
            identity,
            name=name,
            metadata=metadata,
            attributes=attributes,
            kind=kind,
            permission=permission,
        )

    def participant(self, room: str, identity: str) -> MockParticipant:
        """Who is in a room. Raises MockError, which names who is there."""
        return self._state.participant(room, identity)

    def leave(self, room: str, identity: str) -> None:
        """Let somebody leave a room. Raises MockError if they are not there."""
        self._state.leave(room, identity)

    def publish(
        self,
        room: str,
        identity: str,
        *,
        name: str = "",
        source: TrackSource = TrackSource.MICROPHONE,
        type: TrackType | None = None,  # noqa: A002 - the name of the field
        **fields: Any,
    ) -> TrackInfo:
        """Let somebody publish a track, by default of a microphone.

        The type follows from the source; `fields` are others of TrackInfo. Raises MockError if they
        are not there, or not allowed to.
        """
        return self._state.publish(
            room, identity, name=name, source=source, type=type, **fields
        )

    def unpublish(self, room: str, identity: str, track_sid: str) -> None:
        """Let somebody end a track. Raises MockError if there is none with this id."""
        self._state.unpublish(room, identity, track_sid)

    def abort(self, room: str, identity: str) -> None:
        """Let a connection end before it is set up: `participant_connection_aborted`.

        Raises MockError as `join` does.
        """
        self._state.abort(room, identity)

    def start_ingress(self, ingress_id: str) -> MockParticipant:
        """Let the stream of an ingress begin: its participant joins. Raises MockError."""
        return self._state.start_ingress(ingress_id)

    def end_ingress(self, ingress_id: str, *, error: str = "") -> None:
        """Let the stream of an ingress end, with what went wrong, if anything did.

        Its participant leaves. Raises MockError.
        """
        self._state.end_ingress(ingress_id, error=error)

    def update_egress(
        self, egress_id: str, status: EgressStatus, **fields: Any
    ) -> EgressInfo:
        """Change an egress: `egress_updated`, or `egress_ended` for a status that is final.

        `fields` are of EgressInfo, such as `file_results` or `error`. Raises MockError.
        """
        return self._state.update_egress(egress_id, status, **fields)
