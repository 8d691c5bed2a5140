"""Text format: refused input, with its place, the full error, and the time it takes."""

from __future__ import annotations

import contextlib
import pickle
import time
from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf import text_format
from lkproto import TextError
from lkproto.livekit import JobAssignment, Room

from .text_schema import Google


def pairs(block: str) -> list[tuple[str, str]]:
    """Texts and, below each, its error; `⏎` is a line feed, `␀` a NUL, `␣` a hard space."""
    lines = block.strip().splitlines()
    marks = str.maketrans("⏎␀␣", "\n\0\u00a0")
    texts = (line.translate(marks) for line in lines[::2])
    return list(zip(texts, map(str.strip, lines[1::2]), strict=True))


REFUSED = r"""
i32: 08
    $.i32: int32 takes a whole number, not '08' (line 1, column 6)
i32: 1.0
    $.i32: int32 takes a whole number, not '1.0' (line 1, column 6)
i32: 0x
    $.i32: int32 takes a whole number, not '0x' (line 1, column 6)
i32: 10bar: 5
    $.i32: int32 takes a whole number, not '10bar' (line 1, column 6)
i32: "5"
    $.i32: int32 takes a whole number, not '"5"' (line 1, column 6)
i32: --5
    $.i32: int32 takes a whole number, not '-' (line 1, column 7)
i32: -2147483649
    $.i32: -2147483649 is out of range of int32 (-2147483648 to 2147483647) (line 1, column 6)
u32: -1
    $.u32: -1 is out of range of uint32 (0 to 4294967295) (line 1, column 6)
u64: 0x10000000000000000
    $.u64: 0x10000000000000000 is out of range of uint64 (0 to 18446744073709551615) (line 1, column 6)
i32 5
    $.i32: ':' is expected before the value (line 1, column 5)
i32: 5,;
    $: a field is expected, not ';' (line 1, column 8)
i32: [1]
    $.i32: takes one value, not a list (line 1, column 6)
i32: 1⏎  i32: 1
    $.i32: the field is given twice (line 2, column 3)
f: 0x10
    $.f: float takes a number, not '0x10' (line 1, column 4)
f: 00.5
    $.f: float takes a number, not '00.5' (line 1, column 4)
f: infinit
    $.f: float takes a number, not 'infinit' (line 1, column 4)
b: TRUE
    $.b: bool takes true or false, not 'TRUE' (line 1, column 4)
b: 2
    $.b: bool takes true or false, not '2' (line 1, column 4)
b: 1.0
    $.b: bool takes true or false, not '1.0' (line 1, column 4)
s: abc
    $.s: string takes text in quotes, not 'abc' (line 1, column 4)
s: "abc
    $.s: the text in quotes does not end with " on its line (line 1, column 4)
s: 'a⏎b'
    $.s: the text in quotes does not end with ' on its line (line 1, column 4)
s: "\U00110000"
    $.s: \U00110000 is not a Unicode character (line 1, column 5)
s: "é\ud83d\ude00"
    $.s: \ud83d is not a Unicode character (line 1, column 6)
s: "\u12"
    $.s: \u takes 4 hexadecimal digits (line 1, column 5)
raw: "\udc00"
    $.raw: \udc00 is not a Unicode character (line 1, column 7)
color: 3
    $.color: 3 is not a value of text.Color (line 1, column 8)
color: PINK
    $.color: 'PINK' is not a value of text.Color (line 1, column 8)
color: 1.0
    $.color: enum takes a name or number of text.Color, not '1.0' (line 1, column 8)
nope: 1
    $: text.Text has no field 'nope'; ignore_unknown=True skips it (line 1, column 1)
colour: 1
    $: text.Text has no field 'colour'; did you mean 'color'? (line 1, column 1)
PART {}
    $: text.Text has no field 'PART'; ignore_unknown=True skips it (line 1, column 1)
Part {} part {}
    $.part: the field is given twice (line 1, column 9)
1: 5
    $: a field needs a name; ignore_unknown=True skips numbers (line 1, column 1)
inner < a: 1 }
    $.inner: a field or '>' is expected, not '}' (line 1, column 14)
inner { a: 1
    $.inner: a field or '}' is expected, not the end of the text (line 1, column 13)
inner { a: 1 }}
    $: a field is expected, not '}' (line 1, column 15)
inner: 5
    $.inner: a message in braces is expected, not '5' (line 1, column 8)
inner {} inner {}
    $.inner: the field is given twice (line 1, column 10)
inners [{},]
    $.inners[1]: a message in braces is expected, not ']' (line 1, column 12)
inners [{}, {list: [1, x]}]
    $.inners[1].list[1]: int32 takes a whole number, not 'x' (line 1, column 24)
ints [1]
    $.ints: ':' is expected before the value (line 1, column 6)
ints: [1 2]
    $.ints: ',' or ']' is expected after a value of the list (line 1, column 10)
ints: [[1]]
    $.ints[0]: int32 takes a whole number, not '[' (line 1, column 8)
by_number { key: 1 key: 2 }
    $.by_number.key: the field is given twice (line 1, column 20)
by_number { b: 1 }
    $.by_number: a map entry has no field 'b'; ignore_unknown=True skips it (line 1, column 13)
first {} second: "x"
    $.second: 'first', of the same oneof, is also given (line 1, column 10)
[text.note] "x"
    $[text.note]: ':' is expected before the value (line 1, column 13)
[text.note]: "x" [text.note]: "y"
    $[text.note]: the field is given twice (line 1, column 18)
[text.tint]: 9
    $[text.tint]: 9 is not a value of text.Color (line 1, column 14)
[text.nope]: 1
    $: text.Text has no extension 'text.nope'; ignore_unknown=True skips it (line 1, column 1)
[text.note: "x"
    $: a name in brackets does not end with ']' (line 1, column 11)
[text no.te]: "x"
    $: a name in brackets does not end with ']' (line 1, column 7)
any { [x/text.Nope] {} }
    $.any: 'x/text.Nope' is not a type of this package (line 1, column 7)
any { [%2/text.Inner] {} }
    $.any: '%2/text.Inner' is not a type of this package (line 1, column 7)
any { [/text.Inner] {} }
    $.any: '/text.Inner' is not a type of this package (line 1, column 7)
any { [x/text.Inner] { nope: 1 } }
    $.any[x/text.Inner]: text.Inner has no field 'nope'; ignore_unknown=True skips it (line 1, column 24)
any { [x/text.Inner] {} type_url: "x" }
    $.any.type_url: the field is given twice (line 1, column 25)
i32: 5⏎␀
    $.i32: the character '\x00' has no meaning here (line 2, column 1)
"""
# google's Python runtime accepts these; the specification does not.
STRICTER = r"""
i32: +5
    $.i32: the character '+' has no meaning here (line 1, column 6)
u32: -0
    $.u32: -0 is out of range of uint32 (0 to 4294967295) (line 1, column 6)
i32: 1_000
    $.i32: int32 takes a whole number, not '1_000' (line 1, column 6)
i32: 0b11
    $.i32: int32 takes a whole number, not '0b11' (line 1, column 6)
f: inff
    $.f: float takes a number, not 'inff' (line 1, column 4)
s: "a\400"
    $.s: \400 is more than a byte (line 1, column 6)
s: "\q"
    $.s: \q is not an escape (line 1, column 5)
needy {⏎}
    $.needy: the required field 'id' is missing (line 2, column 1)
any { [x/text.Needy] { } }
    $.any[x/text.Needy]: the required field 'id' is missing (line 1, column 24)
any { [x/text.Inner] {} [x/text.Inner] {} }
    $.any: the Any already has a value (line 1, column 25)
i32:␣5
    $.i32: the character '\xa0' has no meaning here (line 1, column 5)
"""


