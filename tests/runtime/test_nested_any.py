"""Anys inside of Anys: shown, printed and copied in the memory of one, and not without end."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any as Anything

import pytest
from lkproto import EncodeError, redacted
from lkproto.google.protobuf import Any, ListValue, Struct, Value
from lkproto.livekit import Room, SIPCallInfo

from tests.support import module_of, package_of

SIZE = 300_000
USES: dict[str, Callable[[Any], object]] = {
    "repr": repr,
    "to_json": lambda message: message.to_json(),
    "to_dict": lambda message: message.to_dict(),
    "to_text": lambda message: message.to_text(),
    "redacted": redacted,
}


def in_anys(levels: int) -> Any:
    """Directly one inside the other."""
    message = Any.pack(Room(name="x" * SIZE))
    for _ in range(levels - 1):
        message = Any.pack(message)
    return message


def in_messages(levels: int) -> Any:
    """Each in a message that is in the next."""
    message = Any.pack(Room(name="x" * SIZE))
    for _ in range(levels - 1):
        message = Any.pack(SIPCallInfo(call_context=[message]))
    return message


def peak(use: Callable[[], object]) -> int:
    use()
    tracemalloc.start()
    try:
        use()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("make", [in_anys, in_messages])
def test_memory_does_not_grow_with_the_levels(
    use: str, make: Callable[[int], Any]
) -> None:
    message = make(40)

    assert peak(lambda: USES[use](message)) < 9 * SIZE
    assert message == make(40)


@pytest.mark.parametrize("make", [in_anys, in_messages])
def test_what_is_inside_is_still_there(make: Callable[[int], Any]) -> None:
    message = make(30)

    assert Any.from_json(message.to_json()) == message
    assert Any.from_text(message.to_text()) == message
    assert redacted(message) == message
    assert repr(message).count("type_url") == 30


@pytest.mark.parametrize("levels", [101, 300])
def test_a_hundred_levels_are_the_limit(levels: int) -> None:
    assert in_anys(100).to_json().count("@type") == 100
    message = in_anys(levels)
    for use in (message.to_json, message.to_dict):
        with pytest.raises(EncodeError, match="more than 100 Anys are nested"):
            use()
    text = message.to_text()
    assert text.count("type_url: ") == 1  # the rest is bytes
    assert text.count("[type.googleapis.com/google.protobuf.Any] {") == 100 - (
        levels == 100
    )
    assert len(repr(message)) < 2 * SIZE
    assert repr(message).count("type_url") == 100


def test_what_is_too_deep_to_copy_is_refused() -> None:
    value = Value(number_value=1)
    for _ in range(1000):
        value = Value(list_value=ListValue(values=[value]))
    for message in (value, Struct(fields={"a": value})):
        with pytest.raises(EncodeError, match="nested too deeply to copy"):
            redacted(message)


PROTO = {"need.proto": """
syntax = "proto2";
package need;
import "google/protobuf/any.proto";
message Need {
  required int32 id = 1;
  optional Need part = 2;
  optional google.protobuf.Any any = 3;
  extensions 100 to 200;
}
extend Need { optional Need more = 100; }
"""}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Anything:
    """A package with a message that has a required field."""
    return package_of(tmp_path_factory.mktemp("need"), PROTO)


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\x08\x01\x12\x00",
        b"\x08\x01\xa2\x06\x00",
        b"\x08\x01\x12\x05\x08\x01\x12\x01\x08",
    ],
    ids=["itself", "in a part", "in an extension", "broken"],
)
def test_text_shows_the_bytes_of_what_lacks_a_required_field(
    root: Anything, broken: bytes
) -> None:
    need: Anything = module_of(root, "need").Need
    any_of: Anything = root.find_message("google.protobuf.Any")
    inner = any_of(type_url="x/need.Need", value=broken)
    outer = any_of.pack(any_of.pack(need(id=1, any=inner)))

    shown = outer.to_text()
    assert shown.count('type_url: "x/need.Need"') == 1
    assert shown.count("[type.googleapis.com/need.Need] {") == 1
    assert any_of.from_text(shown) == outer
