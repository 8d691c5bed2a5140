"""Malicious bytes are refused with an error of ours and its place, or are read.

google's runtime decides which. Nothing else is raised, and no value is invented.
"""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from google.protobuf.message import DecodeError as GoogleDecodeError
from lkproto import DecodeError
from lkproto._runtime.binary.wire import varint
from lkproto._runtime.kinds import WIRE_TYPES
from lkproto.livekit import ParticipantInfo, Room

from tests.support import google_class, module_of, package_of

KINDS = tuple(kind for kind in WIRE_TYPES if kind not in ("message", "group", "enum"))
RICH = {"rich.proto": f"""
syntax = "proto2";
package rich;
enum Level {{ LOW = 0; HIGH = 1; }}
message Rich {{
  {" ".join(f"optional {kind} one_{kind} = {at};" for at, kind in enumerate(KINDS, 1))}
  {" ".join(f"repeated {kind} many_{kind} = {at};" for at, kind in enumerate(KINDS, 21))}
  optional Level level = 41;
  repeated Level levels = 42;
  optional Rich rich = 43;
  repeated Rich riches = 44;
  optional group Part = 45 {{ optional int32 x = 1; optional Rich rich = 2; }}
  repeated group Item = 46 {{ optional string s = 1; }}
  map<string, Rich> by_name = 47;
  map<int32, Level> levels_by_number = 48;
  oneof choice {{ string text = 49; Rich other = 50; }}
}}
"""}
# A value for each wire type, and for END_GROUP and the two that do not exist.
VALUES = (b"\x05", b"8 bytes.", b"\x01\x01", None, b"", b"4 by", b"", b"")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return package_of(tmp_path_factory.mktemp("rich"), RICH)


@pytest.fixture(scope="module")
def rich(root: Any) -> Any:
    return module_of(root, "rich").Rich


