"""Time and memory are linear in the input, not quadratic, whatever the input is."""

from __future__ import annotations

import contextlib
import gc
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from lkproto._runtime.binary.wire import varint
from lkproto.google.protobuf import Duration, Struct, Timestamp
from lkproto.livekit import DataPacket, ParticipantInfo, Room, UserPacket

pytestmark = pytest.mark.slow
# A field 100, which is unknown, and with it 13 (`version`) of Room or 2 (`user`) of DataPacket.
# They are long, so that copying them repeatedly takes measurable time.
UNKNOWN = b"\xa2\x06\xac\x02" + b"x" * 300
PART = b"\xb0\x02" + UNKNOWN
# `make` takes the number of items. Invalid input ends with an error, whose place has to be found.
Make = Callable[[int], bytes]
Read = Callable[[Any], object]
SIZE = 2_500


def sized(tag: bytes, data: bytes) -> bytes:
    """A record of a tag and a length."""
    return tag + varint(len(data)) + data


def ignoring(text: bytes) -> Room:
    return Room.from_json(text, ignore_unknown=True)


BINARY: dict[str, tuple[Read, Make]] = {
    "parts of one sub-message, each with an unknown field": (
        Room.from_bytes,
        lambda n: (b"\x6a" + PART) * n,
    ),
    "parts of one member of a oneof, each with an unknown field": (
        DataPacket.from_bytes,
        lambda n: (b"\x12" + PART) * n,
    ),
    "unknown fields": (Room.from_bytes, lambda n: UNKNOWN * n),
    "small unknown fields": (Room.from_bytes, lambda n: b"\x98\x06\x01" * n),
    "known and unknown fields in turn": (
        Room.from_bytes,
        lambda n: (b"\x0a\x01a" + UNKNOWN) * n,
    ),
    "unknown groups": (Room.from_bytes, lambda n: b"\xa3\x06\xa4\x06" * n),
    "fields in an unknown group": (
        Room.from_bytes,
        lambda n: b"\xa3\x06" + UNKNOWN * n + b"\xa4\x06",
    ),
    "alternating members of a oneof": (
        DataPacket.from_bytes,
        lambda n: (b"\x12" + PART + b"\x1a\x00") * n,
    ),
    "repeated messages": (Room.from_bytes, lambda n: b"\x3a\x00" * n),
    "repeated messages that are cut out": (
        ParticipantInfo.from_bytes,
        lambda n: sized(b"\x22", sized(b"\x0a", b"x" * 300)) * n,
    ),
    "one key of a map, again and again": (
        ParticipantInfo.from_bytes,
        lambda n: b"\x7a\x06\x0a\x01k\x12\x01v" * n,
    ),
    "keys of a map": (
        ParticipantInfo.from_bytes,
        lambda n: b"".join(sized(b"\x7a", sized(b"\x0a", b"%d" % i)) for i in range(n)),
    ),
    "a long string": (Room.from_bytes, lambda n: sized(b"\x0a", b"x" * 300 * n)),
    "an error after repeated messages": (
        Room.from_bytes,
        lambda n: b"\x3a\x00" * n + b"\x3a\x01\x0f",
    ),
    "an error after unknown fields": (
        Room.from_bytes,
        lambda n: UNKNOWN * n + b"\x0f",
    ),
}
JSON: dict[str, tuple[Read, Make]] = {
    "unknown keys": (
        ignoring,
        lambda n: b"{" + b",".join(b'"k%d":[1]' % i for i in range(n)) + b"}",
    ),
    "unknown keys inside": (
        ignoring,
        lambda n: b'{"u":[{'
        + b",".join(b'"k%d":{"a":[]}' % i for i in range(n))
        + b"}]}",
    ),
    "one unknown key, again and again": (
        ignoring,
        lambda n: b"{" + b",".join([b'"k":[1]'] * n) + b"}",
    ),
    "an unknown extension, again and again": (
        ignoring,
        lambda n: b"{" + b",".join(b'"[k%d]":1' % i for i in range(n)) + b"}",
    ),
    "one field, again and again": (
        Room.from_json,
        lambda n: b"{" + b",".join([b'"sid":"a"'] * n) + b"}",
    ),
    "messages": (
        Room.from_json,
        lambda n: b'{"enabledCodecs":[' + b",".join([b"{}"] * n) + b"]}",
    ),
    "a wrong item after others": (
        Room.from_json,
        lambda n: b'{"enabledCodecs":[' + b"{},\n" * n + b"5]}",
    ),
    "a wrong item after keys in it": (
        Room.from_json,
        lambda n: b'{"enabledCodecs":[' + b'{"mime":"a"},\n' * n + b'{"mime":5}]}',
    ),
    "broken text after items": (
        Room.from_json,
        lambda n: b'{"enabledCodecs":[' + b"{},\n" * n + b"{",
    ),
    "a duplicate key after items": (
        ignoring,
        lambda n: b'{"u":[' + b'{"a":1},\n' * n + b'{"a":1,"a":1}]}',
    ),
    "a bare NaN after items": (ignoring, lambda n: b'{"u":[' + b"1,\n" * n + b"NaN]}"),
    "quotes and backslashes": (
        ignoring,
        lambda n: b'{"u":"' + b'\\"\\\\' * 50 * n + b'","sid":5}',
    ),
    "a string that does not end": (
        Room.from_json,
        lambda n: b'{"sid":"' + b'\\"' * 50 * n,
    ),
    "digits of a whole number": (
        Room.from_json,
        lambda n: b'{"creationTime":' + b"9" * 400 * n + b"}",
    ),
    "digits of a number in quotes": (
        Room.from_json,
        lambda n: b'{"creationTime":"' + b"9" * 400 * n + b'"}',
    ),
    "digits of an unknown number": (
        ignoring,
        lambda n: b'{"u":' + b"9" * 400 * n + b"}",
    ),
    "digits of a fraction": (
        Struct.from_json,
        lambda n: b'{"u":0.' + b"1" * 400 * n + b"}",
    ),
    "many long numbers": (
        ignoring,
        lambda n: b'{"u":[' + b",".join([b"9" * 390] * n) + b"]}",
    ),
    "base64": (
        UserPacket.from_json,
        lambda n: b'{"payload":"' + b"AAAA" * 100 * n + b'"}',
    ),
    "base64 of the other alphabet": (
        UserPacket.from_json,
        lambda n: b'{"payload":"' + b"-_" * 200 * n + b'"}',
    ),
    "broken base64": (
        UserPacket.from_json,
        lambda n: b'{"payload":"' + b"AAAA" * 100 * n + b'=*"}',
    ),
    "a timestamp": (Timestamp.from_json, lambda n: b'"' + b"2026-" * 100 * n + b'"'),
    "a duration": (Duration.from_json, lambda n: b'"' + b"1" * 400 * n + b's"'),
    "values in a struct": (Struct.from_json, lambda n: b'{"a":[' + b"{}," * n + b"1]}"),
    "brackets": (ignoring, lambda n: b'{"u":' + b"[" * 100 * n),
    "brackets side by side": (
        ignoring,
        lambda n: b'{"u":[' + (b"[" * 90 + b"]" * 90 + b",\n") * (n // 8) + b"NaN]}",
    ),
    "the last of what is wrong in deep arrays": (
        Struct.from_json,
        lambda n: b'{"u":' + b"[" * 40 + b"1," * n + b'"\\ud800"' + b"]" * 40 + b"}",
    ),
    "invalid UTF-8 after lines": (Room.from_json, lambda n: b"\n" * 100 * n + b"\xff"),
}
TEXT: dict[str, tuple[Read, Make]] = {
    "a literal": (Room.from_text, lambda n: b'sid: "' + b"x" * 400 * n + b'"'),
    "escapes": (Room.from_text, lambda n: b'sid: "' + b"\\x41" * 20 * n + b'"'),
    "a literal that does not end": (
        Room.from_text,
        lambda n: b'sid: "' + b"\\'" * 200 * n,
    ),
    "a broken escape after others": (
        Room.from_text,
        lambda n: b'sid: "' + b"\\x41" * 20 * n + b'\\q"',
    ),
    "literals side by side": (Room.from_text, lambda n: b"sid: " + b'"a" ' * n),
    "comments": (Room.from_text, lambda n: b"# c\n" * 20 * n),
    "a comment": (Room.from_text, lambda n: b"#" * 400 * n),
    "messages": (Room.from_text, lambda n: b"enabled_codecs {} " * n),
    "a list": (Room.from_text, lambda n: b"enabled_codecs [" + b"{}," * n + b"{}]"),
    "a wrong field after messages": (
        Room.from_text,
        lambda n: b"enabled_codecs {}\n" * n + b"nope: 1",
    ),
    "unknown fields": (
        lambda text: Room.from_text(text, ignore_unknown=True),
        lambda n: b"nope { a: 1 } " * n,
    ),
    "an unknown name": (Room.from_text, lambda n: b"n" * 400 * n),
    "a name in brackets": (Room.from_text, lambda n: b"[" + b" a." * 20 * n),
    "digits": (Room.from_text, lambda n: b"creation_time: " + b"9" * 400 * n),
    "braces": (Room.from_text, lambda n: b"version " + b"{" * 400 * n),
    "entries of a map": (
        ParticipantInfo.from_text,
        lambda n: b'attributes { key: "k" value: "v" } ' * n,
    ),
}
CASES = {
    f"{form}: {name}": case
    for form, cases in (("bytes", BINARY), ("JSON", JSON), ("text", TEXT))
    for name, case in cases.items()
}


def run(read: Read, data: Any) -> None:
    """Read the input; our own errors are fine."""
    with contextlib.suppress(ValueError):
        read(data)


def seconds(read: Read, data: Any) -> float:
    """The processor time of one run, without garbage collection."""
    gc.disable()
    try:
        begun = time.thread_time()
        run(read, data)
        return time.thread_time() - begun
    finally:
        gc.enable()


def is_linear(read: Read, make: Callable[[int], Any], size: int = SIZE) -> bool:
    """Whether four times the input takes about four times as long, and not sixteen times.

    A busy machine can spoil a round, and a cache or an allocator that is full the step from one
    size to the next, but neither makes quadratic work look linear: the small input counts with
    its fastest of three runs. A run that takes hardly any time counts as linear, too.
    """
    run(read, make(1))
    return any(_grows_linearly(read, make, size * factor) for factor in (1, 2, 4))


def _grows_linearly(read: Read, make: Callable[[int], Any], size: int) -> bool:
    small, large = make(size), make(4 * size)
    for _ in range(4):
        least = min(seconds(read, small) for _ in range(3))
        if seconds(read, large) < max(8 * least, 0.002):
            return True
    return False


def test_work_that_is_not_linear_is_seen() -> None:
    def read(text: bytes) -> None:
        # Counting uses the processor only: no allocator or cache can make it slow or quick.
        for _ in range(len(text) ** 2):
            pass

    assert not is_linear(read, lambda n: b"x" * n, 150)


@pytest.mark.parametrize("case", CASES)
def test_work_is_linear_in_the_input(case: str) -> None:
    assert is_linear(*CASES[case])


def peak(read: Read, data: Any) -> int:
    """The most bytes in use at once during a run, the least of three.

    What a first run loads and keeps does not count, nor what the threads of pytest-xdist take
    during one of the others.
    """
    run(read, data)
    return min(_peak(read, data) for _ in range(3))


def _peak(read: Read, data: Any) -> int:
    tracemalloc.start()
    try:
        run(read, data)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("case", CASES)
def test_memory_is_linear_in_the_input(case: str) -> None:
    read, make = CASES[case]
    small, large = make(200), make(800)
    used = peak(read, large)

    assert used < 6 * peak(read, small) + 50_000
    # The largest objects for the fewest bytes: messages of two bytes, objects in JSON.
    assert used < 400 * len(large) + 50_000


def test_memory_that_is_not_linear_is_seen() -> None:
    def read(text: bytes) -> None:
        kept = [text[:end] for end in range(len(text))]
        assert kept

    assert peak(read, b"x" * 800) > 6 * peak(read, b"x" * 200) + 50_000


def test_parts_of_one_group_are_linear(legacy: Any) -> None:
    read = legacy.Legacy.from_bytes

    assert is_linear(read, lambda n: b"\x08\x01" + (b"\x33" + UNKNOWN + b"\x34") * n)


LEGACY: dict[str, tuple[str, str, Callable[[int], Any]]] = {
    "packed values": ("Legacy", "from_bytes", lambda n: sized(b"\x8a\x01", b"\x80\x01" * 20 * n)),
    "unpacked values": ("Legacy", "from_bytes", lambda n: b"\x88\x01\x01" * n),
    "packed records of one value": ("Legacy", "from_bytes", lambda n: b"\x8a\x01\x01\x01" * n),
    "values their enum does not name": ("Legacy", "from_bytes", lambda n: sized(b"\x2a", b"\x63" * n)),
    "entries whose value has no name": ("Legacy", "from_bytes", lambda n: b"\x4a\x04\x08\x01\x10\x63" * n),
    "an error after packed values": ("Legacy", "from_bytes", lambda n: sized(b"\x8a\x01", b"\x01" * n + b"\x80")),
    "repeated groups": ("Legacy", "from_bytes", lambda n: b"\x3b\x0a\x01a\x3c" * n),
    "fields in a group": ("Legacy", "from_bytes", lambda n: b"\x33" + b"\x08\x01" * n + b"\x34"),
    "records of an extension": ("Legacy", "marks", lambda n: b"\xa8\x06\x01" * n),
    "parts of an extension": ("Legacy", "more", lambda n: b"\xb2\x06\x02\x10\x01" * n),
    "paths of a field mask": ("Special", "from_json", lambda n: '{"mask":"' + "aB.c," * n + 'a"}'),
    "a path of a field mask": ("Special", "from_json", lambda n: '{"mask":"' + "aB.c" * 50 * n + '"}'),
    "a broken path": ("Special", "from_json", lambda n: '{"mask":"' + "aB." * 50 * n + '"}'),
    "names of an enum that has none such": ("Legacy", "from_json", lambda n: '{"colors":["' + "A" * 400 * n + '"]}'),
    "keys of a map": ("Legacy", "from_json", lambda n: '{"byNumber":{' + ",".join(f'"{i}":0' for i in range(n)) + "}}"),
    "an extension in JSON": ("Legacy", "from_json", lambda n: '{"id":1,"[legacy.marks]":[' + "1," * n + "1]}"),
    "an Any": ("Special", "from_json", lambda n: '{"any":{"@type":"x/legacy.Inner","list":[' + "1," * n + "1]}}"),
    "an Any of an unknown type": ("Special", "from_json", lambda n: '{"any":{"@type":"' + "x/" * 200 * n + '"}}'),
    "an extension in text": ("Legacy", "from_text", lambda n: "id: 1 " + "[legacy.marks]: 1 " * n),
    "values of a list": ("Legacy", "from_text", lambda n: "id: 1 zigzags: [" + "1, " * n + "1]"),
}  # fmt: skip


@pytest.mark.parametrize("case", LEGACY)
def test_work_is_linear_in_the_input_of_other_kinds(
    case: str, legacy: Any, legacy_root: Any
) -> None:
    name, method, make = LEGACY[case]
    cls = getattr(legacy, name)
    if method.startswith("from_"):
        read = getattr(cls, method)
    else:
        extension = getattr(legacy, method)

        def read(data: bytes) -> Any:
            return legacy_root.get_extension(cls.from_bytes(data), extension)

    assert is_linear(read, make)


def nested_any(depth: int, content: str) -> str:
    inner = '{"@type":"x/legacy.Legacy","id":1,"text":"' + content + '"}'
    for _ in range(depth):
        inner = '{"@type":"x/google.protobuf.Any","value":' + inner + "}"
    return inner


def test_the_cost_of_a_nested_any_is_at_most_its_depth(legacy: Any) -> None:
    cls = legacy.Special

    def read(text: str) -> None:
        assert cls.from_json(text).to_json() == text

    read('{"any":' + nested_any(30, "1") + "}")
    assert is_linear(read, lambda n: '{"any":' + nested_any(30, "1" * n) + "}", 5000)
