"""How message classes are described to a native codec, and the functions for well-known types."""

from __future__ import annotations

import threading
from typing import Any

import lkproto.google.protobuf as wellknown
import pytest
from lkproto._runtime.codec import refusals
from lkproto._runtime.json.decode import Reader, from_json
from lkproto._runtime.json.encode import to_json
from lkproto._runtime.kinds import KINDS
from lkproto._runtime.native.describe import describe, is_special
from lkproto._runtime.native.samples import Samples, filled
from lkproto._runtime.registry import find_message, tables
from lkproto._runtime.table import table_of
from lkproto.livekit import DataPacket, Room, TrackInfo, TrackType

SPECIAL = [
    cls
    for name in sorted(tables().TYPES)
    if name.startswith("google.protobuf.")
    and (cls := find_message(name)) is not None
    and is_special(cls)
]


def field_of(cls: Any, name: str) -> tuple[Any, ...]:
    described = describe(cls)
    assert described is not None
    (found,) = (each for each in described[3] if each[0] == name)
    return tuple(found)


def test_a_scalar_is_described() -> None:
    assert field_of(Room, "empty_timeout") == (
        *("empty_timeout", 3, "uint32", "implicit"),
        *(False, True, False, False, 0),
        *("emptyTimeout", ("empty_timeout", "emptyTimeout")),
        *(Room.__dict__["empty_timeout"], None, None, None, None),
    )


def test_an_enum_is_described_with_its_members() -> None:
    (cls, closed, members, names), key, value = field_of(TrackInfo, "type")[13:]

    assert (cls, closed, key, value) == (TrackType, False, None, None)
    assert members[1] is names["VIDEO"] is TrackType.VIDEO
    assert field_of(TrackInfo, "type")[8] is TrackType(0)


def test_members_of_a_oneof_share_the_slots_of_their_oneof() -> None:
    described = describe(DataPacket)
    assert described is not None
    case, value = described[4][0]
    message = DataPacket(user=None)

    assert field_of(DataPacket, "user")[11:13] == (None, 0)
    assert case.__name__ == "_c_value"
    assert value.__get__(message) is None


def test_a_map_is_described_with_its_parts() -> None:
    described = field_of(find_message("livekit.ParticipantInfo"), "attributes")
    key, value = described[14:]

    assert described[2:4] == ("map", "map")
    assert (key[2], value[2], key[8], value[8]) == ("string", "string", "", "")


def test_every_class_is_described_in_the_order_of_its_fields() -> None:
    unsupported: list[str] = []
    for name in tables().TYPES:
        cls = find_message(name)
        if cls is None:
            continue
        described = describe(cls)
        if described is None:
            unsupported.append(name)
            continue
        numbers = [each[1] for each in described[3]]
        assert numbers == [each.number for each in table_of(cls).fields]
        for each in described[3]:
            assert (each[11] is None) == (each[12] is not None), (name, each[0])

    assert unsupported == []


TEXTS = [
    "null",
    "1.5",
    "1",
    "0",
    "-0",
    "7.0",
    "true",
    '"1"',
    '"a\\u00e9\\n"',
    '"\\ud800"',
    "{}",
    "[]",
    '{"a": [1, {"b": null}], "\\u0061b": "x"}',
    '{"a": 1, "a": 2}',
    "NaN",
    "[NaN]",
    '"NaN"',
    "[1, 2",
    "1 2",
    "",
    "[" * 50 + "]" * 50,
    "[" * 99 + "]" * 99,
    "[" * 150 + "]" * 150,
    "[" * 100_000,
    '"2026-01-31T12:00:00.5Z"',
    '"1.5s"',
    '"fooBar,baz"',
    '"YWI="',
    '{"@type": "type.googleapis.com/livekit.Room", "sid": "RM_1"}',
    '{"@type": "type.googleapis.com/google.protobuf.Duration", "value": "1s"}',
    '{"@type": "type.googleapis.com/livekit.Room", "x": 1}',
    '{"@type": "unknown/x"}',
    "1" * 5000,
]


def outcome(read: Any) -> Any:
    try:
        return read()
    except refusals():
        return "refused"


@pytest.mark.parametrize("cls", SPECIAL, ids=lambda cls: cls.__proto_name__)
def test_well_known_types_are_read_and_printed_as_by_the_exact_codec(cls: Any) -> None:
    described = describe(cls)
    assert described is not None
    write, read = described[1]
    refused = 0
    for text in TEXTS:
        for ignore in (False, True):
            wanted = outcome(lambda: from_json(cls, text, Reader(ignore)))  # noqa: B023
            found = outcome(lambda: read(text, ignore, 100))  # noqa: B023
            # More may be refused: the exact codec then reads it.
            assert found in (wanted, "refused"), text
            refused += found != wanted
            if wanted != "refused":
                assert outcome(lambda: write(wanted)) == outcome(  # noqa: B023
                    lambda: to_json(wanted)  # noqa: B023
                )

    assert refused == 0


def test_what_is_left_of_the_depth_is_that_of_the_exact_reader() -> None:
    described = describe(wellknown.Value)
    assert described is not None
    for depth in range(8):
        reader = Reader()
        reader.depth = depth
        text = "[[]]"
        wanted = outcome(lambda: reader.message(wellknown.Value, [[]]))  # noqa: B023
        found = outcome(lambda: described[1][1](text, False, depth))  # noqa: B023

        assert found == wanted


def test_deep_text_is_refused_in_a_small_thread() -> None:
    described = describe(wellknown.Value)
    assert described is not None
    found: list[Any] = []
    before = threading.stack_size(64 * 1024)
    try:
        thread = threading.Thread(
            target=lambda: found.append(
                outcome(lambda: described[1][1]("[" * 50_000, False, 100))
            )
        )
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)

    assert found == ["refused"]


def test_samples_have_every_kind_and_form_of_field() -> None:
    samples = Samples()
    fields = [each for cls in samples.classes for each in table_of(cls).fields]
    forms = {(each.kind, each.presence, each.packed) for each in fields}
    set_fields = {
        (cls, name)
        for cls, values in samples.messages()
        for name, value in values.items()
        if getattr(filled(cls, values), name) == value
    }

    assert {each.kind for each in fields} >= {*KINDS} - {"group"}
    assert {("int32", "repeated", True), ("int32", "repeated", False)} <= forms
    assert {each.presence for each in fields} == {
        *("implicit", "explicit", "required", "repeated", "map")
    }
    typed = {each.name for each in table_of(samples.typed).fields}
    assert typed == {name for cls, name in set_fields if cls is samples.typed}
    scalars = {each.name for each in table_of(samples.scalars).fields}
    assert scalars == {name for cls, name in set_fields if cls is samples.scalars}
