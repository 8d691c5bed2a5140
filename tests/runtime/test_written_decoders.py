"""What the written decoders treat in a way of its own: long varints, slices, small messages.

They read it as the exact codec does, without falling back on it, and refuse what it refuses.
"""

from __future__ import annotations

import gc
import random
from collections.abc import Callable
from typing import Any, SupportsIndex

import pytest
from lkproto._runtime.binary.wire import varint

from tests.support import module_of, package_of

pytestmark = pytest.mark.usefixtures("python_codec")

KINDS = ("int32", "int64", "uint32", "uint64", "sint32", "sint64", "bool", "Level")
# Offsets of the fields of each form from the number of a kind.
SINGLE, PACKED, UNPACKED, MAP = 1, 11, 21, 31


def fields(form: str, first: int) -> str:
    return "\n".join(
        form.format(kind=kind, number=first + at) for at, kind in enumerate(KINDS)
    )


PROTOS = {"written.proto": f"""
syntax = "proto3";
package written;
enum Level {{ LOW = 0; HIGH = 1; }}
message Numbers {{
  {fields("{kind} one_{number} = {number};", SINGLE)}
  {fields("repeated {kind} packed_{number} = {number};", PACKED)}
  {fields("repeated {kind} many_{number} = {number} [packed = false];", UNPACKED)}
  {fields("map<int32, {kind}> map_{number} = {number};", MAP)}
}}
message Leaf {{ string name = 1; uint64 count = 2; bytes data = 3; Level level = 4; }}
message Node {{
  string pad = 1;
  Node child = 2;
  repeated Node children = 3;
  map<string, Node> by_name = 4;
  Leaf leaf = 5;
  repeated Leaf leaves = 20;
  oneof choice {{ Node chosen = 6; Leaf small = 7; }}
}}
message Plain {{ string pad = 1; repeated Item items = 2; }}
message Item {{ string a = 1; string b = 2; repeated int64 c = 3; }}
"""}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return package_of(tmp_path_factory.mktemp("written"), PROTOS)


@pytest.fixture(scope="module")
def written(root: Any) -> Any:
    return module_of(root, "written")


def exactly(root: Any, cls: Any, data: bytes) -> Any:
    """What the exact codec reads, as an object that compares all of it, or None."""
    try:
        message = module_of(root, "_runtime.binary.decode").decode(cls, data)
    except root.DecodeError:
        return None
    return message, repr(message), message.to_bytes()


def fast(cls: Any, data: bytes) -> Any:
    """The same of the written decoder; None for any of the errors that leave a message."""
    try:
        message = cls._decode(data)
    except (ValueError, LookupError):
        return None
    return message, repr(message), message.to_bytes()


def sized(number: int, data: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(data)) + data


def forms(at: int, number: bytes) -> list[bytes]:
    """A varint as a value of the kind at an index, in each form of field that has one."""
    return [
        varint(SINGLE + at << 3) + number,
        sized(PACKED + at, number + b"\x01" + number),
        (varint(UNPACKED + at << 3) + number) * 2,
        sized(MAP + at, b"\x08\x05\x10" + number),
    ]


# The shortest and longest of each length, and what fills a length with zeros.
NUMBERS = [
    *(varint(1 << 7 * size) for size in range(1, 10)),
    *(varint((1 << 7 * size) - 1) for size in range(1, 10)),
    *(varint((1 << bit) + more) for bit in (31, 32, 63) for more in (-1, 0, 1)),
    varint(2**64 - 1),
    *(b"\x81" + b"\x80" * size + b"\x00" for size in range(9)),
    *(b"\xff" * size + b"\x7f" for size in range(1, 10)),
]


@pytest.mark.parametrize("at", range(len(KINDS)), ids=KINDS)
def test_varints_of_every_length_are_read_by_the_written_decoder(
    at: int, root: Any, written: Any
) -> None:
    for number in NUMBERS:
        for data in forms(at, number):
            expected = exactly(root, written.Numbers, data)
            assert expected is not None
            assert fast(written.Numbers, data) == expected, data


def test_every_byte_counts_in_every_place(root: Any, written: Any) -> None:
    for place in range(10):
        for byte in range(128):
            before, after = b"\x80" * place, b"\x01" * (place < 9)
            number = before + bytes([byte | 0x80 if after else byte]) + after
            data = varint(SINGLE + KINDS.index("uint64") << 3) + number
            value = (byte << 7 * place) + (bool(after) << 7 * (place + 1))
            message = written.Numbers._decode(data)
            assert message.one_4 == value % 2**64
            assert exactly(root, written.Numbers, data)[0] == message


@pytest.mark.parametrize("at", range(len(KINDS)), ids=KINDS)
def test_varints_that_do_not_end_are_refused(at: int, root: Any, written: Any) -> None:
    for size in range(1, 12):
        for data in (forms(at, b"\xff" * size)[0], forms(at, b"\xff" * size)[3]):
            assert fast(written.Numbers, data) is None
            assert exactly(root, written.Numbers, data) is None
    for data in forms(at, b"\x80" * 10 + b"\x01"):
        assert fast(written.Numbers, data) is None
        assert exactly(root, written.Numbers, data) is None


