"""What a field takes, in every format and from both codecs, and what an error says to do.

google's library is asked which numbers of other libraries count.
"""

from __future__ import annotations

import copy
import datetime as dt
import decimal
import enum
import fractions
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest
from google.protobuf import wrappers_pb2
from google.protobuf.timestamp_pb2 import Timestamp as GoogleTimestamp
from lkproto import (
    EncodeError,
    find_message,
    has_unknown,
    redacted,
    replace,
    unknown_bytes,
)
from lkproto.google.protobuf import Timestamp
from lkproto.livekit import (
    DataPacket,
    ParticipantInfo,
    Room,
    TimedVersion,
    TrackInfo,
    UserPacket,
)

WRITERS: dict[str, Callable[[Any], object]] = {
    "bytes": lambda message: message.to_bytes(),
    "sorted bytes": lambda message: message.to_bytes(deterministic=True),
    "json": lambda message: message.to_json(),
    "sorted json": lambda message: message.to_json(sort_keys=True),
    "text": lambda message: message.to_text(),
}


class Index:
    """A whole number by Python's protocol alone."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __index__(self) -> int:
        return self.value


class Scalar(Index):
    """One that compares too, as numpy's do."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> Any:
        return Scalar(self.value == other)

    def __lt__(self, other: Any) -> Any:
        return self.value < other

    def __le__(self, other: Any) -> Any:
        return self.value <= other

    def __ge__(self, other: Any) -> Any:
        return self.value >= other

    def __bool__(self) -> bool:
        return bool(self.value)


class Real:
    """A number by Python's protocol alone."""

    def __float__(self) -> float:
        return 2.5


class Array:
    """Several numbers, which neither compare to one bool nor are one."""

    def __repr__(self) -> str:
        return "array([1, 2])"

    def __len__(self) -> int:
        return 2

    def __iter__(self) -> Iterator[int]:
        return iter((1, 2))

    def __eq__(self, other: object) -> Any:
        return self

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        raise ValueError("the truth value of an array is ambiguous")

    def __float__(self) -> float:
        raise TypeError("only arrays of one number can be converted")

    def __index__(self) -> int:
        raise TypeError("only integer scalar arrays can be converted to an index")


class Color(enum.IntEnum):
    RED = 1


NUMBERS: dict[str, object] = {
    "int": 5,
    "float": 5.0,
    "half": 5.5,
    "zero": 0.0,
    "minus zero": -0.0,
    "index": Index(5),
    "zero index": Index(0),
    "scalar": Scalar(127),
    "long scalar": Scalar(128),
    "real": Real(),
    "enum": Color.RED,
    "decimal": decimal.Decimal(5),
    "zero decimal": decimal.Decimal(0),
    "fraction": fractions.Fraction(0),
    "complex": 0j,
    "text": "5",
    "no text": "",
    "no bytes": b"",
    "list": [],
    "array": Array(),
}
KINDS = ["Int32", "Int64", "UInt32", "UInt64", "Double", "Float"]


def result(write: Callable[[], object]) -> object:
    try:
        return write()
    except (TypeError, ValueError):
        return "refused"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_count_as_they_do_for_google(
    legacy_root: Any, kind: str, name: str
) -> None:
    value = NUMBERS[name]
    ours = legacy_root.find_message(f"google.protobuf.{kind}Value")
    google = getattr(wrappers_pb2, f"{kind}Value")
    expected = result(lambda: google(value=value).SerializeToString())

    assert result(lambda: ours(value=value).to_bytes()) == expected
    assert (
        result(lambda: ours.from_json(ours(value=value).to_json()).to_bytes())
        == expected
    )
    assert (
        result(lambda: ours.from_text(ours(value=value).to_text()).to_bytes())
        == expected
    )


def test_numbers_of_numpy_count() -> None:
    numpy = pytest.importorskip("numpy")
    room = Room(
        empty_timeout=numpy.uint8(3),
        creation_time=numpy.int64(128),
        active_recording=numpy.bool_(True),
    )
    plain = Room(empty_timeout=3, creation_time=128, active_recording=True)

    assert room.to_bytes() == plain.to_bytes()
    assert room.to_json() == plain.to_json()
    assert room.to_text() == plain.to_text()
    assert room.to_dict() == plain.to_dict()


