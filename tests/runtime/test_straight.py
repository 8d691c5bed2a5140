"""The straight-line codec: it is right or falls back, does not fall back on ordinary messages, and
its code can be inspected."""

from __future__ import annotations

import gc
import itertools
import linecache
import math
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lkproto import ProtoError
from lkproto._runtime import codec
from lkproto._runtime.binary.decode import decode
from lkproto._runtime.binary.encode import encode
from lkproto._runtime.json.decode import Reader, from_json
from lkproto._runtime.json.encode import to_json
from lkproto._runtime.straight.collector import LARGE, at_rest
from lkproto.google.protobuf import Struct
from lkproto.livekit import (
    Codec,
    DataPacket,
    MetricSample,
    ParticipantInfo,
    Room,
    TrackInfo,
    UserPacket,
    WebhookEvent,
)

from tests.support import ROOT, module_of, package_of

pytestmark = pytest.mark.usefixtures("python_codec")

FULL = WebhookEvent(
    event="participant_joined",
    created_at=1_790_000_000,
    room=Room(sid="RM_1", name="Büro", empty_timeout=300, active_recording=True),
    participant=ParticipantInfo(
        sid="PA_1",
        state=ParticipantInfo.State.ACTIVE,
        attributes={"a": "1", "b": ""},
        tracks=[TrackInfo(sid="TR_1", width=1280), TrackInfo(muted=True)],
    ),
)
PACKET = DataPacket(
    user=UserPacket(payload=bytes(range(256)), topic="t"), sequence=2**31
)
STRUCT = Struct.from_dict({"a": [1, 2.5, {"b": None}], "c": "x", "d": True})
SEEDS = (FULL, PACKET, STRUCT)
# JSON values that are valid somewhere, unusual or invalid.
ODD = [
    "null",
    "1",
    '"1"',
    "1.0",
    "-0",
    "1e2",
    "true",
    "{}",
    "[]",
    '"\\ud800"',
    '"é"',
    '{"a":1,"a":2}',
    '"ACTIVE"',
    "99",
    "-1",
    '"Infinity"',
    "NaN",
    "1e400",
    "[null]",
    '"a_"',
    '""',
    "12345678901234567890123",
]


@pytest.fixture(autouse=True)
def no_fallbacks() -> Iterator[None]:
    codec.fallbacks.clear()
    yield
    codec.fallbacks.clear()


def outcome(function: Callable[[], Any]) -> Any:
    """The result of a call: a message's canonical bytes, another value, or the exception."""
    try:
        result = function()
    except Exception as error:  # noqa: BLE001 - any exception means "not me"
        return error
    return encode(result, deterministic=True) if hasattr(result, "to_bytes") else result


def check_output(message: Any) -> None:
    """Check that the fast encoders' output, if there is any, is that of the exact ones."""
    assert message._encode(message) == encode(message)
    printed = outcome(lambda: message._to_json(message))
    assert isinstance(printed, Exception) or printed == to_json(message)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Bytes with one to three mutations: flips, cuts, splices, repeats, unusual records."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(out) + 1)
        kind = chance.randrange(6)
        if kind == 0 and out:
            out[chance.randrange(len(out))] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del out[at : at + chance.randint(1, 6)]
        elif kind == 2:
            start = chance.randrange(len(out) + 1)
            out[at:at] = out[start : start + chance.randint(1, 30)]
        elif kind == 3:
            out += bytes(out)
        elif kind == 4:
            del out[at:]
        else:
            odd = (
                b"\xa2\x06\x03abc",
                b"\x98\x06\x80\x80\x01",
                b"\x1b\x1c",
                b"\x88\0\1",
            )
            out[at:at] = chance.choice(odd)
    return bytes(out)


