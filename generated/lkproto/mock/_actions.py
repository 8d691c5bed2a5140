# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What a test lets happen in a mock that in a real server people and media do."""

from __future__ import annotations

from ..livekit_models_pb import DisconnectReason, ParticipantInfo, TrackSource
from ._copies import copied
from ._errors import MockError
from ._permissions import permitted
from ._state import State

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..livekit_egress_pb import EgressInfo, EgressStatus
    from ..livekit_models_pb import ParticipantPermission, TrackInfo, TrackType
    from ._participants import MockParticipant


class Actions:
    """The part of `MockLiveKit` that is about its rooms. Threads may share it."""

    def __init__(self, state: State) -> None:
        self._state = state

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
        allowed = permitted() if permission is None else copied(permission)
        with self._state.lock:
            info = self._state.arrival(
                identity,
                name=name,
                metadata=metadata,
                attributes=dict(attributes or {}),
                kind=kind,
                permission=allowed,
            )
            return self._state.admit(room, info).view

    def participant(self, room: str, identity: str) -> MockParticipant:
        """Who is in a room. Raises MockError, which names who is there."""
        with self._state.lock:
            found = self._state.rooms.get(room)
            if found is None:
                raise MockError(f"there is no room {room!r}")
            presence = found.participants.get(identity)
            if presence is None:
                there = ", ".join(map(repr, found.participants)) or "nobody"
                raise MockError(
                    f"{identity!r} is not in room {room!r}; there is {there}"
                )
            return presence.view

    def leave(self, room: str, identity: str) -> None:
        """Let somebody leave a room. Raises MockError if they are not there."""
        with self._state.lock:
            self.participant(room, identity).leave()

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
        with self._state.lock:
            who = self.participant(room, identity)
            return who.publish(name=name, source=source, type=type, **fields)

    def unpublish(self, room: str, identity: str, track_sid: str) -> None:
        """Let somebody end a track. Raises MockError if there is none with this id."""
        with self._state.lock:
            self.participant(room, identity).unpublish(track_sid)

    def abort(self, room: str, identity: str) -> None:
        """Let a connection end before it is set up: `participant_connection_aborted`.

        Raises MockError as `join` does.
        """
        with self._state.lock:
            info = self._state.arrival(identity, permission=permitted())
            presence = self._state.arrived(room, info)
            presence.disconnect(DisconnectReason.SIGNAL_CLOSE)
            presence.room.tell("participant_connection_aborted", presence)

    def start_ingress(self, ingress_id: str) -> MockParticipant:
        """Let the stream of an ingress begin: its participant joins. Raises MockError."""
        from ._ingress.life import known, start

        with self._state.lock:
            return start(self._state, known(self._state, ingress_id)).view

    def end_ingress(self, ingress_id: str, *, error: str = "") -> None:
        """Let the stream of an ingress end, with what went wrong, if anything did.

        Its participant leaves. Raises MockError.
        """
        from ._ingress.life import end, known

        with self._state.lock:
            end(self._state, known(self._state, ingress_id), error)

    def update_egress(
        self, egress_id: str, status: EgressStatus, **fields: Any
    ) -> EgressInfo:
        """Change an egress: `egress_updated`, or `egress_ended` for a status that is final.

        `fields` are of EgressInfo, such as `file_results` or `error`. Raises MockError.
        """
        from ._egress.life import known, update

        with self._state.lock:
            info = known(self._state, egress_id)
            update(self._state, info, status, fields)
            return copied(info)
