"""ProtoJSON in all its forms: spellings of values, unknown names, and what is not JSON."""

from __future__ import annotations

from typing import Any

from .area import Area, Note, each
from .wire_forms import DEPTH_REASON, text

_INTEGERS = {
    "zero": "0",
    "number": "42",
    "negative": "-42",
    "text": '"42"',
    "negative-text": '"-42"',
    "greatest": "9223372036854775807",
    "greatest-text": '"9223372036854775807"',
    "least-text": '"-9223372036854775808"',
    "beyond": "9223372036854775808",
    "beyond-text": '"9223372036854775808"',
    "below-text": '"-9223372036854775809"',
    "exponent": "1e3",
    "exponent-text": '"1e3"',
    "exponent-capital": "1E+3",
    "exponent-negative": "1000e-3",
    "fraction-zero": "1.0",
    "fraction-zero-text": '"1.0"',
    "fraction": "1.5",
    "fraction-text": '"1.5"',
    "fraction-whole-by-exponent": "1.5e1",
    "beyond-by-exponent": "1e19",
    "plus": "+1",
    "plus-text": '"+1"',
    "space-before": '" 1"',
    "space-after": '"1 "',
    "leading-zero": "01",
    "leading-zero-text": '"01"',
    "hexadecimal": '"0x1"',
    "underscore": '"1_000"',
    "empty-text": '""',
    "word": '"one"',
    "infinity": '"Infinity"',
    "bool": "true",
    "array": "[1]",
    "object": "{}",
    "null": "null",
    "minus-zero": "-0",
    "minus-zero-text": '"-0"',
    "dot-first": ".5",
    "dot-last": "1.",
    "minus": "-",
    "arabic-digits": '"\\u0661"',
}
_ENUMS = {
    "name": '"ACTIVE"',
    "number": "2",
    "unknown-number": "99",
    "negative-number": "-1",
    "number-beyond": "2147483648",
    "unknown-name": '"DREAMING"',
    "wrong-case": '"active"',
    "number-as-text": '"2"',
    "exponent": "2e0",
    "fraction": "1.5",
    "empty": '""',
    "null": "null",
    "bool": "true",
    "array": '["ACTIVE"]',
}
_BOOLS = {
    "true": "true",
    "false": "false",
    "text": '"true"',
    "one": "1",
    "capital": "True",
    "null": "null",
}
_FLOATS = {
    "fraction": "0.5",
    "integer": "3",
    "text": '"0.5"',
    "exponent": "1e-3",
    "nan": '"NaN"',
    "infinity": '"Infinity"',
    "minus-infinity": '"-Infinity"',
    "bare-nan": "NaN",
    "bare-infinity": "Infinity",
    "word": '"inf"',
    "lower-nan": '"nan"',
    "greatest": "3.4028234663852886e38",
    "beyond": "3.5e38",
    "beyond-text": '"1e400"',
    "tiny": "1e-60",
    "minus-zero": "-0.0",
    "plus-text": '"+1"',
    "space": '" 1"',
    "empty": '""',
    "bool": "true",
}
_BYTES = {
    "padded": '"YQ=="',
    "unpadded": '"YQ"',
    "standard": '"+/8="',
    "url-safe": '"-_8="',
    "url-safe-unpadded": '"-_8"',
    "empty": '""',
    "junk": '"YQ!="',
    "one-sign": '"Y"',
    "number": "1",
    "null": "null",
}
_TEXTS = {
    "escapes": '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9"',
    "pair": '"\\ud83d\\ude00"',
    "raw": '"é😀\u2028"',
    "high-surrogate": '"\\ud83d"',
    "low-surrogate": '"\\ude00"',
    "reversed-pair": '"\\ude00\\ud83d"',
    "nul": '"\\u0000"',
    "control": '"\x01"',
    "raw-line-feed": '"\n"',
    "bad-escape": '"\\x41"',
    "short-escape": '"\\u12"',
    "number": "1",
    "single-quotes": "'a'",
    "no-end": '"a',
}
_WELL_KNOWN: dict[str, dict[str, str]] = {
    "google.protobuf.Timestamp": {
        "utc": '"2026-01-01T00:00:00Z"',
        "fraction": '"2026-01-01T00:00:00.120Z"',
        "nanoseconds": '"2026-01-01T00:00:00.000000001Z"',
        "offset": '"2026-01-01T01:30:00+01:30"',
        "first": '"0001-01-01T00:00:00Z"',
        "last": '"9999-12-31T23:59:59.999999999Z"',
        "leap-day": '"2024-02-29T00:00:00Z"',
        "no-leap-day": '"2026-02-29T00:00:00Z"',
        "year-zero": '"0000-12-31T23:59:59Z"',
        "year-beyond": '"10000-01-01T00:00:00Z"',
        "no-zone": '"2026-01-01T00:00:00"',
        "lower-case": '"2026-01-01t00:00:00z"',
        "space": '"2026-01-01 00:00:00Z"',
        "ten-digits": '"2026-01-01T00:00:00.0000000001Z"',
        "date-only": '"2026-01-01"',
        "hour-24": '"2026-01-01T24:00:00Z"',
        "number": "1767225600",
        "empty": '""',
    },
    "google.protobuf.Duration": {
        "seconds": '"3s"',
        "fraction": '"1.5s"',
        "negative": '"-1.000000001s"',
        "negative-below-one": '"-0.5s"',
        "greatest": '"315576000000s"',
        "beyond": '"315576000001s"',
        "ten-digits": '"0.0000000001s"',
        "no-unit": '"3"',
        "minutes": '"3m"',
        "plus": '"+3s"',
        "space": '"3 s"',
        "no-digits": '"s"',
        "dot-first": '".5s"',
        "dot-last": '"5.s"',
        "exponent": '"1e3s"',
        "number": "3",
        "empty": '""',
    },
    "google.protobuf.Struct": {
        "values": '{"a":null,"b":[1,"x",true],"c":{"d":-1.5e3}}',
        "empty": "{}",
        "array": "[]",
        "null": "null",
        "duplicate": '{"a":1,"a":2}',
    },
    "google.protobuf.Value": {
        "null": "null",
        "number": "1",
        "text": '"x"',
        "array": "[]",
        "beyond": "1e999",
    },
    "google.protobuf.Any": {
        "message": '{"@type":"type.googleapis.com/livekit.Room","name":"x"}',
        "well-known": '{"@type":"x/google.protobuf.Duration","value":"3s"}',
        "empty": "{}",
        "no-type": '{"name":"x"}',
        "unknown-type": '{"@type":"x/livekit.Nothing"}',
        "type-last": '{"name":"x","@type":"x/livekit.Room"}',
        "type-is-number": '{"@type":1}',
        "type-without-slash": '{"@type":"livekit.Room"}',
        "unknown-field": '{"@type":"x/livekit.Room","future":1}',
    },
}
_TEXTS_OF_ROOMS = {
    "empty": "{}",
    "white-space": ' \t\r\n{ "name" : "x" } \n',
    "json-name": '{"maxParticipants":5}',
    "proto-name": '{"max_participants":5}',
    "both-names": '{"maxParticipants":5,"max_participants":5}',
    "name-in-another-case": '{"Name":"x"}',
    "duplicate": '{"name":"a","name":"b"}',
    "duplicate-null": '{"name":null,"name":"b"}',
    "nulls": '{"name":null,"enabledCodecs":null,"version":null}',
    "null-in-list": '{"enabledCodecs":[null]}',
    "object-for-list": '{"enabledCodecs":{}}',
    "list-for-message": '{"version":[]}',
    "text-for-message": '{"version":"1"}',
    "nothing": "",
    "only-space": " ",
    "null": "null",
    "array": "[]",
    "number": "1",
    "text": '"x"',
    "trailing-comma": '{"name":"x",}',
    "two-values": "{}{}",
    "trailing-text": "{} x",
    "no-end": '{"name":"x"',
    "no-colon": '{"name" "x"}',
    "no-quotes": '{name:"x"}',
    "comment": "{} // comment",
    "byte-order-mark": "\ufeff{}",
    "no-break-space": "\u00a0{}",
    "form-feed": "\f{}",
    "array-without-comma": '{"enabledCodecs":[{}{}]}',
    "array-closed-as-object": '{"enabledCodecs":[}',
}
_UNKNOWN = {
    "scalar": '{"future":1,"name":"x"}',
    "object": '{"future":{"a":[1,{"b":null}]}}',
    "in-a-message": '{"version":{"future":"x"}}',
    "in-a-list": '{"enabledCodecs":[{"future":[]},{"mime":"a"}]}',
    "of-another-case": '{"NAME":"x"}',
    "huge-number": '{"future":1e99999}',
    "not-json": '{"future":[1,}',
    "nan": '{"future":NaN}',
    "extension": '{"[livekit.future]":1}',
}


