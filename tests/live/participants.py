"""Participants of a room: clients of LiveKit's own library, with a microphone and a camera."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

# Checkers of types do without this library, which is large.
rtc: Any = import_module("livekit.rtc")
RATE = 48_000
WIDTH, HEIGHT = 320, 180
_TIMEOUT = 15.0


@asynccontextmanager
async def joined(url: str, token: str) -> AsyncGenerator[Any]:
    """A participant who is in a room, and leaves it."""
    room = rtc.Room()
    await asyncio.wait_for(room.connect(url, token), _TIMEOUT)
    try:
        yield room
    finally:
        await room.disconnect()


async def publish(publisher: Any, subscriber: Any) -> None:
    """Publish sound and pictures until another participant gets both; then end the sound."""
    received = _tracks_of(subscriber)
    audio, video = rtc.AudioSource(RATE, 1), rtc.VideoSource(WIDTH, HEIGHT)
    microphone = await publish_microphone(publisher, audio)
    await publisher.local_participant.publish_track(
        rtc.LocalVideoTrack.create_video_track("camera", video),
        rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_CAMERA),
    )
    await asyncio.wait_for(_feed(audio, video, received), _TIMEOUT)
    await publisher.local_participant.unpublish_track(microphone.sid)


async def publish_microphone(publisher: Any, audio: Any = None) -> Any:
    """Publish sound, by default silence, and return the publication."""
    source = audio or rtc.AudioSource(RATE, 1)
    return await publisher.local_participant.publish_track(
        rtc.LocalAudioTrack.create_audio_track("microphone", source),
        rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE),
    )


def _tracks_of(subscriber: Any) -> set[str]:
    """The names of tracks that a participant receives, as they come."""
    names: set[str] = set()

    def subscribed(track: object, publication: Any, who: object) -> None:
        names.add(publication.name)

    subscriber.on("track_subscribed", subscribed)
    return names


async def _feed(audio: Any, video: Any, received: set[str]) -> None:
    """Silence and black pictures, until a participant receives two tracks."""
    picture = bytes(WIDTH * HEIGHT * 4)
    while len(received) < 2:
        await audio.capture_frame(
            rtc.AudioFrame(bytes(RATE // 50), RATE, 1, RATE // 100)
        )
        kind = rtc.VideoBufferType.RGBA
        video.capture_frame(rtc.VideoFrame(WIDTH, HEIGHT, kind, picture))
        await asyncio.sleep(0.01)
