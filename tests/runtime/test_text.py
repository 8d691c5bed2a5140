"""Text format: spellings read and printed, and the options of both.

google's text_format is the judge in both directions, except where it differs from the
specification, https://protobuf.dev/reference/protobuf/textformat-spec.
"""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lkproto.livekit import JobAssignment

from .text_schema import Google

SAME = r"""
i32: 5
i32: -5
i32: 0x1F
i32: -0x80000000
i32: 017
i32: 00
u64: 0xFFFFFFFFFFFFFFFF
u64: 18446744073709551615
i64: -9223372036854775808
i32: -0
i32: 5,
i32: 5;
i32: 5,u32: 6;b:t
i32 : 5
i32:5#c
# only
i32:5[text.note]:"x"
f: 1.5f
f: 1.5F
f: 1f
f: .5
f: 5.
f: 5.e3
f: 1.5e+5
f: 1e5f
f: 1e400
f: -1e39
f: 1e-50
f: -0
f: -0.0
f: 16777217
f: 3.4028235e38
f: inf
f: -Inf
f: INFINITY
f: nan
f: -NaN
floats: [1, 2.5f, inf]
d: 1e400
d: 18446744073709551616
d: 0.1
d: 1e-320
b: true
b: True
b: t
b: 1
b: false
b: False
b: f
b: 0
s: "a" 'b'"c"
s: "\a\b\f\n\r\t\v\\\'\""
s: "\x4g"
s: "\x411"
s: "\1234"
s: "\u00e9"
s: "\U0001F600"
s: "\xc3\xa9"
s: "\xc3" "\xa9"
s: 'it''s'
s: 'a"b'
s: ""
raw: "\xff\377"
raw: "\u00e9"
raw: "é"
raw: '\0' 'a'
color: RED
color: 1
color: -1
color: -0x1
colors: [RED, 2, CRIMSON]
Part { x: 1 }
Part: < x: 1 >
part { x: 1 }
Part { part { x: 1 } }
Item { s: "a" } Item { s: "b" }
Item [{ s: "a" }, < s: "b" >]
Third { y: 1 }
inner { a: 1 }
inner: < a: 1 >
inner {}
inners [{}, {a: 1}]
inners: []
inners []
ints: []
ints: 1 ints: [2, 3]
strings: ["a" "b", 'c']
inner { a: 1, list: [1]; }
by_number { key: 1 value: UNO }
by_number {}
by_number { value: ONE }
by_number [{ key: 2 value: ONE }, { key: 1 value: 1 }]
by_name: { key: "k" }
by_number { key: 1 value: ONE } by_number { key: 1 value: ZERO }
by_name { key: "k" value { a: 1 } }
flags { key: true value: "x" } flags { key: f }
[text.note]: "x"
[text.marks]: 1 [text.marks]: [2, 3]
[text.more] { a: 1 }
[text.extra] { z: 1 }
[text.marks]: [] i32: 1
[text.tint]: GREEN
[text.Scope.scoped]: { a: 1 } b: t
any { type_url: "type.googleapis.com/text.Inner" value: "\010\001" }
any { type_url: "type.googleapis.com/text.Nope" value: "\010\001" }
any { [type.googleapis.com/text.Inner] { a: 1 } }
any { [x/text.Inner]: < a: 1 > }
any { [ x / text . Inner ] { a: 1 } }
any { [a.b/c/d%20e/text.Inner] {} }
any { [x/google.protobuf.Any] { [y/text.Inner] { a: 1 } } }
needy { id: 1 }
""".strip().splitlines()
SAME += [
    "",
    "i32 # c\n : # d\n 5",
    "i32:\t\v\f\r5",
    's: "é\u2028\x7f"',
    's: "tab\tin"',
    '[ text . # c\n note ]: "x"',
]


@pytest.mark.slow
@pytest.mark.parametrize("text", SAME)
def test_text_means_the_same_to_google_and_prints_the_same(
    text: str, text_package: Any, google_text: Google
) -> None:
    cls = text_package.find_message("text.Text")
    message, peer = cls.from_text(text), google_text.parse("text.Text", text)

    encoded = message.to_bytes(deterministic=True)
    assert (
        cls.from_bytes(peer.SerializeToString()).to_bytes(deterministic=True) == encoded
    )
    assert message.to_text() == google_text.print(peer)
    assert message.to_text(compact=True) == google_text.print(peer, as_one_line=True)
    assert cls.from_text(message.to_text()).to_text() == message.to_text()


TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@settings(deadline=None)
@given(data=st.data())
def test_scalars_print_as_google_prints_them(
    data: st.DataObject, text_package: Any, google_text: Google
) -> None:
    inner = text_package.find_message("text.Inner")()
    message = text_package.find_message("text.Text")(
        f=data.draw(st.floats(width=32)),
        d=data.draw(st.floats()),
        s=data.draw(TEXT),
        raw=data.draw(st.binary()),
        by_name=dict.fromkeys(data.draw(st.lists(TEXT)), inner),
    )
    peer = google_text.classes["text.Text"].FromString(message.to_bytes())

    assert message.to_text() == google_text.print(peer)


