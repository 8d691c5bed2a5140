"""ProtoJSON: spellings read and printed, options, and refused input with its place."""

from __future__ import annotations

import json
import math
import pickle
from typing import Any

import pytest
from lkproto import EncodeError, JsonError
from lkproto.google.protobuf import Duration, Timestamp
from lkproto.livekit import DataPacket, MetricsBatch, Room, TrackInfo, UserPacket


def test_names_print_as_lower_camel_and_parse_either_way() -> None:
    room = Room(empty_timeout=5)

    assert room.to_json() == '{"emptyTimeout":5}'
    assert room.to_json(preserving_names=True) == '{"empty_timeout":5}'
    assert (
        Room.from_json('{"empty_timeout": 5}')
        == Room.from_json('{"emptyTimeout": 5}')
        == room
    )


def test_options_shape_the_output() -> None:
    track = TrackInfo(type=1, sid="a")  # type: ignore[arg-type]

    assert track.to_dict() == {"sid": "a", "type": "VIDEO"}
    assert track.to_dict(enums_as_ints=True) == {"sid": "a", "type": 1}
    assert json.loads(Room().to_json(always_print=True))["creationTime"] == "0"
    assert track.to_json(indent=2) == '{\n  "sid": "a",\n  "type": "VIDEO"\n}'
    assert Room(sid="a", name="b").to_json(sort_keys=True) == '{"name":"b","sid":"a"}'


def test_64_bit_ints_are_text_and_parse_as_either() -> None:
    assert Room(creation_time=1).to_dict() == {"creationTime": "1"}
    for spelling in ('"1"', "1", "1.0", '"1e0"', "10e-1"):
        assert Room.from_json(f'{{"creationTime": {spelling}}}').creation_time == 1


@pytest.mark.parametrize("quotes", ["", '"'])
def test_integers_with_a_fraction_or_an_exponent_keep_all_digits(quotes: str) -> None:
    for text, number in {
        "9007199254740993.0": 2**53 + 1,
        "90071992547409930e-1": 2**53 + 1,
        "9223372036854775807.0": 2**63 - 1,
        "4611686018427e6": 4611686018427000000,
        "0.0": 0,
        "0e-99999999999999999999": 0,
    }.items():
        room = Room.from_json(f'{{"creationTime": {quotes}{text}{quotes}}}')
        assert room.creation_time == number


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", r"^\$: not JSON: .*\(line 1, column 2\)$"),
        ('{\n "sid": }', r"not JSON: .*\(line 2, column 9\)"),
        (
            '{"sid": 1}',
            r"^\$.sid: string takes text, not a number \(line 1, column 9\)$",
        ),
        (
            '{"sid": "\\ud800"}',
            r"^\$.sid: the text has a lone surrogate at character 0",
        ),
        (
            '{"nope": 1}',
            r"^\$.nope: livekit.Room has no such field; ignore_unknown=True",
        ),
        (
            '{"sid": "a", "sid": "b"}',
            r"^\$: duplicate key in the object \(line 1, column 14\)",
        ),
        (
            '{"emptyTimeout": 1, "empty_timeout": 1}',
            r"^\$.empty_timeout: the field is given twice",
        ),
        ('{"emptyTimeout": 1.5}', "1.5 is not a whole number"),
        ('{"emptyTimeout": "1e-400"}', "'1e-400' is not a whole number"),
        ('{"emptyTimeout": 10e-99999999999999999999}', "is not a whole number"),
        ('{"emptyTimeout": "3.00000000000000000001"}', "is not a whole number"),
        ('{"emptyTimeout": 3.00000000000000000001}', "0001 is not a whole number"),
        ('{"creationTime": 9007199254740992.5}', "992.5 is not a whole number"),
        ('{"creationTime": 9223372036854775808.0}', "808.0 is out of range"),
        ('{"emptyTimeout": -1}', r"-1 is out of range of uint32 \(0 to 4294967295\)"),
        ('{"emptyTimeout": true}', "uint32 takes a number, not a bool"),
        ('{"emptyTimeout": "0x1"}', "'0x1' is not a number"),
        ('{"emptyTimeout": " 1"}', "is not a number"),
        ('{"emptyTimeout": ' + "9" * 5000 + "}", "is not a whole number|out of range"),
        ('{"emptyTimeout": NaN}', 'NaN is not JSON; write it as "NaN"'),
        ('{"activeRecording": 1}', "bool takes true or false, not a number"),
        ('{"activeRecording": "true"}', "bool takes true or false, not text"),
        ('{"enabledCodecs": {}}', r"^\$.enabled_codecs: takes an array, not an object"),
        (
            '{"enabledCodecs": [null]}',
            r"^\$.enabled_codecs\[0\]: null is not a value here",
        ),
        (
            '{"enabledCodecs": [{"mime": 1}]}',
            r"^\$.enabled_codecs\[0\].mime: string takes",
        ),
        ('{"version": []}', "livekit.TimedVersion takes an object, not an array"),
        ("[]", r"^\$: livekit.Room takes an object, not an array"),
        ("null", "livekit.Room takes an object, not null"),
    ],
)
def test_bad_input_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(JsonError, match=message) as caught:
        Room.from_json(text)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_bytes_input_is_utf8() -> None:
    assert Room.from_json('{"name":"ä"}'.encode()).name == "ä"
    with pytest.raises(JsonError, match=r"not valid UTF-8 \(line 1, column 10\)"):
        Room.from_json(b'{"name":"\xff"}')