@pytest.fixture(scope="module")
def google_rich(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return google_class(tmp_path_factory.mktemp("google"), RICH, "rich.Rich")


def tag(number: int, wire_type: int) -> bytes:
    return varint(number << 3 | wire_type)


def everything(rich: Any) -> Any:
    """A message with a value in every field."""
    values = {
        "bool": True,
        "string": "é",
        "bytes": b"\xff",
        "double": 1.5,
        "float": -0.0,
    }
    given = {f"one_{kind}": values.get(kind, 300) for kind in KINDS}
    given |= {f"many_{kind}": [values.get(kind, 7)] * 2 for kind in KINDS}
    part = rich.Part(x=1, rich=rich(level=1))
    return rich(
        **given,
        levels=[0, 1],
        rich=rich(one_int32=-1),
        riches=[rich(), rich(text="x")],
        part=part,
        item=[rich.Item(s="a"), rich.Item()],
        by_name={"k": rich(one_bool=False), "": rich()},
        levels_by_number={-1: 1},
        other=rich(rich=rich(part=rich.Part())),
    )


def google_reads(google_rich: Any, data: bytes) -> bool:
    try:
        google_rich.FromString(data)
    except GoogleDecodeError:
        return False
    return True


def our_reading(root: Any, rich: Any, data: bytes) -> Any:
    """The message, or None for an error of ours with an offset in the input."""
    try:
        return rich.from_bytes(data)
    except root.DecodeError as caught:
        error = caught
    assert 0 <= error.offset <= len(data)
    assert error.path.startswith("$")
    return None


def check(root: Any, rich: Any, google_rich: Any, data: bytes) -> None:
    """Both refuse the data, or read it and write it alike."""
    message = our_reading(root, rich, data)
    assert google_reads(google_rich, data) == (message is not None), data
    if message is not None:
        theirs = google_rich.FromString(data)
        ours = google_rich.FromString(message.to_bytes())
        assert sorted_bytes(ours) == sorted_bytes(theirs)


def sorted_bytes(message: Any) -> bytes:
    data: bytes = message.SerializeToString(deterministic=True)
    return data


def test_cut_at_every_byte(root: Any, rich: Any, google_rich: Any) -> None:
    data = everything(rich).to_bytes()

    assert google_rich.FromString(data).ByteSize() == len(data)
    for end in range(len(data) + 1):
        check(root, rich, google_rich, data[:end])


def test_each_byte_replaced(root: Any, rich: Any, google_rich: Any) -> None:
    data = everything(rich).to_bytes()

    for at in range(len(data)):
        for byte in (0, 0x0B, 0x0C, 0x7F, 0xFF):
            changed = data[:at] + bytes([byte]) + data[at + 1 :]
            read = our_reading(root, rich, changed) is not None
            assert read == google_reads(google_rich, changed), changed


def test_every_wire_type_for_every_field(
    root: Any, rich: Any, google_rich: Any
) -> None:
    for number in range(1, 52):
        for wire_type, value in enumerate(VALUES):
            content = value if value is not None else b"\x08\x01" + tag(number, 4)
            record = tag(number, wire_type) + content
            check(root, rich, google_rich, record)
            check(root, rich, google_rich, record + record)
            for end in range(len(record)):
                check(root, rich, google_rich, record[:end])


@pytest.mark.parametrize("number", [21, 27, 33, 34, 42])
def test_packed_and_unpacked_values_mix(
    number: int, root: Any, rich: Any, google_rich: Any
) -> None:
    one = {21: b"\0" * 8, 27: b"\x80\x01", 33: b"\x07", 34: b"a", 42: b"\x63"}[number]
    wire_type = {21: 1, 34: 2}.get(number, 0)
    single = tag(number, wire_type) + (b"\x01a" if number == 34 else one)
    packed = tag(number, 2) + varint(3 * len(one)) + one * 3

    for data in (single + packed, packed + single, packed + packed[:-1], packed[:-1]):
        check(root, rich, google_rich, data)


LONG = [b"\x80" * size + b"\x00" for size in range(1, 12)]
LONG += [b"\xff" * size + b"\x7f" for size in range(1, 12)]


@pytest.mark.parametrize("number", LONG, ids=bytes.hex)
def test_long_varints(number: bytes, root: Any, rich: Any, google_rich: Any) -> None:
    for field in (*range(1, 17), 41, 42, 99):
        check(root, rich, google_rich, tag(field, 0) + number)
    if len(number) <= 5:
        check(root, rich, google_rich, number + b"\x01")
        check(root, rich, google_rich, tag(14, 2) + number)


@pytest.mark.parametrize(
    "data",
    [
        *(b"\xeb\x02", b"\xec\x02", b"\xeb\x02\xec\x02", b"\xeb\x02\xf4\x02"),
        *(b"\xeb\x02\xeb\x02\xec\x02", b"\xeb\x02\x9b\x06\xec\x02\x9c\x06"),
        *(b"\x9b\x06\xeb\x02\xec\x02\x9c\x06", b"\x9b\x06\x9c\x06\x9c\x06"),
        *(
            b"\xf3\x02\x0a\x01a\xf4\x02\xf3\x02",
            b"\xea\x02\x02\xec\x02",
            b"\xdb\x02\xdc\x02",
        ),
        # A group cannot end outside the message it starts in.
        *(b"\xda\x02\x02\xeb\x02\xec\x02", b"\xeb\x02\x12\x03\xec\x02\x00"),
        *(b"\xfa\x02\x01\x13\x14", b"\xfa\x02\x02\x0c\x00"),
    ],
)
def test_groups_that_do_not_match(
    data: bytes, root: Any, rich: Any, google_rich: Any
) -> None:
    check(root, rich, google_rich, data)


def test_noise(root: Any, rich: Any) -> None:
    chance = random.Random(1)
    for _ in range(3000):
        our_reading(root, rich, chance.randbytes(chance.randrange(40)))


def peak(read: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        with pytest.raises(DecodeError):
            read()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


BOMBS = {
    "of a string": b"\x0a",
    "of a message": b"\x6a",
    "of a repeated message": b"\x3a",
    "of an unknown field": b"\xa2\x06",
    "in a message": b"\x6a\x00\xa2\x06",
}


@pytest.mark.parametrize("case", BOMBS)
@pytest.mark.parametrize("size", [2**20, 2**31 - 1, 2**31, 2**32, 2**63 - 1, 2**64 - 1])
def test_lengths_that_lie_allocate_nothing(case: str, size: int) -> None:
    data = BOMBS[case] + varint(size) + b"x"
    if case == "in a message":
        data = data[:1] + bytes([len(data) - 2]) + data[2:]
    with pytest.raises(DecodeError, match="goes past the end of the input"):
        Room.from_bytes(data)

    assert peak(lambda: Room.from_bytes(data)) < 50_000


@pytest.mark.parametrize("number", [21, 27, 33, 42])
def test_lengths_of_packed_values_that_lie_allocate_nothing(
    number: int, root: Any, rich: Any
) -> None:
    data = tag(number, 2) + varint(2**40) + b"\0" * 8
    with pytest.raises(root.DecodeError, match="goes past the end of the input"):
        rich.from_bytes(data)
    tracemalloc.start()
    with pytest.raises(root.DecodeError):
        rich.from_bytes(data)
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert used < 50_000


def in_bytes(depth: int) -> bytes:
    data = b""
    for _ in range(depth):
        data = tag(43, 2) + varint(len(data)) + data
    return data


def in_groups(depth: int) -> bytes:
    """Groups and messages in turn."""
    data = b""
    for level in range(depth):
        if level % 2 == depth % 2:
            data = tag(2, 2) + varint(len(data)) + data
        else:
            data = tag(45, 3) + data + tag(45, 4)
    return data


FORMS: dict[str, tuple[str, Callable[[int], Any], str]] = {
    "messages": ("from_bytes", in_bytes, "DecodeError"),
    "groups": (
        "from_bytes",
        in_groups,
        "DecodeError",
    ),
    "unknown groups": (
        "from_bytes",
        lambda depth: tag(99, 3) * depth + tag(99, 4) * depth,
        "DecodeError",
    ),
    "JSON": (
        "from_json",
        lambda depth: '{"rich":' * depth + "{}" + "}" * depth,
        "JsonError",
    ),
    "text": (
        "from_text",
        lambda depth: "rich {" * depth + "}" * depth,
        "TextError",
    ),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("limit", [1, 5, 99, 100, 101, 120])
def test_the_limit_of_depth_can_be_raised_and_lowered(
    form: str, limit: int, root: Any, rich: Any
) -> None:
    method, make, error = FORMS[form]
    read = getattr(rich, method)
    deepest = limit if form == "unknown groups" else limit - 1

    assert read(make(deepest), max_depth=limit) is not None
    with pytest.raises(getattr(root, error), match="nested too deeply"):
        read(make(deepest + 1), max_depth=limit)
    if limit == 100:
        assert read(make(deepest)) is not None
        with pytest.raises(getattr(root, error), match="nested too deeply"):
            read(make(deepest + 1))


@pytest.mark.parametrize("form", FORMS)
def test_a_huge_limit_does_not_exhaust_the_stack(
    form: str, root: Any, rich: Any
) -> None:
    method, make, error = FORMS[form]
    if form == "unknown groups":  # in a thread with its own stack
        assert rich.from_bytes(make(100_000), max_depth=1_000_000).to_bytes()
        return
    if form == "JSON":  # which is read without recursion
        assert rich.from_json(make(3000), max_depth=1_000_000) is not None
        return
    with pytest.raises(getattr(root, error), match="nested too deeply"):
        getattr(rich, method)(make(3000), max_depth=1_000_000)


def deep(rich: Any) -> Iterator[Callable[[], object]]:
    """Typical operations on a message at the limit of depth."""
    message = rich.from_bytes(in_bytes(99))
    yield from (message.to_bytes, message.to_json, message.to_text, message.to_dict)
    yield lambda: message.to_bytes(deterministic=True)
    yield lambda: repr(message)
    yield lambda: message == rich.from_bytes(in_bytes(99))


def test_the_deepest_message_can_be_used(root: Any, rich: Any) -> None:
    for use in deep(rich):
        assert use()
    message = rich.from_bytes(in_bytes(99))
    assert root.redacted(message) == message


def test_invalid_utf8_is_refused_at_its_byte() -> None:
    for text in (b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80"):
        data = b"\x7a" + varint(len(text) + 5) + b"\x0a\x01k\x12" + varint(len(text))
        with pytest.raises(
            DecodeError, match=r"^\$.attributes\[key\]: the text is not"
        ):
            ParticipantInfo.from_bytes(data + text)
        with pytest.raises(
            DecodeError, match=r"^\$.sid: the text is not .*\(at byte 4\)"
        ):
            Room.from_bytes(b"\x0a" + varint(len(text) + 2) + b"ab" + text)
