"""Messages as objects: construction, presence, oneofs, equality, copies, dataclasses."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import typing
from pathlib import Path
from typing import Any

import pytest
from lkproto import Message, find_message, has_unknown, replace
from lkproto._index import TYPES
from lkproto.google.protobuf import ListValue, Struct, Value
from lkproto.livekit import (
    ActiveSpeakerUpdate,
    Codec,
    DataPacket,
    EgressInfo,
    ParticipantInfo,
    Room,
    SpeakerInfo,
    TrackInfo,
    UserPacket,
)

from tests.support import package_of, sampled

MESSAGES = [name for name in TYPES if find_message(name)]
quiet = pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")


def message_class(name: str) -> Any:
    found = find_message(name)
    assert found is not None
    return found


def test_fields_are_given_by_keyword_and_default_to_zero_or_none() -> None:
    room = Room(sid="RM_1", empty_timeout=5)

    assert (room.sid, room.empty_timeout, room.name) == ("RM_1", 5, "")
    assert room.enabled_codecs == []
    assert room.version is None


def test_unknown_and_positional_arguments_are_refused() -> None:
    with pytest.raises(TypeError, match="'nope'"):
        Room(nope=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="Room"):
        Room("RM_1")  # type: ignore[call-arg, misc]


def test_attributes_are_those_of_the_schema() -> None:
    with pytest.raises(AttributeError):
        Room().nope = 1  # type: ignore[attr-defined]


def test_lists_are_not_shared_between_messages() -> None:
    Room().enabled_codecs.append(None)  # type: ignore[arg-type]

    assert Room().enabled_codecs == []


def test_oneof_holds_one_member_at_a_time() -> None:
    packet = DataPacket(user=UserPacket(topic="a"))

    assert packet.which("value") == ("user", UserPacket(topic="a"))
    packet.speaker = None
    assert packet.user is not None
    packet.chat_message = None
    packet.user = None
    assert packet.which("value") == (None, None)


def test_setting_a_member_clears_its_siblings() -> None:
    info = EgressInfo()
    info.segments = None
    info.stream = None
    info.room_composite = None

    assert info.which("request") == (None, None)
    packet = DataPacket(user=UserPacket())
    packet.sip_dtmf = message_class("livekit.SipDTMF")(digit="1")
    assert packet.user is None
    assert packet.which("value")[0] == "sip_dtmf"


def test_two_members_of_a_oneof_are_refused() -> None:
    dtmf = message_class("livekit.SipDTMF")()

    with pytest.raises(ValueError, match="'user' and 'sip_dtmf' are both given"):
        DataPacket(user=UserPacket(), sip_dtmf=dtmf)


def test_which_lists_the_oneofs_in_its_error() -> None:
    with pytest.raises(ValueError, match="no oneof 'nope'; it has 'value'"):
        DataPacket().which("nope")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="has none"):
        Room().which("value")  # type: ignore[attr-defined]


def test_oneof_members_work_before_the_first_construction(tmp_path: Path) -> None:
    text = (
        'syntax = "proto3"; message {} {{ oneof v {{ string a = 1; int32 b = 2; }} }}'
    )
    names = ("Written", "Read")
    package = package_of(tmp_path, {f"{n}.proto": text.format(n) for n in names})

    assert package.Written.a is not None
    written = package.Written.__new__(package.Written)
    written.b = 3
    assert (written.a, written.b) == (None, 3)
    bare = package.Read.__new__(package.Read)
    with pytest.raises(AttributeError):  # as for any object that is not initialised
        bare.a  # noqa: B018
    assert package.Read(a="x").a == "x"


def test_equality_is_by_class_fields_and_unknown_fields() -> None:
    assert Room(sid="a") == Room(sid="a")
    assert Room(sid="a") != Room(sid="b")
    assert Room() != TrackInfo()
    assert Room.from_bytes(b"\xf8\x7f\x01") != Room()


def test_messages_are_unhashable() -> None:
    with pytest.raises(TypeError, match="Room"):
        hash(Room())


def test_messages_cannot_be_subclassed_or_constructed_bare() -> None:
    with pytest.raises(TypeError, match="cannot be subclassed"):
        type("Mine", (Room,), {})
    with pytest.raises(TypeError, match="has no fields"):
        Message()


def test_replace_keeps_unknown_fields_and_clears_siblings() -> None:
    packet = DataPacket.from_bytes(
        DataPacket(user=UserPacket()).to_bytes() + b"\xf8\x7f\x01"
    )
    dtmf = message_class("livekit.SipDTMF")(digit="1")

    changed = replace(packet, sip_dtmf=dtmf)

    assert changed.which("value") == ("sip_dtmf", dtmf)
    assert has_unknown(changed)
    assert packet.user is not None
    assert packet.__replace__(user=None).which("value") == (None, None)  # type: ignore[attr-defined]


def test_replace_refuses_unknown_names_and_two_members_of_a_oneof() -> None:
    with pytest.raises(TypeError, match="no field 'sidd'; did you mean 'sid'"):
        replace(Room(), sidd="x")
    with pytest.raises(TypeError, match="no field 'zzzzzz'$"):
        replace(Room(), zzzzzz="x")
    with pytest.raises(ValueError, match="both given"):
        replace(DataPacket(), user=UserPacket(), sip_dtmf=1)


def test_dataclasses_replace_works_within_its_limits() -> None:
    assert dataclasses.replace(Room(sid="a"), sid="b").sid == "b"
    with pytest.raises(ValueError, match="both given"):
        dataclasses.replace(DataPacket(user=UserPacket()), sip_dtmf=UserPacket())


def test_deprecated_messages_warn_when_constructed_but_not_when_decoded() -> None:
    with pytest.warns(DeprecationWarning, match="ActiveSpeakerUpdate is deprecated"):
        update = ActiveSpeakerUpdate(speakers=[SpeakerInfo(sid="PA_1")])

    assert ActiveSpeakerUpdate.from_bytes(update.to_bytes()) == update


def test_the_first_construction_warns_at_its_own_place_like_all_others(
    tmp_path: Path,
) -> None:
    text = 'syntax = "proto3"; message Old { option deprecated = true; int32 x = 1; }'
    package = package_of(tmp_path, {"a.proto": text})

    for _ in range(2):
        with pytest.warns(DeprecationWarning, match="Old is deprecated") as caught:
            assert package.Old(x=1).x == 1
        assert [warning.filename for warning in caught] == [__file__]


def test_merge_from_takes_a_message_or_bytes() -> None:
    room = Room(
        sid="a", name="n", enabled_codecs=[message_class("livekit.Codec")(mime="x")]
    )
    room.merge_from(
        Room(sid="b", enabled_codecs=[message_class("livekit.Codec")(mime="y")])
    )
    room.merge_from(b"\x0a\x01c")

    assert (room.sid, room.name) == ("c", "n")
    assert [codec.mime for codec in room.enabled_codecs] == ["x", "y"]


def test_which_is_not_an_attribute_of_message_for_checkers() -> None:
    assert (
        inspect.signature(Room).parameters["sid"].kind is inspect.Parameter.KEYWORD_ONLY
    )


def test_a_pickle_of_an_older_schema_fills_in_defaults() -> None:
    room = Room(sid="a")
    _, _, state = room.__reduce_ex__(2)[:3]
    del state[1]["name"]
    other = Room.__new__(Room)
    other.__setstate__(state)

    assert other == room


@quiet
@pytest.mark.parametrize("name", sampled(MESSAGES))
def test_every_class_is_a_dataclass_that_copies_and_pickles(name: str) -> None:
    cls = message_class(name)
    message = cls.from_bytes(b"\xf8\xff\x3f\x01")

    assert dataclasses.is_dataclass(cls)
    names = {field.name for field in dataclasses.fields(cls)}
    assert (
        names
        == set(typing.get_type_hints(cls))
        == set(inspect.signature(cls).parameters)
    )
    assert set(dataclasses.asdict(message)) == names
    assert dataclasses.replace(cls()) == cls()
    assert replace(message) == message
    for copied in (
        copy.copy(message),
        copy.deepcopy(message),
        *(pickle.loads(pickle.dumps(message, protocol)) for protocol in (2, 3, 4, 5)),
    ):
        assert copied == message
        assert has_unknown(copied)
    match message:
        case Message():
            pass
        case _:
            pytest.fail("a message is a Message")
    assert cls.__doc__
    assert repr(cls()) == f"{cls.__qualname__}()"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_messages_pickle_with_every_protocol(protocol: int) -> None:
    room = Room.from_bytes(b"\n\x04RM_1\xf8\x7f\x01")
    packet = DataPacket(kind=DataPacket.Kind.LOSSY, user=UserPacket(payload=b"\xff"))
    for message in (room, packet, DataPacket(), ParticipantInfo(attributes={"a": "b"})):
        assert pickle.loads(pickle.dumps(message, protocol)) == message


def nested(levels: int) -> Value:
    """JSON arrays nested to a depth."""
    value = Value(number_value=1)
    for _ in range(levels):
        value = Value(list_value=ListValue(values=[value]))
    return value


def test_repr_marks_messages_that_contain_themselves() -> None:
    struct = Struct()
    struct.fields["a"] = Value(struct_value=struct)
    items: list[Any] = []
    items.append(items)

    assert repr(struct) == "Struct(fields={'a': Value(struct_value=…)})"
    assert repr(Room(enabled_codecs=items)) == "Room(enabled_codecs=[…])"


def test_repr_ends_where_messages_are_nested_deeply() -> None:
    shallow, deep = repr(nested(30)), repr(nested(3000))

    assert "…" not in shallow
    assert deep.count("…") == 1
    assert len(deep) < 2000


def test_shared_messages_are_shown_each_time() -> None:
    codec = Codec(mime="a")

    assert repr(Room(enabled_codecs=[codec, codec])) == (
        "Room(enabled_codecs=[Codec(mime='a'), Codec(mime='a')])"
    )


def test_comparing_and_copying_recurse_as_for_lists() -> None:
    one, other = nested(3000), nested(3000)
    with pytest.raises(RecursionError):
        assert one == other
    with pytest.raises(RecursionError):
        copy.deepcopy(one)


def test_a_number_too_long_to_print_has_a_repr() -> None:
    assert "thousands of digits" in repr(Room(empty_timeout=10**5000))