def test_null_means_absent() -> None:
    assert (
        Room.from_json('{"sid": null, "enabledCodecs": null, "version": null}')
        == Room()
    )


def test_unknown_names_are_ignored_on_request() -> None:
    text = '{"nope": {"deep": [1]}, "sid": "a"}'

    assert Room.from_json(text, ignore_unknown=True) == Room(sid="a")


def test_enums_are_names_or_numbers() -> None:
    assert TrackInfo.from_json('{"type": "VIDEO"}').type == 1
    assert TrackInfo.from_json('{"type": 1}').type == 1
    assert TrackInfo.from_json('{"type": 99}').to_dict() == {"type": 99}
    assert TrackInfo.from_json('{"type": "NOPE"}', ignore_unknown=True) == TrackInfo()
    with pytest.raises(
        JsonError, match=r"^\$.type: 'NOPE' is not a value of livekit.TrackType"
    ):
        TrackInfo.from_json('{"type": "NOPE"}')
    with pytest.raises(JsonError, match="out of range of enum"):
        TrackInfo.from_json('{"type": 4294967296}')


def test_two_members_of_a_oneof_are_refused() -> None:
    with pytest.raises(
        JsonError, match=r"^\$.speaker: 'user', of the same oneof, is also"
    ):
        DataPacket.from_json('{"user": {}, "speaker": {}}')
    assert DataPacket.from_json('{"user": {}, "speaker": null}') == DataPacket(
        user=UserPacket()
    )


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("", b""),
        ("/+8=", b"\xff\xef"),
        ("_-8", b"\xff\xef"),
        ("AA==", b"\0"),
        ("AA", b"\0"),
    ],
)
def test_bytes_are_base64_in_either_alphabet(text: str, data: bytes) -> None:
    assert UserPacket.from_dict({"payload": text}).payload == data


@pytest.mark.parametrize("text", ["A", "AA=", "A===", "AAA*", "A A=", "AAAA="])
def test_broken_base64_is_refused(text: str) -> None:
    with pytest.raises(JsonError, match="not base64"):
        UserPacket.from_dict({"payload": text})
    with pytest.raises(JsonError, match="bytes takes base64 text, not a number"):
        UserPacket.from_dict({"payload": 3})


