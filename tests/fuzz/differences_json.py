"""Where we and google differ in JSON."""

from __future__ import annotations

import re

from .difference import Difference, has
from .judge import Case

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


def _no_json_number(case: Case) -> bool:
    """Whether text that we refuse as a number is not a number in JSON's grammar, either."""
    shown = re.search(r": '(.*)' is not a number", case.ours)
    return shown is not None and _NUMBER.fullmatch(shown[1]) is None


JSON = (
    Difference(
        "Python's spellings of numbers",
        ("json",),
        "specification",
        "google's Python runtime accepts whatever int() and float() accept",
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
        "google's Python runtime only refuses underscores",
        (("fuzz.proto3.Known", '{"fieldMask":"a b,é"}'),),
        ours="is not a path in camelCase",
    ),
    Difference(
        "broken base64",
        ("json",),
        "specification",
        "Python's decoder skips characters outside its alphabet",
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
        "google's Python runtime takes their items, if any, for names of unknown fields",
        (("fuzz.Inner", '""'), ("fuzz.Inner", "[]")),
        # In a field that the schema marks as sensitive, the error says less.
        ours="takes an object, not (text|an array)|hidden because it is sensitive",
    ),
    Difference(
        "bare NaN and infinities",
        ("json",),
        "specification",
        "Python's JSON parser accepts them, in values that nobody checks",
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
        "ignore_unknown also skips unknown names of extensions",
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
        also=has(r"-0(?![.\d])"),
    ),
    Difference(
        "values of extensions of other messages",
        ("json",),
        "either",
        "google's Python runtime checks them before it checks what they extend",
        (("fuzz.Set", '{"[fuzz.note]":{}}'),),
        theirs=r"Failed to parse (\[fuzz\.(note|tint|marks|more)\] field|JSON: OverflowError)",
        also=lambda case: case.ignore_unknown
        and "Extended" not in case.name
        and has(r'"\[fuzz\.(note|tint|marks|more)\]"')(case),
    ),
    Difference(
        "extensions of message sets by their type",
        ("json",),
        "either",
        "JSON names extensions by their full name, which google's Python runtime prints, too",
        (("fuzz.Set", '{"[fuzz.Item]":{}}'),),
        at="bytes",
        also=lambda case: case.ignore_unknown and has(r'"\[fuzz\.Item\]"')(case),
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
        also=lambda case: case.ignore_unknown and has(r'"\s*[-+]?[\d_]+\s*"')(case),
    ),
    Difference(
        "lone surrogates in unknown names",
        ("json",),
        "either",
        "google's table of field names raises for one",
        (("fuzz.Inner", '{"\\ud800":1}'),),
        # Its text depends on whether the interpreter is traced, as it is for coverage.
        theirs="SystemError: <.*method",
        also=lambda case: case.ignore_unknown,
    ),
    Difference(
        "anything next to the value of an Any",
        ("json",),
        "either",
        "a type with a special JSON form has it in `value`, and nothing else is allowed",
        (
            (
                "google.protobuf.Any",
                '{"@type":"x/google.protobuf.Duration","value":"0s","a":1}',
            ),
        ),
        ours='in an Any belongs under "value"',
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
        also=has(r"3\.4028235e\+?38"),
    ),
    Difference(
        "fractions and large numbers for enums",
        ("json",),
        "specification",
        "google's Python runtime drops fractions and takes any number modulo 2^32",
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
        "as above; ignore_unknown skips unknown names",
        (("fuzz.proto3.Scalars", '{"kind":"1"}'),),
        at="bytes",
        also=lambda case: case.ignore_unknown and has(r'"\s*[-+]?[\d_]+\s*"')(case),
    ),
    Difference(
        "null of a NullValue in a oneof",
        ("json",),
        "specification",
        "null is the value of NullValue, so the member is set",
        (("fuzz.proto3.Known", '{"nothing":null,"text":"x"}'),),
        ours="of the same oneof, is also given",
        also=has(r'"nothing"\s*:\s*null|"anything"\s*:\s*null'),
    ),
    Difference(
        "type URLs without a slash",
        ("json",),
        "specification",
        "a type URL has at least one slash",
        (("google.protobuf.Any", '{"@type":"fuzz.Inner"}'),),
        ours='an Any must name its type, as in "@type"',
        also=has(r'"@type"\s*:\s*"[^/"]*"'),
    ),
    Difference(
        "one field under two names",
        ("json",),
        "suite",
        "google's Python runtime only detects equal names",
        (("fuzz.proto3.Scalars", '{"int32Value":1,"int32_value":2}'),),
        ours="the field is given twice, under two names",
    ),
    Difference(
        "durations as int() and float() read them",
        ("json",),
        "specification",
        "google's Python runtime accepts their spellings",
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
