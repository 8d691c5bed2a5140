"""The binary format: what is read and written, what is refused, and where it says so."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from lkproto import DecodeError, EncodeError, ForeignMessageError
from lkproto.livekit import DataPacket, ParticipantInfo, Room, TrackInfo, TrackType

from tests.support import ROOT, package_of


def field(number: int, wire_type: int, data: bytes = b"") -> bytes:
    """A tag of one or two bytes, followed by content."""
    tag = number << 3 | wire_type
    return (bytes([tag]) if tag < 128 else bytes([tag & 127 | 128, tag >> 7])) + data


def _nested(depth: int) -> bytes:
    """A `Special` inside itself, through its field 9."""
    data = b""
    for _ in range(depth):
        low, middle, high = len(data) & 127, len(data) >> 7 & 127, len(data) >> 14
        data = b"\x4a" + bytes([low | 128, middle | 128, high]) + data
    return data


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x0a", r"\$: the input ends inside a varint|\$.sid: the input ends"),
        (
            b"\x0a\x05ab",
            r"\$.sid: a length of 5 bytes goes past .* 2 bytes away \(at byte 1\)",
        ),
        (
            b"\x18\xff",
            r"\$.empty_timeout: the input ends inside a varint \(at byte 1\)",
        ),
        (b"\x18" + b"\xff" * 10 + b"\x01", "longer than 10 bytes"),
        (b"\x00", r"0 is not a field number \(at byte 0\)"),
        (b"\x0f", "7 is not a wire type"),
        (b"\x0c", "group 1 ends but was not started"),
        (b"\xff\xff\xff\xff\x7f", "is not a field number"),
        (b"\x0a\x02\xc3\x28", r"\$.sid: the text is not valid UTF-8 \(at byte 2\)"),
        (b"\xfb\x07", "group 127 does not end"),
        (b"\xfb\x07\xf4\x07", "group 126 ends but was not started"),
        (b"\xfd\x07\x00", "ends inside a fixed-width value"),
        (b"\xfc\x07", "group 127 ends but was not started"),
        (b"\x3a\x03\x0a\x05a", r"\$.enabled_codecs\[0\].mime: a length"),
    ],
)
def test_broken_input_is_refused_with_its_place(data: bytes, message: str) -> None:
    with pytest.raises(DecodeError, match=message):
        Room.from_bytes(data)


def test_truncation_at_every_byte_is_refused_or_decodes_a_prefix() -> None:
    data = ParticipantInfo(
        sid="PA_1", tracks=[TrackInfo(sid="TR_1", width=640)], joined_at=1 << 40
    ).to_bytes()
    whole = {b""}
    for end in range(len(data)):
        try:
            whole.add(ParticipantInfo.from_bytes(data[:end]).to_bytes())
        except DecodeError:
            continue
    assert whole <= {data[:end] for end in range(len(data))}


def test_other_wire_types_count_as_unknown_fields() -> None:
    data = field(1, 0, b"\x05") + field(3, 2, b"\x01a") + field(3, 5, b"abcd")
    room = Room.from_bytes(data)

    assert room == Room.from_bytes(data)
    assert (room.sid, room.empty_timeout) == ("", 0)
    assert room.to_bytes() == data


def test_unknown_fields_survive_in_order() -> None:
    data = (
        field(100, 1, b"8bytes..")
        + field(101, 3)
        + field(5, 0, b"\x01")
        + field(101, 4)
    )

    assert Room.from_bytes(data).to_bytes() == data


def test_the_last_scalar_wins_and_sub_messages_merge() -> None:
    first = Room(sid="a")
    version = field(13, 2, b"\x02\x08\x05") + field(13, 2, b"\x02\x10\x07")
    room = Room.from_bytes(first.to_bytes() + b"\x0a\x01b" + version)

    assert room.sid == "b"
    assert room.version is not None
    assert (room.version.unix_micro, room.version.ticks) == (5, 7)


def test_oneof_members_replace_each_other_and_merge_with_themselves() -> None:
    user = field(2, 2, b"\x05\x22\x03top")
    again = field(2, 2, b"\x03\x12\x01x")
    packet = DataPacket.from_bytes(user + again)

    assert packet.user is not None
    assert (packet.user.topic, packet.user.payload) == ("top", b"x")
    packet = DataPacket.from_bytes(user + field(6, 2, b"\x00") + again)
    assert packet.which("value")[0] == "user"
    assert packet.user is not None
    assert packet.user.topic is None


def test_packed_and_unpacked_are_both_read(legacy: Any) -> None:
    unpacked = b"\x08\x01" + field(17, 0, b"\x01") + field(17, 0, b"\x02")
    packed = b"\x08\x01" + field(18, 2, b"\x08" + b"\x01" + b"\x00" * 7)

    assert legacy.Legacy.from_bytes(unpacked).zigzags == [-1, 1]
    assert legacy.Legacy.from_bytes(packed).fixed == [1]
    assert legacy.Legacy.from_bytes(packed).to_bytes() == b"\x08\x01" + field(
        18, 1, b"\x01" + b"\x00" * 7
    )


def test_ints_are_truncated_to_their_width() -> None:
    assert Room.from_bytes(b"\x18" + b"\xff" * 9 + b"\x01").empty_timeout == 2**32 - 1


def test_nesting_is_bounded(legacy: Any) -> None:
    groups = b"\x08\x01" + b"\x33" + b"\x13" * 150 + b"\x14" * 150 + b"\x34"
    special = _nested(120)

    for cls, data in ((legacy.Legacy, groups), (legacy.Special, special)):
        with pytest.raises(ValueError, match="nested too deeply"):
            cls.from_bytes(data)
        message = cls.from_bytes(data, max_depth=200)
        assert cls.from_bytes(message.to_bytes(), max_depth=200) == message
    with pytest.raises(ValueError, match="nested too deeply"):
        Room.from_bytes(field(100, 3) * 200)
    with pytest.raises(ValueError, match="nested too deeply"):
        legacy.Special.from_bytes(_nested(3000), max_depth=100_000)


def test_groups_are_written_between_their_tags(legacy: Any) -> None:
    part = legacy.Legacy.Part(x=3, next=legacy.Legacy.Part(x=4))
    message = legacy.Legacy(id=1, part=part, item=[legacy.Legacy.Item(s="a")])

    assert (
        message.to_bytes()
        == b"\x08\x01\x33\x08\x03\x12\x02\x08\x04\x34\x3b\x0a\x01a\x3c"
    )
    assert legacy.Legacy.from_bytes(message.to_bytes()) == message
    with pytest.raises(ValueError, match="group 6 does not end"):
        legacy.Legacy.from_bytes(b"\x08\x01\x33\x08\x03")


def test_required_fields_must_be_set_to_encode(legacy: Any) -> None:
    with pytest.raises(ValueError, match="the required field 'id' is not set"):
        legacy.Legacy().to_bytes()


def test_unknown_numbers_of_closed_enums_are_unknown_fields(legacy: Any) -> None:
    single = b"\x08\x01" + b"\x18\x09"
    packed = b"\x08\x01" + b"\x2a\x03\x01\x09\x02"
    entry = b"\x08\x01" + b"\x4a\x04\x08\x01\x10\x09"

    assert legacy.Legacy.from_bytes(single).color is None
    assert legacy.Legacy.from_bytes(single).to_bytes() == single
    assert legacy.Legacy.from_bytes(packed).packed_colors == [1, 2]
    assert legacy.Legacy.from_bytes(packed).to_bytes().endswith(b"\x28\x09")
    assert legacy.Legacy.from_bytes(entry).by_number == {}
    assert legacy.Legacy.from_bytes(entry).to_bytes() == entry
    twice = b"\x08\x01" + b"\x4a\x06\x08\x01\x10\x09\x10\x01"
    assert legacy.Legacy.from_bytes(twice).by_number == {1: 1}
    with pytest.raises(
        ValueError, match=r"\$.by_number: the input ends inside a varint"
    ):
        legacy.Legacy.from_bytes(entry[:3] + b"\x05" + entry[4:] + b"\x80")
    with pytest.raises(ValueError, match="9 is not a value of the closed legacy.Color"):
        legacy.Legacy(id=1, color=9).to_bytes()


def test_map_entries_may_have_missing_and_unknown_parts(legacy: Any) -> None:
    empty = b"\x08\x01" + b"\x52\x00"
    extra = b"\x08\x01" + b"\x52\x0a" + b"\x12\x02\x08\x05\x0a\x01k\x18\x01\x00"[:10]

    assert legacy.Legacy.from_bytes(empty).by_name == {"": legacy.Inner()}
    assert legacy.Legacy.from_bytes(
        extra[:-1].replace(b"\x52\x0a", b"\x52\x09")
    ).by_name == {"k": legacy.Inner(a=5)}
    with pytest.raises(ValueError, match=r"\$.by_name\['k'\]: a length"):
        legacy.Legacy.from_bytes(b"\x08\x01\x52\x05\x0a\x01k\x12\x09")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"sid": 3}, r"^\$.sid: takes a str, not int$"),
        ({"sid": None}, r"^\$.sid: takes a str, not None$"),
        ({"sid": "\ud800"}, r"^\$.sid: the text has a lone surrogate at character 0"),
        ({"empty_timeout": -1}, r"^\$.empty_timeout: -1 is out of range of uint32"),
        ({"empty_timeout": 2**32}, "4294967296 is out of range of uint32"),
        ({"empty_timeout": "3"}, r"takes an int \(uint32\), not str"),
        ({"active_recording": 1}, "takes a bool, not int"),
        ({"enabled_codecs": "x"}, "takes a list, not str"),
        (
            {"enabled_codecs": [None]},
            r"^\$.enabled_codecs\[0\]: takes a livekit.Codec, not None",
        ),
        ({"version": Room()}, "takes a livekit.TimedVersion, not a livekit.Room"),
    ],
)
def test_values_outside_their_type_are_refused_with_their_path(
    given: dict[str, Any], message: str
) -> None:
    with pytest.raises(EncodeError, match=message):
        Room(**given).to_bytes()


def test_more_values_outside_their_type(legacy: Any) -> None:
    refused = {
        "takes a dict, not list": {"by_name": [1]},
        r"\$.by_name\['k'\]: takes a legacy.Inner, not int": {"by_name": {"k": 1}},
        r"\$.zigzags\[1\]: takes an int": {"zigzags": [1, "x"]},
        "takes a float": {"single": "x"},
        "out of range of float": {"single": 1e40},
        "takes bytes": {"raw": "x"},
        "out of range of double": {"ratio": 10**400},
    }
    for message, given in refused.items():
        with pytest.raises(ValueError, match=message):
            legacy.Legacy(id=1, **given).to_bytes()


def test_negative_zero_is_written() -> None:
    from lkproto.livekit import MetricSample

    assert MetricSample(value=-0.0).to_bytes() == b"\x1d\x00\x00\x00\x80"
    assert MetricSample(value=0.0).to_bytes() == b""
    assert repr(MetricSample(value=-0.0)) == "MetricSample(value=-0.0)"


def test_deterministic_output_sorts_map_entries(legacy: Any) -> None:
    message = legacy.Legacy(
        id=1, flags={True: b"t", False: b"f"}, by_number={2: 1, 1: 0}
    )

    assert message.to_bytes(deterministic=True) == (
        b"\x08\x01"
        b"\x4a\x04\x08\x01\x10\x00\x4a\x04\x08\x02\x10\x01"
        b"\xa2\x01\x05\x08\x00\x12\x01f\xa2\x01\x05\x08\x01\x12\x01t"
    )


def test_bytes_like_objects_are_decoded_and_encoded(legacy: Any) -> None:
    data = Room(sid="a").to_bytes()

    assert Room.from_bytes(bytearray(data)) == Room.from_bytes(memoryview(data))
    assert legacy.Legacy(id=1, raw=bytearray(b"x")).to_bytes() == b"\x08\x01\x62\x01x"


def test_a_message_of_another_copy_is_refused_by_name(tmp_path: Any) -> None:
    text = (ROOT / "protobufs/livekit_agent_worker.proto").read_text()
    assert text
    other = package_of(
        tmp_path,
        {
            "m.proto": 'syntax = "proto3"; package livekit; message Codec { string mime = 1; }'
        },
    )
    codec = other.find_message("livekit.Codec")

    with pytest.raises(
        ForeignMessageError, match=r"lkproto.livekit_models_pb, not .*m_pb"
    ):
        Room(enabled_codecs=[codec(mime="x")]).to_bytes()


def test_enums_decode_to_members() -> None:
    track = TrackInfo.from_bytes(TrackInfo(type=TrackType.VIDEO).to_bytes())

    assert track.type is TrackType.VIDEO
    assert TrackInfo.from_bytes(b"\x10\x63").type == 99


def test_errors_pickle() -> None:
    for bad in (lambda: Room.from_bytes(b"\x00"), lambda: Room(sid=1).to_bytes()):  # type: ignore[arg-type]
        with pytest.raises(ValueError, match=r"\$") as caught:
            bad()
        copied = pickle.loads(pickle.dumps(caught.value))
        assert str(copied) == str(caught.value)
        assert type(copied) is type(caught.value)
        assert copied.path == caught.value.path  # type: ignore[attr-defined]


def test_a_cycle_is_refused_and_not_followed_forever(legacy: Any) -> None:
    part = legacy.Legacy.Part()
    part.next = part

    for encode in (
        legacy.Legacy(id=1, part=part).to_bytes,
        legacy.Legacy(id=1, part=part).to_json,
    ):
        with pytest.raises(ValueError, match="nested too deeply"):
            encode()


def test_unknown_numbers_of_closed_enums_in_packed_lists_are_unknown_fields(
    legacy: Any, legacy_root: Any
) -> None:
    data = b"\x08\x01" + b"\x2a\x04\x01\x63\x02\x64"  # 1, 99, 2, 100

    message = legacy.Legacy.from_bytes(data)

    assert message.packed_colors == [legacy.Color.RED, legacy.Color.GREEN]
    assert legacy_root.unknown_bytes(message) == b"\x28\x63\x28\x64"


def test_a_truncated_fixed_width_value_is_refused(
    legacy: Any, legacy_root: Any
) -> None:
    with pytest.raises(
        legacy_root.DecodeError, match=r"\$.single: the input ends inside a fixed"
    ):
        legacy.Legacy.from_bytes(b"\x9d\x01\x00\x00")


def test_keys_of_proto2_maps_may_be_any_bytes(legacy: Any) -> None:
    data = b"\x08\x01" + b"\x52\x05\x0a\x01\xff\x12\x00"

    message = legacy.Legacy.from_bytes(data)

    assert message.by_name == {"\udcff": legacy.Inner()}
    assert message.to_bytes(deterministic=True) == message.to_bytes() == data
    assert legacy.Legacy.from_text(message.to_text()) == message