def test_floats_print_shortest_and_special_values_are_text(legacy: Any) -> None:
    def printed(value: float) -> Any:
        return legacy.Legacy(id=1, single=value).to_dict()["single"]

    assert [printed(v) for v in (0.1, 1.0, 16777216.0, 3.4028235e38)] == [
        0.1,
        1.0,
        16777216.0,
        3.4028235e38,
    ]
    # Closer to the largest float than to the next one, if there were one; google prints the same.
    assert printed(3.40282356e38) == 3.4028235e38
    assert printed(1.17549435e-38) == pytest.approx(1.17549435e-38)
    assert printed(0.12345678) == 0.12345678
    assert [printed(v) for v in (math.inf, -math.inf, math.nan)] == [
        "Infinity",
        "-Infinity",
        "NaN",
    ]
    for text, value in (
        ('"Infinity"', math.inf),
        ('"-1.5"', -1.5),
        ("-0", -0.0),
        ("1", 1.0),
    ):
        read = legacy.Legacy.from_json(f'{{"id": 1, "ratio": {text}}}').ratio
        assert (read, math.copysign(1, read)) == (value, math.copysign(1, value))


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("single", "1e40", "out of range of float"),
        ("ratio", "1e400", "out of range of double"),
        ("ratio", "9" * 320, "out of range of double"),
        ("ratio", '"x"', "'x' is not a number"),
        ("ratio", "true", "double takes a number, not a bool"),
        ("flags", '{"yes": ""}', 'a bool key must be "true" or "false"'),
        ("flags", "[]", "takes an object, not an array"),
        ("byNumber", '{"1": "LOW", "01": "LOW"}', "is not a number"),
        ("byNumber", '{"1": "LOW", "1.0": "LOW"}', "duplicate key in the map"),
        ("byNumber", '{"1": "NOPE"}', r"by_number\['1'\]: 'NOPE' is not a value"),
        ("byName", '{"k": null}', r"by_name\['k'\]: null is not a value here"),
        ("colors", '["NOPE"]', r"colors\[0\]: 'NOPE' is not a value"),
        ("color", "9", "9 is not a value of the enum"),
    ],
)
def test_invalid_values_of_other_kinds_are_refused(
    legacy: Any, field: str, text: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        legacy.Legacy.from_json(f'{{"id": 1, "{field}": {text}}}')


def test_maps_have_text_keys(legacy: Any) -> None:
    message = legacy.Legacy(id=1, flags={True: b"t", False: b""}, by_number={-1: 1})

    assert message.to_dict() == {
        "id": 1,
        "flags": {"true": "dA==", "false": ""},
        "byNumber": {"-1": "HIGH"},
    }
    assert legacy.Legacy.from_dict(message.to_dict()) == message
    ignored = legacy.Legacy.from_dict(
        {"id": 1, "byNumber": {"1": "NOPE"}, "colors": ["NOPE", "RED"]},
        ignore_unknown=True,
    )
    assert (ignored.by_number, ignored.colors) == ({}, [1])


def test_values_that_cannot_be_printed_are_refused_with_their_path(legacy: Any) -> None:
    refused = {
        r"\$.zigzags\[0\]: takes an int": {"zigzags": ["x"]},
        "takes a list, not int": {"zigzags": 3},
        "takes a dict, not int": {"by_name": 3},
        r"\$.by_name\['k'\]: takes a legacy.Inner": {"by_name": {"k": 1}},
        "takes a float": {"ratio": "x"},
        r"\$.flags\['x'\]: takes a bool": {"flags": {"x": b""}},
        "takes bytes": {"raw": "x"},
        "takes a str": {"text": 3},
        "lone surrogate": {"text": "\udc00"},
    }
    for message, given in refused.items():
        with pytest.raises(ValueError, match=message):
            legacy.Legacy(id=1, **given).to_json()


def test_deep_input_is_refused_without_recursion(legacy: Any) -> None:
    text = '{"deeper":' * 150 + "{}" + "}" * 150

    with pytest.raises(ValueError, match="nested too deeply"):
        legacy.Special.from_json(text)
    assert legacy.Special.from_json(text, max_depth=200)
    deep = '{"list":' + "[" * 5000 + "]" * 5000 + "}"
    assert legacy.Special.from_json(deep, max_depth=1_000_000)
    with pytest.raises(ValueError, match="nested too deeply"):
        legacy.Special.from_json(deep, max_depth=5000)
    with pytest.raises(ValueError, match=r"Expecting value \(line 1, column 1000001\)"):
        legacy.Special.from_json("[" * 1_000_000, max_depth=1_000_000)


@pytest.mark.parametrize(
    ("text", "seconds", "nanos"),
    [
        ("1970-01-01T00:00:00Z", 0, 0),
        ("1969-12-31T23:59:59.5Z", -1, 500_000_000),
        ("0001-01-01T00:00:00Z", -62_135_596_800, 0),
        ("9999-12-31T23:59:59.999999999Z", 253_402_300_799, 999_999_999),
        ("2026-01-01T01:00:00+01:00", 1_767_225_600, 0),
        ("2025-12-31T23:30:00.000000001-00:30", 1_767_225_600, 1),
    ],
)
def test_timestamps(text: str, seconds: int, nanos: int) -> None:
    stamp = Timestamp.from_dict(text)

    assert (stamp.seconds, stamp.nanos) == (seconds, nanos)
    assert Timestamp.from_json(stamp.to_json()) == stamp


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-01",
        "2026-02-30T00:00:00Z",
        "2026-01-01T00:00:00",
        "2026-01-01t00:00:00Z",
        "0000-12-31T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "2026-01-01T00:00:00.1234567890Z",
        3,
    ],
)
def test_broken_timestamps_are_refused(text: object) -> None:
    with pytest.raises(JsonError):
        Timestamp.from_dict(text)


