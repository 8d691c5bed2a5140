"""Every message class, with all its fields set, behaves as a dataclass of its fields.

Tests that also apply to empty messages are in tests/runtime/test_messages.py.
"""

from __future__ import annotations

import copy
import dataclasses
import os
import pickle
import pprint
import subprocess
import sys
import typing
import warnings
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from lkproto import Message, fields_of, find_enum, find_message, replace
from lkproto._index import TYPES
from lkproto.livekit import Room, S3Upload
from lkproto_codegen.read.compile import compile_protos

from tests.support import ROOT, sampled

from .samples import given

OWN_FILES = ["lkproto/options.proto", "lkproto/claims.proto"]
MESSAGES = [name for name in TYPES if find_message(name)]
UNKNOWN = b"\xf8\xff\x3f\x01"
pytestmark = pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")


def message_class(name: str) -> Any:
    found = find_message(name)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def pool() -> DescriptorPool:
    """The schema in google's runtime: upstream's files and our own."""
    reference = ROOT / "tests" / "schema" / "livekit-protocol-v1.54.0.fds"
    found = DescriptorPool()
    upstream = FileDescriptorSet.FromString(reference.read_bytes()).file
    own = compile_protos([ROOT / "protobufs"], OWN_FILES).file
    for file in (*upstream, *(each for each in own if each.name in OWN_FILES)):
        file.ClearField("source_code_info")
        found.AddSerializedFile(file.SerializeToString())
    return found


def plain(value: Any) -> Any:
    """The expected result of `asdict` for a value."""
    if isinstance(value, Message):
        return {
            field.name: plain(getattr(value, field.name))
            for field in fields_of(type(value))
        }
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return value


@pytest.mark.parametrize("name", sampled(MESSAGES))
def test_a_full_message_is_a_dataclass_instance(name: str) -> None:
    cls = message_class(name)
    values = given(cls)
    message = cls(**values)

    assert {key: getattr(message, key) for key in values} == values
    assert dataclasses.asdict(message) == plain(message)
    assert dataclasses.replace(message) == message == cls(**values)
    for field in values:
        changed = replace(message, **{field: getattr(cls(), field)})
        assert changed != message
        assert replace(changed, **{field: values[field]}) == message


@pytest.mark.parametrize("name", sampled(MESSAGES))
def test_copies_are_shallow_or_deep(name: str) -> None:
    cls = message_class(name)
    message = cls(**given(cls))
    shallow, deep = copy.copy(message), copy.deepcopy(message)
    loaded = pickle.loads(pickle.dumps(message))

    assert shallow == deep == loaded == message
    for field in fields_of(cls):
        value = getattr(message, field.name)
        assert getattr(shallow, field.name) is value
        if isinstance(value, Message | list | dict):
            assert getattr(deep, field.name) is not value
            assert getattr(loaded, field.name) is not value


@pytest.mark.parametrize("name", sampled(MESSAGES))
def test_match_takes_a_message_apart(name: str) -> None:
    cls = message_class(name)
    values = given(cls)
    # A name in a pattern is bound unless it has a dot.
    patterns = ", ".join(f"{field}=values.{field}" for field in values)
    code = f"match message:\n    case cls({patterns}): found = 'all'\n    case _: found = 'no'"

    def matched(message: Any) -> object:
        scope: dict[str, Any] = {"message": message, "cls": cls}
        scope["values"] = type("values", (), values)
        exec(code, scope)
        return scope["found"]

    assert matched(cls(**values)) == "all"
    assert matched(object()) == "no"
    if values:
        assert matched(cls()) == "no"


@pytest.mark.parametrize("name", sampled(MESSAGES))
def test_unknown_fields_count_in_equality(name: str) -> None:
    cls = message_class(name)
    data = cls(**given(cls)).to_bytes()
    known, unknown = cls.from_bytes(data), cls.from_bytes(data + UNKNOWN)

    assert known != unknown
    assert unknown == cls.from_bytes(UNKNOWN + data)
    assert unknown != cls.from_bytes(data + UNKNOWN + UNKNOWN)
    assert unknown.to_bytes() == data + UNKNOWN


