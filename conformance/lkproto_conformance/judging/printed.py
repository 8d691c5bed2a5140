"""Compares ProtoJSON that was printed: by value, and a `float` as the number it stands for.

A `float` may be written with more digits than it needs: 0.1 and 0.10000000149011612 are the same
one, but not the same JSON number. So numbers of one nearest `float` count as equal if both texts
also read as equal messages.
"""

from __future__ import annotations

import json
import struct
from typing import Any

from ..protocol import MAX_DEPTH
from ..values import is_list, is_object, nests_deeper
from .equality import difference


def compare(args: dict[str, Any], expected: Any, got: Any) -> str:
    """The difference of two results of `json.print`; empty if they are equal."""
    if "json" not in got:
        return difference(expected, got)
    wanted, given = _read(expected["json"]), _read(got["json"])
    found = difference(wanted, given)
    if not found or nests_deeper(given, MAX_DEPTH):
        return found
    if difference(_as_floats(wanted), _as_floats(given)):
        return found
    return "" if _same_message(args["message"], wanted, given) else found


def _read(text: Any) -> Any:
    """A text as a value, in which -0 is not 0, and which has no name twice."""
    try:
        return json.loads(
            text, object_pairs_hook=_once, parse_int=_integer, parse_float=_number
        )
    except (TypeError, ValueError, RecursionError):
        return {"not JSON": text}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a name twice")
    return made


def _integer(digits: str) -> Any:
    return _MINUS_ZERO if digits == "-0" else int(digits)


def _number(digits: str) -> Any:
    value = float(digits)
    return value if value or not digits.startswith("-") else _MINUS_ZERO


_MINUS_ZERO = {"minus": 0}


def _as_floats(value: Any) -> Any:
    """A value whose fractions are the nearest numbers that a `float` has."""
    if is_object(value):
        return {key: _as_floats(member) for key, member in value.items()}
    if is_list(value):
        return [_as_floats(item) for item in value]
    if isinstance(value, float):
        try:
            return struct.unpack("f", struct.pack("f", value))[0]
        except OverflowError:
            return value
    return value


def _same_message(name: str, expected: Any, got: Any) -> bool:
    from lkproto import ProtoError, find_message

    message = find_message(name)
    if message is None:
        return False
    try:
        read = message.from_json(json.dumps(got))
    except ProtoError:
        return False
    return bool(read == message.from_json(json.dumps(expected)))