def test_fractions_print_3_6_or_9_digits() -> None:
    printed = [Timestamp(nanos=n).to_dict()[19:] for n in (0, 10**8, 1000, 1)]

    assert printed == ["Z", ".100Z", ".000001Z", ".000000001Z"]


@pytest.mark.parametrize(
    ("text", "seconds", "nanos"),
    [
        ("0s", 0, 0),
        ("-1.5s", -1, -500_000_000),
        ("-0.5s", 0, -500_000_000),
        ("3.000001s", 3, 1000),
    ],
)
def test_durations(text: str, seconds: int, nanos: int) -> None:
    duration = Duration.from_dict(text)

    assert (duration.seconds, duration.nanos) == (seconds, nanos)
    assert Duration.from_json(duration.to_json()) == duration


@pytest.mark.parametrize(
    "text", ["1", "1.s", "s", "+1s", "315576000001s", "1.0000000000s", 1]
)
def test_broken_durations_are_refused(text: object) -> None:
    with pytest.raises(JsonError):
        Duration.from_dict(text)


def test_times_that_json_cannot_express_are_refused() -> None:
    for message in (
        Timestamp(seconds=1 << 40),
        Timestamp(nanos=-1),
        Duration(seconds=1 << 40),
        Duration(seconds=1, nanos=-1),
        MetricsBatch(normalized_timestamp=Timestamp(nanos=10**9)),
    ):
        with pytest.raises(EncodeError):
            message.to_json()


def test_any_json_value_fits_a_value(legacy: Any) -> None:
    value = {"a": [1.5, None, True, "x", {"b": []}]}
    message = legacy.Special.from_dict(
        {"value": value, "struct": value, "list": [value]}
    )

    assert message.to_dict() == {"value": value, "struct": value, "list": [value]}
    assert legacy.Special.from_dict({"value": None}).to_dict() == {"value": None}
    assert legacy.Special.from_dict({"values": [None, 1]}).to_dict() == {
        "values": [None, 1.0]
    }
    assert message.struct["a"] == value["a"]
    assert message.list[0] == value
    for bad in ({"struct": []}, {"list": {}}, {"value": {1, 2}}):
        with pytest.raises(
            ValueError, match="is an object|is an array|is not a JSON value"
        ):
            legacy.Special.from_dict(bad)


def test_values_without_json_form_are_refused(legacy: Any) -> None:
    value = type(legacy.Special.from_dict({"value": 1}).value)

    for bad in (value(), value(number_value=math.nan)):
        with pytest.raises(ValueError, match="JSON"):
            bad.to_json()


def test_null_value_is_a_value_of_its_enum(legacy: Any) -> None:
    message = legacy.Special.from_dict({"null": None, "nothing": None})

    assert (message.null, message.which("pick")) == (0, ("nothing", 0))
    assert message.to_dict() == {"null": None, "nothing": None}


def test_wrappers_are_their_value(legacy: Any) -> None:
    message = legacy.Special.from_dict({"wrapped": "5", "wrappedBool": False})

    assert message.to_dict() == {"wrapped": "5", "wrappedBool": False}
    assert legacy.Special.from_dict({"wrapped": None}).wrapped is None


def test_field_masks_are_camel_case_paths(legacy: Any) -> None:
    message = legacy.Special.from_dict({"mask": "fooBar.baz,x"})

    assert message.mask.paths == ["foo_bar.baz", "x"]
    assert message.to_dict() == {"mask": "fooBar.baz,x"}
    mask = type(message.mask)
    assert mask.from_dict("") == mask()
    assert mask.all_of(legacy.Inner).paths == ["a", "list"]
    with pytest.raises(ValueError, match="camelCase"):
        mask.from_dict("foo_bar")
    with pytest.raises(ValueError, match="camelCase"):
        mask(paths=["fooBar"]).to_json()
    for path in ("foo__bar", "foo_", "foo_1", "a,b", "a..b", ""):
        with pytest.raises(ValueError, match="cannot be written in camelCase"):
            mask(paths=[path]).to_json()
    with pytest.raises(ValueError, match="a field mask is text"):
        mask.from_dict(3)