def test_whole_numbers_of_other_libraries_are_found_wherever_numbers_are(
    legacy: Any,
) -> None:
    def filled(number: Callable[[int], Any]) -> Any:
        return legacy.Legacy(
            id=number(300),
            color=number(1),
            colors=[number(2)],
            packed_colors=[number(1)],
            zigzags=[number(-3)],
            fixed=[number(4)],
            by_number={number(7): number(1), number(2): number(0)},
        )

    message, plain = filled(Index), filled(int)

    for name, write in WRITERS.items():
        assert write(message) == write(plain), name
    assert message.to_dict() == plain.to_dict()


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize(
    ("field", "values"),
    {
        "id": [0.0, "", []],
        "text": [b"", 0],
        "zigzags": ["", {}, None],
        "by_name": ["", [], (), None],
        "flags": [0],
    }.items(),
)
def test_what_is_empty_but_of_another_type_is_refused(
    legacy: Any, legacy_root: Any, name: str, field: str, values: list[Any]
) -> None:
    for value in values:
        message = legacy.Legacy(id=1)
        setattr(message, field, value)
        with pytest.raises(legacy_root.EncodeError, match=f"{field}: takes "):
            WRITERS[name](message)


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize(
    "changes",
    [
        {"empty_timeout": 0.0},
        {"empty_timeout": decimal.Decimal(0)},
        {"creation_time": ""},
        {"name": 0},
        {"name": b""},
        {"active_recording": 0},
        {"enabled_codecs": Array()},
        {"enabled_codecs": ""},
        {"version": 0},
    ],
    ids=repr,
)
def test_falsy_values_do_not_pass_as_unset(name: str, changes: dict[str, Any]) -> None:
    with pytest.raises(EncodeError, match=f"^\\$.{next(iter(changes))}: takes "):
        WRITERS[name](Room(**changes))


ADVICE: dict[str, tuple[Any, str]] = {
    "None for text": (
        Room(name=None),  # type: ignore[arg-type]
        "$.name: takes a str, not None; the field is not optional: leave it out, or give ''",
    ),
    "None for a list": (
        Room(enabled_codecs=None),  # type: ignore[arg-type]
        "$.enabled_codecs: takes a list, not None; the field is not optional: leave it "
        "out, or give []",
    ),
    "the name of an enum": (
        TrackInfo(type="VIDEO"),  # type: ignore[arg-type]
        '$.type: takes a livekit.TrackType or int, not str; use TrackType["VIDEO"]',
    ),
    "a misspelt name of an enum": (
        TrackInfo(type="vidoe"),  # type: ignore[arg-type]
        "$.type: takes a livekit.TrackType or int, not str; did you mean "
        'TrackType["VIDEO"]?',
    ),
    "None for an enum": (
        TrackInfo(type=None),  # type: ignore[arg-type]
        "$.type: takes a livekit.TrackType or int, not None; the field is not optional: "
        "leave it out, or give TrackType(0)",
    ),
    "a dict for a message": (
        Room(version={"ticks": 1}),  # type: ignore[arg-type]
        "$.version: takes a livekit.TimedVersion, not dict; use TimedVersion(...) with "
        "keywords, or TimedVersion.from_dict(...)",
    ),
    "a class for a message": (
        Room(version=TimedVersion),  # type: ignore[arg-type]
        "$.version: takes a livekit.TimedVersion, not the class TimedVersion; write "
        "TimedVersion() for a message",
    ),
    "google's message": (
        Room(version=GoogleTimestamp()),  # type: ignore[arg-type]
        "$.version: takes a livekit.TimedVersion, not Timestamp; use "
        "TimedVersion.from_bytes(value.SerializeToString())",
    ),
    "an array for a list": (
        Room(enabled_codecs=Array()),  # type: ignore[arg-type]
        "$.enabled_codecs: takes a list, not Array; use list(...)",
    ),
    "a number for a float": (
        ParticipantInfo(joined_at=1.5),  # type: ignore[arg-type]
        "$.joined_at: takes an int (int64), not float; use int(...) or round(...)",
    ),
    "text for bytes": (
        DataPacket(user=UserPacket(payload="x")),  # type: ignore[arg-type]
        "$.user.payload: takes bytes, not str; use .encode()",
    ),
    "bytes for text": (
        Room(sid=b"RM"),  # type: ignore[arg-type]
        "$.sid: takes a str, not bytes; use .decode()",
    ),
}


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("mistake", ADVICE)
def test_a_mistake_says_what_to_do_in_the_same_words_everywhere(
    name: str, mistake: str
) -> None:
    message, text = ADVICE[mistake]

    with pytest.raises(EncodeError) as caught:
        WRITERS[name](message)

    assert str(caught.value) == text


