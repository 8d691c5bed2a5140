"""Texts of ProtoJSON: those of messages, and what writers of other languages make of them."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from lkproto import EncodeError, Field, JsonError, Message, fields_of

from .messages import M, from_message

DEEPEST = 200
"""Levels of nesting in hostile texts."""
_LITERALS = (
    *("null", "true", "false", "0", "-0", "1", "-1", "1.0", "1.5", "1e2", "100e-2"),
    *("1e400", "-1e400", "4294967296", "-2147483649", "9223372036854775808"),
    *("18446744073709551616", "0x10", "01", "+1", ".5", "1.", "NaN", "Infinity", "nul"),
    *('""', '"1"', '"1.0"', '"1e2"', '" 1"', '"-0"', '"NaN"', '"-Infinity"', '"true"'),
    *('"a"', '"\\u0041"', '"\\ud83d\\ude00"', '"\\ud800"', '"\\udc00\\ud800"', '"\\x"'),
    *('"YQ"', '"YQ=="', '"-_"', '"+/"', '"!"', '"a\tb"', "'a'", "[]", "{}", "[null]"),
    *('"2026-01-01T00:00:00Z"', '"2026-01-01T00:00:00.1+23:59"', '"1.5s"', '"-0.5s"'),
    *('{"a":1,"a":2}', '{"@type":"x"}', '[{"a":[]}]', "[1,]", '{"a":1,}', "/**/1", ""),
)


def json_of(cls: type[M]) -> SearchStrategy[str]:
    """Texts that messages of a class are written as, with either form of field names."""

    def written(message: Message, preserving: bool) -> str:
        return message.to_json(preserving_names=preserving)

    return st.builds(written, from_message(cls), st.booleans())


@lru_cache(maxsize=1024)
def hostile_json(cls: type[Message]) -> SearchStrategy[str]:
    """Texts that look like a message of a class in JSON, most of them wrong somewhere.

    Values of other types, numbers as texts and with exponents, names that come again or are not
    known, lone surrogates, deep nesting, and what is JSON only for lenient readers.
    """
    members = st.lists(_members(cls), max_size=4)
    objects = members.map(lambda each: "{" + ",".join(each) + "}")
    nested = st.builds(
        _nested,
        st.sampled_from(["", "1", "{}"]),
        st.sampled_from([1, 99, 100, 101, DEEPEST]),
        st.sampled_from(["[", '{"a":']),
    )
    cut = st.builds(_cut, objects, st.integers(1, 8))
    return st.one_of(
        objects, objects, json_of(cls), cut, nested, st.sampled_from(_LITERALS)
    )


def _nested(text: str, levels: int, opening: str) -> str:
    closing = "]" if opening == "[" else "}"
    return opening * levels + text + closing * levels


def _cut(text: str, end: int) -> str:
    return text[:-end]


def _members(cls: type[Message]) -> SearchStrategy[str]:
    fields = list(fields_of(cls))
    known = [_member(field) for field in fields]
    other = st.builds(
        _pair, st.sampled_from(["new", "", "@type", "\\u0061"]), _values()
    )
    return st.one_of([*known, other]) if known else other


def _member(field: Field) -> SearchStrategy[str]:
    names = [
        field.json_name,
        field.proto_name,
        field.json_name.upper(),
        f"[{field.proto_name}]",
    ]
    spelled = st.sampled_from([field.json_name, *names])
    return st.builds(_pair, spelled, _values() | _fitting(field))


def _pair(name: str, value: str) -> str:
    return f'"{name}":{value}'


def _values() -> SearchStrategy[str]:
    return st.sampled_from(_LITERALS)


def _fitting(field: Field) -> SearchStrategy[str]:
    """Values that a field may have, and the same in other clothes."""
    inner = (field.value or field) if field.presence == "map" else field
    one = _single(inner)
    if field.presence == "repeated":
        return st.lists(one, max_size=2).map(lambda each: f"[{','.join(each)}]")
    if field.presence == "map":
        keys = st.sampled_from(["", "a", "1", "-1", "true", "01", "1.0", "\\ud800"])
        pairs = st.lists(st.builds(_pair, keys, one), max_size=3)
        return pairs.map(lambda each: "{" + ",".join(each) + "}")
    return one


def _single(field: Field) -> SearchStrategy[str]:
    if field.kind in ("message", "group"):
        return from_message(field.type, depth=1).map(_written)
    if field.kind == "enum":
        names = [each.name for each in field.type]
        return (
            st.sampled_from([*names, names[0].lower(), "NONE_SUCH"]).map(json.dumps)
            | _values()
        )
    return st.sampled_from(_LITERALS)


def _written(message: Any) -> str:
    try:
        return str(message.to_json())
    except (JsonError, EncodeError):
        return "{}"
