"""Where we and google differ in binary format, and in printing messages read from it."""

from __future__ import annotations

import re
import struct
from typing import Any

from google.protobuf.unknown_fields import UnknownFieldSet

from .difference import Difference, has
from .judge import Case


def _fewer_extensions(case: Case) -> bool:
    """Whether google prints an extension that we count as unknown."""
    ours, theirs = (str(each).count("[fuzz.") for each in (case.made, case.their_made))
    return ours < theirs and has(rb"\x00")(case)


def _signalling(case: Case) -> bool:
    """Whether the only difference is that the input has such a NaN of 32 bits."""
    return case.same_to_us and has(rb"..[\x80-\xbf][\x7f\xff]")(case)


def _keeps_entries(case: Case) -> bool:
    """Whether google's message has entries of maps among its unknown fields."""
    return _unknown_entries(case.peer)


def _unknown_entries(message: Any) -> bool:
    maps = {each.number for each in message.DESCRIPTOR.fields if _is_map(each)}
    unknown: Any = UnknownFieldSet(message)
    if any(each.field_number in maps for each in unknown):
        return True
    for each, value in message.ListFields():
        if each.message_type is None:
            continue
        if _is_map(each):
            inner = (
                value.values()
                if each.message_type.fields_by_name["value"].message_type
                else ()
            )
        else:
            inner = value if each.is_repeated else (value,)
        if any(map(_unknown_entries, inner)):
            return True
    return False


def _is_map(known: Any) -> bool:
    return known.message_type is not None and known.message_type.GetOptions().map_entry


_NAN = b"\x01\x00\x80\x7f"
SIGNALLING = (
    Difference(
        "signalling NaN",
        ("binary",),
        "either",
        "Python's floats have 64 bits, and the processor quiets a NaN that is widened",
        (("fuzz.Scalars", b"\x75" + _NAN),),
        at="bytes",
        also=_signalling,
    ),
)
if struct.pack("<f", *struct.unpack("<f", _NAN)) == _NAN:
    SIGNALLING = ()  # Python 3.14 keeps its bits
BINARY = (
    Difference(
        "overlong tags and lengths",
        ("binary",),
        "either",
        "upb and C++ read at most 5 bytes of a tag or length, Go and Java 10, as we do",
        (
            ("fuzz.Inner", b"\x88\x80\x80\x80\x80\x00\x01"),
            ("fuzz.Inner", b"\x22\x81\x80\x80\x80\x80\x00a"),
            ("fuzz.Inner", b"\x9a\x86\x80\x80\x80\x80\x00\x01a"),
        ),
        theirs="Wire format was corrupt",
        also=has(rb"[\x80-\xff]{5}\x00|[\x80-\xff]{4,}[\x01-\x7f]"),
    ),
    Difference(
        "field 0 in an unknown group",
        ("binary",),
        "C++",
        "upb does not look at the numbers in groups it skips",
        (("fuzz.Inner", b"\x9b\x06\x00\x01\x9c\x06"),),
        ours=r"^\$\S*: 0 is not a field number",
    ),
    Difference(
        "broken extensions",
        ("binary",),
        "either",
        "we keep extensions as bytes and decode them on request",
        (
            ("fuzz.Extended", b"\xba\x06\x01\x08"),
            ("fuzz.Set", b"\x0b\x10\xe8\x07\x1a\x02\x0a\x05\x0c"),
        ),
        theirs="Wire format was corrupt",
        also=lambda case: re.search("Extended|Set|Item|Other|Holder", case.name)
        is not None,
    ),
    *SIGNALLING,
    Difference(
        "map entries with unknown fields",
        ("binary",),
        "C++",
        "upb keeps such an entry as an unknown field, others drop the unknown fields in it",
        (("fuzz.proto3.Maps", b"\x0a\x04\x08\x01\x18\x01"),),
        at="bytes",
        also=_keeps_entries,
    ),
)
PRINTED = (
    Difference(
        "required fields in map entries with unknown fields",
        ("binary",),
        "C++",
        "as above: unknown fields are not checked",
        (("fuzz.Maps", b"\xb2\x01\x02\x18\x01"),),
        at="bytes",
        ours="the required field '\\w+' is not set",
        also=_keeps_entries,
    ),
    Difference(
        "empty packed extensions",
        ("binary",),
        "either",
        "google's Python runtime prints an empty list for an empty record",
        (("fuzz.Extended", b"\xb2\x06\x00"),),
        at="json",
        also=has(rb"[\xaa\xb2]\x06\x00"),
    ),
    Difference(
        "field 0 in extensions, as JSON",
        ("binary",),
        "C++",
        "upb does not look at the numbers in groups it skips; to us such extensions are unknown",
        (("fuzz.Extended", b"\xba\x06\x06\x9b\x06\x00\x01\x9c\x06"),),
        at="json",
        also=_fewer_extensions,
    ),
    Difference(
        "field 0 in extensions, as text",
        ("binary",),
        "C++",
        "as above",
        (("fuzz.Extended", b"\xba\x06\x06\x9b\x06\x00\x01\x9c\x06"),),
        at="text",
        also=_fewer_extensions,
    ),
    Difference(
        "overlong tags and lengths in an Any, as JSON",
        ("binary",),
        "either",
        "upb and C++ read at most 5 bytes of a tag or length, Go and Java 10, as we do",
        (
            (
                "google.protobuf.Any",
                b"\x0a\x0cx/fuzz.Inner\x12\x07\x88\x80\x80\x80\x80\x00\x01",
            ),
        ),
        at="json",
        theirs="Error parsing message",
        also=has(rb"[\x80-\xff]{5}\x00|[\x80-\xff]{4,}[\x01-\x7f]"),
    ),
)
