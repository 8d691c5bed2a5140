"""Every way in which we and google's Python runtime part, why, and who is right.

`ours` and `theirs` are patterns of the error each side gives, empty where it gives none; `at`
says what differs where both read the input. `right` is the judge: `specification`, `suite` (the
official one), `C++` (google's own reference, of which upb and the Python layers are ports), or
`either` where nobody says. `examples` are inputs that show the difference; all are run.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.unknown_fields import UnknownFieldSet

from .judge import Case

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
Input = tuple[str, bytes | str]


@dataclass(frozen=True)
class Difference:
    """One of them; see the module."""

    name: str
    formats: tuple[str, ...]
    right: str
    reason: str
    examples: tuple[Input, ...]
    ours: str = ""
    theirs: str = ""
    at: str = ""
    also: Callable[[Case], bool] = field(default=lambda _: True)

    def covers(self, case: Case) -> bool:
        return (
            case.format in self.formats
            and case.at == self.at
            and _fits(self.ours, case.ours)
            and _fits(self.theirs, case.theirs)
            and self.also(case)
        )


def _fits(pattern: str, error: str) -> bool:
    if not pattern or not error:
        return not pattern and not error
    return re.search(pattern, error) is not None


def covering(case: Case) -> Difference | None:
    """The first difference that explains a case."""
    return next((each for each in DIFFERENCES if each.covers(case)), None)


def _no_json_number(case: Case) -> bool:
    """Whether what we call no number is none by JSON's grammar."""
    shown = re.search(r": '(.*)' is not a number", case.ours)
    return shown is not None and _NUMBER.fullmatch(shown[1]) is None


def _has(pattern: Any) -> Callable[[Case], bool]:
    """Whether the input has a pattern."""
    found = re.compile(pattern, re.DOTALL)
    return lambda case: found.search(case.data) is not None


def _fewer_extensions(case: Case) -> bool:
    """Whether google prints an extension that we count as unknown."""
    ours, theirs = (str(each).count("[fuzz.") for each in (case.made, case.their_made))
    return ours < theirs and _has(rb"\x00")(case)


def _signalling(case: Case) -> bool:
    """Whether the input has such a NaN of 32 bits, and that is all."""
    return case.same_to_us and _has(rb"..[\x80-\xbf][\x7f\xff]")(case)


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