@pytest.mark.parametrize(("text", "message"), pairs(REFUSED))
def test_text_that_google_refuses_is_refused_with_its_place(
    text: str, message: str, text_package: Any, google_text: Google
) -> None:
    with pytest.raises(text_format.ParseError):
        google_text.parse("text.Text", text)
    with pytest.raises(text_package.TextError) as caught:
        text_package.find_message("text.Text").from_text(text)

    assert str(caught.value) == message


@pytest.mark.parametrize(("text", "message"), pairs(STRICTER))
def test_text_that_the_specification_forbids_is_refused(
    text: str, message: str, text_package: Any
) -> None:
    with pytest.raises(text_package.TextError) as caught:
        text_package.find_message("text.Text").from_text(text)

    assert str(caught.value) == message


def test_errors_have_line_column_and_path_and_pickle() -> None:
    with pytest.raises(TextError) as caught:
        Room.from_text('sid: "a"\n  version {\n    unix_micro: x\n  }')

    error = caught.value
    assert (error.line, error.column, error.path) == (3, 17, "$.version.unix_micro")
    restored = pickle.loads(pickle.dumps(error))
    assert (str(restored), restored.column) == (str(error), 17)


@pytest.mark.parametrize(
    "spelling", ["hunter2", "-hunter2", "7", "[hunter2]", '"hunter2', "{}"]
)
def test_errors_do_not_show_sensitive_values(spelling: str) -> None:
    for name in ("token:", "token", "url: 5 token:"):
        with pytest.raises(TextError) as caught:
            JobAssignment.from_text(f"{name} {spelling}")
        assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no 5", "':' is expected before the value (line 1, column 4)"),
        ("no [1]", "':' is expected before the value (line 1, column 5)"),
        ("no: 08", "'08' is not a number (line 1, column 5)"),
        ("no: ,", "a value is expected, not ',' (line 1, column 5)"),
        ("no: [[1]]", "a value is expected, not '[' (line 1, column 6)"),
        ("no { 5 }", "':' is expected before the value (line 1, column 8)"),
        (r"no: '\q'", r"\q is not an escape (line 1, column 6)"),
        (
            "no { x: 1",
            "a field or '}' is expected, not the end of the text (line 1, column 10)",
        ),
    ],
)
def test_ignored_fields_still_have_to_be_text_format(text: str, message: str) -> None:
    with pytest.raises(TextError) as caught:
        Room.from_text(text, ignore_unknown=True)

    assert str(caught.value) == f"$: {message}"


