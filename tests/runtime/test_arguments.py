"""Arguments of the wrong type raise a TypeError that names the right one."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from lkproto import (
    DecodeError,
    JsonError,
    TextError,
    read_delimited,
    write_delimited,
)
from lkproto.google.protobuf import Any as AnyMessage
from lkproto.livekit import Room

WRONG: list[Any] = [0, 10**12, [], [10, 1, 65], {10: 1}, None, 1.5]


@pytest.mark.parametrize("options", [{}, {"max_depth": 50}])
@pytest.mark.parametrize("value", [*WRONG, "abc"])
def test_from_bytes_takes_only_bytes(value: Any, options: Any) -> None:
    kind = "None" if value is None else type(value).__name__

    with pytest.raises(TypeError, match=f"^from_bytes takes bytes, not {kind}$"):
        Room.from_bytes(value, **options)


@pytest.mark.parametrize("options", [{}, {"max_depth": 50}, {"max_size": 9}])
@pytest.mark.parametrize("value", WRONG)
def test_parsers_take_only_text_and_its_bytes(value: Any, options: Any) -> None:
    kind = "None" if value is None else type(value).__name__

    with pytest.raises(TypeError, match=f"^from_json takes str or bytes, not {kind}$"):
        Room.from_json(value, **options)
    with pytest.raises(TypeError, match=f"^from_text takes str or bytes, not {kind}$"):
        Room.from_text(value, **options)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_every_decoder_takes_any_buffer(kind: Any) -> None:
    room = Room(sid="a")

    assert Room.from_bytes(kind(room.to_bytes())) == room
    assert Room.from_json(kind(room.to_json().encode())) == room
    assert Room.from_text(kind(room.to_text().encode())) == room


CALLS: dict[str, tuple[Callable[[], object], str]] = {
    "a number written": (
        lambda: write_delimited(5, io.BytesIO()),  # type: ignore[arg-type]
        "write_delimited takes a message, not int",
    ),
    "a number read": (
        lambda: read_delimited(5, io.BytesIO(b"\x00")),  # type: ignore[type-var]
        "read_delimited takes a message class, not int",
    ),
    "a number packed": (
        lambda: AnyMessage.pack(5),  # type: ignore[arg-type]
        "Any.pack takes a message, not int",
    ),
}


@pytest.mark.parametrize("case", CALLS)
def test_a_value_that_is_not_a_message_is_named(case: str) -> None:
    call, text = CALLS[case]

    with pytest.raises(TypeError, match=f"^{re.escape(text)}$"):
        call()


def test_an_unknown_type_in_an_any_is_a_decode_error() -> None:
    with pytest.raises(
        DecodeError, match="'x/Nope' is not a message type of this pack"
    ):
        AnyMessage(type_url="x/Nope").unpack()


@pytest.mark.parametrize("depth", [0, -1])
def test_a_depth_below_one_is_refused(depth: int) -> None:
    calls: list[Callable[[], object]] = [
        lambda: Room.from_bytes(b"", max_depth=depth),
        lambda: Room.from_json("{}", max_depth=depth),
        lambda: Room.from_dict({}, max_depth=depth),
        lambda: Room.from_text("", max_depth=depth),
        lambda: read_delimited(Room, io.BytesIO(b"\x00"), max_depth=depth),
    ]
    for call in calls:
        with pytest.raises(
            ValueError, match=f"^max_depth must be at least 1, not {depth}$"
        ):
            call()


def test_a_depth_of_one_allows_a_message_without_sub_messages() -> None:
    assert Room.from_bytes(b"\n\x01a", max_depth=1) == Room(sid="a")
    assert Room.from_json('{"sid":"a"}', max_depth=1) == Room(sid="a")
    assert Room.from_text('sid:"a"', max_depth=1) == Room(sid="a")
    with pytest.raises(DecodeError, match="nested too deeply"):
        Room.from_bytes(b"\x6a\x00", max_depth=1)
    with pytest.raises(JsonError, match="nested too deeply"):
        Room.from_json('{"version":{}}', max_depth=1)
    with pytest.raises(TextError, match="nested too deeply"):
        Room.from_text("version {}", max_depth=1)
