"""JSON of tokens: the fast reader and the exact one return the same."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lkproto.auth import MalformedTokenError, TokenError, TokenTooLargeError
from lkproto.auth import _jws as jws
from lkproto.auth import _scan as scan

from .payloads import Maker

QUICK = settings(deadline=None, database=None)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=20,
)


@pytest.mark.parametrize("strict", [True, False])
@QUICK
@given(seed=st.integers(0, 2**32))
def test_both_readers_give_the_same_value_or_refuse_alike(
    strict: bool, seed: int
) -> None:
    text = Maker(Random(seed)).payload().decode("utf-8", "surrogateescape")

    quick = outcome(lambda: scan._read(text, strict, 100))
    exact = outcome(lambda: scan._read_nested(text, strict, 100))

    assert quick == exact


def outcome(read: Any) -> str:
    try:
        value = read()
    except TokenError as error:
        return type(error).__name__
    return repr([(type(each), each) for each in scan.walk(value)])


@QUICK
@given(VALUES, st.sampled_from([None, 1]))
def test_output_of_json_is_read(value: Any, indent: int | None) -> None:
    if any(scan.is_beyond_float(each) for each in scan.walk(value)):
        return
    text = json.dumps(value, indent=indent, allow_nan=False)

    for strict in (True, False):
        assert scan.read(text.encode(), strict, 100) == value
        assert scan._read_nested(text, strict, 100) == value


@pytest.mark.parametrize("read", [scan._read, scan._read_nested])
@pytest.mark.parametrize(("first", "last"), ["[]", ('{"a":', "}")])
def test_depth_counts_objects_and_arrays(read: Any, first: str, last: str) -> None:
    inner = "1" if first != "[" else ""
    fits, deeper = (first * n + inner + last * n for n in (100, 101))

    for strict, error in ((True, TokenTooLargeError), (False, MalformedTokenError)):
        assert read(fits, strict, 100)
        with pytest.raises(error, match="deeper than 100"):
            read(deeper, strict, 100)


def test_depth_of_siblings_does_not_add_up() -> None:
    text = b"[%s]" % b",".join([b"[]"] * 500)

    assert scan.read(text, True, 2) == [[]] * 500


@pytest.mark.parametrize(
    ("text", "value"),
    [(b"1e400", math.inf), (b"-1e400", -math.inf), (b"9" * 5000, math.inf)],
)
def test_numbers_that_do_not_fit_a_float_are_infinite(
    text: bytes, value: float
) -> None:
    assert scan.read(text, True, 100) == value
    assert scan.is_beyond_float(scan.read(text, True, 100))


@pytest.mark.parametrize(
    "text", [b"NaN", b"[Infinity]", b"-Infinity", b"\xef\xbb\xbf{}"]
)
def test_json_that_only_python_accepts_is_refused(text: bytes) -> None:
    for strict in (True, False):
        with pytest.raises(MalformedTokenError):
            scan.read(text, strict, 100)


def test_all_values_of_repeated_keys_are_kept_for_go_and_refused_by_strict() -> None:
    text = b'{"a":1,"b":2,"a":3}'
    found = scan.read(text, False, 100)

    assert isinstance(found, scan.Repeated)
    assert list(scan.members(found)) == [("a", 1), ("b", 2), ("a", 3)]
    with pytest.raises(MalformedTokenError, match="duplicate key"):
        scan.read(text, True, 100)


@QUICK
@given(st.binary(max_size=40))
def test_base64url_is_read_in_its_canonical_spelling(data: bytes) -> None:
    text = jws.encode(data)

    assert jws.decode(text) == jws.decode_go(text) == data


@QUICK
@given(st.text("ABgQwx019-_+/=\n é", max_size=9))
def test_any_other_spelling_of_base64url_is_refused(text: str) -> None:
    try:
        data = jws.decode(text)
    except MalformedTokenError:
        with suppress(MalformedTokenError):
            assert jws.encode(jws.decode_go(text)) != text
    else:
        assert jws.encode(data) == text
