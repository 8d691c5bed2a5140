"""Compares results with the expected ones: texts exactly, JSON by value, messages as messages."""

from __future__ import annotations

import json
from typing import Any

from ..values import cut, is_list, is_object

_WIRE = frozenset(["wire.roundtrip", "json.parse"])
_TWIRP = frozenset(["twirp.error", "twirp.call", "twirp.serve"])
_SHOWN = 200


def equal(op: str, args: dict[str, Any], expected: Any, got: Any) -> str:
    """The difference between a result and the expected one, as `$.path: …`; empty if equal."""
    if op in _WIRE:
        from .messages import compare as compare_messages

        return compare_messages(args["message"], expected, got)
    if op == "notifier.run":
        from .notifier import compare

        return compare(args, expected, got)
    if op in _TWIRP:
        return _twirp(op, args, expected, got)
    if op == "json.print":
        from .printed import compare as compare_printed

        return compare_printed(args, expected, got)
    if op == "token.issue":
        from .issued import compare as compare_issued

        return compare_issued(args, expected, got)
    return _values(op, expected, got)


def _values(op: str, expected: Any, got: Any) -> str:
    from . import tokens

    if op in tokens.MEMBERS:
        return tokens.explained(op, expected, got)
    if op == "token.verify":
        from .told import as_told

        expected = as_told(expected, got)
    return difference(expected, got)


def _twirp(op: str, args: dict[str, Any], expected: Any, got: Any) -> str:
    from . import twirp

    if op == "twirp.error":
        return twirp.of_error(expected, got)
    compare = twirp.of_call if op == "twirp.call" else twirp.of_serving
    return compare(args, expected, got)


def refusals(op: str, args: dict[str, Any], expected: Any, got: Any) -> str:
    """The difference of two rejects, besides kind and message; empty if there is none."""
    return _twirp(op, args, expected, got) if op == "twirp.call" else ""


def difference(expected: Any, got: Any, path: str = "$") -> str:
    """The first difference of two JSON values; numbers by value, keys in any order."""
    if is_object(expected) and is_object(got):
        if expected.keys() != got.keys():
            missing = sorted(expected.keys() - got.keys())
            extra = sorted(got.keys() - expected.keys())
            return f"{path}: missing {missing}, unexpected {extra}"
        pairs = ((f"{path}.{key}", expected[key], got[key]) for key in expected)
    elif is_list(expected) and is_list(got):
        if len(expected) != len(got):
            return f"{path}: {len(got)} items, not {len(expected)}"
        pairs = (
            (f"{path}[{index}]", *pair)
            for index, pair in enumerate(zip(expected, got, strict=True))
        )
    else:
        same = _same(expected, got)
        return "" if same else f"{path}: {_short(got)}, not {_short(expected)}"
    return next(
        (found for where, a, b in pairs if (found := difference(a, b, where))), ""
    )


def _same(expected: Any, got: Any) -> bool:
    if isinstance(expected, bool) is not isinstance(got, bool):
        return False
    if isinstance(expected, float) and isinstance(got, int):
        # 5.4e16 may be spelled with digits that a float does not have: 54000000000000003.
        expected, got = got, expected
    if isinstance(expected, int) and isinstance(got, float):
        try:
            return float(expected) == got
        except OverflowError:
            return False
    return bool(expected == got)


def read_json(text: Any) -> Any:
    """A text of JSON as a value; a value that is equal to no other if it is not."""
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return {"not JSON": text}


def _short(value: Any) -> str:
    try:
        text = json.dumps(value)
    except RecursionError:
        return "a value that nests too deeply to show"
    return cut(text, _SHOWN)