def test_any_shows_the_message_inside(legacy: Any) -> None:
    special = legacy.Special
    url = "type.googleapis.com/legacy.Inner"
    message = special.from_dict({"any": {"@type": url, "a": 5}})

    assert message.any.unpack() == legacy.Inner(a=5)
    assert message.any.unpack_as(legacy.Inner) == legacy.Inner(a=5)
    assert message.any.unpack_as(special) is None
    assert message.to_dict() == {"any": {"@type": url, "a": 5}}
    packed = type(message.any).pack(legacy.Inner(a=5))
    assert packed == message.any
    wrapped = {
        "any": {"@type": "type.googleapis.com/google.protobuf.Int64Value", "value": "3"}
    }
    assert special.from_dict(wrapped).to_dict() == wrapped
    assert special.from_dict({"any": {}}).to_dict() == {"any": {}}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "an Any is an object"),
        ({"a": 5}, 'an Any must name its type, as in "@type"'),
        ({"@type": "nope"}, 'an Any must name its type, as in "@type"'),
        ({"@type": "x/legacy.Nope"}, "is not a type of this package"),
        (
            {"@type": "x/google.protobuf.BoolValue", "value": True, "b": 1},
            'belongs under "value"',
        ),
    ],
)
def test_broken_any_values_are_refused(
    legacy: Any, value: object, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        legacy.Special.from_dict({"any": value})


def test_any_of_an_unknown_type_cannot_be_printed_or_unpacked(legacy: Any) -> None:
    message = legacy.Special.from_dict({"any": {}})
    message.any.type_url = "x/legacy.Nope"

    with pytest.raises(ValueError, match="is not a type of this package"):
        message.to_json()
    with pytest.raises(ValueError, match="is not a message type of this package"):
        message.any.unpack()


def test_extensions_go_by_their_full_name_in_brackets(legacy: Any) -> None:
    value = {"id": 1, "[legacy.note]": "n", "[legacy.marks]": [1]}

    assert legacy.Legacy.from_dict(value).to_dict() == value
    with pytest.raises(ValueError, match="has no such field"):
        legacy.Inner.from_dict({"[legacy.note]": "n"})
    with pytest.raises(ValueError, match="has no such field"):
        legacy.Legacy.from_dict({"[legacy.nope]": "n"})


def test_extensions_are_read_like_fields(legacy: Any) -> None:
    absent = {"id": 1, "[legacy.note]": None, "[legacy.marks]": []}
    unknown = {"id": 1, "[legacy.Scope.tint]": "BLUE"}

    assert legacy.Legacy.from_dict(absent) == legacy.Legacy(id=1)
    with pytest.raises(
        ValueError, match=r"tint\]: 'BLUE' is not a value of legacy.Color"
    ):
        legacy.Legacy.from_dict(unknown)
    read = legacy.Legacy.from_dict(unknown, ignore_unknown=True)
    assert read == legacy.Legacy(id=1)


def test_text_longer_than_max_size_is_refused() -> None:
    assert Room.from_json('{"name":"ä"}', max_size=12).name == "ä"
    with pytest.raises(
        JsonError, match=r"^\$: the text has 12 characters, more than 11$"
    ):
        Room.from_json('{"name":"ä"}', max_size=11)
    with pytest.raises(JsonError, match="the text has 13 bytes, more than 12"):
        Room.from_json('{"name":"ä"}'.encode(), max_size=12)


def test_required_and_groups_in_json(legacy: Any) -> None:
    message = legacy.Legacy(id=1, part=legacy.Legacy.Part(x=3))

    assert legacy.Legacy.from_json(message.to_json()) == message
    with pytest.raises(ValueError, match="the required field 'id' is not set"):
        legacy.Legacy().to_json()


def test_json_nests_as_deep_as_bytes(legacy: Any) -> None:
    for depth, deepest in ((1, 0), (100, 99)):
        message = legacy.Special()
        for _ in range(deepest):
            message = legacy.Special(deeper=message)
        deeper = legacy.Special(deeper=message)

        assert legacy.Special.from_json(message.to_json(), max_depth=depth) == message
        assert legacy.Special.from_bytes(message.to_bytes(), max_depth=depth) == message
        with pytest.raises(ValueError, match="nested too deeply"):
            legacy.Special.from_json(deeper.to_json(), max_depth=depth)
        with pytest.raises(ValueError, match="nested too deeply"):
            legacy.Special.from_bytes(deeper.to_bytes(), max_depth=depth)
