# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Participants without media, as tests see and move them."""

from __future__ import annotations

from ..livekit_models_pb import (
    DisconnectReason,
    ParticipantPermission,
    TrackSource,
)
from ._copies import copied, copies
from ._errors import MockError
from ._permissions import may_publish
from ._tracks import new_track

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    from ..livekit_models_pb import (
        ParticipantInfo,
        TrackInfo,
        TrackType,
        UserPacket,
    )
    from ._presence import Presence

    Handler = TypeVar("Handler", bound=Callable[[str], str])

_FACE = __name__.rpartition(".")[0]


class MockParticipant:
    """Somebody in a room of the mock, made by `join`. Threads may share it.

    What it returns are copies, which do not change any more.
    """

    __module__ = _FACE

    def __init__(self, presence: Presence) -> None:
        self._presence = presence
        self._lock = presence.room.state.lock
        presence.view = self

    @property
    def room(self) -> str:
        """The name of its room; of the last one, after it has left."""
        return self._presence.room.name

    @property
    def identity(self) -> str:
        """Who it is."""
        return self._presence.info.identity

    @property
    def sid(self) -> str:
        """Its id, which begins with `PA_`; whoever joins again has another one."""
        return self._presence.info.sid

    @property
    def connected(self) -> bool:
        """Whether it is in its room."""
        with self._lock:
            return self._presence.is_there

    @property
    def info(self) -> ParticipantInfo:
        """All that the server knows of it."""
        with self._lock:
            return copied(self._presence.info)

    @property
    def name(self) -> str:
        """Its display name."""
        return self._presence.info.name

    @property
    def metadata(self) -> str:
        """Its metadata."""
        return self._presence.info.metadata

    @property
    def attributes(self) -> dict[str, str]:
        """Its attributes."""
        return self.info.attributes

    @property
    def permission(self) -> ParticipantPermission:
        """What it may do."""
        return self.info.permission or ParticipantPermission()

    @property
    def tracks(self) -> list[TrackInfo]:
        """What it publishes."""
        return self.info.tracks

    @property
    def disconnect_reason(self) -> DisconnectReason:
        """Why it is gone; `UNKNOWN_REASON` while it is there."""
        return self._presence.info.disconnect_reason

    @property
    def data(self) -> list[UserPacket]:
        """What `SendData` sent to it, in order."""
        with self._lock:
            return copies(self._presence.data)

    @property
    def subscribed(self) -> list[str]:
        """Ids of the tracks that `UpdateSubscriptions` subscribed it to, in order."""
        with self._lock:
            return list(self._presence.subscribed)

    def leave(self) -> None:
        """Leave the room. Raises MockError if it is not there."""
        with self._lock:
            here = self._here()
            here.room.remove(here, DisconnectReason.CLIENT_INITIATED)

    def publish(
        self,
        *,
        name: str = "",
        source: TrackSource = TrackSource.MICROPHONE,
        type: TrackType | None = None,  # noqa: A002 - the name of the field
        **fields: Any,
    ) -> TrackInfo:
        """Publish a track, by default of the type of its source; `fields` are those of TrackInfo.

        Raises MockError if it is not there, or not allowed to.
        """
        with self._lock:
            here = self._here()
            if not may_publish(here.info, source):
                raise MockError(
                    f"{self._place()} is not permitted to publish {source!r}"
                )
            track = new_track(name, source, type, here.room.state.clock(), fields)
            here.add_track(track)
            return copied(track)

    def unpublish(self, track_sid: str) -> None:
        """End a track. Raises MockError if it has none with this id."""
        with self._lock:
            here = self._here()
            found = [each for each in here.info.tracks if each.sid == track_sid]
            if not found:
                raise MockError(f"{self._place()} has no track {track_sid!r}")
            here.end_tracks(found)
            here.touch()

    def on_rpc(self, method: str) -> Callable[[Handler], Handler]:
        """Register a function that answers a method of `PerformRpc`: payload to payload.

        Use it as a decorator. The function may raise RpcError; any other exception becomes the
        RPC error 1500. A method without a function is the RPC error 1400.
        """

        def register(function: Handler) -> Handler:
            self._presence.handlers[method] = function
            return function

        return register

    def follow(self, presence: Presence) -> None:
        """Be somebody in another room from now on: the server moves it there."""
        self._presence = presence
        presence.view = self

    def _here(self) -> Presence:
        if not self._presence.is_there:
            raise MockError(f"{self._place()} is not there any more; let it join again")
        return self._presence

    def _place(self) -> str:
        return f"{self.identity!r} of room {self.room!r}"

    def __repr__(self) -> str:
        return f"<MockParticipant {self._place()}>"