def test_strings_of_proto3_have_to_be_utf8() -> None:
    with pytest.raises(TextError) as caught:
        Room.from_text(r'sid: "a" "\xe9"')

    assert str(caught.value) == (
        "$.sid: the escapes of the text are not valid UTF-8 (line 1, column 6)"
    )


def test_bytes_are_read_as_utf8() -> None:
    assert Room.from_text(b'sid: "\xc3\xa9"').sid == "é"
    assert Room.from_text(bytearray(b"")) == Room()  # type: ignore[arg-type]
    for text in (b'# \xc3\xa9\nsid: "\xff"', '# é\nsid: "\ud800"'):
        with pytest.raises(TextError, match=r"\(line 2, column 7\)$"):
            Room.from_text(text)


def test_size_is_limited_on_request() -> None:
    assert Room.from_text("max_participants: 1", max_size=19).max_participants == 1
    with pytest.raises(TextError) as caught:
        Room.from_text(b"max_participants: 12", max_size=19)

    assert str(caught.value) == "$: the text has 20 bytes, more than 19"
    assert caught.value.line is None


@pytest.mark.parametrize(
    "opened", ["inner {", "inner <", "no {", "any { [x/google.protobuf.Any] {"]
)
def test_nesting_is_bounded(opened: str, text_package: Any) -> None:
    cls = text_package.find_message("text.Text")
    for depth in (100, 10**6):
        with pytest.raises(
            text_package.TextError, match="messages are nested too deeply"
        ):
            cls.from_text(opened * 2000, ignore_unknown=True, max_depth=depth)


def test_the_depth_is_the_number_of_nested_messages(text_package: Any) -> None:
    cls = text_package.find_message("text.Inner")
    text = "inner {" * 9 + "}" * 9

    assert cls.from_text(text, max_depth=10) == cls.from_text(text)
    with pytest.raises(
        text_package.TextError, match=r"too deeply \(line 1, column 63\)$"
    ):
        cls.from_text(text, max_depth=9)
    listed = "inners [{inner: {" * 49 + "}}]" * 49
    text_package.find_message("text.Text").from_text(listed, ignore_unknown=True)
    beside = "inners {}" * 200
    assert (
        len(
            text_package.find_message("text.Text").from_text(beside, max_depth=2).inners
        )
        == 200
    )


HOSTILE: list[Callable[[int], str]] = [
    lambda n: " " * n + "@",
    lambda n: "#\n" * n + "@",
    lambda n: '"' + "\\x" * n,
    lambda n: "s: " + '"a"' * n,
    lambda n: "i32: " + "1" * n,
    lambda n: "d: " + "1" * n + "e-" + str(n),
    lambda n: "f: " + "1e+" * n + "x",
    lambda n: "i32: 0" + "0" * n + "8",
    lambda n: "a" * n + ": 1",
    lambda n: "[" + "a . " * n + "]",
    lambda n: "any{[" + "a/" * n + "text.Inner]{}}",
    lambda n: "any{[" + "a%20" * n + "!]{}}",
    lambda n: "old_name: 1 " * n,
    lambda n: "[text.marks]: 1 " * n,
    lambda n: "by_number { key: 1 }" * n,
]


@pytest.mark.slow
@pytest.mark.parametrize("make", HOSTILE)
def test_work_is_linear_in_the_text(
    make: Callable[[int], str], text_package: Any
) -> None:
    cls = text_package.find_message("text.Text")

    def seconds(size: int) -> float:
        text = make(size)
        begun = time.thread_time()
        with contextlib.suppress(text_package.TextError):
            cls.from_text(text)
        return time.thread_time() - begun

    seconds(10)
    # Sixteen times the text in at most sixty times the time: quadratic work takes 256.
    small = min(seconds(2_000) for _ in range(3))
    assert any(seconds(32_000) < 60 * small + 0.1 for _ in range(3))