def expected_hint(field: FieldDescriptor) -> Any:
    """The Python type of a field, derived from google's descriptor."""
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        key, value = (field.message_type.fields_by_number[n] for n in (1, 2))
        return dict[single_hint(key), single_hint(value)]  # type: ignore[misc]
    single = single_hint(field)
    if field.is_repeated:
        return list[single]
    return single | None if field.has_presence else single


def single_hint(field: FieldDescriptor) -> Any:
    """The Python type of one value of a field."""
    if field.message_type is not None:
        return find_message(field.message_type.full_name)
    if field.enum_type is not None:
        return find_enum(field.enum_type.full_name)
    scalars = {
        field.CPPTYPE_BOOL: bool,
        field.CPPTYPE_DOUBLE: float,
        field.CPPTYPE_FLOAT: float,
        field.CPPTYPE_STRING: bytes if field.type == field.TYPE_BYTES else str,
    }
    return scalars.get(field.cpp_type, int)


@pytest.mark.parametrize("name", sampled(MESSAGES))
def test_hints_are_the_types_google_sees(name: str, pool: DescriptorPool) -> None:
    cls = message_class(name)
    theirs = pool.FindMessageTypeByName(name)
    names = {field.number: field.name for field in fields_of(cls)}

    assert typing.get_type_hints(cls) == {
        names[number]: expected_hint(field)
        for number, field in theirs.fields_by_number.items()
    }


@pytest.mark.filterwarnings("error")
def test_deprecated_messages_warn_where_they_are_constructed(
    pool: DescriptorPool,
) -> None:
    deprecated = {
        name
        for name in MESSAGES
        if pool.FindMessageTypeByName(name).GetOptions().deprecated
    }
    warned: set[str] = set()
    for name in MESSAGES:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            message_class(
                name
            )()  # for some classes, this is the first construction in this process
            message_class(name)()
        assert len(caught) in (0, 2)
        for warning in caught:
            assert warning.category is DeprecationWarning
            assert str(warning.message) == f"{name} is deprecated"
            assert warning.filename == __file__
            warned.add(name)

    assert warned == deprecated != set()


def test_pprint_prints_a_long_message_as_its_repr() -> None:
    room = Room(sid="RM_1" * 20, turn_password="secret", metadata="x" * 90)

    assert pprint.pformat(room) == repr(room)
    assert pprint.pformat([room]) == f"[{room!r}]"
    assert "secret" not in pprint.pformat({"a": [room] * 3}, width=20)


