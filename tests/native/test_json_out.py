"""The native printer of JSON writes what the exact one writes, or leaves the message to it."""

from __future__ import annotations

import gc
import math
import random
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fuzz.schemas import Schema
from tests.support import module_of, package_of, printed_in_a_small_thread

from . import codecs

Print = Callable[[Any], str]

REFUSED = ValueError


def native_printer(package: Any, cls: Any) -> Print:
    to_json: Print = codecs.extension_of(package).json_encoder(cls)
    return to_json


def exact(package: Any) -> Print:
    to_json: Print = module_of(package, "_runtime.json.encode").to_json
    return to_json


@pytest.fixture
def printer(inline: Schema, native: None) -> Callable[[str], tuple[Any, Print]]:
    """A function from the name of a class to the class and its native printer."""

    def of(name: str) -> tuple[Any, Print]:
        cls = inline.ours(name)
        return cls, native_printer(inline.package, cls)

    return of


Printer = Callable[[str], tuple[Any, Print]]


def agree(inline: Schema, to_json: Print, message: Any) -> None:
    assert to_json(message) == inline.codecs.to_json(message)


def test_any_character_is_written_as_by_the_exact_codec_wherever_it_is(
    inline: Schema, printer: Printer
) -> None:
    cls, to_json = printer("fuzz.proto3.Scalars")
    others = "\u2028\u2029\ud7ff\ue000\uffff\U0001f600\U0010ffff"
    for character in (*map(chr, range(0x180)), *others):
        for before in (0, 3, 7, 8, 17):
            for after in (0, 4, 7, 8):
                text = "x" * before + character + "y" * after
                agree(inline, to_json, cls(string_value=text))


def test_a_text_with_a_lone_surrogate_is_left_to_the_exact_codec(
    printer: Printer,
) -> None:
    cls, to_json = printer("fuzz.proto3.Scalars")
    for text in ("\ud800", "a\udfff", "\udc00\ud800", "\U0001f600\ud83d"):
        with pytest.raises(REFUSED):
            to_json(cls(string_value=text))


def test_bytes_of_any_length_are_written_as_by_the_exact_codec(
    inline: Schema, printer: Printer
) -> None:
    cls, to_json = printer("fuzz.proto3.Scalars")
    data = bytes(range(256)) * 2
    for length in range(300):
        agree(inline, to_json, cls(bytes_value=data[length : 2 * length]))


def test_a_name_of_any_characters_is_escaped_as_by_the_exact_codec(
    tmp_path: Path, native: None
) -> None:
    names = ('a\\\\b\\"', "line\\nline\\t", "\\x01\\x7f", "\U0001f600 é", "")
    fields = "".join(
        f'  int32 f{at} = {at + 1} [json_name = "{name}"];\n'
        for at, name in enumerate(names)
    )
    source = 'syntax = "proto3";\npackage names;\nmessage Named {\n' + fields + "}\n"
    package = package_of(tmp_path, {"names.proto": source})
    cls: Any = package.find_message("names.Named")
    message = cls(**{f"f{at}": at + 1 for at in range(len(names))})

    assert native_printer(package, cls)(message) == exact(package)(message)


def doubles() -> list[float]:
    chance = random.Random("doubles")
    found = [
        0.0,
        -0.0,
        5e-324,
        1.7976931348623157e308,
        1e16,
        1e22,
        123456789012345680.0,
    ]
    found += [math.inf, -math.inf, math.nan, 2.0**53, 2.0**53 + 2, -(2.0**53), 1e-5]
    found += [2.0**50 + 0.25, 2.0**50 + 0.75]  # two texts of 17 digits are equally near
    found += [
        chance.randrange(-(2**54), 2**54) / 2 ** chance.randrange(60)
        for _ in range(2000)
    ]
    found += struct.unpack("<3000d", chance.randbytes(24_000))
    return found


def test_a_double_is_written_as_python_writes_it(
    inline: Schema, printer: Printer
) -> None:
    cls, to_json = printer("fuzz.proto3.Scalars")
    for number in doubles():
        agree(inline, to_json, cls(double_value=number))
        agree(inline, to_json, cls(maybe_double=number))