@pytest.mark.parametrize("seed", range(8))
def test_decoded_messages_equal_those_of_the_exact_codec(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(400):
        source = chance.choice(SEEDS)
        data = mutated(source.to_bytes(), chance)
        cls = type(source)
        fast = outcome(lambda cls=cls, data=data: cls._decode(data))
        exact = outcome(lambda cls=cls, data=data: decode(cls, data))
        assert isinstance(exact, bytes | ProtoError), data
        assert isinstance(fast, Exception) or fast == exact, data
        if isinstance(exact, bytes):
            check_output(decode(cls, data))


@pytest.mark.parametrize("seed", range(8))
def test_parsed_messages_equal_those_of_the_exact_codec(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(200):
        source = chance.choice(SEEDS)
        text = to_json(source)
        at = chance.randrange(len(text))
        kind = chance.randrange(3)
        if kind == 0:
            text = text[:at] + text[at + chance.randint(1, 4) :]
        elif kind == 1:
            text = text[:at] + chance.choice('"{}, \n\\1x') + text[at:]
        else:
            end = text.find(",", at)
            start = text.rfind(":", 0, end) + 1
            text = text[:start] + chance.choice(ODD) + text[end:]
        cls = type(source)
        for ignore in (False, True):
            fast = outcome(lambda cls=cls, t=text, i=ignore: cls._from_json(t, i))
            exact = outcome(
                lambda cls=cls, t=text, i=ignore: from_json(cls, t, Reader(i))
            )
            assert isinstance(exact, bytes | ProtoError), text
            assert isinstance(fast, Exception) or fast == exact, text


@pytest.mark.parametrize(
    "text",
    [
        '{"creationTime":5,"emptyTimeout":"7","name":null,"enabledCodecs":null}',
        '{"creation_time":"5","empty_timeout":7.0,"version":null}',
        ' \n{"creationTime":"5", "emptyTimeout": 7} \n',
    ],
)
def test_ordinary_variants_of_json_do_not_fall_back(text: str) -> None:
    assert Room.from_json(text) == Room(creation_time=5, empty_timeout=7)
    assert not codec.fallbacks


def test_unknown_fields_do_not_fall_back() -> None:
    data = b"\xa2\x1f\x03abc" + Room(sid="RM_1").to_bytes() + b"\x98\x1f\x01"

    room = Room.from_bytes(data)
    assert (
        room.to_bytes() == Room(sid="RM_1").to_bytes() + b"\xa2\x1f\x03abc\x98\x1f\x01"
    )
    text = '{"new":{"a":[1]},"sid":"RM_1","newer":2}'
    assert Room.from_json(text, ignore_unknown=True) == Room(sid="RM_1")
    assert ParticipantInfo.from_bytes(b"\x18\x63").state == 99
    assert not codec.fallbacks


def test_buffers_and_utf8_bytes_do_not_fall_back() -> None:
    data = FULL.to_bytes()

    assert WebhookEvent.from_bytes(memoryview(data)) == FULL  # type: ignore[arg-type]
    assert type(DataPacket.from_bytes(bytearray(PACKET.to_bytes())).user.payload) is bytes  # type: ignore[arg-type, union-attr]
    assert WebhookEvent.from_json(FULL.to_json().encode()) == FULL
    assert not codec.fallbacks


def test_unusual_input_falls_back_and_is_counted() -> None:
    merged = FULL.to_bytes() + WebhookEvent(room=Room(name="new")).to_bytes()

    assert WebhookEvent.from_bytes(merged).room.name == "new"  # type: ignore[union-attr]
    with pytest.raises(ProtoError, match="out of range"):
        Room(empty_timeout=-1).to_bytes()
    assert codec.fallbacks == {
        ("livekit.WebhookEvent", "decode"): 1,
        ("livekit.Room", "encode"): 1,
    }


def test_another_codec_can_take_over() -> None:
    asked: list[str] = []

    class Exact:
        """Returns the exact functions, and records the requests."""

        def encoder(self, cls: Any, /) -> Any:
            asked.append("encoder")
            return encode

        def decoder(self, cls: Any, /) -> Any:
            asked.append("decoder")
            return lambda data: decode(cls, data)

        def json_encoder(self, cls: Any, /) -> Any:
            asked.append("json_encoder")
            return to_json

        def json_decoder(self, cls: Any, /) -> Any:
            asked.append("json_decoder")
            return lambda text, ignore: from_json(cls, text, Reader(ignore))

    codec.use(Exact())
    try:
        for _ in range(2):
            assert TrackInfo.from_bytes(TrackInfo(sid="x").to_bytes()).sid == "x"
            assert TrackInfo.from_json(TrackInfo(sid="x").to_json()).sid == "x"
    finally:
        codec.use(None)

    assert asked == ["encoder", "decoder", "json_encoder", "json_decoder"]
    TrackInfo(sid="x").to_bytes()
    assert len(asked) == 4


def test_written_functions_can_be_read_and_printed() -> None:
    FULL.to_bytes()

    assert "def function(m):\n" in linecache.getlines("<livekit.WebhookEvent encoder>")
    code = "from lkproto.livekit import Room; Room.from_bytes(b'')"
    environment = {
        "LKPROTO_CODEC": "python",
        "LKPROTO_PRINT_CODE": "1",
        "PYTHONPATH": str(ROOT / "generated"),
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "# <livekit.Room decoder>\ndef function(b, p=0, e=None):\n" in done.stderr


def test_the_collector_pauses_only_while_large_messages_are_read() -> None:
    seen: list[bool] = []

    def reading(text: str) -> str:
        seen.append(gc.isenabled())
        return text

    assert gc.isenabled()
    assert at_rest(at_rest, reading, "x") == "x"
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError):
        at_rest(divmod, 1, 0)
    assert gc.isenabled()
    gc.disable()
    try:
        at_rest(reading, "x")
        assert not gc.isenabled()
    finally:
        gc.enable()
    assert seen == [False, False]


def test_large_messages_are_read_alike() -> None:
    large = Room(metadata="é" * LARGE, enabled_codecs=[Codec(mime="x")] * 3)

    assert Room.from_bytes(large.to_bytes()) == large
    assert Room.from_json(large.to_json()) == large
    assert gc.isenabled()
    assert not codec.fallbacks


def test_negative_zero_keeps_its_sign_in_json() -> None:
    sample = MetricSample.from_json('{"value":-0}')

    assert math.copysign(1, sample.value) == -1


def test_base64_is_read_as_the_exact_codec_reads_it() -> None:
    for size in (4, 8):
        for text in map("".join, itertools.product("A/=", repeat=size)):
            read = outcome(lambda t=text: UserPacket._from_json(f'{{"payload":"{t}"}}', False))  # type: ignore[misc]
            if not isinstance(read, Exception):
                assert read == encode(UserPacket.from_dict({"payload": text}))


def test_maps_of_64_bit_values_are_parsed(tmp_path: Path) -> None:
    proto = 'syntax = "proto3"; package m; message M { map<string, int64> data = 1; }'
    package = package_of(tmp_path, {"m.proto": proto})
    cls = package.find_message("m.M")

    assert cls._from_json('{"data":{"a":"5","b":"7"}}', False).data == {"a": 5, "b": 7}
    with pytest.raises(package.JsonError, match="duplicate key in the object"):
        cls.from_json('{"data":{"a":"1","a":"1"}}')


def test_plain_numbers_in_enum_fields_do_not_fall_back() -> None:
    track = TrackInfo(type=1, source=0, audio_features=[1, 0])  # type: ignore[arg-type, list-item]

    assert track.to_bytes() == encode(track)
    assert track.to_json() == to_json(track)
    assert not codec.fallbacks
    for number in (99, 2**31):
        odd = TrackInfo(type=number)  # type: ignore[arg-type]
        assert (
            outcome(odd.to_bytes) == outcome(lambda odd=odd: encode(odd)) or number > 99
        )
        assert str(outcome(odd.to_json)) == str(outcome(lambda odd=odd: to_json(odd)))


def test_tags_of_any_length_do_not_fall_back(tmp_path: Path) -> None:
    numbers = [
        1,
        15,
        16,
        2047,
        2048,
        262_143,
        262_144,
        33_554_431,
        33_554_432,
        2**29 - 1,
    ]
    fields = "".join(f"string a{at} = {number};" for at, number in enumerate(numbers))
    many = "".join(
        f"repeated int32 b{at} = {number - 2};"
        for at, number in enumerate(numbers[1:-1:2])
    )
    text = f'syntax = "proto3"; message M {{ {fields} {many} }}'
    package = package_of(tmp_path, {"m.proto": text})
    values = {f"a{at}": str(at) for at in range(len(numbers))}
    lists = {f"b{at}": [1, 300] for at in range(len(numbers[1:-1:2]))}

    message = package.M(**values, **lists)
    assert package.M.from_bytes(message.to_bytes()) == message
    reverse = b"".join(
        package.M(**{name: value}).to_bytes()
        for name, value in reversed(values.items())
    )
    assert package.M.from_bytes(reverse) == package.M(**values)
    package_codec = module_of(package, "_runtime.codec")
    assert not package_codec.fallbacks


class Text(str):  # noqa: SLOT000 - as plain as users write it
    """A subclass of str, such as some libraries return."""


@pytest.mark.parametrize(
    ("direction", "act", "expected"),
    [
        ("decode", lambda: Room.from_bytes(b"\x8a\x00\x01x").name, ""),
        ("decode", lambda: Room.from_bytes(b"\x92\x00\x01x").name, "x"),
        ("decode", lambda: Room.from_bytes(b"\x6a\x00\x6a\x02\x10\x05").version.ticks, 5),  # type: ignore[union-attr]
        ("decode", lambda: TrackInfo.from_bytes(b"\x98\x01\x02").audio_features, [2]),
        (
            "decode",
            lambda: ParticipantInfo.from_bytes(
                b"\x7a\x06\x12\x01v\x0a\x01k"
            ).attributes,
            {"k": "v"},
        ),
        (
            "decode",
            lambda: ParticipantInfo.from_bytes(b"\x7a\x03\x0a\x01k").attributes,
            {"k": ""},
        ),
        ("encode", lambda: TrackInfo(codecs=()).to_bytes(), b""),  # type: ignore[arg-type]
        ("encode", lambda: UserPacket(payload=bytearray(b"x")).to_bytes(), b"\x12\x01x"),  # type: ignore[arg-type]
        ("to_json", lambda: Room(name=Text("x")).to_json(), '{"name":"x"}'),
        (
            "from_json",
            lambda: UserPacket.from_json('{"payload":"-_8"}').payload,
            b"\xfb\xff",
        ),
        (
            "from_json",
            lambda: Room.from_json('{"creationTime":"5e0"}').creation_time,
            5,
        ),
        (
            "from_json",
            lambda: TrackInfo.from_json('{"type":"NEW"}', ignore_unknown=True).type,
            0,
        ),
        ("from_json", lambda: MetricSample.from_json('{"value":0}').value, 0),
    ],
)
def test_the_documentation_lists_what_falls_back(
    direction: str, act: Callable[[], Any], expected: object
) -> None:
    assert act() == expected
    assert [key[1] for key in codec.fallbacks] == [direction]
