"""Messages of another generated package inside Any."""

from __future__ import annotations

from typing import Any

import pytest
from lkproto import DecodeError, EncodeError, JsonError
from lkproto.google.protobuf import Any as AnyMessage
from lkproto.livekit import Codec

from tests.support import package_of

OTHER = """
syntax = "proto2";
package other;
import "google/protobuf/any.proto";
message Thing {
  optional int32 a_b = 1;
  repeated Thing things = 2;
  optional google.protobuf.Any any = 3;
}
message Strict { required int32 id = 1; }
"""
URL = "type.googleapis.com/other.Thing"


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return package_of(tmp_path_factory.mktemp("other"), {"other.proto": OTHER})


def test_types_of_another_package_are_read_and_printed(other: Any) -> None:
    value = {"@type": URL, "aB": 5, "things": [{"aB": 6}]}
    message = AnyMessage.from_dict(value, registry=other.find_message)

    thing = other.find_message("other.Thing")
    assert message.unpack(registry=other.find_message) == thing(
        a_b=5, things=[thing(a_b=6)]
    )
    assert message.to_dict(registry=other.find_message) == value
    assert message.to_json(registry=other.find_message, preserving_names=True) == (
        f'{{"@type":"{URL}","a_b":5,"things":[{{"a_b":6}}]}}'
    )
    assert (
        AnyMessage.from_json(
            message.to_json(registry=other.find_message), registry=other.find_message
        )
        == message
    )


def test_types_of_both_packages_nest_in_each_other(other: Any) -> None:
    inner = {"@type": "type.googleapis.com/livekit.Codec", "mime": "m"}
    value = {"@type": URL, "any": inner}
    message = AnyMessage.from_dict(value, registry=other.find_message)

    thing = message.unpack(registry=other.find_message)
    assert Codec.from_bytes(thing.any.value) == Codec(mime="m")
    assert message.to_dict(registry=other.find_message) == value


def test_this_package_comes_first(other: Any) -> None:
    def refuse(name: str) -> None:
        raise AssertionError(name)

    message = AnyMessage.from_dict(
        {"@type": "x/livekit.Codec", "mime": "m"}, registry=refuse
    )
    assert message.unpack(registry=refuse) == Codec(mime="m")


def test_without_a_registry_they_are_refused(other: Any) -> None:
    message = AnyMessage(type_url=URL)

    with pytest.raises(
        JsonError, match="is not a type of this package, nor of the reg"
    ):
        AnyMessage.from_dict({"@type": URL})
    with pytest.raises(EncodeError, match="is not a type of this package, nor of the"):
        message.to_json()
    with pytest.raises(DecodeError, match="pass the `find_message` of the package"):
        message.unpack()


def test_errors_of_the_other_package_become_ours(other: Any) -> None:
    find = other.find_message
    with pytest.raises(
        JsonError,
        match=r"^\$: the other.Thing in an Any: \$.things\[0\].a_b: int32 takes a number, "
        r"not a bool \(line 1, column 1\)$",
    ):
        AnyMessage.from_json(
            f'{{"@type":"{URL}","things":[{{"aB":true}}]}}', registry=find
        )
    with pytest.raises(JsonError, match="the required field 'id' is not set"):
        AnyMessage.from_dict({"@type": "x/other.Strict"}, registry=find)
    with pytest.raises(
        EncodeError, match=r"the other.Thing in an Any: \$.a_b: the input ends"
    ):
        AnyMessage(type_url=URL, value=b"\x08").to_json(registry=find)


def test_broken_content_cannot_be_printed() -> None:
    message = AnyMessage(type_url="x/livekit.Codec", value=b"\x0a\x05")

    with pytest.raises(
        EncodeError, match=r"the livekit.Codec in an Any: \$.mime: a len"
    ):
        message.to_json()


def test_the_remaining_depth_applies_in_the_other_package(other: Any) -> None:
    value: dict[str, Any] = {}
    for _ in range(10):
        value = {"things": [value]}
    value["@type"] = URL

    assert AnyMessage.from_dict(value, registry=other.find_message)
    with pytest.raises(JsonError, match="nested too deeply"):
        AnyMessage.from_dict(value, registry=other.find_message, max_depth=8)


def test_depth_is_bounded_across_packages(other: Any) -> None:
    value = {"@type": URL, "aB": 5}
    find = other.find_message

    assert AnyMessage.from_dict(value, registry=find, max_depth=2)
    with pytest.raises(JsonError, match="^.*: values are nested too deeply$"):
        AnyMessage.from_dict(value, registry=find, max_depth=1)