def item(written: Any, size: int) -> bytes:
    """An Item of a size in bytes, with a list of numbers at its end if that fits."""
    tail = sized(3, b"\xac\x02") if size > 12 else b""
    rest = size - len(tail)
    head: bytes = written.Item(a="x" * (rest - 2 - (rest > 129))).to_bytes()
    return head + tail


@pytest.mark.parametrize("offset", [4, 64, 65, 66, 220, 255, 256, 257, 258, 400, 2000])
def test_sub_messages_of_any_size_at_any_offset_are_read(
    offset: int, root: Any, written: Any
) -> None:
    for size in (0, 2, 11, 29, 30, 31, 32, 191, 192, 500, 1022, 1023, 1024, 1025, 3000):
        inner = item(written, size)
        length = len(varint(len(inner)))
        space = offset - 1 - length
        pad = sized(1, b"p" * (space - 2 - (space > 129))) if space > 1 else b""
        data = pad + sized(2, inner) + sized(2, inner)
        expected = exactly(root, written.Plain, data)
        assert expected is not None
        assert fast(written.Plain, data) == expected
        # Neither part reads beyond its end, nor stops before it.
        for wrong in (data[:-1], data + b"\x12"):
            assert fast(written.Plain, wrong) is None
            assert exactly(root, written.Plain, wrong) is None


class Counted(bytes):
    """Bytes that record the length of each slice that is made of them or of their slices."""

    lengths: list[int]

    def __getitem__(self, at: SupportsIndex | slice[Any, Any, Any]) -> Any:
        if not isinstance(at, slice):
            return super().__getitem__(at)
        part = Counted(super().__getitem__(at))
        self.lengths.append(len(part))
        part.lengths = self.lengths
        return part


def copied(cls: Any, data: bytes) -> list[int]:
    """The lengths of all slices while a message is decoded."""
    cls._decode(b"")  # writes the decoder
    counted = Counted(data)
    counted.lengths = []
    cls._decode(counted, 0, len(data))
    return counted.lengths


def nest(pad: int, most: int) -> bytes:
    """A Node in a Node and so on, each after a text, as many as fit into a size."""
    data = b""
    while True:
        more = sized(1, b"x" * pad) + sized(2, data)
        if len(more) > most:
            return data
        data = more


# With 60 bytes, each child begins at offset 65.
@pytest.mark.parametrize("pad", [30, 59, 60, 61, 100, 240, 255])
def test_no_byte_is_copied_more_than_16_times(pad: int, written: Any) -> None:
    inner = nest(pad, 1023)

    lengths = copied(written.Node, sized(1, b"p" * 300) + sized(2, inner))
    # Texts are sliced once, and each slice of a message is inside of the one before.
    assert len(inner) in lengths
    assert 1 < len([each for each in lengths if each > pad and each != 300]) <= 16
    for data in (
        sized(3, inner) * 40,
        sized(4, b"\x0a\x01k" + sized(2, inner)) * 3,
        nest(pad, 95 * pad),
    ):
        assert sum(copied(written.Node, data)) <= 17 * len(data)


