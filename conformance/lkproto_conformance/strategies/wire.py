"""Wire data: that of messages, and the same with what a careless or hostile sender does to it."""

from __future__ import annotations

from functools import lru_cache

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from lkproto import Message, fields_of

from .messages import M, from_message

DEEPEST = 150
"""Levels of nesting in hostile data: more than decoders of protobuf accept, which is 100."""
_LAST_NUMBER = (1 << 29) - 1
_TEXTS = (b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82")


def varint(number: int, padding: int = 0) -> bytes:
    """A number as a varint, made longer than it has to be by some bytes of padding."""
    found = bytearray()
    while number > 127 or padding > 0:
        padding -= number <= 127
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def field_bytes(number: int, wire_type: int, content: bytes) -> bytes:
    """A well-formed field. Numbers are taken of the content, filled up with zeros."""
    tag = varint(number << 3 | wire_type)
    if wire_type == 2:
        return tag + varint(len(content)) + content
    if wire_type == 0:
        return tag + varint(int.from_bytes(content[:8], "little"))
    return (
        tag
        + content.ljust(8 if wire_type == 1 else 4, b"\0")[: 8 if wire_type == 1 else 4]
    )


def wire_of(cls: type[M]) -> SearchStrategy[bytes]:
    """The bytes of messages of a class, each of which decodes."""
    return from_message(cls, "boundary").map(lambda message: message.to_bytes())


@lru_cache(maxsize=1024)
def hostile_wire(cls: type[Message]) -> SearchStrategy[bytes]:
    """Bytes that look like a message of a class, most of them wrong somewhere.

    Truncated, with varints that are too long, other wire types, groups, deep nesting, text that is
    not UTF-8, fields that come again, and tags that cannot be.
    """
    whole = wire_of(cls)
    pieces = st.lists(whole | _pieces(cls), max_size=4).map(b"".join)
    return st.one_of(
        pieces,
        st.tuples(pieces, st.integers(1, 16)).map(lambda each: each[0][: -each[1]]),
        st.builds(_replaced, pieces, st.integers(0, 255), st.integers(0, 255)),
        st.binary(max_size=12),
    )


def _replaced(data: bytes, place: int, byte: int) -> bytes:
    if not data:
        return bytes([byte])
    place %= len(data)
    return data[:place] + bytes([byte]) + data[place + 1 :]


def _pieces(cls: type[Message]) -> SearchStrategy[bytes]:
    known = [field.number for field in fields_of(cls)]
    listed = st.sampled_from([*known, 1, _LAST_NUMBER])
    content = st.binary(max_size=6) | st.sampled_from(_TEXTS)
    kinds: list[SearchStrategy[bytes]] = [
        st.builds(field_bytes, listed, st.sampled_from([0, 1, 2, 5]), content),
        st.builds(_padded, listed, st.integers(0, 1 << 64), st.integers(0, 9)),
        st.builds(_tag, listed, st.sampled_from([3, 4, 6, 7])),
        st.builds(_group, listed, content, st.integers(0, 1)),
        st.builds(_nested, listed, st.sampled_from([1, 2, 99, 100, 101, DEEPEST])),
        st.builds(_nested_groups, listed, st.sampled_from([1, 99, 100, 101, DEEPEST])),
        st.builds(_too_long, listed, st.sampled_from([1, 128, 1 << 31, (1 << 63) - 1])),
        st.sampled_from(
            [b"\0", b"\x07", b"\x00\x00", b"\x80\x00", b"\xff" * 10 + b"\x01"]
        ),
    ]
    return st.one_of(kinds)


def _padded(number: int, value: int, padding: int) -> bytes:
    return varint(number << 3) + varint(value, padding)


def _tag(number: int, wire_type: int) -> bytes:
    return varint(number << 3 | wire_type)


def _group(number: int, content: bytes, other: int) -> bytes:
    return _tag(number, 3) + field_bytes(1, 2, content) + _tag(number + other, 4)


def _nested(number: int, levels: int) -> bytes:
    found = b""
    for _ in range(levels):
        found = field_bytes(number, 2, found)
    return found


def _nested_groups(number: int, levels: int) -> bytes:
    return _tag(number, 3) * levels + _tag(number, 4) * levels


def _too_long(number: int, length: int) -> bytes:
    return varint(number << 3 | 2) + varint(length)


def flip(data: bytes, place: int) -> bytes:
    """The data, which is not empty, with one bit changed; places count bits, round and round."""
    at, bit = divmod(place % (len(data) * 8), 8)
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]
