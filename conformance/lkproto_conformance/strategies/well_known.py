"""The well-known types, in the ranges that ProtoJSON can express."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from lkproto import find_message

from .scalars import PATHS, Mode, floats, texts

_FIRST, _LAST = -62_135_596_800, 253_402_300_799  # years 1 and 9999
_LONGEST = 315_576_000_000  # 10,000 years
_NANOS = st.sampled_from([0, 1, 1_000, 120_000_000, 999_999_999]) | st.integers(
    0, 999_999_999
)
# What an Any may hold: a message with an own form in JSON, one without, and one inside another.
_HELD = ("google.protobuf.Duration", "google.protobuf.Empty", "livekit.Codec")


def json_values(mode: Mode = "valid") -> SearchStrategy[Any]:
    """Values of JSON, as a `google.protobuf.Value` holds them."""
    numbers = floats(64).filter(lambda number: abs(number) < 1e300)
    leaves = st.none() | st.booleans() | numbers | texts(mode)
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=2)
        | st.dictionaries(texts(mode), inner, max_size=2),
        max_leaves=4,
    )


def _timestamps(cls: Any, _: Mode) -> SearchStrategy[Any]:
    edges = st.sampled_from([0, -1, 1_767_225_600, _FIRST, _LAST])
    return st.builds(cls, seconds=edges | st.integers(_FIRST, _LAST), nanos=_NANOS)


def _durations(cls: Any, _: Mode) -> SearchStrategy[Any]:
    seconds = st.sampled_from([0, 1, _LONGEST]) | st.integers(0, _LONGEST)

    def made(sign: int, seconds: int, nanos: int) -> Any:
        return cls(seconds=sign * seconds, nanos=sign * nanos * (seconds < _LONGEST))

    return st.builds(made, st.sampled_from([1, -1]), seconds, _NANOS)


def _anys(cls: Any, _: Mode) -> SearchStrategy[Any]:
    from .messages import from_message

    found = [each for name in _HELD if (each := find_message(name))]
    held = st.one_of([from_message(each, depth=1) for each in found])
    return st.just(cls()) | held.map(cls.pack)


def _from_json(values: Callable[[Mode], SearchStrategy[Any]]) -> Any:
    def made(cls: Any, mode: Mode) -> SearchStrategy[Any]:
        return values(mode).map(cls.from_dict)

    return made


WELL_KNOWN: dict[str, Callable[[Any, Mode], SearchStrategy[Any]]] = {
    "google.protobuf.Timestamp": _timestamps,
    "google.protobuf.Duration": _durations,
    "google.protobuf.Any": _anys,
    "google.protobuf.FieldMask": lambda cls, _: st.builds(
        cls, paths=st.lists(PATHS, max_size=3)
    ),
    "google.protobuf.Value": _from_json(json_values),
    "google.protobuf.ListValue": _from_json(
        lambda mode: st.lists(json_values(mode), max_size=2)
    ),
    "google.protobuf.Struct": _from_json(
        lambda mode: st.dictionaries(texts(mode), json_values(mode), max_size=2)
    ),
}
"""Strategies of the types whose fields cannot have just any values, by full name."""
