"""Wire data in all its forms: unknown, repeated, odd and truncated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lkproto import Message, fields_of
from lkproto.livekit import (
    DataPacket,
    ParticipantInfo,
    Room,
    TrackInfo,
    WebhookEvent,
)

from .area import Area, Note, each
from .populate import populated

VARINT, FIXED64, BYTES, GROUP, END, FIXED32 = range(6)
TRUNCATED = (Room, ParticipantInfo, TrackInfo, WebhookEvent, DataPacket)
DEPTH_REASON = "the specification leaves to implementations how deep data may nest"


def add(area: Area) -> None:
    """Add all of them."""
    area.notes["Unknown"] = Note(
        "INTEROP", "fields that the schema lacks", "a proxy loses what is newer"
    )
    area.notes["Truncated"] = Note(
        "MALFORMED", "data ends inside of a field", "part of a message is acted upon"
    )
    area.notes["Depth"] = Note(
        "SPEC_GAP", "data nests deep", "one implementation reads it, another refuses"
    )
    for name, data in _unknown().items():
        area.add(f"unknown-{name}", f"an unknown field: {name}", _room(data), "Unknown")
    for name, data in _forms().items():
        area.add(f"room-{name}", f"a Room: {name}", _room(data))
    area.notes["Disputed"] = Note(
        "SPEC_GAP", "implementations differ", "one reads what another refuses"
    )
    area.add(
        "room-varint-beyond-64-bits",
        "a Room: the tenth byte of a varint has more than the last bit",
        _room(tag(5, VARINT) + b"\xff" * 9 + b"\x7f"),
        "Disputed",
        reason="google's runtimes in C++ drop the bits; the reference refuses them",
    )
    for name, cls, data in _other_forms():
        args = {"message": cls.__proto_name__, "input": data.hex()}
        area.add(name, f"{cls.__proto_name__}: {name}", args)
    for cls in TRUNCATED:
        _truncate(area, cls)
    for levels in (50, 99):
        data = tag(99, GROUP) * levels + tag(99, END) * levels
        area.add(f"groups-{levels}", f"{levels} groups, nested", _room(data), "Unknown")
    data = tag(99, GROUP) * 9000 + tag(99, END) * 9000
    area.add(
        "groups-9000",
        "9,000 groups, nested",
        _room(data),
        "Depth",
        reason=DEPTH_REASON,
    )


def varint(number: int) -> bytes:
    """A varint, of ten bytes if negative."""
    number &= 2**64 - 1
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def tag(number: int, wire_type: int) -> bytes:
    """The tag of a field."""
    return varint(number << 3 | wire_type)


def text(number: int, data: bytes) -> bytes:
    """A field of bytes."""
    return tag(number, BYTES) + varint(len(data)) + data


def _room(data: bytes) -> dict[str, Any]:
    return {"message": "livekit.Room", "input": data.hex()}


NAME = text(2, b"lobby")


def _unknown() -> dict[str, bytes]:
    group = tag(99, GROUP) + tag(1, VARINT) + b"\x05" + tag(99, END)
    fields = {
        "varint": tag(999, VARINT) + varint(2**64 - 1),
        "fixed32": tag(999, FIXED32) + b"\x01\x02\x03\x04",
        "fixed64": tag(999, FIXED64) + b"\x01\x02\x03\x04\x05\x06\x07\x08",
        "bytes": text(999, b"\x00\xff"),
        "empty-bytes": text(999, b""),
        "group": group,
        "group-in-group": tag(98, GROUP) + group + tag(98, END),
        "empty-group": tag(99, GROUP) + tag(99, END),
        "highest-number": tag(2**29 - 1, VARINT) + b"\x01",
        "twice": tag(999, VARINT) + b"\x01" + tag(999, VARINT) + b"\x02",
        "two": tag(998, VARINT) + b"\x01" + text(999, b"x"),
        "known-number-as-bytes": text(3, b"x"),
        "known-number-as-varint": tag(2, VARINT) + b"\x07",
        "known-number-as-fixed32": tag(5, FIXED32) + b"\x01\x02\x03\x04",
    }
    found = {name: NAME + data for name, data in fields.items()}
    found |= {
        "before-known": fields["varint"] + NAME,
        "in-a-message": text(13, fields["bytes"] + fields["group"]),
        "in-a-repeated-message": text(7, fields["varint"]) + text(7, b""),
        "in-a-message-in-two-parts": text(13, fields["varint"])
        + text(13, fields["bytes"]),
    }
    return found


def _forms() -> dict[str, bytes]:
    return {
        "empty": b"",
        "default-values": tag(3, VARINT) + b"\x00" + text(2, b"") + text(13, b""),
        "reversed": text(9, b"")[:0] + tag(10, VARINT) + b"\x01" + NAME + text(1, b"s"),
        "scalar-twice": NAME + text(2, b"last"),
        "message-twice": text(13, b"\x08\x05") + text(13, b"\x10\x07"),
        "long-varint": tag(3, VARINT) + b"\x81\x80\x80\x00",
        "long-tag": b"\x98\x80\x00\x05",
        "uint32-beyond": tag(3, VARINT) + varint(2**32 + 5),
        "uint32-negative": tag(3, VARINT) + varint(-1),
        "bool-two": tag(10, VARINT) + b"\x02",
        "bool-large": tag(10, VARINT) + varint(2**63),
        "int64-least": tag(5, VARINT) + varint(-(2**63)),
        "int64-greatest": tag(5, VARINT) + varint(2**63 - 1),
        "varint-of-eleven-bytes": tag(5, VARINT) + b"\xff" * 10 + b"\x01",
        "varint-without-end": tag(5, VARINT) + b"\xff" * 12,
        "not-utf-8": text(2, b"\xff"),
        "surrogate": text(2, "\ud800".encode("utf-8", "surrogatepass")),
        "utf-8-in-two-bytes-too-many": text(2, b"\xc0\x80"),
        "number-zero": b"\x00\x01",
        "number-too-high": varint(2**32 << 3) + b"\x01",
        "wire-type-6": tag(999, 6) + b"\x01",
        "wire-type-7": tag(999, 7) + b"\x01",
        "end-of-no-group": tag(99, END),
        "end-of-another-group": tag(99, GROUP) + tag(98, END),
        "group-without-end": NAME + tag(99, GROUP) + tag(1, VARINT) + b"\x01",
        "group-ends-outside-of-message": text(13, tag(99, GROUP)) + tag(99, END),
        "length-beyond-the-end": tag(2, BYTES) + b"\x7fabc",
        "length-of-64-bits": tag(2, BYTES) + varint(2**63) + b"abc",
        "length-beyond-the-message": text(13, tag(999, BYTES) + b"\x05a") + b"aaaaaaa",
    }


def _other_forms() -> Iterator[tuple[str, type[Message], bytes]]:
    state = _number(ParticipantInfo, "state")
    details = _number(ParticipantInfo, "kind_details")
    attributes = _number(ParticipantInfo, "attributes")
    for name, data in each(
        {
            "enum-unknown": tag(state, VARINT) + varint(99),
            "enum-negative": tag(state, VARINT) + varint(-1),
            "enum-beyond-32-bits": tag(state, VARINT) + varint(2**32 + 2),
            "packed": text(details, b"\x00\x01"),
            "not-packed": (tag(details, VARINT) + b"\x01") * 2,
            "packed-and-not": text(details, b"\x01") + tag(details, VARINT) + b"\x00",
            "packed-empty": text(details, b""),
            "packed-unknown-enum": text(details, varint(99) + b"\x01"),
            "packed-truncated": text(details, b"\x01\x80"),
            "map": text(attributes, text(1, b"k") + text(2, b"v")),
            "map-reversed": text(attributes, text(2, b"v") + text(1, b"k")),
            "map-no-key": text(attributes, text(2, b"v")),
            "map-no-value": text(attributes, text(1, b"k")),
            "map-empty-entry": text(attributes, b""),
            "map-key-twice": text(attributes, text(1, b"k") + text(2, b"v"))
            + text(attributes, text(1, b"k") + text(2, b"w")),
            "map-not-utf-8": text(attributes, text(1, b"\xff")),
            "map-truncated": text(attributes, text(1, b"k") + tag(2, BYTES) + b"\x05v"),
        }
    ):
        yield f"participant-{name}", ParticipantInfo, data
    user, speaker = _number(DataPacket, "user"), _number(DataPacket, "speaker")
    yield "oneof-two-members", DataPacket, text(user, b"") + text(speaker, b"")
    same = text(user, text(2, b"a")) + text(user, text(4, b"t"))
    yield "oneof-one-member-twice", DataPacket, same
    again = text(user, text(2, b"a")) + text(speaker, b"") + text(user, text(4, b"t"))
    yield "oneof-member-after-another", DataPacket, again


def _number(cls: type[Message], name: str) -> int:
    return next(each.number for each in fields_of(cls) if each.proto_name == name)


def _truncate(area: Area, cls: type[Message]) -> None:
    """Cut each field of a message in its tag, length and value."""
    data = populated(cls).to_bytes()
    for name, cut in _cuts(cls, data):
        args = {"message": cls.__proto_name__, "input": cut.hex()}
        stem = f"truncated-{cls.__name__.lower()}-{name}"
        area.add(
            stem, f"{cls.__proto_name__} ends in a field: {name}", args, "Truncated"
        )


def _cuts(cls: type[Message], data: bytes) -> Iterator[tuple[str, bytes]]:
    names = {each.number: each.proto_name.replace("_", "-") for each in fields_of(cls)}
    at, seen = 0, set[int]()
    while at < len(data):
        key, value = _varint_at(data, at)
        length, begin = (1, value)
        if key & 7 == BYTES:
            length, begin = _varint_at(data, value)
            end = begin + length
        elif key & 7 == VARINT:
            end = _varint_at(data, value)[1]
        else:
            end = value + (4 if key & 7 == FIXED32 else 8)
        if (number := key >> 3) not in seen:
            seen.add(number)
            places = {"tag": value - 1, "length": begin - 1, "value": end - 1}
            used = {at}
            for part, place in places.items():
                stop = place if part == "tag" else max(place, value)
                if stop not in used and stop < end:
                    used.add(stop)
                    yield f"{names[number]}-{part}", data[at:stop]
        at = end


def _varint_at(data: bytes, at: int) -> tuple[int, int]:
    """A varint, and the offset after it."""
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return number, at