EDITION = [
    *(
        "GroupLike { x: 1 }",
        "grouplike { x: 1 }",
        "not_like { x: 1 }",
        "elsewhere { x: 1 }",
    ),
    *('raw: "é\\001"', "kind: 7", "kind: B", "closed: D", "kind: A"),
]


@pytest.mark.parametrize("text", EDITION)
def test_features_of_editions_mean_the_same_to_google(
    text: str, text_package: Any, google_text: Google
) -> None:
    message = text_package.find_message("edition.Outer").from_text(text)
    peer = google_text.parse("edition.Outer", text)

    assert message.to_bytes() == peer.SerializeToString()
    assert message.to_text() == google_text.print(peer)


SPECIFIED = [
    # google's Python runtime refuses these or reads them otherwise.
    ("i32: - 5 d: -\n# c\ninf", "i32: -5 d: -inf"),
    ("b: 01", "b: true"),
    ("b: 0x0", "b: false"),
    (r's: "\?"', 's: "?"'),
    ("old_name: -5 i32: 1", "i32: 1"),
    ('older: [1.5, "a", X] old_name { [a.b] { c: 1 } d < > e: [{}, {}] }', ""),
]


@pytest.mark.parametrize(("text", "printed"), SPECIFIED)
def test_text_that_the_specification_allows_is_read(
    text: str, printed: str, text_package: Any
) -> None:
    message = text_package.find_message("text.Text").from_text(text)

    assert message.to_text(compact=True) == printed


def test_printing_does_not_redact() -> None:
    assert JobAssignment(token="t").to_text() == 'token: "t"\n'


def test_indent_is_the_width_of_a_level(text_package: Any) -> None:
    message = text_package.find_message("text.Text").from_text(
        "inner { inner { a: 1 } }"
    )

    assert message.to_text(indent=0) == "inner {\ninner {\na: 1\n}\n}\n"
    assert message.to_text(indent=4) == (
        "inner {\n    inner {\n        a: 1\n    }\n}\n"
    )


def test_unknown_names_are_ignored_on_request(text_package: Any) -> None:
    cls = text_package.find_message("text.Text")
    text = """
    i32: 1 nope: "x" 'y', no { a: -inf b: [1, 0x2] [x.y/z] { } } [no.ext]: 5;
    inner { 7: [{ 1: 2 }] a: 2 } by_number { key: 1 more < > } nope [] Nope [{}, <>]
    """

    message = cls.from_text(text, ignore_unknown=True)

    assert message.to_text(compact=True) == (
        "i32: 1 inner { a: 2 } by_number { key: 1 value: ZERO }"
    )


UNKNOWN = (
    b"\x08\x05\x15\x01\0\0\0\x19\x02\0\0\0\0\0\0\0\x22\0\x2a\x03abc\x32\x02\x08\x01"
    b"\x3b\x08\x01\x43\x44\x3c"
)


def test_unknown_fields_print_by_number_on_request(text_package: Any) -> None:
    message = text_package.find_message("google.protobuf.Empty").from_bytes(UNKNOWN)

    assert message.to_text() == ""
    assert message.to_text(print_unknown=True, compact=True) == (
        '1: 5 2: 0x00000001 3: 0x0000000000000002 4: "" 5: "abc" 6 { 1: 1 } 7 { 1: 1 8 { } }'
    )
    text = message.to_text(print_unknown=True)
    assert type(message).from_text(text, ignore_unknown=True).to_text() == ""


def test_printed_numbers_are_what_google_reads_them_as(
    text_package: Any, google_text: Google
) -> None:
    text = "i32: 5 s: 'abc' inner { a: 1 } Part { x: 2 } ints: [1, 2]"
    peer = google_text.parse("text.Text", text)
    message = text_package.find_message("google.protobuf.Empty").from_bytes(
        peer.SerializeToString()
    )

    printed = message.to_text(print_unknown=True)

    assert printed.startswith('1: 5\n8: "abc"\n12 {\n  1: 2\n}\n')
    assert google_text.parse("text.Text", printed, allow_field_number=True) == peer


def test_extensions_are_kept_in_the_order_of_their_numbers(text_package: Any) -> None:
    cls = text_package.find_message("text.Text")

    one = cls.from_text('[text.more] {} [text.note]: "x"')
    assert one == cls.from_text('[text.note]: "x" [text.more] {}')


def test_extensions_are_not_printed_twice(text_package: Any) -> None:
    cls = text_package.find_message("text.Text")
    message = cls.from_bytes(
        cls.from_text('[text.note]: "x"').to_bytes() + b"\xc8\x3e\x01"
    )

    assert message.to_text(print_unknown=True) == '[text.note]: "x"\n1001: 1\n'


