"""What random messages seldom have: large and deep ones, and calls with names made at run time."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from sys import getrefcount
from typing import Any

import pytest

from tests.fuzz import schemas

from . import codecs

pytestmark = pytest.mark.usefixtures("native")


def encoder(schema: schemas.Schema, cls: Any) -> Any:
    """The encoder of the extension itself, without the one that takes deeper messages."""
    codec: Any = codecs.codec_of(schema.package, "native")
    return codec._codec.encoder(cls)


def nested(cls: Any, levels: int) -> Any:
    message = cls(a=1)
    for _ in range(levels - 1):
        message = cls(inner=message)
    return message


@pytest.fixture
def inner(inline: schemas.Schema) -> Iterator[Any]:
    """The class `fuzz.Inner`, whose messages are constructed natively in this test."""
    cls = inline.ours("fuzz.Inner")
    cls()  # writes its constructor
    stop: Any = codecs.codec_of(inline.package, "native").constructor(cls)
    yield cls
    stop()


def test_a_hundred_levels_are_encoded_and_more_are_refused(
    inline: schemas.Schema,
) -> None:
    cls = inline.ours("fuzz.Inner")
    encode = encoder(inline, cls)
    deep = nested(cls, 100)
    assert encode(deep) == inline.codecs.encode(deep)
    with pytest.raises(RecursionError):
        encode(nested(cls, 101))


def test_a_message_that_holds_itself_is_refused(inline: schemas.Schema) -> None:
    cls = inline.ours("fuzz.Inner")
    message = cls(s="x")
    message.inner = message
    with pytest.raises(RecursionError):
        encoder(inline, cls)(message)
    message.inner = None


@pytest.mark.parametrize("size", [4_080, 4_096, 70_000, 3_000_000])
def test_messages_that_outgrow_the_buffer_are_encoded_whole(
    inline: schemas.Schema, size: int
) -> None:
    cls = inline.ours("fuzz.Inner")
    message = cls(a=-1, list=list(range(size // 4)), s="é" * size)
    message.inner = cls(s="x" * size)
    assert encoder(inline, cls)(message) == inline.codecs.encode(message)


def test_varints_of_every_length_are_encoded(inline: schemas.Schema) -> None:
    numbers = [sign << bits for bits in range(63) for sign in (1, -1)]
    value = inline.ours("google.protobuf.Int64Value")
    encode = encoder(inline, value)
    for number in numbers:
        message = value(value=number - (number > 0))
        assert encode(message) == inline.codecs.encode(message)


def test_names_made_at_run_time_construct_the_same(inner: Any) -> None:
    for number in range(50):
        names = ["a", "s"] if number % 2 else ["s", "a"]
        made = {
            "".join(list(name)): each for name, each in zip(names, "xy", strict=True)
        }
        message = inner(**made)
        assert (message.a, message.s) == (made["a"], made["s"])
        assert message.list == []
        assert gc.is_tracked(message)


def test_more_forms_of_a_call_than_are_remembered_construct_the_same(
    inner: Any,
) -> None:
    calls = [
        eval(f"lambda cls: cls({form})")
        for form in ("a=1", "s='x'", "a=1, s='x'", "s='x', a=1", "list=[1]") * 4
    ]
    for _ in range(3):
        found = [(m.a, m.s, m.list) for m in (call(inner) for call in calls)]
        expected: list[tuple[Any, Any, list[int]]] = [
            *((1, None, []), (None, "x", []), (1, "x", []), (1, "x", [])),
            (None, None, [1]),
        ]
        assert found == expected * 4


def test_a_list_that_is_given_is_kept_and_one_that_is_not_is_new(inner: Any) -> None:
    given = [1]
    assert inner(list=given).list is given
    assert inner().list is not inner().list
    assert inner(list=None).list is None


def test_wrong_calls_get_the_errors_of_the_written_constructor(inner: Any) -> None:
    with pytest.raises(TypeError, match="no field 'lists'; did you mean 'list'"):
        inner(lists=[])
    with pytest.raises(TypeError, match="takes no positional arguments"):
        inner(1, a=1)


def test_two_members_of_a_oneof_are_refused_and_one_that_is_none_does_not_count(
    livekit: schemas.Schema,
) -> None:
    cls = livekit.ours("livekit.DataPacket")
    cls()
    stop: Any = codecs.codec_of(livekit.package, "native").constructor(cls)
    try:
        user = livekit.ours("livekit.UserPacket")()
        packet = cls(speaker=None, user=user, sip_dtmf=None)
        assert packet.which("value") == ("user", user)
        with pytest.raises(ValueError, match="'user' and 'sip_dtmf' are both given"):
            cls(sip_dtmf=livekit.ours("livekit.SipDTMF")(), user=user)
    finally:
        stop()


def test_a_construction_that_fails_keeps_no_references(inner: Any) -> None:
    marker = object()
    before = getrefcount(marker)
    for _ in range(100):
        with pytest.raises(TypeError):
            inner(a=marker, nope=marker)
        inner(a=marker)
    assert getrefcount(marker) == before