# What the reference takes, or refuses, and others do not; no sentence of the specification decides.
_DISPUTED = {
    "any-type-without-slash": "any.proto demands a slash; the reference does without",
    **dict.fromkeys(
        ("duration-dot-first", "duration-dot-last", "duration-plus"),
        "the specification has no grammar of durations; the reference takes it",
    ),
    **dict.fromkeys(
        ("map-int32-key-plus", "map-int32-key-fraction"),
        "the specification does not say how keys that are numbers are spelled",
    ),
}
# The first of two faults, or a number that is wrong in two ways: any kind will do.
_ANY_KIND = frozenset(
    (
        "enum-number-beyond",
        "enum-fraction",
        "int64-fraction",
        "int64-fraction-text",
        "int64-leading-zero-text",
        "value-beyond",
        "unknown-nan-refused",
        "unknown-not-json-refused",
    )
)


def add(area: Area) -> None:
    """Add what parsers read."""
    area.notes["Disputed"] = Note(
        "SPEC_GAP", "implementations differ", "one reads what another refuses"
    )
    area.notes["Unknown"] = Note(
        "INTEROP", "names that the schema lacks", "a newer server breaks the client"
    )
    area.notes["Depth"] = Note(
        "SPEC_GAP", "text nests deep", "one implementation reads it, another refuses"
    )
    _values(area, "int64", "livekit.Room", "creationTime", _INTEGERS)
    _values(area, "uint32", "livekit.Room", "maxParticipants", _unsigned())
    _values(area, "enum", "livekit.ParticipantInfo", "state", _ENUMS)
    _values(area, "bool", "livekit.Room", "activeRecording", _BOOLS)
    _values(area, "float", "livekit.MetricSample", "value", _FLOATS)
    doubles = {**_FLOATS, "greatest": "1.7976931348623157e308", "beyond": "1.8e308"}
    _values(area, "double", "livekit.PhoneNumber", "spamScore", doubles)
    _values(area, "bytes", "livekit.UserPacket", "payload", _BYTES)
    _values(area, "string", "livekit.Room", "name", _TEXTS)
    for message, values in _WELL_KNOWN.items():
        stem = message.rpartition(".")[2].lower()
        for name, value in values.items():
            _parse(area, f"{stem}-{name}", message, value)
    for name, value in _TEXTS_OF_ROOMS.items():
        _parse(area, f"room-{name}", "livekit.Room", value)
    _unknown(area)
    _maps(area)
    _depths(area)


