"""Hostile input costs the native codec linear time, no stack, and no memory before it is there."""

from __future__ import annotations

import contextlib
import sys
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from lkproto._runtime.binary.wire import varint

from tests.runtime.test_linear_work import BINARY, JSON, UNKNOWN, Make, is_linear, sized

from . import codecs
from .compare import Comparer
from .ordinary import nested

# The native codec is faster than those that these inputs were made for: it takes more of them.
SIZE = 20_000
LEVELS = 1_000_000
# Levels that the straight-line codec, which gets what is too deep for the extension, may encode: as
# many as the interpreter recurses, which is not the same in each process.
DEEPEST = 1000
# What tests of Python's codec read is a method of a class, or ignores unknown names of Room. A long
# string is left out: it is one copy, and what that takes depends on caches and pages of memory.
INPUTS = {
    f"{form}: {name}": (form, getattr(read, "__self__", None), make)
    for form, cases in (("bytes", BINARY), ("JSON", JSON))
    for name, (read, make) in cases.items()
    if name != "a long string"
}
# More of the same, for classes of the fuzz schema.
MORE: dict[str, tuple[str, str, Make]] = {
    "packed values": (
        "bytes",
        "fuzz.proto3.Lists",
        lambda n: sized(b"\x0a", b"\x80\x01" * 20 * n),
    ),
    "values one by one": ("bytes", "fuzz.Lists", lambda n: b"\x08\x01" * n),
    "packed records of one value": (
        "bytes",
        "fuzz.Lists",
        lambda n: b"\x0a\x01\x01" * n,
    ),
    "numbers without a name": (
        "bytes",
        "fuzz.proto3.Lists",
        lambda n: sized(b"\xa2\x01", b"\xe3\x01" * n),
    ),
    "numbers that a closed enum does not have": (
        "bytes",
        "fuzz.Lists",
        lambda n: b"\xc0\x02\x63" * n,
    ),
    "parts of a sub-message that has parts": (
        "bytes",
        "fuzz.Inner",
        lambda n: (b"\x1a" + sized(b"", b"\x1a\x02\x08\x01" + UNKNOWN)) * n,
    ),
    "entries that are messages": (
        "bytes",
        "fuzz.Maps",
        lambda n: b"\xaa\x01\x06\x08\x01\x12\x02\x08\x01" * n,
    ),
    "keys of a map": (
        "JSON",
        "fuzz.proto3.Maps",
        lambda n: b'{"byInt32":{' + b",".join(b'"%d":0' % i for i in range(n)) + b"}}",
    ),
    "values of a list": (
        "JSON",
        "fuzz.proto3.Lists",
        lambda n: b'{"int32Values":[' + b"1e0," * n + b"1]}",
    ),
    "white space": ("JSON", "fuzz.proto3.Lists", lambda n: b" " * 100 * n + b"{}"),
    "names with escapes": (
        "JSON",
        "fuzz.proto3.Lists",
        lambda n: b"{" + b",".join(b'"\\u0061%d":1' % i for i in range(n)) + b"}",
    ),
    "a name that is long": (
        "JSON",
        "fuzz.proto3.Lists",
        lambda n: b'{"' + b"\\u0061" * 60 * n + b'":1}',
    ),
    "values that structs hold": (
        "JSON",
        "fuzz.proto3.Lists",
        lambda n: b'{"values":[' + b'{"a":[]},' * n + b"1]}",
    ),
}
BOMBS: dict[str, bytes] = {
    "arrays": b'{"nope":' + b"[" * LEVELS + b"]" * LEVELS + b"}",
    "arrays without an end": b'{"nope":' + b"[" * LEVELS,
    "objects": b'{"nope":' + b'{"a":' * LEVELS + b"1" + b"}" * LEVELS + b"}",
    "arrays in a struct": b'{"struct":{"a":' + b"[" * LEVELS + b"]" * LEVELS + b"}}",
    "values": b'{"value":' + b"[" * LEVELS + b"]" * LEVELS + b"}",
    "messages": b'{"known":' * LEVELS + b"{}" + b"}" * LEVELS,
    "messages in a wrong place": b'{"text":' * LEVELS + b"1" + b"}" * LEVELS,
    "Anys": b'{"any":{"@type":"x/google.protobuf.Any","value":' * 20_000 + b"{}",
    "lists for a message": b'{"known":' + b"[" * LEVELS + b"]" * LEVELS + b"}",
}
LENGTHS = (
    2**16,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**32,
    2**62,
    2**63 - 1,
    2**63,
    2**64 - 1,
)


def quietly(function: Callable[..., Any]) -> Callable[[Any], None]:
    """The function, which may refuse what it is given."""

    def read(data: Any) -> None:
        with contextlib.suppress(ValueError, ArithmeticError, TypeError, LookupError):
            function(data)

    return read


def is_refused(
    comparer: Comparer, function: Callable[..., Any], *arguments: Any
) -> bool:
    """Whether a function leaves its arguments to the exact codec."""
    try:
        function(*arguments)
    except comparer.refusals:
        return True
    return False


def reader(comparer: Comparer, form: str, cls: Any) -> Callable[[Any], None]:
    """The native function for bytes, or for JSON with unknown names ignored."""
    if form == "bytes":
        return quietly(comparer.function(cls, "decoder"))
    parse = comparer.function(cls, "json_decoder")

    def ignoring(text: Any) -> Any:
        return parse(text, True)

    return quietly(ignoring)