def test_slices_are_made_where_they_are_worth_it_only(written: Any) -> None:
    def is_sliced(offset: int, size: int) -> bool:
        """Whether an Item of a size is sliced that begins at an offset, after a text."""
        space = offset - 1 - len(varint(size))
        pad = sized(1, b"p" * (space - 2 - (space > 129)))
        # It has unknown fields alone, each of which is a slice of three bytes.
        inner = b"\x98\x06\x01" * (size // 3)
        assert len(inner) == size
        return size in copied(written.Plain, pad + sized(2, inner))

    assert not is_sliced(64, 999)
    assert is_sliced(65, 999)
    assert is_sliced(65, 1023)
    assert not is_sliced(65, 1026)
    assert is_sliced(125, 132)
    assert not is_sliced(124, 132)
    assert not is_sliced(300, 30)
    assert is_sliced(300, 33)
    assert is_sliced(300, 1023)
    assert not is_sliced(300, 1026)


def rich(written: Any) -> Any:
    """A message with slices inside of slices, small messages, long varints and tags."""
    leaf = written.Leaf(name="é", count=2**40, data=b"\xff" * 3, level=1)
    node = written.Node(
        pad="q" * 70, leaf=leaf, leaves=[leaf, written.Leaf()], small=leaf
    )
    inner = written.Node(pad="p" * 70, child=node, children=[node], by_name={"k": node})
    return written.Node(pad="o" * 200, child=inner, leaf=leaf, chosen=node)


def test_truncation_at_every_byte_is_noticed(root: Any, written: Any) -> None:
    data = rich(written).to_bytes()

    assert len([each for each in copied(written.Node, data) if each > 100]) >= 4
    assert fast(written.Node, data) == exactly(root, written.Node, data)
    for end in range(len(data)):
        assert fast(written.Node, data[:end]) in (
            None,
            exactly(root, written.Node, data[:end]),
        )
        inside = sized(3, data[:end]) + sized(1, b"after")
        assert fast(written.Node, inside) in (None, exactly(root, written.Node, inside))


def test_changed_bytes_are_read_alike_or_left(root: Any, written: Any) -> None:
    data = rich(written).to_bytes()
    chance = random.Random(1)
    read = 0

    for at in range(len(data)):
        for byte in (0, 0x0B, 0x7F, 0xFF, data[at] ^ 1 << chance.randrange(8)):
            changed = data[:at] + bytes([byte]) + data[at + 1 :]
            found = fast(written.Node, changed)
            read += found is not None
            assert found in (None, exactly(root, written.Node, changed)), changed
    assert read > len(data)


@pytest.mark.parametrize("pad", [0, 62, 70, 250, 300])
def test_depth_is_counted_in_slices_too(pad: int, root: Any, written: Any) -> None:
    def nested(levels: int) -> bytes:
        data = b""
        for _ in range(levels - 1):
            data = sized(1, b"x" * pad) + sized(2, data)
        return data

    assert fast(written.Node, nested(100)) == exactly(root, written.Node, nested(100))
    assert fast(written.Node, nested(101)) is None
    with pytest.raises(root.DecodeError, match="nest"):
        written.Node.from_bytes(nested(101))


LEAVES = {
    "in order": b"\x0a\x01a\x10\xac\x02\x1a\x01d\x20\x01",
    "empty": b"",
    "some": b"\x10\x05",
    "in reverse": b"\x20\x01\x1a\x01d\x10\x05\x0a\x01a",
    "twice": b"\x0a\x01a\x0a\x01b\x10\x05\x10\x06",
    "unknown before": b"\x98\x06\x01\x0a\x01a",
    "unknown after": b"\x0a\x01a\x98\x06\x01\x10\x05",
    "a level without a name": b"\x20\x63",
}


@pytest.mark.parametrize("case", LEAVES)
def test_small_messages_are_read_in_any_order(
    case: str, root: Any, written: Any
) -> None:
    leaf = LEAVES[case]
    for data in (
        sized(5, leaf),
        sized(20, leaf) * 3,
        sized(20, leaf) + sized(1, b"x"),
        sized(7, leaf),
    ):
        expected = exactly(root, written.Node, data)
        assert expected is not None
        assert fast(written.Node, data) == expected
        for most, message in (
            (0, None),
            (data.count(leaf) if leaf else 3, expected[0]),
        ):
            if len(data) > 2 * most:
                assert bounded(written.Node, data, most) == message


def bounded(cls: Any, data: bytes, most: int) -> Any:
    try:
        return cls._decode_bounded(data, most)
    except (ValueError, StopIteration):
        return None


@pytest.mark.parametrize(
    "leaf",
    [
        *(b"\x0a\x02a", b"\x0a", b"\x10", b"\x10\x80", b"\x0a\x01\xff"),
        *(b"\x1a\x05abc", b"\x20", b"\x0b", b"\x04", b"\x0a\x01a\x10"),
    ],
    ids=bytes.hex,
)
def test_broken_small_messages_are_refused(
    leaf: bytes, root: Any, written: Any
) -> None:
    for data in (
        sized(5, leaf),
        sized(20, leaf),
        sized(5, leaf) + sized(1, b"\x01" * 9),
        sized(20, leaf) + sized(20, b"\x0a\x01a"),
    ):
        assert exactly(root, written.Node, data) is None
        assert fast(written.Node, data) is None


@pytest.mark.parametrize("kind", [bytearray, memoryview, Counted])
def test_other_buffers_are_read_without_falling_back(
    kind: Callable[[bytes], Any], written: Any
) -> None:
    message = rich(written)
    data = message.to_bytes()

    assert written.Node._decode(kind(data)) == message
    assert type(written.Node._decode(kind(data)).leaf.data) is bytes
    assert written.Plain._decode(kind(b"\x0a\x01x")) == written.Plain(pad="x")
    for wrong in (5, "x", None):
        with pytest.raises(TypeError, match="from_bytes takes bytes, not"):
            written.Node._decode(wrong)


@pytest.mark.parametrize("name", ["Plain", "Node"])
def test_no_collection_while_large_messages_are_decoded(
    name: str, written: Any
) -> None:
    number = 2 if name == "Plain" else 3
    cls = getattr(written, name)
    small, large = (sized(number, sized(1, b"x")) * count for count in (3000, 8000))
    started: list[str] = []

    def note(phase: str, info: dict[str, int]) -> None:
        started.append(phase)

    def collections(read: Callable[[], object]) -> int:
        started.clear()
        read()
        return len(started)

    cls._decode(b"")
    cls._decode_bounded(b"\x0a\x01x", 0)
    before = gc.get_threshold()
    gc.callbacks.append(note)
    gc.set_threshold(100)
    try:
        assert collections(lambda: cls._decode(small)) > 10
        assert collections(lambda: cls._decode(large)) <= 4
        assert collections(lambda: cls._decode_bounded(large, 8001)) <= 4
        assert gc.isenabled()
    finally:
        gc.set_threshold(*before)
        gc.callbacks.remove(note)
