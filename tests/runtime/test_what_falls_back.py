"""What docs/judge/codec.md says of each codec: the exact one has to do this, and not that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from lkproto import codec, codec_fallbacks
from lkproto.livekit import (
    Codec,
    ConnectionQualityInfo,
    ParticipantInfo,
    Room,
    TimedVersion,
    TrackInfo,
    TrackType,
    UserPacket,
)

NONE: set[str] = set()
PYTHON, NATIVE = {"python"}, {"native"}
BOTH = PYTHON | NATIVE
ROOM = Room(sid="RM_1", version=TimedVersion(ticks=1)).to_bytes()
WHOLE_LIST = b"\x9a\x01\x01\x01"  # TrackInfo.audio_features, packed
ITEM = b"\x98\x01\x01"
ENTRY = ParticipantInfo(attributes={"a": "b"}).to_bytes()


class Text(str):
    """Text of another class."""

    __slots__ = ()


class Number(int):
    """A number of another class."""


def entry(data: bytes) -> bytes:
    """Bytes of a participant with an entry of `attributes`."""
    return ENTRY[:-7] + bytes([len(data)]) + data


FROM_BYTES: dict[str, tuple[set[str], type[Any], Any]] = {
    "an ordinary message": (NONE, Room, ROOM),
    "another buffer": (NONE, Room, bytearray(ROOM)),
    "unknown fields": (NONE, Room, b"\xf8\xff\x01\x01"),
    "a scalar twice": (NONE, Room, b"\x0a\x01A\x0a\x01B"),
    "a number that its enum lacks": (NONE, ParticipantInfo, b"\x18\x4d"),
    "packed items": (NONE, TrackInfo, WHOLE_LIST),
    "packed items one by one": (BOTH, TrackInfo, ITEM),
    "a sub-message in parts": (BOTH, Room, ROOM + ROOM),
    "a tag that is too long": (BOTH, Room, b"\x8a\x00\x01A"),
    "a group": (BOTH, Room, b"\xfb\xff\x01\xfc\xff\x01"),
    "an entry": (NONE, ParticipantInfo, ENTRY),
    "an entry with its value first": (
        BOTH,
        ParticipantInfo,
        entry(b"\x12\x01b\x0a\x01a"),
    ),
    "an entry without a value": (BOTH, ParticipantInfo, entry(b"\x0a\x01a")),
}
VALUES: dict[str, tuple[set[str], set[str], Any]] = {
    "an ordinary message": (
        NONE,
        NONE,
        Room(name="gr\u00fc\u00dfe", num_participants=2),
    ),
    "a number for an enum": (NONE, NONE, ParticipantInfo(state=2)),
    "an int for a float": (NONE, BOTH, ConnectionQualityInfo(score=3)),
    "a tuple": (BOTH, BOTH, Room(enabled_codecs=(Codec(mime="a"),))),  # type: ignore[arg-type]
    "another buffer": (BOTH, BOTH, UserPacket(payload=bytearray(b"a"))),
    "text of a subclass": (BOTH, BOTH, Room(sid=Text("a"))),
    "a number of a subclass": (NATIVE, BOTH, Room(empty_timeout=Number(5))),
    "true for a number": (NATIVE, BOTH, Room(empty_timeout=True)),
    "a member of another enum": (BOTH, BOTH, ParticipantInfo(state=TrackType.VIDEO)),  # type: ignore[arg-type]
}
FROM_JSON: dict[str, tuple[set[str], type[Any], Any]] = {
    "an ordinary message": (NONE, Room, '{"sid":"a","numParticipants":2}'),
    "names of the schema, null, white space": (
        NONE,
        Room,
        ' {"num_participants" : 2, "sid": null} ',
    ),
    "whole numbers in either form": (
        NONE,
        Room,
        '{"numParticipants":7.0,"emptyTimeout":"7","creationTime":5}',
    ),
    "escapes": (NONE, Room, '{"na\\u006de":"\\u00e9\\n\\ud83d\\ude00"}'),
    "numbers of enums": (NONE, ParticipantInfo, '{"state":77}'),
    "UTF-8": (NONE, Room, '{"name":"gr\u00fc\u00dfe"}'.encode()),
    "another buffer": (NONE, Room, bytearray(b'{"sid":"a"}')),
    "what is ignored": (
        NONE,
        Room,
        '{"x":{"a":[1,"\\u0041",{"b\\n":null}]},"y":1,"sid":"a"}',
    ),
    "an integer in another spelling": (PYTHON, Room, '{"creationTime":"5e0"}'),
    "an unknown name of an enum": (PYTHON, ParticipantInfo, '{"state":"X"}'),
    "zero for a float": (PYTHON, ConnectionQualityInfo, '{"score":0}'),
    "base64 without padding": (PYTHON, UserPacket, '{"payload":"YWI"}'),
    "base64 for URLs": (PYTHON, UserPacket, '{"payload":"_-8="}'),
    "text of a subclass": (BOTH, Room, Text('{"sid":"a"}')),
}


def fell_back(work: Callable[[], object]) -> bool:
    """Whether the exact codec had to do it."""
    before = codec_fallbacks()
    work()
    return codec_fallbacks() != before


@pytest.fixture(autouse=True)
def fast() -> None:
    if codec() not in BOTH:
        pytest.skip("nothing but the exact codec is in use")


@pytest.mark.parametrize("name", FROM_BYTES)
def test_from_bytes_falls_back_for(name: str) -> None:
    falls, cls, data = FROM_BYTES[name]

    assert fell_back(lambda: cls.from_bytes(data)) == (codec() in falls)


@pytest.mark.parametrize("name", VALUES)
def test_encoders_fall_back_for(name: str) -> None:
    bytes_fall, json_falls, message = VALUES[name]

    assert fell_back(message.to_bytes) == (codec() in bytes_fall)
    assert fell_back(message.to_json) == (codec() in json_falls)


@pytest.mark.parametrize("name", FROM_JSON)
def test_from_json_falls_back_for(name: str) -> None:
    falls, cls, text = FROM_JSON[name]

    found = fell_back(lambda: cls.from_json(text, ignore_unknown=True))
    assert found == (codec() in falls)
