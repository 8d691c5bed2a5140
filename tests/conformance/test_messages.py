"""Messages are compared as messages, and vectors catch the mistakes of codecs."""

from __future__ import annotations

from typing import Any

import pytest
from lkproto import Message, fields_of, find_message, unknown_bytes
from lkproto_conformance.connect import InProcessTestee
from lkproto_conformance.judging.equality import equal
from lkproto_conformance.judging.unknown_fields import in_order
from lkproto_conformance.message_types import message_types
from lkproto_conformance.miniatures.codec import HastyCodec
from lkproto_conformance.protocol import Reply
from lkproto_conformance.running.runner import run
from lkproto_conformance.testees.messages import messages
from lkproto_conformance.vectors import load, vectors_folder
from vectorgen import google_runtime
from vectorgen.populate import of_oneofs, populated
from vectorgen.wire_forms import BYTES, END, FIXED32, FIXED64, GROUP, VARINT, tag, text

OPS = ("wire.roundtrip", "json.parse", "json.print")
A, B, C = tag(900, VARINT) + b"\x81\x01", text(901, b"x"), tag(902, FIXED32) + bytes(4)
D = tag(903, GROUP) + tag(1, GROUP) + A + tag(1, END) + tag(903, END)
E = tag(904, FIXED64) + bytes(8)


def compared(expected: bytes, got: bytes, message: str = "livekit.Room") -> str:
    """The difference of two outputs."""
    outputs = [{"output": each.hex()} for each in (expected, got)]
    return equal("wire.roundtrip", {"message": message}, *outputs)


def test_every_public_message_type_is_there() -> None:
    from lkproto._index import TYPES

    assert set(message_types()) == {each for each in TYPES if find_message(each)}


@pytest.mark.parametrize(
    "inside", [lambda x: x, lambda x: text(13, x), lambda x: text(7, x)]
)
def test_unknown_fields_count_in_any_order_of_their_numbers(inside: Any) -> None:
    everything = A + B + C + D + E

    assert compared(inside(everything), inside(E + D + C + B + A)) == ""
    assert compared(inside(everything), inside(A + B + C + E))
    assert compared(inside(everything), inside(everything + A))
    assert compared(inside(B + text(901, b"y")), inside(text(901, b"y") + B))


def test_unknown_fields_inside_of_a_map_count() -> None:
    def message(inner: bytes) -> bytes:
        return text(1, text(1, b"k") + text(2, inner))

    struct = "google.protobuf.Struct"
    assert compared(message(A + B), message(B + A), struct) == ""
    assert compared(message(A + B), message(A), struct)


def test_order_of_fields_and_of_maps_does_not_count() -> None:
    name, sid = text(2, b"n"), text(1, b"s")
    attributes = next(
        each.number
        for each in fields_of(message_types()["livekit.ParticipantInfo"])
        if each.name == "attributes"
    )
    first, second = (
        text(attributes, text(1, each) + text(2, b"v")) for each in (b"a", b"b")
    )

    assert compared(name + sid, sid + name) == ""
    assert compared(first + second, second + first, "livekit.ParticipantInfo") == ""
    assert compared(first, second, "livekit.ParticipantInfo")


def test_nan_is_nan_whatever_its_bits() -> None:
    value, other = (b"\x1d" + bits + b"\xc0\x7f" for bits in (b"\0\0", b"\1\0"))

    assert compared(value, other, "livekit.MetricSample") == ""
    assert compared(value, b"\x1d\x00\x00\x80\x7f", "livekit.MetricSample")


def test_unknown_fields_are_taken_out_by_path() -> None:
    room = message_types()["livekit.Room"].from_bytes(B + A + text(13, C))

    assert in_order(room) == [("$", [(900, A), (901, B)]), ("$.version", [(902, C)])]
    assert unknown_bytes(room) == b""


def test_our_testee_offers_messages_only() -> None:
    answer = messages("json.parse", {"message": "livekit.Nothing"})

    assert answer == {"unsupported": {"reason": "no message livekit.Nothing"}}


@pytest.mark.parametrize(
    ("text_", "kind"),
    [
        ('{"future":1}', "unknown_field"),
        ('{"maxParticipants":-1}', "out_of_range"),
        ("{", "malformed"),
    ],
)
def test_our_testee_names_what_is_wrong_with_json(text_: str, kind: str) -> None:
    args = {"message": "livekit.Room", "json": text_, "ignore_unknown": False}

    assert messages("json.parse", args)["reject"]["kind"] == kind


CAUGHT = {
    "wire.roundtrip/unknown-group": "fail:mismatch",
    "wire.roundtrip/truncated-room-name-value": "fail:accepted",
    "json.parse/room-duplicate": "fail:accepted",
    "json.parse/unknown-scalar-refused": "fail:accepted",
    "json.parse/double-bare-nan": "fail:accepted",
    "json.print/livekit-participantinfo": "fail:mismatch",
    "json.parse/livekit-room": "pass",
}


def test_the_vectors_catch_the_mistakes_of_a_hasty_codec() -> None:
    vectors = [each for each in load(vectors_folder()).vectors if each.id in CAUGHT]

    results = run(InProcessTestee(HastyCodec()), vectors)

    assert {each.vector.id: each.verdict.name for each in results} == CAUGHT


def test_populated_messages_have_every_field() -> None:
    for cls in message_types().values():
        messages_ = [populated(cls), *of_oneofs(cls)]
        given: set[str] = set()
        for each in messages_:
            given |= {name for name in _names(cls) if _is_set(each, name)}
            assert cls.from_bytes(each.to_bytes()) == each
            assert cls.from_json(each.to_json()) == each
        if (
            cls.__proto_name__ != "google.protobuf.Value"
        ):  # the first has one of six kinds
            assert given == _names(cls), cls


def _names(cls: type[Message]) -> set[str]:
    return {each.name for each in fields_of(cls)}


def _is_set(message: Message, name: str) -> bool:
    return bool(getattr(message, name) is not None and getattr(message, name) != [])


def test_googles_runtime_answers_for_types_that_the_reference_lacks() -> None:
    testee = google_runtime.connection()
    ping = {"message": "rpc.KeepalivePing", "input": "", "json": "{}"}
    ping |= {"ignore_unknown": False}

    answers = [testee.ask(op, ping, "") for op in OPS]

    assert answers == [
        Reply("ok", {"output": ""}),
        Reply("ok", {"output": ""}),
        Reply("ok", {"json": "{}"}),
    ]
    for op, wrong in (("json.parse", {"json": "["}), ("json.print", {"input": "12"})):
        answer = testee.ask(op, {**ping, "message": "livekit.Room", **wrong}, "")
        assert isinstance(answer, Reply)
        assert answer.outcome == "reject"
    assert testee.start().capabilities == frozenset()
    assert BYTES == 2