def _unsigned() -> dict[str, str]:
    return {
        "greatest": "4294967295",
        "beyond": "4294967296",
        "negative": "-1",
        "text": '"7"',
        "exponent": "4e9",
        "exponent-beyond": "5e9",
        "fraction-zero": "7.0",
        "minus-zero": "-0",
    }


def _values(
    area: Area, stem: str, message: str, field: str, values: dict[str, str]
) -> None:
    for name, value in values.items():
        _parse(area, f"{stem}-{name}", message, f'{{"{field}":{value}}}')


def _parse(
    area: Area, name: str, message: str, text: str, *flags: str, **options: Any
) -> None:
    ignore = options.pop("ignore", False)
    args = {"message": message, "json": text, "ignore_unknown": ignore}
    if name in _DISPUTED:
        flags, options["reason"] = (*flags, "Disputed"), _DISPUTED[name]
    options["any_kind"] = name in _ANY_KIND
    area.add(name, f"{message}: {name}", args, *flags, **options)


def _unknown(area: Area) -> None:
    for name, value in _UNKNOWN.items():
        for ignore in (True, False):
            stem = f"unknown-{name}-{'ignored' if ignore else 'refused'}"
            _parse(area, stem, "livekit.Room", value, "Unknown", ignore=ignore)
    for name, value in each(
        {
            "enum-name": '{"state":"DREAMING","name":"x"}',
            "enum-name-in-list": '{"kindDetails":["DREAMING","FORWARDED"]}',
            "enum-name-in-message": '{"tracks":[{"source":"SMELL","sid":"x"}]}',
            "enum-name-in-wrong-case": '{"state":"active"}',
            "enum-value-of-another-type": '{"state":[]}',
        }
    ):
        stem = f"unknown-{name}-ignored"
        message = "livekit.ParticipantInfo"
        _parse(area, stem, message, value, "Unknown", ignore=True)
    oneof = '{"user":{},"speaker":{}}'
    _parse(area, "oneof-twice", "livekit.DataPacket", oneof)
    _parse(area, "oneof-null", "livekit.DataPacket", '{"user":{},"speaker":null}')


