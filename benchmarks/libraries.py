"""One face for every library: its classes and the functions that are timed.

Classes and enum values are looked up here, once, so that no timed code does.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

MESSAGES = {
    "livekit_models": (
        "Room",
        "Codec",
        "TimedVersion",
        "ParticipantInfo",
        "ParticipantPermission",
        "TrackInfo",
        "VideoLayer",
        "SimulcastCodecInfo",
        "DataPacket",
        "UserPacket",
    ),
    "livekit_room": ("ListParticipantsResponse",),
    "livekit_webhook": ("WebhookEvent",),
}
ENUMS = {
    "ParticipantInfo.State": ("ACTIVE",),
    "TrackType": ("VIDEO",),
    "TrackSource": ("CAMERA", "MICROPHONE"),
    "Encryption.Type": ("GCM",),
    "VideoQuality": ("LOW", "MEDIUM", "HIGH"),
    "AudioTrackFeature": ("TF_AUTO_GAIN_CONTROL", "TF_ECHO_CANCELLATION"),
}


@dataclass(frozen=True, slots=True)
class Library:
    """What is timed of a library. The functions take a class and give a function of one value."""

    name: str
    classes: Any
    encode: Callable[[Any], Callable[[Any], bytes]]
    decode: Callable[[Any], Callable[[bytes], Any]]
    to_json: Callable[[Any], Callable[[Any], str]]
    from_json: Callable[[Any], Callable[[str], Any]]


# The libraries that are this project's package, and the codec of each, as LKPROTO_CODEC names it.
CODECS = {"ours": "python", "ours-native": "native"}


def codec_for(name: str) -> str:
    """The codec that the process of a library runs with."""
    return CODECS.get(name, "python")


def measured(name: str, trees: Path) -> Library:
    """A library that will be timed. Raises RuntimeError if ours is on another codec than meant."""
    library = LIBRARIES[name](trees)
    if name in CODECS:
        confirm_codec(CODECS[name])
    return library


def confirm_codec(wanted: str) -> None:
    """Raise RuntimeError if this process does not use a codec: its figures would be another's."""
    found: str = import_module("lkproto").codec()
    if found != wanted:
        raise RuntimeError(f"lkproto runs on its {found} codec here, not on {wanted}")


def confirm_environment() -> None:
    """Raise RuntimeError if the codec is not the one that the environment asks for."""
    confirm_codec(os.environ["LKPROTO_CODEC"])


def ours(trees: Path) -> Library:
    """The package of this project, on its Python codec."""
    return _ours("ours", trees)


def ours_native(trees: Path) -> Library:
    """The same package, on the native codec."""
    return _ours("ours-native", trees)


def _ours(name: str, trees: Path) -> Library:
    classes = _load(trees / "ours", "lkproto.{}_pb")
    return Library(
        name,
        classes,
        lambda cls: _used(cls).to_bytes,
        lambda cls: _used(cls).from_bytes,
        lambda cls: cls.to_json,
        lambda cls: _used(cls).from_json,
    )


def _used(cls: Any) -> Any:
    """A class that has its codec's methods: they come when the ones that it inherits are called."""
    cls.from_bytes(cls().to_bytes())
    cls.from_json("{}")
    return cls


def google(trees: Path) -> Library:
    """Google's protobuf, with its default backend, upb. Raises RuntimeError for another."""
    from google.protobuf.internal import api_implementation
    from google.protobuf.json_format import MessageToJson, Parse

    backend = api_implementation.Type()
    if backend != "upb":
        raise RuntimeError(f"google's protobuf runs on {backend}, not upb")
    classes = _load(trees / "google", "{}_pb2", lambda enum, name: enum.Value(name))

    def from_json(cls: Any) -> Callable[[str], Any]:
        return lambda text: Parse(text, cls())

    return Library(
        "google",
        classes,
        lambda cls: cls.SerializeToString,
        lambda cls: cls.FromString,
        lambda _: partial(MessageToJson, indent=None),
        from_json,
    )


def betterproto2(trees: Path) -> Library:
    """betterproto2: a module a proto package, nested types flattened."""
    classes = _load(trees / "betterproto2", "bench_betterproto2.livekit", dot="")
    return Library(
        "betterproto2",
        classes,
        lambda cls: cls.__bytes__,
        lambda cls: cls.parse,
        lambda cls: cls.to_json,
        lambda cls: cls.from_json,
    )


def protobuf_py(trees: Path) -> Library:
    """protobuf-py on its native extension. Raises ImportError without it."""
    import_module("protobuf_ext")
    return _protobuf_py("protobuf-py", trees)


def protobuf_py_pure(trees: Path) -> Library:
    """protobuf-py without its extension, as it runs where there is no wheel of that."""
    # None makes an import of the name fail, which the package takes for "not installed".
    blocked: Any = None
    sys.modules["protobuf_ext"] = blocked
    return _protobuf_py("protobuf-py pure", trees)


def _protobuf_py(name: str, trees: Path) -> Library:
    classes = _load(trees / "protobuf-py", "bench_protobuf_py.{}_pb")
    classes.one_of = import_module("protobuf").Oneof
    return Library(
        name,
        classes,
        lambda cls: cls.to_binary,
        lambda cls: cls.from_binary,
        lambda cls: cls.to_json,
        lambda cls: cls.from_json,
    )


LIBRARIES: dict[str, Callable[[Path], Library]] = {
    "ours": ours,
    "ours-native": ours_native,
    "google": google,
    "protobuf-py": protobuf_py,
    "protobuf-py pure": protobuf_py_pure,
    "betterproto2": betterproto2,
}


def _load(
    path: Path,
    module: str,
    member: Callable[[Any, str], Any] = getattr,
    *,
    dot: str = ".",
) -> SimpleNamespace:
    """Classes and enum members by their proto names, from modules below a path."""
    sys.path.insert(0, str(path))
    found = SimpleNamespace()
    for file, names in MESSAGES.items():
        loaded = import_module(module.format(file))
        for name in names:
            setattr(found, name, getattr(loaded, name))
    models = import_module(module.format("livekit_models"))
    for enum, names in ENUMS.items():
        cls = models
        for part in enum.replace(".", dot).split("."):
            cls = getattr(cls, part)
        for name in names:
            setattr(found, name, member(cls, name))
    return found
