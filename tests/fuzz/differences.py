"""Every way in which we and google's Python runtime differ; see `Difference`."""

from __future__ import annotations

from .difference import Difference
from .differences_binary import BINARY, PRINTED
from .differences_json import JSON
from .differences_text import TEXT
from .judge import Case


def _but_for_zeros(case: Case) -> bool:
    """Whether texts are the same except for the scalars of map entries."""

    def rest(text: str) -> list[str]:
        lines = (line.strip() for line in text.splitlines())
        return [line for line in lines if not line.startswith(("key: ", "value: "))]

    return rest(case.made) == rest(case.their_made)


# Of messages that both read, in any format.
BOTH = (
    Difference(
        "zeros in map entries",
        ("binary", "json", "text"),
        "C++",
        "google's Python printer leaves out zeros of fields without presence, C++ does not",
        (("fuzz.proto3.Maps", b"\x0a\x00"),),
        at="text",
        also=_but_for_zeros,
    ),
    Difference(
        "empty values",
        ("binary", "json", "text"),
        "specification",
        "google.protobuf.Value: the absence of any variant indicates an error",
        (("google.protobuf.Value", b""),),
        at="json",
        ours="the value is empty; JSON has no form for it",
    ),
    Difference(
        "bytes in strings",
        ("binary", "json", "text"),
        "specification",
        "strings of proto2 may hold bytes that are not UTF-8, JSON cannot",
        (("fuzz.Inner", b"\x22\x01\xff"),),
        at="json",
        ours="lone surrogate at character",
    ),
    Difference(
        "field masks that cannot be read back",
        ("binary", "json", "text"),
        "specification",
        "the printed path has to be the path again",
        (("google.protobuf.FieldMask", b"\x0a\x00"),),
        at="json",
        ours="cannot be written in camelCase",
    ),
    Difference(
        "bytes in keys of maps",
        ("binary", "json", "text"),
        "C++",
        "google's Python printer fails on keys that are not UTF-8, C++ escapes them",
        (("fuzz.Maps", b"\x62\x03\x0a\x01\xff"),),
        at="text",
        theirs="UnicodeDecodeError|TypeError: '<' not supported between instances of",
    ),
    Difference(
        "an Any that text cannot express completely",
        ("binary", "json"),
        "either",
        "we print the message inside only if nothing is lost, and text can read it back",
        (("google.protobuf.Any", b"\x0a\x0cx/fuzz.Inner\x18\x01"),),
        at="text",
        also=lambda case: "type_url" in case.made and "type_url" not in case.their_made,
    ),
    Difference(
        "broken messages in Any",
        ("binary", "json", "text"),
        "C++",
        "google's Python printer fails, where others print the bytes",
        (("google.protobuf.Any", b"\x0a\x0cx/fuzz.Inner\x12\x01\x08"),),
        at="text",
        theirs="Error parsing message",
    ),
)
DIFFERENCES: tuple[Difference, ...] = (*BINARY, *PRINTED, *JSON, *TEXT, *BOTH)


def covering(case: Case) -> Difference | None:
    """The first difference that explains a case."""
    return next((each for each in DIFFERENCES if each.covers(case)), None)
