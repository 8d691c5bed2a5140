# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Tracks as the server describes them (livekit-server 1.13.5, pkg/rtc/participant.go)."""

from __future__ import annotations

from ..ids import new_guid
from ..livekit_models_pb import (
    SimulcastCodecInfo,
    TimedVersion,
    TrackInfo,
    TrackSource,
    TrackType,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_VIDEO = frozenset({TrackSource.CAMERA, TrackSource.SCREEN_SHARE})
_TYPES = {TrackType.AUDIO: "A", TrackType.VIDEO: "V"}
_SOURCES = {
    TrackSource.CAMERA: "C",
    TrackSource.MICROPHONE: "M",
    TrackSource.SCREEN_SHARE: "S",
    TrackSource.SCREEN_SHARE_AUDIO: "s",
}
_MIME = {TrackType.AUDIO: "audio/red", TrackType.VIDEO: "video/VP8"}


def new_track(
    name: str,
    source: TrackSource,
    type: TrackType | None,  # noqa: A002 - the name of the field
    now: float,
    fields: dict[str, Any],
) -> TrackInfo:
    """A track; without a type, that of its source."""
    if type is None:
        type = TrackType.VIDEO if source in _VIDEO else TrackType.AUDIO  # noqa: A001
    mime = _MIME.get(type, "")
    prefix = "TR_" + _TYPES.get(type, "") + _SOURCES.get(source, "")
    values: dict[str, Any] = {
        "sid": new_guid(prefix),
        "mime_type": mime,
        "codecs": [SimulcastCodecInfo(mime_type=mime)] if mime else [],
        "version": TimedVersion(unix_micro=int(now * 1_000_000)),
    }
    return TrackInfo(name=name, source=source, type=type, **(values | fields))
