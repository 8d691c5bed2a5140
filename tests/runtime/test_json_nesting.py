"""How deep JSON nests is known before anything recurses as deep, in any thread."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lkproto import JsonError
from lkproto._runtime.json.nesting import nests_deeper, value_nests_deeper
from lkproto.livekit import Room

from tests.runtime.test_linear_work import is_linear
from tests.support import printed_in_a_small_thread

TEXTS = st.text(alphabet='[]{}"\\aä\x7f', max_size=6)
VALUES = st.recursive(
    TEXTS | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner),
    max_leaves=8,
)
READ = """
from lkproto.google.protobuf import Struct
from lkproto.livekit import Room
def work():
    for cls in (Room, Struct):
        for text in ({text}, {text}.encode()):
            try: cls.from_json(text, ignore_unknown=True)
            except ValueError as error: print(error.message)
Room.from_json("{{}}"), Struct.from_json("{{}}")
"""
DEEP = {
    "arrays": """'{"x":' + '[' * N + ']' * N + '}'""",
    "objects": """'{"x":' * N + '1' + '}' * N""",
    "both": """'{"x":' + '[{"x":' * N + '1' + '}]' * N + '}'""",
    "without an end": """'[' * N""",
    "after brackets in text": r"""'{"a":"' + ']' * 5 * N + '\\"","x":' + '[' * N""",
    "after flat values": """'{"a":[' + '{},' * N + '{}],"x":' + '[' * N""",
}


def depth_of(value: Any) -> int:
    """Levels of objects and arrays."""
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(depth_of, value), default=0) if isinstance(value, list) else 0


@given(VALUES, st.booleans())
def test_the_depth_of_json_is_found_before_it_is_read(value: Any, raw: bool) -> None:
    text, depth = json.dumps(value, ensure_ascii=raw), depth_of(value)

    for found in (nests_deeper(text, depth), value_nests_deeper(value, depth)):
        assert not found
    if depth:
        assert nests_deeper(text, depth - 1)
        assert value_nests_deeper(value, depth - 1)


@pytest.mark.parametrize("kib", [64, pytest.param(128, marks=pytest.mark.slow)])
@pytest.mark.parametrize("case", DEEP)
def test_a_small_stack_is_enough_to_refuse(case: str, kib: int) -> None:
    text = f"({DEEP[case]})".replace("N", "3000")
    printed = printed_in_a_small_thread(READ.format(text=text), kib)

    assert printed == ["values are nested too deeply"] * 4


@pytest.mark.parametrize("limit", [1, 7, 99, 100, 101])
def test_what_is_skipped_nests_no_deeper_than_messages(limit: int) -> None:
    for opening, closing in (("[", "]"), ('{"y":', "}")):
        opened, closed = opening * (limit - 1), closing * (limit - 1)

        def read(text: str) -> Room:
            return Room.from_json(text, ignore_unknown=True, max_depth=limit)

        assert read(f'{{"x":{opened}[]{closed}}}') == Room()
        with pytest.raises(JsonError, match=r"^\$.x: values are nested too deeply"):
            read(f'{{"x":{opened}[[]]{closed}}}')


def test_what_is_skipped_of_python_values_is_bounded_too() -> None:
    shared: Any = []
    for _ in range(99):
        shared = [shared, shared]
    assert Room.from_dict({"x": shared}, ignore_unknown=True) == Room()
    with pytest.raises(JsonError, match=r"^\$.x: values are nested too deeply"):
        Room.from_dict({"x": [shared]}, ignore_unknown=True)

    shared.append(shared)
    with pytest.raises(JsonError, match="nested too deeply"):
        Room.from_dict({"x": shared}, ignore_unknown=True)


TEXTS_THAT_GROW = {
    "flat": lambda n: "[" + "{}," * n + "{}]",
    "deep": lambda n: "[" * n,
    "brackets in text": lambda n: '"' + "[" * n + '"' + "[" * 500,
    "quotes escaped": lambda n: '["' + '\\"[' * n + '"' + "[" * 500,
    "closed by others": lambda n: "[}" * n,
    "neither": lambda n: "[[]" * 250 + "[]" * n,
}


@pytest.mark.parametrize("case", TEXTS_THAT_GROW)
def test_finding_the_depth_is_linear(case: str) -> None:
    assert is_linear(
        lambda text: nests_deeper(text, 300), TEXTS_THAT_GROW[case], 50_000
    )
