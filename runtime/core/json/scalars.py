"""JSON values to scalars: types, ranges and spellings.

https://protobuf.dev/programming-guides/json
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from struct import pack, unpack

from ..arguments import is_dict, is_list, unencodable
from ..errors import JsonError, shown
from ..kinds import RANGES, by_group
from .syntax import WrittenNumber

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..table import Field

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
_SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def kind_of(value: Any) -> str:
    """The kind of a JSON value, for error messages: `an object`, `text`, …"""
    if value is None:
        return "null"
    if is_dict(value):
        return "an object"
    if is_list(value):
        return "an array"
    return {"str": "text", "bool": "a bool"}.get(type(value).__name__, "a number")


def check_text(text: str) -> str:
    """Check that text has no lone surrogates. Raises JsonError."""
    at = unencodable(text)
    if at is not None:
        raise JsonError(f"the text has a lone surrogate at character {at}")
    return text


def _shown(field: Field, value: Any) -> str:
    return "the value" if field.redact else shown(value)


def _int(field: Field, value: Any) -> int:
    number = _whole(field, value)
    low, high = RANGES[field.kind]
    if not low <= number <= high:
        raise JsonError(
            f"{_shown(field, value)} is out of range of {field.kind} ({low} to {high})"
        )
    return int(number)


def _whole(field: Field, value: Any) -> float:
    """A whole number or an infinity from a JSON number or text, in any spelling."""
    if isinstance(value, str):
        found = _NUMBER.fullmatch(value)
        if found is None or len(value) > 400:
            raise JsonError(f"{_shown(field, value)} is not a number")
        value = _exact(field, value) if found[1] or found[2] else int(value)
    elif isinstance(value, WrittenNumber):
        value = _exact(field, value)
    if isinstance(value, float):
        if not value.is_integer() and not math.isinf(value):
            raise JsonError(f"{_shown(field, value)} is not a whole number")
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        raise JsonError(f"{field.kind} takes a number, not {kind_of(value)}")
    return value


def _exact(field: Field, value: str | WrittenNumber) -> int | float:
    """A number with a fraction or exponent; exact where a float might round it to a whole one."""
    text, number = value if isinstance(value, str) else value.text, float(value)
    # A double tells any 15 digits of numbers below 2**53 apart; what is below 1 may have become 0.
    size = abs(number)
    if not size < 2**64 or (1 <= size < 2**53 and len(text) <= 15):
        return number
    from decimal import Decimal, InvalidOperation

    try:
        exact = Decimal(text)
        is_whole = exact == int(exact)
    except InvalidOperation:
        # An exponent of very many digits, which is negative, as the size shows.
        exact = Decimal(text.lower().partition("e")[0])
        is_whole = not exact
    if not is_whole:
        raise JsonError(f"{_shown(field, value)} is not a whole number")
    return int(exact)


def _float(field: Field, value: Any) -> float:
    if isinstance(value, str):
        if value in _SPECIAL:
            return _SPECIAL[value]
        if _NUMBER.fullmatch(value) is None:
            raise JsonError(f"{_shown(field, value)} is not a number")
        number = float(value)
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise JsonError(f"{field.kind} takes a number, not {kind_of(value)}")
    else:
        number = _to_float(field, value)
    if math.isinf(number):
        raise JsonError(f"{_shown(field, value)} is out of range of {field.kind}")
    return _to_float32(field, number) if field.kind == "float" else number


def _to_float(field: Field, value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        raise JsonError("the number is out of range of double") from None


def _to_float32(field: Field, number: float) -> float:
    try:
        rounded: float = unpack("<f", pack("<f", number))[0]
    except OverflowError:
        raise JsonError(f"{_shown(field, number)} is out of range of float") from None
    return rounded


def _bool(field: Field, value: Any) -> bool:
    if not isinstance(value, bool):
        raise JsonError(f"bool takes true or false, not {kind_of(value)}")
    return value


def _string(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise JsonError(f"string takes text, not {kind_of(value)}")
    return check_text(value)


def _bytes(field: Field, value: Any) -> bytes:
    if not isinstance(value, str):
        raise JsonError(f"bytes takes base64 text, not {kind_of(value)}")
    text = value.replace("-", "+").replace("_", "/")
    bare = text.rstrip("=")
    padding = -len(bare) % 4
    given = len(text) - len(bare)
    if _BASE64.fullmatch(text) is None or padding == 3 or given not in (0, padding):
        raise JsonError("the text is not base64")
    try:
        return base64.b64decode(bare + "=" * padding)
    except binascii.Error:  # pragma: no cover - the pattern refuses such text
        raise JsonError("the text is not base64") from None


def _enum(field: Field, value: Any) -> Any:
    cls = field.type
    if isinstance(value, str):
        member = cls.__members__.get(value)
        if member is None:
            name = _shown(field, value)
            error = JsonError(f"{name} is not a value of {cls.__proto_name__}")
            error.unknown_enum_name = True
            raise error
        return member
    if value is None:
        return cls(0)  # google.protobuf.NullValue
    number = _int(field, value)
    if cls._closed_ and number not in cls:
        raise JsonError(f"{_shown(field, value)} is not a value of the enum")
    return cls(number)


SCALARS: dict[str, Callable[[Field, Any], Any]] = by_group(
    integer=_int,
    float=_float,
    bool=_bool,
    string=_string,
    bytes=_bytes,
    enum=_enum,
)