@pytest.mark.slow
def test_pytest_shows_the_difference_of_two_messages(tmp_path: Path) -> None:
    test = tmp_path / "test_difference.py"
    test.write_text(
        "from lkproto.livekit import Room\n"
        "def test_rooms():\n"
        "    assert [Room(sid='a' * 90)] == [Room(sid='b' * 90)]\n",
        "utf-8",
    )
    command = [sys.executable, "-m", "pytest", "-vv", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "--rootdir", str(tmp_path), str(test)],
        env=os.environ | {"PYTHONPATH": str(ROOT / "generated")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert f"-     Room(sid='{'b' * 90}')," in done.stdout, done.stdout
    assert "faulty" not in done.stdout
    assert "unserializable" not in done.stdout


def test_who_fills_a_dataclass_field_by_field_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Room.from_json\(...\)"):
        object.__new__(Room).__post_init__()  # type: ignore[attr-defined]


def test_who_looks_for_fields_without_dataclasses_finds_none() -> None:
    assert dataclasses.is_dataclass(Room)
    assert not hasattr(Room, "__dataclass_fields__")
    assert not hasattr(Room(), "__dataclass_fields__")
    with pytest.raises(AttributeError, match="use to_json and from_json"):
        Room.__dataclass_fields__  # noqa: B018
    assert dataclasses.fields(Message) == ()


@pytest.mark.parametrize(
    "library", ["dataclasses_json.core", "flask.json.provider", "fastapi.encoders"]
)
def test_libraries_of_other_formats_see_no_dataclass(library: str) -> None:
    """What they would write is not ProtoJSON, and what they would show, `repr` hides."""
    for value in (Room(), S3Upload(secret="hunter2")):
        theirs: dict[str, Any] = vars(dataclasses) | {
            "__name__": library,
            "value": value,
        }
        assert not eval("is_dataclass(value)", theirs)
        with pytest.raises(TypeError, match="use to_json and from_json, or to_dict"):
            eval("fields(value)", theirs)
        for other in ("somebody.else", "fastapi._compat.shared"):
            theirs["__name__"] = other
            assert eval("fields(value)", theirs)


def test_dataclasses_json_reads_no_dict_in_the_place_of_a_message() -> None:
    theirs = vars(dataclasses) | {"__name__": "dataclasses_json.core", "value": Room}

    with pytest.raises(TypeError, match="use to_json and from_json, or to_dict"):
        eval("is_dataclass(value)", theirs)


def test_a_message_is_not_made_a_dataclass_again() -> None:
    """marshmallow_dataclass and others do so with what is none to them."""
    for _ in range(2):
        with pytest.raises(
            TypeError, match="Room is a protobuf message, and stays one"
        ):
            dataclasses.dataclass(Room)
    assert Room.from_bytes(Room(name="a").to_bytes()) == Room(name="a")
    assert "name" in {field.name for field in dataclasses.fields(Room)}


def test_other_serialisers_refuse_messages_and_take_hooks() -> None:
    msgspec = pytest.importorskip("msgspec")
    room = Room(sid="RM_1", creation_time=5)

    with pytest.raises(TypeError, match="Encoding objects of type Room is unsupported"):
        msgspec.json.encode(room)
    assert (
        msgspec.json.encode(
            {"room": room}, enc_hook=lambda message: msgspec.Raw(message.to_json())
        )
        == b'{"room":' + room.to_json().encode() + b"}"
    )
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"sid": "RM_1"}, Room)
    assert msgspec.convert(
        {"sid": "RM_1"}, Room, dec_hook=lambda cls, value: cls.from_dict(value)
    ) == Room(sid="RM_1")


def test_msgspec_makes_no_half_message_of_a_field() -> None:
    msgspec = pytest.importorskip("msgspec")
    visit = msgspec.defstruct("Visit", [("room", Room)])
    text = b'{"room":{"maxParticipants":5}}'

    for read in (
        lambda: msgspec.json.decode(text, type=visit),
        lambda: msgspec.convert({"room": {"sid": "RM_1"}}, visit),
        lambda: msgspec.convert({"room": S3Upload()}, visit, from_attributes=True),
    ):
        with pytest.raises(msgspec.ValidationError, match="Expected `Room`"):
            read()
    with pytest.raises(TypeError, match="Encoding objects of type Room is unsupported"):
        msgspec.to_builtins(visit(Room()))
    found = msgspec.json.decode(
        text, type=visit, dec_hook=lambda cls, value: cls.from_dict(value)
    )
    assert found.room == Room(max_participants=5)
    assert msgspec.json.encode(found, enc_hook=Message.to_dict) == text


def test_cattrs_asks_for_a_hook() -> None:
    cattrs = pytest.importorskip("cattrs")

    with pytest.raises(cattrs.StructureHandlerNotFoundError):
        cattrs.structure({"sid": "RM_1"}, Room)
    converter = cattrs.Converter()
    converter.register_structure_hook_func(
        lambda cls: isinstance(cls, type) and issubclass(cls, Message),
        lambda value, cls: cls.from_dict(value),
    )
    converter.register_unstructure_hook(Message, lambda message: message.to_dict())
    assert converter.structure({"sid": "RM_1"}, Room) == Room(sid="RM_1")
    assert converter.unstructure(Room(creation_time=5)) == {"creationTime": "5"}