def floats() -> list[float]:
    chance = random.Random("floats")
    bits = [chance.getrandbits(32) for _ in range(3000)]
    bits += [chance.getrandbits(23) for _ in range(500)]  # subnormal
    bits += [0x7F7FFFFF, 0x7F800000, 0xFF800000, 1, 0x80000000, 0x4B800000, 0x4B800001]
    found: list[float] = [
        *struct.unpack(f"<{len(bits)}f", struct.pack(f"<{len(bits)}I", *bits))
    ]
    # Halves of the eighth digit, of which there are two nearest texts.
    found += [
        2**21 + chance.randrange(2**21) + part
        for part in (0.25, 0.75)
        for _ in range(200)
    ]
    found += [
        0.1,
        1e-60,
        16_777_217.0,
        3.4028235e38,
    ]  # not themselves floats of 32 bits
    return found


def test_a_float_is_written_with_the_digits_of_the_exact_codec(
    inline: Schema, printer: Printer
) -> None:
    cls, to_json = printer("fuzz.proto3.Scalars")
    for number in floats():
        agree(inline, to_json, cls(float_value=number))
    with pytest.raises(REFUSED):
        to_json(cls(float_value=3.4028236e38))


@pytest.mark.parametrize(
    ("field", "low", "high"),
    [
        *(
            (f"{kind}_value", -(2**31), 2**31 - 1)
            for kind in ("int32", "sint32", "sfixed32")
        ),
        *(
            (f"{kind}_value", -(2**63), 2**63 - 1)
            for kind in ("int64", "sint64", "sfixed64")
        ),
        *((f"{kind}_value", 0, 2**32 - 1) for kind in ("uint32", "fixed32")),
        *((f"{kind}_value", 0, 2**64 - 1) for kind in ("uint64", "fixed64")),
        ("kind", -(2**31), 2**31 - 1),
        ("maybe_kind", -(2**31), 2**31 - 1),
    ],
)
def test_whole_numbers_are_written_up_to_the_ends_of_their_range_and_refused_beyond(
    inline: Schema, printer: Printer, field: str, low: int, high: int
) -> None:
    cls, to_json = printer("fuzz.proto3.Scalars")
    powers = {
        sign * 10**power + off
        for power in range(20)
        for off in (-1, 0, 1)
        for sign in (1, -1)
    }
    for number in {low, low + 1, 0, 1, high - 1, high} | powers:
        message = cls(**{field: number})
        if low <= number <= high:
            agree(inline, to_json, message)
        else:
            with pytest.raises(REFUSED):
                to_json(message)


class Text(str):
    """A str of a user."""

    __slots__ = ()


class Number(int):
    """An int of a user."""


ODD: tuple[Any, ...] = (
    *(
        None,
        True,
        0,
        1,
        0.0,
        1.5,
        "",
        "x",
        b"",
        b"x",
        bytearray(b"x"),
        Text("x"),
        Number(1),
    ),
    *(
        [],
        [None],
        ["x"],
        [1.5],
        {},
        {"x": 1},
        {1: "x"},
        {True: None},
        (),
        object(),
        2**70,
    ),
)


@pytest.mark.parametrize("name", ["Scalars", "Lists", "Maps", "Known"])
def test_a_value_of_another_type_is_never_written_otherwise_than_by_the_exact_codec(
    inline: Schema, printer: Printer, name: str
) -> None:
    cls, to_json = printer(f"fuzz.proto3.{name}")
    error: Any = module_of(inline.package, "_runtime.errors").EncodeError
    refusals: Any = module_of(inline.package, "_runtime.codec").refusals()
    for field in inline.package.fields_of(cls):
        for value in ODD:
            message = cls()
            setattr(message, field.name, value)
            try:
                expected = inline.codecs.to_json(message)
            except error:
                with pytest.raises(refusals):
                    to_json(message)
                continue
            try:
                found = to_json(message)
            except REFUSED:
                continue
            assert found == expected, (field, value)


def test_a_hundred_levels_are_printed_and_more_are_left_to_the_exact_codec(
    inline: Schema, printer: Printer
) -> None:
    cls, to_json = printer("fuzz.Inner")
    message = cls(a=1)
    for _ in range(99):
        message = cls(inner=message)
    agree(inline, to_json, message)
    with pytest.raises(REFUSED):
        to_json(cls(inner=message))
    message = cls()
    message.inner = message
    with pytest.raises(REFUSED):
        to_json(message)


