# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What the server finds invalid about an ingress (livekit/protocol, ingress/validation.go)."""

from __future__ import annotations

from itertools import pairwise

from ...livekit_ingress_pb import (
    IngressAudioEncodingPreset,
    IngressInput,
    IngressVideoEncodingPreset,
)
from ...livekit_models_pb import AudioCodec, TrackSource, VideoCodec, VideoQuality

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...livekit_ingress_pb import (
        IngressAudioEncodingOptions,
        IngressAudioOptions,
        IngressInfo,
        IngressVideoEncodingOptions,
        IngressVideoOptions,
    )
    from ...livekit_models_pb import VideoLayer

_VIDEO_SOURCES = {TrackSource.UNKNOWN, TrackSource.CAMERA, TrackSource.SCREEN_SHARE}
_AUDIO_SOURCES = {
    TrackSource.UNKNOWN,
    TrackSource.MICROPHONE,
    TrackSource.SCREEN_SHARE_AUDIO,
}
_VIDEO_CODECS = {VideoCodec.DEFAULT_VC, VideoCodec.H264_BASELINE, VideoCodec.VP8}
_AUDIO_CODECS = {AudioCodec.DEFAULT_AC, AudioCodec.OPUS}
_QUALITIES = (VideoQuality.LOW, VideoQuality.MEDIUM, VideoQuality.HIGH)
_BYPASS = "invalid transcoding bypass configuration"


def problem_of(info: IngressInfo) -> str:
    """A text; empty if nothing is wrong."""
    if info.input_type == IngressInput.URL_INPUT and info.enabled is False:
        return "invalid ingress: disabled non reusable ingress"
    if not info.participant_identity:
        return "invalid ingress: no participant identity"
    return _of_transcoding(info) or _of_video(info.video) or _of_audio(info.audio)


def transcodes(info: IngressInfo) -> bool:
    """Whether media are transcoded; WHIP does so if it is asked to, all others always."""
    if info.enable_transcoding is not None:
        return info.enable_transcoding
    return info.input_type != IngressInput.WHIP_INPUT


def _of_transcoding(info: IngressInfo) -> str:
    if transcodes(info):
        return ""
    if info.input_type != IngressInput.WHIP_INPUT:
        return f"{_BYPASS}: bypassing transcoding impossible with selected input type"
    for what, options in (("video", info.video), ("audio", info.audio)):
        if options and (options.preset is not None or options.options is not None):
            return f"{_BYPASS}: {what} encoding options must be empty if transcoding is disabled"
    return ""


def _of_video(options: IngressVideoOptions | None) -> str:
    if options is None:
        return ""
    if options.source not in _VIDEO_SOURCES:
        return "invalid video parameters: invalid track source"
    if options.preset is not None and options.preset not in set(
        IngressVideoEncodingPreset
    ):
        return "invalid video parameters: invalid preset"
    return "" if options.options is None else _of_video_encoding(options.options)


def _of_video_encoding(options: IngressVideoEncodingOptions) -> str:
    if options.frame_rate < 0:
        return "invalid video parameters: invalid framerate"
    if options.video_codec not in _VIDEO_CODECS:
        return "invalid video parameters: video codec unsupported"
    return _of_layers(options.layers)


def _of_layers(layers: list[VideoLayer]) -> str:
    found: dict[VideoQuality, VideoLayer] = {}
    for layer in layers:
        if not (layer.width and layer.height):
            return "invalid video parameters: invalid output media dimensions"
        for what, size in (("width", layer.width), ("height", layer.height)):
            if size % 2:
                return f"invalid ingress: layer {what} must be even"
        if layer.quality in found:
            return "invalid video parameters: more than one layer with the same quality level"
        found[layer.quality] = layer
    return _of_order([found[quality] for quality in _QUALITIES if quality in found])


def _of_order(layers: list[VideoLayer]) -> str:
    for smaller, larger in pairwise(layers):
        for what in ("height", "width"):
            if getattr(larger, what) < getattr(smaller, what):
                return (
                    f"invalid video parameters: video layers do not have increasing {what} "
                    "with increasing quality"
                )
    return ""


def _of_audio(options: IngressAudioOptions | None) -> str:
    if options is None:
        return ""
    if options.source not in _AUDIO_SOURCES:
        return "invalid audio parameters: invalid track source"
    if options.preset is not None and options.preset not in set(
        IngressAudioEncodingPreset
    ):
        return "invalid audio parameters: invalid preset"
    return "" if options.options is None else _of_audio_encoding(options.options)


def _of_audio_encoding(options: IngressAudioEncodingOptions) -> str:
    if options.audio_codec not in _AUDIO_CODECS:
        return "invalid audio parameters: audio codec unsupported"
    if options.channels > 2:
        return "invalid audio parameters: invalid audio channel count"
    return ""
