# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""A participant as the server keeps it, and what can happen to it.

All methods are called by who holds the lock of the state.
"""

from __future__ import annotations

from ..livekit_models_pb import DisconnectReason, ParticipantInfo
from ._copies import copied
from ._permissions import may_publish

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ..livekit_models_pb import ParticipantPermission, TrackInfo, UserPacket
    from ._participants import MockParticipant
    from ._room_state import RoomState

_DEPENDENT = frozenset({ParticipantInfo.Kind.AGENT, ParticipantInfo.Kind.EGRESS})


class Presence:
    """Somebody in a room: its description, and what reached it."""

    view: MockParticipant

    def __init__(self, room: RoomState, info: ParticipantInfo) -> None:
        self.room = room
        self.info = info
        self.data: list[UserPacket] = []
        self.subscribed: dict[str, None] = {}
        self.handlers: dict[str, Callable[[str], str]] = {}

    @property
    def is_there(self) -> bool:
        """Whether it is in its room, and the room is open."""
        room, identity = self.room, self.info.identity
        return room.is_open and room.participants.get(identity) is self

    @property
    def counts(self) -> bool:
        """Whether it is among those that a room counts and limits: agents and recorders are not."""
        permission = self.info.permission
        helper = permission and (permission.agent or permission.recorder)
        return self.info.kind not in _DEPENDENT and not helper

    def add_track(self, track: TrackInfo) -> None:
        """Publish a track."""
        self.info.tracks.append(track)
        self.info.is_publisher = True
        self.touch()
        self._tell("track_published", track)

    def end_tracks(self, tracks: Iterable[TrackInfo]) -> None:
        """Unpublish tracks."""
        for track in tracks:
            self.info.tracks.remove(track)
            self._tell("track_unpublished", track)

    def mute(self, track_sid: str) -> TrackInfo | None:
        """Mute a track; None if there is none with this id."""
        for track in self.info.tracks:
            if track.sid == track_sid:
                if not track.muted:
                    track.muted = True
                    self.touch()
                return track
        return None

    def subscribe(self, track_sids: Iterable[str], wanted: bool) -> None:
        """Be subscribed to tracks, or no longer."""
        for sid in track_sids:
            self.subscribed.pop(sid, None)
            if wanted:
                self.subscribed[sid] = None

    def update(self, name: str, metadata: str, attributes: Mapping[str, str]) -> None:
        """Change what is not empty; an attribute without a value ends."""
        if name:
            self.info.name = name
            self.touch()
        if metadata:
            self.info.metadata = metadata
            self.touch()
        for key, value in attributes.items():
            if value:
                self.info.attributes[key] = value
            else:
                self.info.attributes.pop(key, None)
        if attributes:
            self.touch()

    def permit(self, permission: ParticipantPermission) -> None:
        """Replace all permissions, and end the tracks that they no longer allow."""
        info = self.info
        if info.permission == permission:
            return
        info.permission = copied(permission)
        self.end_tracks([t for t in info.tracks if not may_publish(info, t.source)])
        info.is_publisher = info.is_publisher and permission.can_publish
        self.touch()

    def disconnect(self, reason: DisconnectReason) -> None:
        """Be gone, with all tracks."""
        self.end_tracks(list(self.info.tracks))
        self.info.state = ParticipantInfo.State.DISCONNECTED
        self.info.disconnect_reason = reason
        self.touch()

    def touch(self) -> None:
        """Count a change."""
        self.info.version += 1

    def _tell(self, event: str, track: TrackInfo) -> None:
        who = ParticipantInfo(sid=self.info.sid, identity=self.info.identity)
        room = self.room
        room.state.emit(event, room=room.brief(), participant=who, track=track)
