"""Extensions on the wire and in JSON, including message sets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from lkproto._runtime.binary.wire import varint

from tests.support import google_class, module_of, package_of

PROTOS = {"sets.proto": """
syntax = "proto2";
package sets;
enum Color { RED = 1; GREEN = 2; }
message Set {
  option message_set_wire_format = true;
  extensions 4 to max;
}
message Holder {
  optional Set set = 1;
  extensions 100 to 200;
}
message Item {
  extend Set { optional Item item = 2000000000; }
  optional int32 a = 1;
  repeated int32 list = 2;
}
message Other { extend Set { optional Other other = 77; } optional string s = 1; }
extend Holder {
  optional Color color = 100;
  repeated Color colors = 101;
  repeated int32 packed = 102 [packed = true];
  optional Item more = 103;
  optional group Part = 104 { optional int32 x = 1; }
  optional Deep deep = 105;
}
message Deep { optional Deep deeper = 1; }
"""}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return package_of(tmp_path_factory.mktemp("sets"), PROTOS)


@pytest.fixture(scope="module")
def sets(package: Any) -> Any:
    return module_of(package, "sets")


@pytest.fixture(scope="module")
def google_holder(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return google_class(tmp_path_factory.mktemp("google"), PROTOS, "sets.Holder")


def set_of(package: Any, sets: Any) -> Any:
    holder = sets.Holder(set=sets.Set())
    package.set_extension(holder.set, sets.Item.item, sets.Item(a=5))
    package.set_extension(holder.set, sets.Other.other, sets.Other(s="x"))
    return holder


def google_extensions(message: Any) -> Iterator[Any]:
    pool = message.DESCRIPTOR.file.pool
    for name in ("sets.Item.item", "sets.Other.other"):
        yield message.set.Extensions[pool.FindExtensionByName(name)]


def test_message_sets_mean_the_same_to_google(
    package: Any, sets: Any, google_holder: Any
) -> None:
    item, other = google_extensions(
        theirs := google_holder.FromString(set_of(package, sets).to_bytes())
    )
    assert (item.a, other.s) == (5, "x")

    ours = sets.Holder.from_bytes(theirs.SerializeToString())
    assert package.get_extension(ours.set, sets.Item.item) == sets.Item(a=5)
    assert package.get_extension(ours.set, sets.Other.other) == sets.Other(s="x")


@pytest.mark.parametrize(
    "items",
    [
        b"\x0b\x10\x4d\x1a\x03\x0a\x01x\x0c",
        b"\x0b\x1a\x03\x0a\x01x\x10\x4d\x0c",  # the message before its type
        b"\x0b\x28\x01\x10\x4d\x1a\x03\x0a\x01x\x10\x05\x0c",  # others between and after
        b"\xea\x04\x03\x0a\x01x",  # a plain field
        b"\x0b\x10\x4d\x1a\x03\x0a\x01y\x0c"
        b"\x0b\x10\x4d\x1a\x03\x0a\x01x\x0c",  # twice
        b"\x0b\x10\x4d\x0c" b"\x0b\x10\x4d\x1a\x03\x0a\x01x\x0c",  # an incomplete one
    ],
)
def test_items_are_read_in_any_order(
    items: bytes, package: Any, sets: Any, google_holder: Any
) -> None:
    data = b"\x0a" + bytes([len(items)]) + items
    holder = sets.Holder.from_bytes(data)

    assert package.get_extension(holder.set, sets.Other.other) == sets.Other(s="x")
    assert holder.to_bytes() == data
    assert list(google_extensions(google_holder.FromString(data)))[1].s == "x"


def test_items_are_replaced_and_removed(package: Any, sets: Any) -> None:
    holder = set_of(package, sets)
    package.set_extension(holder.set, sets.Item.item, sets.Item(a=6))
    package.clear_extension(holder.set, sets.Other.other)

    assert package.get_extension(holder.set, sets.Item.item) == sets.Item(a=6)
    assert not package.has_extension(holder.set, sets.Other.other)
    assert holder.to_dict() == {"set": {"[sets.Item.item]": {"a": 6}}}
    assert sets.Holder.from_dict(holder.to_dict()) == holder


def test_parts_of_an_extension_merge(package: Any, sets: Any) -> None:
    holder = sets.Holder.from_bytes(
        b"\xba\x06\x02\x08\x05" + b"\xba\x06\x02\x10\x01" + b"\xba\x06\x02\x10\x02"
    )

    assert package.get_extension(holder, sets.more) == sets.Item(a=5, list=[1, 2])


def test_groups_can_be_extensions(package: Any, sets: Any, google_holder: Any) -> None:
    holder = sets.Holder()
    package.set_extension(holder, sets.part, sets.Part(x=3))

    assert holder.to_bytes() == b"\xc3\x06\x08\x03\xc4\x06"
    assert package.get_extension(holder, sets.part) == sets.Part(x=3)
    theirs = google_holder.FromString(holder.to_bytes())
    (part,) = [value for _, value in theirs.ListFields()]
    assert part.x == 3


@pytest.mark.parametrize(
    "data",
    [
        b"\xa0\x06\x09",  # a number its closed enum does not name
        b"\xa2\x06\x01a",  # another wire type
        b"\xb8\x06\x01",
    ],
)
def test_bytes_that_do_not_fit_its_type_are_not_an_extension(
    data: bytes, package: Any, sets: Any
) -> None:
    holder = sets.Holder.from_bytes(data)

    for extension in (sets.color, sets.more):
        assert not package.has_extension(holder, extension)
        assert package.get_extension(holder, extension) is None
    assert holder.to_dict() == {}
    assert holder.to_bytes() == data


def test_repeated_closed_enums_leave_out_unknown_numbers(
    package: Any, sets: Any
) -> None:
    holder = sets.Holder.from_bytes(b"\xa8\x06\x01\xa8\x06\x09\xaa\x06\x02\x02\x09")

    assert package.get_extension(holder, sets.colors) == [1, 2]


def test_an_empty_list_is_not_an_extension(package: Any, sets: Any) -> None:
    holder = sets.Holder()
    package.set_extension(holder, sets.packed, [1])
    package.set_extension(holder, sets.packed, [])

    assert holder == sets.Holder()
    assert not package.has_extension(
        sets.Holder.from_bytes(b"\xb2\x06\x00"), sets.packed
    )


def test_errors_name_the_extension(package: Any, sets: Any) -> None:
    broken = sets.Holder.from_bytes(b"\xba\x06\x01\x08")
    with pytest.raises(
        package.DecodeError,
        match=r"^\$.\[sets.more\].a: the input ends inside a varint \(at byte 4\)$",
    ):
        package.get_extension(broken, sets.more)
    assert broken.to_dict() == {}
    with pytest.raises(
        package.EncodeError, match=r"^\$.\[sets.packed\]\[1\]: takes an int"
    ):
        package.set_extension(broken, sets.packed, [1, "x"])


def test_extensions_may_nest_as_deeply_as_they_were_decoded(
    package: Any, sets: Any
) -> None:
    deep = b"\xfb\x05" + b"\x0b" * 150 + b"\x0c" * 150 + b"\xfc\x05"
    holder = sets.Holder.from_bytes(deep + b"\xa0\x06\x01", max_depth=200)

    assert package.get_extension(holder, sets.color) == 1


def test_extensions_nested_too_deeply_are_refused(package: Any, sets: Any) -> None:
    data = b""
    for _ in range(2000):
        data = b"\x0a" + varint(len(data)) + data
    holder = sets.Holder.from_bytes(b"\xca\x06" + varint(len(data)) + data)

    with pytest.raises(package.DecodeError, match=r"deep\]: .*nested too deeply"):
        package.get_extension(holder, sets.deep)
    assert (holder.to_json(), holder.to_text()) == ("{}", "")
