"""The extension in the place of methods and constructors of Python: it looks and works as they do."""

from __future__ import annotations

import copy
import inspect
import io
import math
import multiprocessing
import os
import pickle
import pydoc
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import lkproto
import pytest
from lkproto import DecodeError, EncodeError, Message, codec_fallbacks
from lkproto._runtime import codec as seam
from lkproto._runtime.native.samples import Samples
from lkproto.google.protobuf import ListValue, Value
from lkproto.livekit import (
    DataPacket,
    ParticipantInfo,
    Room,
    SipDTMF,
    SpeakerInfo,
    UserPacket,
)

from tests.support import in_a_process, module_of, package_of

from . import codecs

pytestmark = pytest.mark.usefixtures("native")

# For calls that checkers refuse.
ANY: Any = Room
DATA = Room(sid="RM_1", empty_timeout=5).to_bytes()
TEXT = '{"sid": "RM_1", "emptyTimeout": 5}'
# The builtins, each with the argument of a usual call.
METHODS: dict[str, list[Any]] = {
    "from_bytes": [DATA],
    "to_bytes": [],
    "from_json": [TEXT],
}


@pytest.fixture(autouse=True)
def native_in_use() -> Iterator[None]:
    """The native codec does LiveKit's messages, and Room has its methods already."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("LKPROTO_CODEC", raising=False)
        seam.use(None)
        assert lkproto.codec() == "native"
        assert Room.from_bytes(DATA) == Room(sid="RM_1", empty_timeout=5)
        Room().to_bytes()
        Room.from_json(TEXT)
        yield
    seam.use(None)


def fallbacks(name: str) -> dict[str, int]:
    """How many messages of a class fell back, by direction."""
    return {key[1]: count for key, count in codec_fallbacks().items() if key[0] == name}


def test_the_methods_are_builtins_and_are_taken_back() -> None:
    assert vars(Room).keys() >= METHODS.keys()
    assert not inspect.isfunction(Room.to_bytes)

    seam.use(None)

    assert not METHODS.keys() & vars(Room).keys()
    assert inspect.isfunction(Room.to_bytes)


@pytest.mark.parametrize("name", METHODS)
def test_signature_and_docstring_are_those_of_python(name: str) -> None:
    here, there = getattr(Room, name), getattr(Message, name)

    assert inspect.isbuiltin(here) or inspect.ismethoddescriptor(here)
    assert _parameters(here) == _parameters(there)
    assert (here.__doc__ or "").split() == (there.__doc__ or "").split()
    assert here.__name__ == name
    assert (inspect.getdoc(there) or "").splitlines()[0] in pydoc.render_doc(here)


def _parameters(function: Any) -> list[tuple[str, Any, Any]]:
    return [
        (each.name, each.kind, each.default)
        for each in inspect.signature(function).parameters.values()
        if each.name != "self"
    ]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_methods_can_be_pickled_and_copied(protocol: int) -> None:
    room = Room(sid="a")

    def pickled(method: Any) -> Any:
        return pickle.loads(pickle.dumps(method, protocol))

    ways: tuple[Callable[[Any], Any], ...] = (pickled, copy.copy, copy.deepcopy)
    for again in ways:
        assert again(Room.from_bytes)(DATA).sid == "RM_1"
        assert again(room.from_bytes)(DATA).sid == "RM_1"
        assert again(Room.from_json)(TEXT).sid == "RM_1"
        assert again(Room.to_bytes)(room) == room.to_bytes()
        assert again(room.to_bytes)() == room.to_bytes()


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_methods_can_be_sent_to_other_processes(method: str) -> None:
    with multiprocessing.get_context(method).Pool(1) as pool:
        rooms = pool.map(Room.from_bytes, [DATA, b""])
        assert rooms == [Room(sid="RM_1", empty_timeout=5), Room()]
        assert pool.map(Room.to_bytes, rooms) == [DATA, b""]


def test_keywords_and_other_buffers_are_read_by_python() -> None:
    expected, before = Room(sid="RM_1", empty_timeout=5), fallbacks("livekit.Room")

    for data in (DATA, bytearray(DATA), memoryview(DATA)):
        assert ANY.from_bytes(data) == expected
        assert ANY.from_bytes(data, max_depth=3) == expected
        assert ANY.from_bytes(data, max_messages=3) == expected
    for text in (TEXT, TEXT.encode(), bytearray(TEXT.encode()), " " * 200_000 + TEXT):
        assert ANY.from_json(text) == expected
        assert ANY.from_json(text, ignore_unknown=True) == expected
    assert expected.to_bytes(deterministic=True) == DATA
    assert Room.to_bytes(expected) == DATA
    assert fallbacks("livekit.Room") == before


@pytest.mark.parametrize(
    "call",
    [
        ANY.from_bytes,
        lambda: ANY.from_bytes("text"),
        lambda: ANY.from_bytes(DATA, DATA),
        lambda: ANY.from_bytes(data=DATA),
        lambda: ANY.from_bytes(DATA, depth=3),
        ANY.from_json,
        lambda: ANY.from_json(5),
        lambda: ANY.from_json(TEXT, True),
        lambda: ANY().to_bytes(True),
        lambda: ANY().to_bytes(sort=True),
        lambda: ANY("RM_1"),
        lambda: ANY(side="RM_1"),
    ],
)
def test_wrong_calls_raise_what_python_raises(call: Any) -> None:
    with pytest.raises(TypeError) as native:
        call()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LKPROTO_CODEC", "python")
        seam.use(None)
        with pytest.raises(TypeError) as python:
            call()

    assert str(native.value) == str(python.value)


def test_errors_of_data_have_their_place_and_are_counted_once() -> None:
    before = fallbacks("livekit.Room")
    with pytest.raises(DecodeError, match=r"sid.*UTF-8"):
        Room.from_bytes(b"\x0a\x01\xff")
    with pytest.raises(EncodeError, match=r"\$\.empty_timeout: -1 is out of range"):
        Room(empty_timeout=-1).to_bytes()

    after = fallbacks("livekit.Room")
    assert after["decode"] == before.get("decode", 0) + 1
    assert after["encode"] == before.get("encode", 0) + 1


def test_ordinary_messages_do_not_fall_back() -> None:
    before = codec_fallbacks()
    packet = DataPacket(user=UserPacket(payload=bytes(300), topic="t"))

    for message in (Room(name="Büro"), packet, ParticipantInfo(attributes={"a": "b"})):
        cls = type(message)
        assert cls.from_bytes(message.to_bytes()) == message
        assert cls.from_bytes(message.to_bytes(), max_messages=10) == message
        assert cls.from_json(message.to_json()) == message
        assert cls.from_json(message.to_json().encode()) == message
        buffer: Any = bytearray(message.to_json().encode())
        assert cls.from_json(buffer) == message
    assert codec_fallbacks() == before


def test_large_messages_are_read_and_do_not_fall_back() -> None:
    before = codec_fallbacks()
    packet = DataPacket(user=UserPacket(payload=bytes(300_000), topic="t"))

    assert DataPacket.from_bytes(packet.to_bytes()) == packet
    assert DataPacket.from_json(packet.to_json()) == packet
    assert codec_fallbacks() == before


@pytest.mark.parametrize("name", METHODS)
def test_a_replaced_method_is_called_and_put_back(name: str) -> None:
    before = vars(Room)[name]
    with mock.patch.object(Room, name, autospec=True) as replaced:
        getattr(Room, name)(*METHODS[name] or [Room()])
    replaced.assert_called_once()

    assert vars(Room)[name] is before
    assert Room.from_bytes(DATA).to_bytes() == DATA


def test_a_replaced_constructor_is_called_and_put_back() -> None:
    with mock.patch.object(Room, "__init__", autospec=True, return_value=None) as init:
        Room(sid="RM_1")
    init.assert_called_once()

    assert Room(sid="RM_1").sid == "RM_1"


def test_a_constructor_of_a_users_own_is_called() -> None:
    written = ANY.__init__
    seen: list[object] = []

    def init(room: Any, **values: Any) -> None:
        seen.append(values)
        written(room, **values)

    try:
        ANY.__init__ = init
        assert Room(sid="RM_1").sid == "RM_1"
    finally:
        ANY.__init__ = written

    Room(sid="RM_2")
    assert seen == [{"sid": "RM_1"}]


def test_oneofs_are_those_of_python() -> None:
    packet = DataPacket(user=UserPacket(topic="t"))
    assert packet.which("value") == ("user", UserPacket(topic="t"))
    packet.sip_dtmf = None
    assert packet.user is not None
    packet.user = None
    assert packet.which("value") == (None, None)

    with pytest.raises(ValueError, match="'user' and 'sip_dtmf' are both given"):
        DataPacket(user=UserPacket(), sip_dtmf=SipDTMF())
    with pytest.raises(
        AttributeError, match="'DataPacket' object has no deleter for 'user'"
    ):
        del packet.user
    with pytest.raises(
        AttributeError, match="'DataPacket' object has no attribute 'user'"
    ):
        DataPacket.__new__(DataPacket).user  # noqa: B018


@pytest.mark.parametrize("name", METHODS)
def test_a_method_that_is_patched_on_the_base_class_is_patched_for_all(
    name: str,
) -> None:
    def call() -> Any:
        return getattr(Room(), name)(*METHODS[name])

    usual = call()
    for _ in range(2):
        with mock.patch.object(Message, name, return_value="patched"):
            assert call() == "patched"
            assert name not in vars(Room)
        assert call() == usual
        assert name in vars(Room)


def test_nan_in_json_is_equal_to_itself() -> None:
    text, before = '{"level":"NaN"}', fallbacks("livekit.SpeakerInfo")
    assert SpeakerInfo.from_json(text) == SpeakerInfo.from_json(text)
    assert math.isnan(SpeakerInfo.from_json(text).level)
    assert fallbacks("livekit.SpeakerInfo") == before


def test_messages_encode_as_deep_as_on_the_python_codec(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    value = Value(string_value="x")
    for _ in range(100):
        value = Value(list_value=ListValue(values=[value]))
    encoded = ("google.protobuf.Value", "encode")
    before = codec_fallbacks().get(encoded)

    data = value.to_bytes()

    assert Value.from_bytes(data, max_depth=500) == value
    assert codec_fallbacks().get(encoded) == before
    monkeypatch.setenv("LKPROTO_CODEC", "python")
    seam.use(None)
    assert value.to_bytes() == data


def test_messages_can_be_pickled_and_copied() -> None:
    packet = DataPacket(user=UserPacket(topic="t"), sequence=5)
    for again in (pickle.loads(pickle.dumps(packet)), copy.copy(packet)):
        assert again == packet
        assert again.to_bytes() == packet.to_bytes()
        assert again.user == packet.user
    assert copy.deepcopy(packet) == packet


def test_threads_that_change_the_codec_get_right_results() -> None:
    wrong: list[object] = []
    done = threading.Event()

    def work() -> None:
        while not done.is_set():
            room = Room(sid="RM_1", empty_timeout=5)
            if Room.from_bytes(room.to_bytes()) != room:
                wrong.append(room)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for each in threads:
        each.start()
    for turn in range(200):
        seam.use(seam.ExactOnly() if turn % 2 else None)
    done.set()
    for each in threads:
        each.join()

    assert wrong == []


CHOICE = """
import sys, warnings
warnings.simplefilter("always")
import lkproto
from lkproto.livekit import Room
assert "lkproto_native" not in sys.modules
print(lkproto.codec(), Room.from_bytes(Room(sid="a").to_bytes()).sid)
"""


@pytest.mark.parametrize(
    ("value", "name"),
    [("", "native"), ("native", "native"), ("python", "python"), ("exact", "exact")],
)
def test_a_process_chooses_by_its_environment(value: str, name: str) -> None:
    done = in_a_process(CHOICE, os.environ | {"LKPROTO_CODEC": value})

    assert done.stdout.split() == [name, "a"]
    assert done.stderr == ""


@pytest.mark.parametrize("name", ["size", "_c_choice", "_v_choice"])
def test_a_class_whose_slots_are_not_slots_is_not_supported(name: str) -> None:
    samples = Samples()
    cls = samples.leaf if name == "size" else samples.typed
    assert name in vars(cls)
    type.__setattr__(cls, name, property(lambda message: 5))

    assert not codecs.extension_of(lkproto).supports(cls)
    assert codecs.extension_of(lkproto).supports(samples.scalars)


def test_streams_are_read_and_written() -> None:
    stream = io.BytesIO()
    for sid in ("a", "b"):
        lkproto.write_delimited(Room(sid=sid), stream)
    stream.seek(0)

    found = [each.sid for each in lkproto.iter_delimited(Room, stream)]
    assert found == ["a", "b"]


def test_two_packages_use_it_independently(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LKPROTO_CODEC", raising=False)
    protos = {"m.proto": 'syntax = "proto3"; message M { uint32 a = 1; }'}
    package = package_of(tmp_path, protos)

    assert package.codec() == "native"
    assert package.M.from_bytes(package.M(a=5).to_bytes()).a == 5
    module_of(package, "_runtime.codec").use(None)
    assert Room.from_bytes(DATA).sid == "RM_1"
    assert "from_bytes" in vars(Room)
    assert "from_bytes" not in vars(package.M)
