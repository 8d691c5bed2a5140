"""Values of single fields: ordinary ones, and those at the edges of what a field can hold."""

from __future__ import annotations

import math
import string
from functools import cache
from typing import Any, Literal

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

Mode = Literal["valid", "boundary"]
"""`valid`: ordinary values. `boundary`: often the edge of a range, or what is seldom tried."""

_SIGNED_32 = (-(1 << 31), (1 << 31) - 1)
_SIGNED_64 = (-(1 << 63), (1 << 63) - 1)
_RANGES = {
    **dict.fromkeys(("int32", "sint32", "sfixed32", "enum"), _SIGNED_32),
    **dict.fromkeys(("int64", "sint64", "sfixed64"), _SIGNED_64),
    **dict.fromkeys(("uint32", "fixed32"), (0, (1 << 32) - 1)),
    **dict.fromkeys(("uint64", "fixed64"), (0, (1 << 64) - 1)),
}
# Where a varint gets longer, and where a double cannot hold the next integer.
_STEPS = (*(1 << bits for bits in (7, 14, 21, 28, 31, 32, 35, 53, 63)), (1 << 53) + 1)
_FLOAT_MAX = float.fromhex("0x1.fffffep+127")
_SUBNORMAL = {32: 2.0**-149, 64: 5e-324}
_LARGEST = {32: _FLOAT_MAX, 64: float.fromhex("0x1.fffffffffffffp+1023")}
# Escapes of JSON and HTML, combining marks, two units of UTF-16, letters that fold to ASCII, texts
# that read as numbers, and a text whose length takes two bytes.
ODD_TEXTS = (
    *("", "\0", '"\\/', "<>&", "\u2028", "\x7f", "\ufeff", "\uffff", "\U0001f600"),
    *("e\u0301", "\u05d0\u0031", "\u017f\u212a", "\u00df", "null", "1e3", "-0", "NaN"),
    *(" \t\r\n", "a" * 127, "a" * 128, "\U0010ffff" * 64),
)
ODD_BYTES = (b"", b"\0", b"\xff", b"\xfb\xef\xbe", b"\xc0\x80", bytes(127), bytes(128))
PATHS = st.lists(
    st.text(string.ascii_lowercase, min_size=1, max_size=6), min_size=1, max_size=3
).map("_".join)
"""Paths of field masks, which are the same after a change to camel case and back."""


def numbers(kind: str, mode: Mode = "valid") -> SearchStrategy[int]:
    """Integers of a kind of the schema, such as `uint32`; `enum` has the numbers of enums."""
    low, high = _RANGES[kind]
    if mode == "valid":
        return st.integers(low, high)
    near = {sign * (step + by) for step in _STEPS for sign in (1, -1) for by in (-1, 0)}
    edges = sorted((each for each in near if low < each < high), key=abs)
    limits = sorted({0, 1, low, high}, key=abs)
    return st.sampled_from(limits) | st.sampled_from(edges) | st.integers(low, high)


def floats(width: Literal[32, 64], mode: Mode = "valid") -> SearchStrategy[float]:
    """Floats that a field of 32 or 64 bits holds exactly; `boundary` includes the one NaN."""
    finite = st.floats(allow_nan=False, allow_infinity=False, width=width)
    if mode == "valid":
        return finite
    small, large = _SUBNORMAL[width], _LARGEST[width]
    edges = [0.0, -0.0, 1.0, 0.1 if width == 64 else 0.5, small, -small, large, -large]
    return st.sampled_from([*edges, math.inf, -math.inf, math.nan]) | finite


def texts(mode: Mode = "valid") -> SearchStrategy[str]:
    """Texts that UTF-8 can hold: without lone surrogates."""
    if mode == "valid":
        return st.text(st.characters(codec="utf-8"), max_size=8)
    odd = st.sampled_from(ODD_TEXTS)
    return odd | st.text(st.characters(codec="utf-8"), max_size=8)


def data(mode: Mode = "valid") -> SearchStrategy[bytes]:
    """Bytes."""
    short = st.binary(max_size=8)
    return short if mode == "valid" else st.sampled_from(ODD_BYTES) | short


@cache
def scalars(kind: str, mode: Mode = "valid") -> SearchStrategy[Any]:
    """Values of a kind of the schema that is neither an enum nor a message."""
    if kind == "string":
        return texts(mode)
    if kind == "bytes":
        return data(mode)
    if kind == "bool":
        return st.booleans()
    if kind in ("float", "double"):
        return floats(32 if kind == "float" else 64, mode)
    return numbers(kind, mode)