def test_a_hundred_levels_fit_into_a_small_stack(native: None) -> None:
    script = """
from importlib import import_module
import lkproto
from lkproto._runtime.native.describe import describe
cls = lkproto.find_message("google.protobuf.DescriptorProto")
to_json = import_module("lkproto_native").Codec(describe).json_encoder(cls)
message = cls(name="x")
for _ in range(99):
    message = cls(nested_type=[message])
to_json(message)
def work():
    print(to_json(message).count("nestedType"))
"""
    assert printed_in_a_small_thread(script, 64) == ["99"]


def test_a_required_field_without_a_value_and_extensions_are_left_to_the_exact_codec(
    inline: Schema, printer: Printer
) -> None:
    needy, to_json = printer("fuzz.Needy")
    agree(inline, to_json, needy(id=0))
    with pytest.raises(REFUSED):
        to_json(needy())

    extended, to_json = printer("fuzz.Extended")
    agree(inline, to_json, extended(a=1))
    with pytest.raises(REFUSED):
        to_json(extended.from_bytes(b"\x08\x01\xa2\x06\x01x"))


def test_a_deleted_field_is_left_to_the_exact_codec(printer: Printer) -> None:
    cls, to_json = printer("fuzz.proto3.Scalars")
    message = cls()
    del message.int32_value
    with pytest.raises(REFUSED):
        to_json(message)


def test_a_oneof_is_known_by_its_text_where_the_name_is_another_str(
    inline: Schema, printer: Printer
) -> None:
    cls, to_json = printer("fuzz.proto3.Known")
    message = cls(number=5)
    message._c_pick = "NUMBER".lower()
    assert to_json(message) == '{"renamed":"5"}'
    message._c_pick = "nothing at all"
    with pytest.raises(REFUSED):
        to_json(message)


class Trap:
    """A number that does something when it is first read, as one of a user might."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.acts = [act]

    def __float__(self) -> float:
        while self.acts:
            self.acts.pop()()
            gc.collect()
        return 1.5


def test_python_code_may_empty_what_is_being_printed(
    inline: Schema, printer: Printer
) -> None:
    value: Any = inline.ours("google.protobuf.Value")
    cls, to_json = printer("fuzz.proto3.Lists")
    for act in ("clear", "append", "empty slots"):
        message = cls(values=[value(string_value="x") for _ in range(50)])
        values = message.values

        def change(
            act: str = act, message: Any = message, values: Any = values
        ) -> None:
            if act == "clear":
                values.clear()
            elif act == "append":
                values.append(value(string_value="y"))
            else:
                for field in inline.package.fields_of(cls):
                    delattr(message, field.name)
                values[:] = []

        values[3] = value(number_value=Trap(change))
        with pytest.raises(REFUSED):
            to_json(message)


def test_python_code_may_change_the_map_that_is_being_printed(
    inline: Schema, printer: Printer
) -> None:
    value: Any = inline.ours("google.protobuf.Value")
    cls, to_json = printer("fuzz.proto3.Maps")
    message = cls(values={True: value(string_value="x")})
    entries = message.values
    entries[False] = value(number_value=Trap(entries.clear))
    with pytest.raises(REFUSED):
        to_json(message)
    entries[True] = value(number_value=Trap(lambda: entries.pop(True)))
    entries[False] = value(string_value="x")
    with pytest.raises(REFUSED):
        to_json(message)


def test_printing_within_printing_does_not_mix_the_texts(
    inline: Schema, printer: Printer
) -> None:
    value: Any = inline.ours("google.protobuf.Value")
    cls, to_json = printer("fuzz.proto3.Lists")
    inner = cls(string_values=["inner"] * 1000)
    message = cls(
        string_values=["outer"],
        values=[value(number_value=Trap(lambda: to_json(inner)))],
    )
    assert to_json(message) == '{"stringValues":["outer"],"values":[1.5]}'


def test_printing_keeps_no_reference(printer: Printer) -> None:
    cls, to_json = printer("fuzz.proto3.Lists")
    text, data, number = "x" * 30, b"y" * 30, 2**70
    message = cls(string_values=[text], bytes_values=[data])
    broken = cls(string_values=[text], bytes_values=[data], int32_values=[number])
    counted = (text, data, number, message, broken, message.string_values)

    def counts() -> list[int]:
        return [sys.getrefcount(each) for each in counted]

    before = counts()
    for _ in range(100):
        to_json(message)
        with pytest.raises(REFUSED):
            to_json(broken)
    assert counts() == before
