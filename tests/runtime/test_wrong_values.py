"""A class, or anything else, where a message belongs: refused, and nothing else is touched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from lkproto import EncodeError, clear_unknown, redacted, unknown_bytes
from lkproto.livekit import (
    Codec,
    DataPacket,
    ParticipantInfo,
    ParticipantPermission,
    Room,
    TimedVersion,
    UserPacket,
)

UNKNOWN = b"\xf8\x7f\x01"
HOLDERS: dict[str, Callable[[], Any]] = {
    "version": lambda: Room(version=TimedVersion),  # type: ignore[arg-type]
    "enabled_codecs": lambda: Room(enabled_codecs=[Codec(), Codec]),  # type: ignore[list-item]
    "permission": lambda: ParticipantInfo(permission=ParticipantPermission),  # type: ignore[arg-type]
    "user": lambda: DataPacket(user=UserPacket),  # type: ignore[arg-type]
}
OTHERS: dict[str, Callable[[], Any]] = {
    "a number": lambda: Room(version=5),  # type: ignore[arg-type]
    "text in a list": lambda: Room(enabled_codecs=["opus"]),  # type: ignore[list-item]
    "a dict": lambda: Room(version={"ticks": 1}),  # type: ignore[arg-type]
    "a list": lambda: Room(version=[TimedVersion()]),  # type: ignore[arg-type]
}
CLASSES = (TimedVersion, Codec, ParticipantPermission, UserPacket, Room)


def classes_work() -> bool:
    return all(cls.from_bytes(UNKNOWN).to_bytes() == UNKNOWN for cls in CLASSES)


@pytest.mark.parametrize("name", HOLDERS)
@pytest.mark.parametrize("use", [redacted, clear_unknown])
def test_a_class_for_a_message_is_refused_by_name(
    name: str, use: Callable[[Any], object]
) -> None:
    holder = HOLDERS[name]()
    full_name = f"{type(holder).__proto_name__}.{name}"

    with pytest.raises(EncodeError, match=rf"{full_name}.* takes a .*, not the class"):
        use(holder)
    assert classes_work()


@pytest.mark.parametrize("case", OTHERS)
@pytest.mark.parametrize("use", [redacted, clear_unknown])
def test_so_is_anything_else(case: str, use: Callable[[Any], object]) -> None:
    with pytest.raises(EncodeError, match=r"livekit\.Room\.\w+(\[0\])? takes a"):
        use(OTHERS[case]())


def test_encoding_and_merging_say_the_same_of_a_class() -> None:
    wrong = HOLDERS["version"]()
    right = Room(version=TimedVersion(ticks=1))
    for use in (
        wrong.to_bytes,
        wrong.to_json,
        wrong.to_text,
        lambda: wrong.merge_from(right),
        lambda: wrong.merge_from(right.to_bytes()),
    ):
        with pytest.raises(EncodeError, match=r"not the class TimedVersion; write Tim"):
            use()
    assert classes_work()


@pytest.mark.parametrize(
    "name", ["sid", "enabled_codecs", "_unknown", "version", "metadata"]
)
def test_fields_of_a_class_cannot_be_set(name: str) -> None:
    with pytest.raises(TypeError, match=f"Room is a class, and its field '{name}'"):
        setattr(Room, name, "x")
    for member in ("user", "_c_value", "_v_value"):
        with pytest.raises(TypeError, match=f"its field '{member}'"):
            setattr(DataPacket, member, UserPacket())
    with pytest.raises(TypeError, match="set it on a message, such as Room"):
        clear_unknown(Room)  # type: ignore[arg-type]
    assert classes_work()


def test_unknown_fields_are_cleared_at_any_depth_and_in_circles() -> None:
    from lkproto.google.protobuf import ListValue, Value

    value = Value.from_bytes(UNKNOWN)
    inmost = value
    for _ in range(5000):
        value = Value(list_value=ListValue(values=[value]))
    clear_unknown(value)
    assert unknown_bytes(inmost) == b""

    circle = ListValue.from_bytes(UNKNOWN)
    circle.values.append(Value(list_value=circle))
    clear_unknown(circle)
    assert unknown_bytes(circle) == b""
    with pytest.raises(EncodeError, match="nested too deeply"):
        redacted(circle)


def test_a_class_in_a_message_is_shown() -> None:
    assert "TimedVersion" in repr(HOLDERS["version"]())
