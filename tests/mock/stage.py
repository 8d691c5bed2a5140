"""The mock as a server on which a script is played."""

from __future__ import annotations

from lkproto.livekit import TrackSource, TrackType
from lkproto.mock import MockLiveKit


class MockStage:
    """Joins and publishes on a mock."""

    def __init__(self, mock: MockLiveKit) -> None:
        self.url = mock.http_url
        self.key = mock.api_key, mock.api_secret
        self._mock = mock

    def join(self, room: str, identity: str) -> None:
        """Let someone join who has the method `wave`."""
        participant = self._mock.join(room, identity)
        participant.on_rpc("wave")(lambda payload: f"waves back: {payload}")

    def publish(self, room: str, identity: str) -> None:
        """Let someone publish a microphone."""
        self._mock.publish(
            room,
            identity,
            name="microphone",
            source=TrackSource.MICROPHONE,
            type=TrackType.AUDIO,
        )

    def leave(self, room: str, identity: str) -> None:
        """Let someone leave."""
        self._mock.leave(room, identity)