WELL_KNOWN: dict[str, tuple[Any, str]] = {
    "Timestamp": (dt.datetime.now(dt.UTC), "Timestamp.from_datetime(...)"),
    "Duration": (dt.timedelta(1), "Duration.from_timedelta(...)"),
    "Struct": ({"a": 1}, "Struct.from_dict(...)"),
    "Value": (3, "Value.from_dict(...)"),
    "ListValue": ([1], "ListValue.from_dict(...)"),
    "Int64Value": (3, "Int64Value(value=...)"),
    "FieldMask": (["a"], "FieldMask(paths=...)"),
    "Any": (Timestamp(), "Any.pack(...)"),
}


@pytest.mark.parametrize("name", WELL_KNOWN)
def test_values_for_well_known_types_name_their_conversion(
    legacy_root: Any, name: str
) -> None:
    value, advice = WELL_KNOWN[name]
    cls = legacy_root.find_message(f"google.protobuf.{name}") or find_message(
        f"google.protobuf.{name}"
    )
    checks = import_module(cls.__module__.partition(".")[0] + "._runtime.checks")

    assert str(checks.wrong_message(cls, value)).endswith(f"; use {advice}")


def test_sensitive_values_are_not_part_of_the_advice() -> None:
    for value in ("secret", b"secret", ["secret"], {"secret": 1}):
        with pytest.raises(EncodeError) as caught:
            ParticipantInfo(attributes=value, metadata=value).to_bytes()  # type: ignore[arg-type]
        assert "secret" not in str(caught.value)


def test_a_value_the_schema_does_not_take_shows_in_repr() -> None:
    assert repr(Room(name=None)) == "Room(name=None)"  # type: ignore[arg-type]
    assert repr(Room(empty_timeout=0.0)) == "Room(empty_timeout=0.0)"  # type: ignore[arg-type]
    assert repr(Room(enabled_codecs="")) == "Room(enabled_codecs='')"  # type: ignore[arg-type]
    assert Room(name=None) != Room()  # type: ignore[arg-type]


def test_a_deleted_field_counts_as_unset() -> None:
    for name in ("name", "enabled_codecs", "version"):
        room, whole = Room(sid="RM"), Room(sid="RM")
        delattr(room, name)

        assert repr(room) == repr(whole)
        assert room == whole
        for write in WRITERS.values():
            assert write(room) == write(whole)
        room.merge_from(Room(name="a", version=TimedVersion(ticks=1)))
        assert room.name == "a"


@pytest.mark.parametrize("make", [object.__new__, lambda cls: cls.__new__(cls)])
def test_a_message_made_without_its_constructor_is_an_empty_one(make: Any) -> None:
    assert repr(make(Room)) == "Room()"
    assert make(Room) == Room()
    for write in WRITERS.values():
        assert write(make(Room)) == write(Room())
    assert redacted(make(Room)) == Room()
    assert copy.deepcopy(make(Room)) == Room()
    assert replace(make(Room), sid="a") == Room(sid="a")
    assert (has_unknown(make(Room)), unknown_bytes(make(Room))) == (False, b"")
    assert make(DataPacket).which("value") == (None, None)
    with pytest.raises(ValueError, match="has no oneof 'values'; it has 'value'"):
        make(DataPacket).which("values")


class Broken:
    def __repr__(self) -> str:
        raise RuntimeError

    def __bool__(self) -> bool:
        raise RuntimeError

    __eq__ = __len__ = __index__ = __float__ = __bool__  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]


def test_repr_never_fails() -> None:
    shown = "<Broken, whose repr fails>"
    room = Room(name=Broken(), enabled_codecs=[Broken()])  # type: ignore[arg-type,list-item]

    assert repr(room) == f"Room(name={shown}, enabled_codecs=[{shown}])"
    for name in Room._specifiers:
        assert repr(Room(**{name: Broken()})).startswith("Room(")  # type: ignore[arg-type]
    assert repr(DataPacket(user=Broken())) == f"DataPacket(user={shown})"  # type: ignore[arg-type]


class Nothing:
    """Not even its class can be asked for."""

    @property
    def __class__(self) -> type:
        raise RuntimeError("a secret")

    @__class__.setter
    def __class__(self, value: type) -> None: ...


def test_repr_names_the_error_of_an_object_that_cannot_be_looked_at() -> None:
    for room in (Room(name=Nothing()), Room(version=Nothing())):  # type: ignore[arg-type]
        assert repr(room) == "<Room that cannot be shown: RuntimeError>"
