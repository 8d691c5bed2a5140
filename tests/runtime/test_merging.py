"""Merging messages, judged by google's runtime."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lkproto import ForeignMessageError
from lkproto.google.protobuf import Value
from lkproto.livekit import Codec, Room

from tests.support import google_class

from .conftest import LEGACY

# Encoded `Legacy` messages without the required field: scalars, lists, maps, a group, a
# sub-message, each member of the oneof and an unknown field.
PARTS = [
    b"",
    b"\x12\x01a\x59" + bytes(8),
    b"\x18\x02\x20\x01\x20\x02\x2a\x02\x01\x02",
    b"\x33\x08\x05\x34\x3b\x0a\x01a\x3c\x3b\x0a\x01b\x3c",
    b"\x33\x13\x08\x06\x14\x34\x42\x04\x08\x01\x10\x01",
    b"\x42\x04\x08\x02\x10\x03\x4a\x04\x08\x01\x10\x01",
    b"\x4a\x04\x08\x01\x10\x00\x52\x07\x0a\x01k\x12\x02\x08\x01",
    b"\x52\x07\x0a\x01k\x12\x02\x10\x07\x6a\x02\x08\x01",
    b"\x6a\x04\x10\x02\x10\x03",
    b"\x72\x01s\xc0\x3e\x07",
]


@pytest.fixture(scope="module")
def google(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("google_legacy")
    return google_class(folder, {"legacy.proto": LEGACY}, "legacy.Legacy")


@pytest.mark.parametrize("second", range(len(PARTS)))
@pytest.mark.parametrize("first", range(len(PARTS)))
def test_messages_merge_as_in_googles_runtime(
    first: int, second: int, legacy: Any, google: Any
) -> None:
    expected = google()
    expected.MergeFromString(PARTS[first])
    other = google()
    other.MergeFromString(PARTS[second])
    expected.MergeFrom(other)

    merged = legacy.Legacy.from_bytes(PARTS[first])
    merged.merge_from(legacy.Legacy.from_bytes(PARTS[second]))

    assert merged == legacy.Legacy.from_bytes(expected.SerializePartialToString())


def test_a_message_merged_with_itself_has_its_lists_twice(legacy: Any) -> None:
    message = legacy.Inner(list=[1, 2])

    message.merge_from(message)

    assert message.list == [1, 2, 1, 2]


def test_nothing_is_shared_with_the_merged_message() -> None:
    room, other = Room(), Room(enabled_codecs=[Codec(mime="a")])

    room.merge_from(other)
    other.enabled_codecs[0].mime = "b"

    assert room.enabled_codecs == [Codec(mime="a")]


def test_messages_that_can_be_decoded_can_be_merged() -> None:
    value = Value.from_json("[" * 49 + "1" + "]" * 49)

    merged = Value()
    merged.merge_from(value)

    assert merged.to_bytes() == value.to_bytes()


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_encoded_messages_merge_from_any_buffer(kind: Any) -> None:
    room = Room(sid="a")

    room.merge_from(kind(b"\x12\x01b"))

    assert room == Room(sid="a", name="b")


def test_a_message_of_another_class_is_refused(legacy: Any) -> None:
    room = Room(sid="a")

    with pytest.raises(ForeignMessageError, match=r"takes a livekit.Room, not a livek"):
        room.merge_from(Codec(mime="x"))  # type: ignore[arg-type]
    with pytest.raises(
        ForeignMessageError, match=r"takes a livekit.Room, not a legacy"
    ):
        room.merge_from(legacy.Inner(a=1))
    assert room == Room(sid="a")


@pytest.mark.parametrize("other", [None, 5, "\n\x01a", [10, 1, 97], {}])
def test_values_that_are_not_messages_are_refused(other: Any) -> None:
    with pytest.raises(
        TypeError, match=r"^merge_from takes a livekit.Room or bytes, not"
    ):
        Room().merge_from(other)