def _maps(area: Area) -> None:
    for name, value in each(
        {
            "entry": '{"attributes":{"b":"2","a":"1"}}',
            "empty-key": '{"attributes":{"":""}}',
            "duplicate": '{"attributes":{"a":"1","a":"2"}}',
            "null-value": '{"attributes":{"a":null}}',
            "number": '{"attributes":{"a":1}}',
            "array": '{"attributes":[]}',
        }
    ):
        _parse(area, f"map-{name}", "livekit.ParticipantInfo", value)
    for name, key in each(
        {"key": "-5", "key-plus": "+5", "key-word": "x", "key-fraction": "1.0"}
    ):
        value = f'{{"gapHistogram":{{"{key}":1}}}}'
        _parse(area, f"map-int32-{name}", "livekit.RTPStats", value)


def _depths(area: Area) -> None:
    def nested(levels: int) -> str:
        return '{"x":' + "[" * levels + "]" * levels + "}"

    for levels in (20, 99):
        name = f"depth-{levels}"
        _parse(area, name, "livekit.Room", nested(levels), "Unknown", ignore=True)
    for levels in (9999, 10_000):
        _parse(
            area,
            f"depth-{levels}",
            "livekit.Room",
            nested(levels),
            "Depth",
            ignore=True,
            reason=DEPTH_REASON,
        )
    struct = '{"a":' * 40 + "1" + "}" * 40
    _parse(area, "depth-struct-40", "google.protobuf.Struct", struct)


def add_printed(area: Area) -> None:
    """Add what printers write."""
    area.notes["Unprintable"] = Note(
        "EDGE_CASE",
        "JSON has no form for it",
        "a reader of the text sees another value",
    )
    for name, message, data in (
        ("empty", "livekit.Room", b""),
        ("unknown-field", "livekit.Room", text(999, b"x") + text(2, b"a")),
        ("int64-is-text", "livekit.Room", b"\x28\x01"),
        ("enum-unknown", "livekit.ParticipantInfo", b"\x18\x63"),
        ("oneof-default", "livekit.DataPacket", text(2, b"")),
        ("float-nan", "livekit.MetricSample", b"\x1d\x00\x00\xc0\x7f"),
        ("float-infinity", "livekit.MetricSample", b"\x1d\x00\x00\x80\x7f"),
        ("float-minus-infinity", "livekit.MetricSample", b"\x1d\x00\x00\x80\xff"),
        ("float-minus-zero", "livekit.MetricSample", b"\x1d\x00\x00\x00\x80"),
        ("float-shortest", "livekit.MetricSample", b"\x1d\xcd\xcc\xcc\x3d"),
        (
            "duration-negative",
            "google.protobuf.Duration",
            b"\x10\xff" + b"\xff" * 8 + b"\x01",
        ),
        ("timestamp-nanos", "google.protobuf.Timestamp", b"\x10\x01"),
        ("timestamp-micros", "google.protobuf.Timestamp", b"\x10\xe8\x07"),
        ("any-empty", "google.protobuf.Any", b""),
        ("struct-empty", "google.protobuf.Struct", b""),
        ("truncated", "livekit.Room", b"\x12\x05a"),
    ):
        args = {"message": message, "input": data.hex()}
        area.add(name, f"{message}: {name}", args)
    for name, message, data in (
        ("value-empty", "google.protobuf.Value", b""),
        ("value-nan", "google.protobuf.Value", b"\x11" + b"\x00" * 6 + b"\xf8\x7f"),
        (
            "timestamp-beyond",
            "google.protobuf.Timestamp",
            b"\x08\x80\xf8\x88\xfd\xff\x07",
        ),
        (
            "duration-beyond",
            "google.protobuf.Duration",
            b"\x08\x81\xd2\x87\x85\xcc\x12",
        ),
        (
            "duration-two-signs",
            "google.protobuf.Duration",
            b"\x08\x01\x10\xff" + b"\xff" * 8 + b"\x01",
        ),
        ("any-unknown-type", "google.protobuf.Any", text(1, b"x/livekit.Nothing")),
        ("any-without-type", "google.protobuf.Any", text(2, b"x")),
        (
            "any-malformed",
            "google.protobuf.Any",
            text(1, b"x/livekit.Room") + text(2, b"\x12"),
        ),
    ):
        args = {"message": message, "input": data.hex()}
        area.add(name, f"{message}: {name}", args, "Unprintable", any_kind=True)
