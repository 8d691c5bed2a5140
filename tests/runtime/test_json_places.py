"""Errors in JSON text have line, column and path; in Python values, only the path."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lkproto import JsonError
from lkproto.livekit import ParticipantInfo, Room

from tests.support import json_says

# Text with `⟨` before the part that is wrong, and the full error without its place.
CASES = {
    '{"sid": ⟨1}': "$.sid: string takes text, not a number",
    '{"name":"a\\"{[:,",\n  "sid" :\t⟨1}': "$.sid: string takes text, not a number",
    '{"enabledCodecs":[{"mime":"a"},\n{"mime":⟨false}]}': (
        "$.enabled_codecs[1].mime: string takes text, not a bool"
    ),
    '{"version":⟨[{}]}': "$.version: livekit.TimedVersion takes an object, not an array",
    '{"näme": ⟨{"a": {"b": []}}, "sïd": 1}': (
        "$.näme: livekit.Room has no such field; did you mean 'name'?"
    ),
    '{"emptyTimeout":1,"empty_timeout":⟨2}': (
        "$.empty_timeout: the field is given twice, under two names"
    ),
    "  \n ⟨[]": "$: livekit.Room takes an object, not an array",
    '{"sid": "a",\n "name": {"x": 1},\n ⟨"sid": "b"}': (
        "$: duplicate key in the object"
    ),
    '{"a": [{"b": 1}, {"b": 1, ⟨"\\u0062": 2}], "a": 3}': (
        "$: duplicate key in the object"
    ),
    '{"a": "NaN", "creationTime":⟨-Infinity}': (
        '$: -Infinity is not JSON; write it as "-Infinity", in quotes'
    ),
    '{"sid": "a"⟨': "$: not JSON: " + json_says('{"sid": "a"'),
    '{"sid":\n\n⟨nul}': "$: not JSON: " + json_says("nul"),
}


@pytest.mark.parametrize("marked", CASES)
def test_errors_in_text_have_line_column_and_path(marked: str) -> None:
    before, _, after = marked.partition("⟨")
    lines = before.split("\n")
    text = before + after

    for given_ in (text, text.encode()):
        with pytest.raises(JsonError) as caught:
            Room.from_json(given_)
        place = f"(line {len(lines)}, column {len(lines[-1]) + 1})"
        assert str(caught.value) == f"{CASES[marked]} {place}"


def test_errors_in_values_have_only_the_path() -> None:
    with pytest.raises(JsonError) as caught:
        Room.from_dict({"enabledCodecs": [{"mime": 1}]})

    assert (
        str(caught.value) == "$.enabled_codecs[0].mime: string takes text, not a number"
    )
    assert caught.value.line is None


def test_errors_do_not_show_keys_of_redacted_maps() -> None:
    text = '{"attributes":{"a key":1}}'
    for read in (
        lambda: ParticipantInfo.from_json(text),
        lambda: ParticipantInfo.from_dict(json.loads(text)),
    ):
        with pytest.raises(JsonError, match=r"^\$.attributes\[key\]: string") as caught:
            read()
        assert b"a key" not in pickle.dumps(caught.value)


def test_map_keys_and_structs_are_followed(legacy: Any) -> None:
    cases = {
        '{"id":1, "byNumber":{"1":"LOW","2":⟨"NO"}}': (
            legacy.Legacy,
            "$.by_number['2']: 'NO' is not a value of legacy.Level",
        ),
        '{"id":1, "byNumber":{"x":⟨"LOW"}}': (
            legacy.Legacy,
            "$.by_number['x']: 'x' is not a number",
        ),
        '{"struct":{"a":[1,{"b":⟨"\\ud800"}]}}': (
            legacy.Special,
            "$.struct['a'][1]['b']: the text has a lone surrogate at character 0",
        ),
        '{"any":{"@type":"x/google.protobuf.BoolValue","value":⟨3}}': (
            legacy.Special,
            "$.any.value: bool takes true or false, not a number",
        ),
        '{"any":{"@type":"x/legacy.Inner","list":[1,⟨2.5]}}': (
            legacy.Special,
            "$.any.list[1]: 2.5 is not a whole number",
        ),
        '{"id":1, "[legacy.marks]":[1,⟨"x"]}': (
            legacy.Legacy,
            "$.[legacy.marks][1]: 'x' is not a number",
        ),
    }
    for marked, (cls, message) in cases.items():
        column = marked.index("⟨") + 1
        with pytest.raises(ValueError, match=r"\$") as caught:
            cls.from_json(marked.replace("⟨", ""))
        assert str(caught.value) == f"{message} (line 1, column {column})"


def test_long_and_unprintable_names_are_shortened() -> None:
    for key in ("x" * 5000, "a\nb", "\u202e"):
        with pytest.raises(JsonError) as caught:
            Room.from_json(json.dumps({key: 1}))
        assert len(str(caught.value)) < 200
        assert str(caught.value).isprintable()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@pytest.mark.slow
@given(JSON, st.data())
def test_every_value_is_found_by_its_keys(value: Any, data: st.DataObject) -> None:
    from lkproto._runtime.json.syntax import value_at

    keys: list[Any] = []
    wanted = value
    while isinstance(wanted, dict | list) and wanted and data.draw(st.booleans()):
        among = list(wanted) if isinstance(wanted, dict) else range(len(wanted))
        keys.append(data.draw(st.sampled_from(among)))
        wanted = wanted[keys[-1]]
    indent = data.draw(st.sampled_from([None, 1]))
    text = json.dumps(value, ensure_ascii=data.draw(st.booleans()), indent=indent)

    found, _ = json.JSONDecoder().raw_decode(text, value_at(text, keys))
    assert found == wanted