def test_extensions_of_message_sets_have_the_name_of_their_type(
    text_package: Any,
) -> None:
    message = text_package.find_message("text.Set").from_text(
        '[text.SetItem] { v: "x" }'
    )

    assert message.to_text(compact=True) == '[text.SetItem] { v: "x" }'
    assert message == type(message).from_text('[text.SetItem.item] { v: "x" }')


def test_an_any_is_expanded_only_where_its_text_can_be_read_back(
    text_package: Any,
) -> None:
    cls = text_package.find_message("google.protobuf.Any")

    for url, value in (
        ("type.googleapis.com/text.Inner", b"\x08"),
        ("type.googleapis.com/text.Needy", b""),
        ("] { a: 1 } [x/text.Inner", b"\x08\x01"),
        ("text.Inner", b"\x08\x01"),
        ("/text.Inner", b"\x08\x01"),
    ):
        message = cls(type_url=url, value=value)
        assert message.to_text().startswith(f'type_url: "{url}"\n')
        assert cls.from_text(message.to_text()) == message


def test_an_any_that_holds_no_bytes_is_not_printed(text_package: Any) -> None:
    message = text_package.find_message("google.protobuf.Any")

    with pytest.raises(
        text_package.EncodeError, match="^\\$.value: takes bytes, not str; use .encode"
    ):
        message(type_url="x/text.Inner", value="x").to_text()
    with pytest.raises(
        text_package.EncodeError, match="^\\$.type_url: takes a str, not int$"
    ):
        message(type_url=5, value=b"").to_text()


def test_text_that_may_be_any_bytes_survives(text_package: Any) -> None:
    message = text_package.find_message("edition.Outer").from_text(r'raw: "\xffé\xc3"')

    assert message.to_bytes() == b"\x22\x04\xff\xc3\xa9\xc3"
    assert message.to_text() == 'raw: "\\377é\\303"\n'
    assert type(message).from_text(message.to_text()) == message


def test_nan_keeps_its_sign_and_no_payload(text_package: Any) -> None:
    cls = text_package.find_message("text.Text")

    assert math.copysign(1, cls.from_text("d: -nan").d) == -1
    assert math.copysign(1, cls.from_text("d: nan").d) == 1
    assert cls.from_text("d: -nan").to_text() == "d: nan\n"


INT32 = "(-2147483648 to 2147483647)"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"i32": 2**31}, f"$.i32: 2147483648 is out of range of int32 {INT32}"),
        ({"b": 1}, "$.b: takes a bool, not int; use bool(...)"),
        ({"s": b"x"}, "$.s: takes a str, not bytes; use .decode()"),
        (
            {"s": "a\ud800"},
            "$.s: the text has a lone surrogate at character 1, which UTF-8 cannot hold",
        ),
        ({"raw": "x"}, "$.raw: takes bytes, not str; use .encode()"),
        ({"color": 9}, "$.color: 9 is not a value of the closed text.Color"),
        ({"ints": [1, "x"]}, "$.ints[1]: takes an int (int32), not str; use int(...)"),
        ({"ints": 5}, "$.ints: takes a list, not int"),
        ({"flags": [1]}, "$.flags: takes a dict, not list"),
        ({"flags": {1: b""}}, "$.flags[1]: takes a bool, not int; use bool(...)"),
        (
            {"by_name": {"k": 5}},
            "$.by_name['k']: takes a text.Inner, not int; use Inner(...)",
        ),
        ({"f": 1e39}, "$.f: 1e+39 is out of range of float"),
    ],
)
def test_values_outside_their_type_are_not_printed(
    change: dict[str, Any], message: str, text_package: Any
) -> None:
    with pytest.raises(text_package.EncodeError) as caught:
        text_package.find_message("text.Text")(**change).to_text()

    assert str(caught.value) == message


def test_a_missing_required_field_is_not_printed(text_package: Any) -> None:
    with pytest.raises(
        text_package.EncodeError, match="^\\$: the required field 'id' is not set$"
    ):
        text_package.find_message("text.Needy")().to_text()


def test_a_cycle_is_refused_and_not_followed_forever(text_package: Any) -> None:
    message = text_package.find_message("text.Inner")()
    message.inner = message

    with pytest.raises(text_package.EncodeError, match="nested too deeply to print"):
        message.to_text()


def test_guesses_at_unknown_messages_are_limited(text_package: Any) -> None:
    data = b""
    for _ in range(60):
        data = b"\x0a" + bytes([len(data)]) + data
    message = text_package.find_message("text.Text").from_bytes(
        b"\xca\x3e" + bytes([len(data)]) + data
    )

    text = message.to_text(print_unknown=True)

    assert text.count("{") == 10