@pytest.mark.slow
@pytest.mark.parametrize("case", INPUTS)
@pytest.mark.parametrize("comparer", ["livekit"], indirect=True)
def test_work_is_linear(comparer: Comparer, case: str) -> None:
    form, cls, make = INPUTS[case]
    read = reader(comparer, form, cls or comparer.schema.ours("livekit.Room"))

    assert is_linear(read, make, SIZE)


@pytest.mark.slow
@pytest.mark.parametrize("case", MORE)
@pytest.mark.parametrize("comparer", ["inline"], indirect=True)
def test_work_is_linear_for_other_kinds_of_fields(
    comparer: Comparer, case: str
) -> None:
    form, name, make = MORE[case]

    assert is_linear(reader(comparer, form, comparer.schema.ours(name)), make, SIZE)


@pytest.mark.parametrize("case", BOMBS)
@pytest.mark.parametrize("comparer", ["inline"], indirect=True)
def test_deep_json_is_refused(comparer: Comparer, case: str) -> None:
    parse = comparer.function(comparer.schema.ours("fuzz.proto3.Known"), "json_decoder")
    for ignore in (False, True):
        assert is_refused(comparer, parse, BOMBS[case], ignore)


@pytest.mark.parametrize("levels", [101, 1000, 100_000])
@pytest.mark.parametrize("comparer", ["inline"], indirect=True)
def test_deep_messages_are_refused(comparer: Comparer, levels: int) -> None:
    cls = comparer.schema.ours("fuzz.Inner")

    decode = comparer.function(cls, "decoder")
    assert is_refused(comparer, decode, nested([3], levels))
    message: Any = cls()
    for _ in range(levels):
        message = cls(inner=message)
    makers = ["encoder"] * (levels > DEEPEST) + ["json_encoder"]
    for maker in makers:
        assert is_refused(comparer, comparer.function(cls, maker), message)
    while message.inner is not None:  # else Python frees it by recursion
        inner, message.inner = message.inner, None
        message = inner


@pytest.mark.parametrize("comparer", ["inline"], indirect=True)
def test_deep_unknown_groups_are_refused_or_skipped_without_a_stack(
    comparer: Comparer,
) -> None:
    cls = comparer.schema.ours("fuzz.Inner")
    decode = comparer.function(cls, "decoder")
    for data in (
        b"\xa3\x06" * LEVELS,
        b"\xa3\x06" * LEVELS + b"\xa4\x06" * LEVELS,
        b"\x1a" + varint(2 * LEVELS) + b"\xa3\x06" * LEVELS,
    ):
        assert is_refused(comparer, decode, data)


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("comparer", ["inline"], indirect=True)
def test_nothing_is_made_for_a_length_that_is_not_there(
    comparer: Comparer, length: int
) -> None:
    for name in ("fuzz.proto3.Lists", "fuzz.proto3.Maps", "fuzz.Lists", "fuzz.Inner"):
        cls = comparer.schema.ours(name)
        decode = comparer.function(cls, "decoder")
        for field in comparer.fields_of(cls):
            tag = varint(field.number << 3 | 2)
            tracemalloc.start()
            try:
                for data in (tag + varint(length), tag + varint(length) + b"\1" * 50):
                    assert is_refused(comparer, decode, data)
                assert tracemalloc.get_traced_memory()[1] < 100_000
            finally:
                tracemalloc.stop()


@pytest.mark.parametrize("most", [-(2**70), -1, 2**31, 2**63, 2**64, 2**70])
@pytest.mark.parametrize("comparer", ["inline"], indirect=True)
def test_any_bound_on_messages_is_taken_or_refused(
    comparer: Comparer, most: int
) -> None:
    cls = comparer.schema.ours("fuzz.Inner")
    decode = comparer.function(cls, "bounded_decoder")
    try:
        found = decode(b"\x1a\x00", most)
    except (ValueError, ArithmeticError, StopIteration):
        return
    assert most > 0
    assert found == cls(inner=cls())


@pytest.mark.parametrize("comparer", ["inline"], indirect=True)
def test_arguments_of_other_types_are_refused(comparer: Comparer) -> None:
    cls = comparer.schema.ours("fuzz.Inner")
    for maker in ("decoder", "bounded_decoder", "json_decoder"):
        function = comparer.function(cls, maker)
        more = {"decoder": (), "bounded_decoder": (1,), "json_decoder": (True,)}[maker]
        for odd in (None, 5, object(), cls, cls(), [b""], type):
            assert is_refused(comparer, function, odd, *more)
    other = comparer.schema.ours("fuzz.Needy")
    for maker in ("encoder", "json_encoder"):
        function = comparer.function(cls, maker)
        for odd in (None, 5, "x", object(), cls, other(id=1), sys):
            assert is_refused(comparer, function, odd)


def test_the_straight_line_codec_stands_in_for_tests_of_tests(inline: Any) -> None:
    comparer = Comparer(inline, codecs.codec_of(inline.package, "python"))
    form, name, make = MORE["values one by one"]

    assert is_linear(reader(comparer, form, inline.ours(name)), make, 2_000)