def _but_for_zeros(case: Case) -> bool:
    """Whether texts are the same without the scalars of map entries."""

    def rest(text: str) -> list[str]:
        lines = (line.strip() for line in text.splitlines())
        return [line for line in lines if not line.startswith(("key: ", "value: "))]

    return rest(case.made) == rest(case.their_made)


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
        also=_has(rb"[\x80-\xff]{5}\x00|[\x80-\xff]{4,}[\x01-\x7f]"),
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
        "we keep extensions as bytes and read them when asked to",
        (
            ("fuzz.Extended", b"\xba\x06\x01\x08"),
            ("fuzz.Set", b"\x0b\x10\xe8\x07\x1a\x02\x0a\x05\x0c"),
        ),
        theirs="Wire format was corrupt",
        also=lambda case: re.search("Extended|Set|Item|Other|Holder", case.name)
        is not None,
    ),
    Difference(
        "signalling NaN",
        ("binary",),
        "either",
        "Python's floats have 64 bits, and the processor quiets a NaN that is widened",
        (("fuzz.Scalars", b"\x75\x01\x00\x80\x7f"),),
        at="bytes",
        also=_signalling,
    ),
    Difference(
        "map entries with unknown fields",
        ("binary",),
        "C++",
        "upb keeps such an entry as an unknown field, others drop what is unknown in it",
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
        "as above: what is unknown is not checked",
        (("fuzz.Maps", b"\xb2\x01\x02\x18\x01"),),
        at="bytes",
        ours="the required field '\\w+' is not set",
        also=_keeps_entries,
    ),
    Difference(
        "empty packed extensions",
        ("binary",),
        "either",
        "google's Python runtime prints an empty list where an empty record was",
        (("fuzz.Extended", b"\xb2\x06\x00"),),
        at="json",
        also=_has(rb"[\xaa\xb2]\x06\x00"),
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
        also=_has(rb"[\x80-\xff]{5}\x00|[\x80-\xff]{4,}[\x01-\x7f]"),
    ),
)
JSON = (
    Difference(
        "Python's spellings of numbers",
        ("json",),
        "specification",
        "google's Python runtime takes what int() and float() take",
        tuple(
            ("fuzz.proto3.Scalars", f'{{"int32Value":{v}}}')
            for v in ('"+1"', '"1_0"', '"01"', '"\uff11"')
        ),
        ours="is not a number",
        also=_no_json_number,
    ),
    Difference(
        "anything in field masks",
        ("json",),
        "specification",
        "google's Python runtime refuses underscores alone",
        (("fuzz.proto3.Known", '{"fieldMask":"a b,é"}'),),
        ours="is not a path in camelCase",
    ),
    Difference(
        "broken base64",
        ("json",),
        "specification",
        "Python's decoder skips what is not in its alphabet",
        (
            ("fuzz.proto3.Scalars", '{"bytesValue":"A A="}'),
            ("fuzz.proto3.Scalars", '{"bytesValue":"AAAA===="}'),
        ),
        ours="the text is not base64",
    ),
    Difference(
        "text or an array for an object",
        ("json",),
        "specification",
        "google's Python runtime takes their items for names of fields, unknown ones or none",
        (("fuzz.Inner", '""'), ("fuzz.Inner", "[]")),
        ours="takes an object, not (text|an array)",
    ),
    Difference(
        "bare NaN and infinities",
        ("json",),
        "specification",
        "Python's JSON parser takes them, in values that nothing looks at",
        (("google.protobuf.Value", '{"a":NaN}'),),
        ours="is not JSON; write it as",
    ),
    Difference(
        "null in lists of NullValue",
        ("json",),
        "specification",
        "null is the value of NullValue",
        (("fuzz.proto3.Lists", '{"nulls":[null]}'),),
        theirs="ParseError: .*nulls.*null is not allowed",
    ),
    Difference(
        "unknown names in brackets",
        ("json",),
        "specification",
        "unknown names pass if they are to be ignored, also those of extensions",
        (("fuzz.Inner", '{"[fuzz.note]":1}'), ("fuzz.Set", '{"[fuzz.note]":"x"}')),
        theirs="does not have extensions|Extension doesn't match",
        also=lambda case: case.ignore_unknown,
    ),
    Difference(
        "negative zero",
        ("json",),
        "C++",
        "Python's JSON parser takes -0 for the whole number 0",
        (("google.protobuf.Value", "-0"),),
        at="bytes",
        also=_has(r"-0(?![.\d])"),
    ),
    Difference(
        "values of extensions of other messages",
        ("json",),
        "either",
        "google's Python runtime looks at them before it sees what they extend",
        (("fuzz.Set", '{"[fuzz.note]":{}}'),),
        theirs=r"Failed to parse (\[fuzz\.(note|tint|marks|more)\] field|JSON: OverflowError)",
        also=lambda case: case.ignore_unknown
        and "Extended" not in case.name
        and _has(r'"\[fuzz\.(note|tint|marks|more)\]"')(case),
    ),
    Difference(
        "extensions of message sets by their type",
        ("json",),
        "either",
        "JSON names extensions by their full name, which google's Python runtime prints, too",
        (("fuzz.Set", '{"[fuzz.Item]":{}}'),),
        at="bytes",
        also=lambda case: case.ignore_unknown and _has(r'"\[fuzz\.Item\]"')(case),
    ),
    Difference(
        "extensions of message sets by their type, not ignored",
        ("json",),
        "either",
        "as above",
        (("fuzz.Set", '{"[fuzz.Item]":{}}'),),
        ours=r"^\$\S*\.\[fuzz\.Item\]: \S+ has no such field",
    ),
    Difference(
        "values of extensions of message sets by their type",
        ("json",),
        "either",
        "as above",
        (("fuzz.Set", '{"[fuzz.Item]":{"v":1}}'),),
        theirs=r"\[fuzz\.Item\]",
        also=lambda case: case.ignore_unknown,
    ),
    Difference(
        "numbers in quotes for closed enums that are ignored",
        ("json",),
        "specification",
        "an enum is a name in quotes, or a number without",
        (("fuzz.Scalars", '{"color":"-0"}'),),
        theirs=r"Invalid enum value \s*[-+]?[\d_]+\s* for",
        also=lambda case: case.ignore_unknown and _has(r'"\s*[-+]?[\d_]+\s*"')(case),
    ),
    Difference(
        "lone surrogates in unknown names",
        ("json",),
        "either",
        "google's names of fields cannot be asked for one",
        (("fuzz.Inner", '{"\\ud800":1}'),),
        theirs="SystemError: <method 'get'",
        also=lambda case: case.ignore_unknown,
    ),
    Difference(
        "anything next to the value of an Any",
        ("json",),
        "either",
        "a type with a JSON form of its own has it in `value`, and nothing is beside it",
        (
            (
                "google.protobuf.Any",
                '{"@type":"x/google.protobuf.Duration","value":"0s","a":1}',
            ),
        ),
        ours='in an Any stands under "value"',
    ),
    Difference(
        "bools for numbers",
        ("json",),
        "specification",
        "Python's bools are numbers",
        (
            ("fuzz.proto3.Scalars", '{"floatValue":true}'),
            ("fuzz.proto3.Scalars", '{"kind":false}'),
        ),
        ours="(float|double|enum) takes a number, not a bool",
    ),
    Difference(
        "numbers beyond float and double",
        ("json",),
        "suite",
        "google's Python runtime makes them infinite if they are text, whole, or in a Value",
        (
            ("fuzz.proto3.Scalars", '{"doubleValue":"1e400"}'),
            ("fuzz.proto3.Scalars", '{"floatValue":"3.5e38"}'),
            ("fuzz.proto3.Scalars", f'{{"floatValue":{"9" * 40}}}'),
            ("google.protobuf.Value", "-1e400"),
        ),
        ours="is out of range of (float|double)",
    ),
    Difference(
        "the largest float",
        ("json",),
        "suite",
        "google's Python runtime prints 3.4028235e+38 and refuses to read it",
        (("fuzz.proto3.Scalars", '{"floatValue":3.4028235e38}'),),
        theirs="Float value too (large|small)",
        also=_has(r"3\.4028235e\+?38"),
    ),
    Difference(
        "fractions and large numbers for enums",
        ("json",),
        "specification",
        "google's Python runtime cuts fractions off and takes any number modulo 2^32",
        (
            ("fuzz.proto3.Scalars", '{"kind":1.5}'),
            ("fuzz.proto3.Scalars", '{"kind":4294967296}'),
        ),
        ours="is not a whole number|is out of range of enum",
    ),
    Difference(
        "numbers in quotes for enums",
        ("json",),
        "specification",
        "an enum is a name in quotes, or a number without",
        (("fuzz.proto3.Scalars", '{"kind":"1"}'),),
        ours=r"'\s*[-+]?[\d_]+\s*' is not a value of",
    ),
    Difference(
        "numbers in quotes for enums that are ignored",
        ("json",),
        "specification",
        "as above; unknown names pass if they are to be ignored",
        (("fuzz.proto3.Scalars", '{"kind":"1"}'),),
        at="bytes",
        also=lambda case: case.ignore_unknown and _has(r'"\s*[-+]?[\d_]+\s*"')(case),
    ),
    Difference(
        "null of a NullValue in a oneof",
        ("json",),
        "specification",
        "null is the value of NullValue, so the member is set",
        (("fuzz.proto3.Known", '{"nothing":null,"text":"x"}'),),
        ours="of the same oneof, is also given",
        also=_has(r'"nothing"\s*:\s*null|"anything"\s*:\s*null'),
    ),
    Difference(
        "type URLs without a slash",
        ("json",),
        "specification",
        "a type URL has at least one slash",
        (("google.protobuf.Any", '{"@type":"fuzz.Inner"}'),),
        ours='an Any names its type as "@type"',
        also=_has(r'"@type"\s*:\s*"[^/"]*"'),
    ),
    Difference(
        "one field under two names",
        ("json",),
        "suite",
        "google's Python runtime sees only equal names",
        (("fuzz.proto3.Scalars", '{"int32Value":1,"int32_value":2}'),),
        ours="the field stands twice, under two names",
    ),
    Difference(
        "durations as int() and float() read them",
        ("json",),
        "specification",
        "google's Python runtime takes their spellings",
        (
            *(
                ("google.protobuf.Duration", f'"{v}s"')
                for v in ("+1", "1.", "1_0", "1.0000000001")
            ),
        ),
        ours="a duration is text such as",
    ),
    Difference(
        "timestamps as strptime() reads them",
        ("json",),
        "specification",
        "RFC 3339 has two digits for each",
        (("google.protobuf.Timestamp", '"2026-1-1T0:0:0Z"'),),
        ours="a timestamp is text such as",
    ),
)
TEXT = (
    Difference(
        "extensions of what has none",
        ("text",),
        "either",
        "unknown extensions pass if they are to be ignored",
        (("fuzz.Inner", "[fuzz.nope]: 1"), ("fuzz.Set", "[fuzz.note]: 'x'")),
        theirs="does not have extensions|does not extend message type",
        also=lambda case: case.ignore_unknown,
    ),
    Difference(
        "bytes in strings of proto2",
        ("text",),
        "C++",
        "google's Python runtime refuses what C++ reads",
        (("fuzz.Inner", r's: "\377"'),),
        theirs="Couldn't parse string: 'utf-8' codec can't decode",
    ),
    Difference(
        "characters without meaning",
        ("text",),
        "specification",
        "Python's whitespace is any Unicode space, + is part of its numbers, and its comments "
        "hold any character",
        (("fuzz.Inner", "a: 1\u00a0"), ("fuzz.Inner", "a: +1"), ("fuzz.Inner", "#\0")),
        ours=r"the character '(\\xa0|\+|\\u2028|\\x00)' has no meaning here",
    ),
    Difference(
        "space behind a sign",
        ("text",),
        "specification",
        "a sign is a token of its own",
        (
            ("fuzz.Inner", "a: - 1"),
            ("fuzz.proto3.Scalars", "float_value: - 1"),
            ("fuzz.Inner", "nope: - 1"),
        ),
        theirs=r"Couldn't parse (integer|float): -$|Invalid field value: -$|no value named -\.$",
        also=_has(r"-\s+[\w.]"),
    ),
    Difference(
        "a sign instead of a colon",
        ("text",),
        "specification",
        "google's Python tokenizer takes `name-1` for one token, and the name it begins with",
        (("fuzz.Inner", "nope-1 { a: 1 }"),),
        ours="(':' is|a message in braces is|a field is) expected( before the value|, not '-')",
        also=_has(r"\w-"),
    ),
    Difference(
        "escapes there are not",
        ("text",),
        "specification",
        "google's Python runtime keeps them, as they stand",
        (("fuzz.Inner", r's: "\q"'),),
        ours="is not an escape|takes 1 or 2 hexadecimal|takes [48] hexadecimal|is no Unicode character",
    ),
    Difference(
        "escaped question marks",
        ("text",),
        "specification",
        r"\? is a question mark",
        (("fuzz.Inner", r's: "\?"'),),
        at="bytes",
        also=_has(r"\\\?"),
    ),
    Difference(
        "empty lists of unknown fields",
        ("text",),
        "specification",
        "a list of messages needs no colon and may be empty",
        (("fuzz.Inner", "nope []"), ("fuzz.Inner", "[][]")),
        theirs='Expected "{"|Expected identifier',
        also=lambda case: case.ignore_unknown and _has(r"\[\s*\]|\[")(case),
    ),
    Difference(
        "type URLs and extensions where they cannot be",
        ("text",),
        "either",
        "unknown names in brackets pass if they are to be ignored",
        (
            ("fuzz.Extended", "[x/nope.Nope] {}"),
            ("google.protobuf.Any", "[fuzz.note]: 'x'"),
        ),
        theirs='Expected "]"|Type URL does not contain "/"',
        also=lambda case: case.ignore_unknown,
    ),
    Difference(
        "space in type URLs",
        ("text",),
        "specification",
        "space may stand around dots and slashes, where google's Python runtime joins all words",
        (("google.protobuf.Any", "[type.googleapis.com x /fuzz.Inner] {}"),),
        ours="a name in brackets does not end with ']'",
    ),
    Difference(
        "numbers of fields that are fractions",
        ("text",),
        "either",
        "a name that is a number passes, whatever the number",
        (("fuzz.Inner", ".5 {}"),),
        theirs="Expected identifier or number, got",
        also=lambda case: case.ignore_unknown,
    ),
    Difference(
        "zero, then another value",
        ("text",),
        "C++",
        "google's Python runtime cannot tell a zero that was given from none",
        (("fuzz.proto3.Scalars", "int32_value: 0 int32_value: 1"),),
        ours="is given twice|of the same oneof, is also given|the Any has a value already",
    ),
    Difference(
        "missing required fields",
        ("text",),
        "C++",
        "google's Python runtime leaves the check to whoever writes the message",
        (("fuzz.Needy", ""),),
        ours="the required field '\\w+' is missing",
    ),
    Difference(
        "Python's spellings of numbers in text",
        ("text",),
        "specification",
        "google's Python runtime takes what int() and float() take",
        (
            ("fuzz.Inner", "a: 1_0"),
            ("fuzz.proto3.Scalars", "float_value: 1_0"),
            ("fuzz.Inner", "nope: 1_0"),
        ),
        ours=r"takes (a whole number|a number|a name or number of \S+), not '\S*_\S*'|'\S*_\S*' is not a number",
    ),
    Difference(
        "octal numbers for enums",
        ("text",),
        "specification",
        "a number is a number",
        (("fuzz.proto3.Scalars", "kind: 007"),),
        theirs="has no value named 0",
    ),
    Difference(
        "what follows a sign in skipped values",
        ("text",),
        "specification",
        "any identifier may follow a sign in a field that is skipped",
        (("fuzz.Inner", "nope: -inftrue"),),
        theirs="Invalid field value: -",
        also=lambda case: case.ignore_unknown,
    ),
)
BOTH = (
    Difference(
        "zeros in map entries",
        ("binary", "json", "text"),
        "C++",
        "google's Python printer leaves out what is zero and has no presence, C++ does not",
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
        "strings of proto2 may hold what is no UTF-8, JSON not",
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
        "google's Python printer fails on keys that are no UTF-8, where C++ escapes them",
        (("fuzz.Maps", b"\x62\x03\x0a\x01\xff"),),
        at="text",
        theirs="UnicodeDecodeError|TypeError: '<' not supported between instances of",
    ),
    Difference(
        "an Any that text cannot say whole",
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
