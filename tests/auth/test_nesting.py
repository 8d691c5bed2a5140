"""How deeply JSON nests is known, correctly, before it is read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lkproto.auth import MalformedTokenError, TokenTooLargeError
from lkproto.auth._scan import _nests_deeper, read

TEXTS = st.text(alphabet='[]{}"\\aä\x7f', max_size=6)
VALUES = st.recursive(
    TEXTS | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner),
    max_leaves=8,
)


def depth_of(value: Any) -> int:
    """The number of levels of objects and arrays."""
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(depth_of, value), default=0) if isinstance(value, list) else 0


@given(VALUES, st.booleans())
def test_the_depth_of_json_is_found_by_its_brackets(value: Any, raw: bool) -> None:
    text, depth = json.dumps(value, ensure_ascii=raw), depth_of(value)

    assert not _nests_deeper(text, depth)
    assert depth == 0 or _nests_deeper(text, depth - 1)
    assert read(text.encode(), True, max(depth, 1)) == value


@pytest.mark.parametrize("before", ["", '"' + "[" * 5000 + '",', "[]," * 2000])
def test_depth_is_found_wherever_it_is(before: str) -> None:
    deep = f"[{before}{'[' * 100}{']' * 100}]".encode()

    with pytest.raises(TokenTooLargeError, match="deeper than 100"):
        read(deep, True, 100)
    assert read(deep, True, 101)


def test_brackets_in_an_unterminated_string_are_text() -> None:
    assert not _nests_deeper('["' + "[" * 200, 100)
    with pytest.raises(MalformedTokenError, match="not JSON"):
        read(b'["' + b"[" * 200, True, 100)
