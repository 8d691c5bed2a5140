"""Hypothesis strategies that make messages of any class from its field table."""

from __future__ import annotations

import math
import string
from typing import Any

from hypothesis import strategies as st
from lkproto import Field, fields_of

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
PATHS = st.text(string.ascii_lowercase, min_size=1, max_size=6)

# google's json_format prints the largest 32-bit float as 3.4028235e+38 and refuses to read it.
FLT_MAX = float.fromhex("0x1.fffffep+127")


def integers(bits: int, *, signed: bool) -> st.SearchStrategy[int]:
    """Integers of a width, including the limits of every varint length."""
    low, high = (
        (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    )
    edges = {low, high, 0, 1, 127, 128, 16383, 16384, (1 << 28) - 1, 1 << 28}
    return st.sampled_from(sorted(edges)) | st.integers(low, high)


SCALARS: dict[str, st.SearchStrategy[Any]] = {
    # JSON has only one NaN, so its sign and payload are lost.
    "double": st.floats(allow_nan=False) | st.just(math.nan),
    "float": st.floats(allow_nan=False, width=32).filter(lambda x: abs(x) != FLT_MAX)
    | st.just(math.nan),
    "int32": integers(32, signed=True),
    "int64": integers(64, signed=True),
    "uint32": integers(32, signed=False),
    "uint64": integers(64, signed=False),
    "sint32": integers(32, signed=True),
    "sint64": integers(64, signed=True),
    "fixed32": integers(32, signed=False),
    "fixed64": integers(64, signed=False),
    "sfixed32": integers(32, signed=True),
    "sfixed64": integers(64, signed=True),
    "bool": st.booleans(),
    "string": TEXT,
    "bytes": st.binary(max_size=8),
}


def single(field: Field, depth: int) -> st.SearchStrategy[Any]:
    """One value of a field."""
    if field.kind == "enum":
        known = st.sampled_from(list(field.type))
        return known | integers(32, signed=True).map(field.type)
    if field.kind in ("message", "group"):
        return messages(field.type, depth - 1)
    return SCALARS[field.kind]


def values(field: Field, depth: int) -> st.SearchStrategy[Any]:
    """The values that a field may have when it is set."""
    if field.presence == "map":
        assert field.key is not None
        assert field.value is not None
        return st.dictionaries(
            single(field.key, depth), single(field.value, depth), max_size=2
        )
    if field.presence == "repeated":
        return st.lists(single(field, depth), max_size=2)
    return single(field, depth)


SPECIAL: dict[str, Any] = {
    "google.protobuf.Timestamp": lambda cls: st.builds(
        cls,
        seconds=st.integers(-62_135_596_800, 253_402_300_799),
        nanos=st.integers(0, 999_999_999) | st.sampled_from([0, 1000, 5_000_000]),
    ),
    "google.protobuf.Duration": lambda cls: st.builds(
        lambda sign, seconds, nanos: cls(seconds=sign * seconds, nanos=sign * nanos),
        st.sampled_from([1, -1]),
        st.integers(0, 315_576_000_000),
        st.integers(0, 999_999_999),
    ),
    "google.protobuf.Any": lambda cls: st.just(cls()),
    "google.protobuf.Struct": lambda cls: st.dictionaries(TEXT, JSON, max_size=2).map(
        cls.from_dict
    ),
    "google.protobuf.Value": lambda cls: JSON.map(cls.from_dict),
    "google.protobuf.ListValue": lambda cls: st.lists(JSON, max_size=2).map(
        cls.from_dict
    ),
    "google.protobuf.FieldMask": lambda cls: st.builds(cls, paths=st.lists(PATHS)),
}
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)


@st.composite
def fields(draw: st.DrawFn, cls: Any, depth: int) -> Any:
    """Arguments for a message with a few fields set; below `depth`, no sub-messages."""
    usable = [
        field
        for field in fields_of(cls)
        if depth > 0 or (field.value or field).kind not in ("message", "group")
    ]
    count = draw(st.integers(0, min(len(usable), 6)))
    chosen = draw(st.permutations(usable))[:count] if usable else []
    taken: set[str] = set()
    given: dict[str, Any] = {}
    for field in chosen:
        if field.oneof is not None:
            if field.oneof in taken:
                continue
            taken.add(field.oneof)
        given[field.name] = draw(values(field, depth))
    return cls(**given)


def messages(cls: Any, depth: int = 2) -> st.SearchStrategy[Any]:
    """Messages of a class, with well-known types in the range that JSON can express."""
    special = SPECIAL.get(cls.__proto_name__)
    return special(cls) if special else fields(cls, depth)
