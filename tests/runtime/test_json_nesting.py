"""How deep JSON nests is known before anything recurses as deep, in any thread."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lkproto import JsonError
from lkproto._runtime.json.iterative import read_nested
from lkproto._runtime.json.nesting import nests_deeper, value_nests_deeper
from lkproto.google.protobuf import Any as Any_
from lkproto.google.protobuf import Struct
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


DEEP_READ = """
import sys
from lkproto.google.protobuf import Struct
from lkproto.livekit import Room
kept = []  # CPython 3.13 frees messages by recursion, which takes the main thread's stack
def work():
    skipped = '{{"x":' + '[' * {n} + ']' * {n} + '}}'
    assert Room.from_json(skipped, ignore_unknown=True, max_depth={n}) == Room()
    read = Struct.from_json('{{"a":[' * {n} + '1' + ']}}' * {n}, max_depth=4 * {n} + 1)
    kept.append(read)
    levels = 0
    while (value := read.fields["a"].list_value.values[0]).which("kind")[0] != "number_value":
        levels, read = levels + 1, value.struct_value
    print(levels)
Room.from_json("{{}}"), Struct.from_json("{{}}", max_depth=101)
sys.setrecursionlimit({limit})
"""


@pytest.mark.parametrize("limit", [300, 1000, 1_000_000])
def test_deep_text_is_read_whatever_the_stack_and_the_limit_of_recursion(
    limit: int,
) -> None:
    script = DEEP_READ.format(n=5000, limit=limit)

    assert printed_in_a_small_thread(script, 512) == ["4999"]


def test_what_is_wrong_deep_inside_is_placed() -> None:
    text = '{"a":[' * 40 + "1e999" + "]}" * 40

    with pytest.raises(JsonError, match=r"1e999 is out of range") as caught:
        Struct.from_json(text, max_depth=1000)
    assert (caught.value.line, caught.value.column) == (1, text.index("1e999") + 1)
    with pytest.raises(JsonError, match="nested too deeply"):
        Struct.from_json(text.replace("1e999", "1"), max_depth=101)


def test_what_must_be_complete_at_once_is_read_deep() -> None:
    inner = '{"a":[' * 20 + "1" + "]}" * 20
    text = f'{{"@type":"x/google.protobuf.Struct","value":{inner}}}'

    read = Any_.from_json(text, max_depth=200)

    assert Struct.from_bytes(read.value) == Struct.from_json(inner)


@given(VALUES)
def test_the_iterative_reader_reads_as_the_scanner(value: Any) -> None:
    text = json.dumps(value, indent=1)
    scan = json.JSONDecoder().scan_once
    assert read_nested(text, scan, dict, 100) == value
    for end in range(len(text)):
        read: list[object] = []
        for reader in (json.loads, lambda cut: read_nested(cut, scan, dict, 100)):
            try:
                read.append(reader(text[:end]))
            except json.JSONDecodeError as error:
                read.append(error.pos)
        assert read[0] == read[1], text[:end]


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
