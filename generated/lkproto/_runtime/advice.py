# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What to do about a mistake: the last words of errors, loaded once something is wrong.

Nothing here shows a value; names of the schema are shown.
"""

from __future__ import annotations

from datetime import datetime, timedelta

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

# By what a field takes: what its absence is spelled, and how other types become it.
_ABSENT = {
    "int": "0",
    "float": "0.0",
    "bool": "False",
    "str": "''",
    "bytes": "b''",
    "list": "[]",
    "dict": "{}",
}
_CONVERSIONS: dict[str, tuple[tuple[type[Any], str], ...]] = {
    "int": ((float, "int(...) or round(...)"), (str, "int(...)")),
    "float": ((str, "float(...)"),),
    "bool": ((int, "bool(...)"),),
    "str": ((bytes, ".decode()"), (bytearray, ".decode()"), (datetime, "str(...)")),
    "bytes": ((str, ".encode()"),),
    "list": ((str, "[...]"), (bytes, "[...]"), (dict, "[...]")),
}
_JSON_TYPES = ("Struct", "Value", "ListValue")


def instead(takes: str, value: Any) -> str:
    """What to write instead of a value of another type, as `; use …`, or nothing."""
    if value is None:
        return f"; the field is not optional: leave it out, or give {_ABSENT[takes]}"
    for given, conversion in _CONVERSIONS.get(takes, ()):
        if isinstance(value, given):
            return f"; use {conversion}"
    many = {"list": "__iter__", "dict": "keys"}.get(takes)
    return f"; use {takes}(...)" if many and hasattr(value, many) else ""


def enum_instead(cls: Any, value: Any, hidden: bool) -> str:
    """What to write instead of a value that is not a number, where an enum belongs."""
    name = cls.__qualname__
    if value is None:
        return f"; the field is not optional: leave it out, or give {name}(0)"
    if not isinstance(value, str):
        return ""
    if hidden:
        return f"; use {name}[...]"
    members: Iterable[str] = cls.__members__
    if value in members:
        return f'; use {name}["{value}"]'
    near = nearest(value.upper(), members)
    if near is None:
        return f"; {name} has no value of that name"
    return f'; did you mean {name}["{near}"]?'


def message_instead(cls: Any, value: Any) -> str:
    """What to write instead of a value that is not a message, where one of a class belongs."""
    name = cls.__qualname__
    if value is None:
        return "; leave it out"
    if isinstance(value, type):
        return ""
    for given, method in ((datetime, "from_datetime"), (timedelta, "from_timedelta")):
        if isinstance(value, given) and hasattr(cls, method):
            return f"; use {name}.{method}(...)"
    if hasattr(value, "SerializeToString"):
        return f"; use {name}.from_bytes(value.SerializeToString())"
    if not isinstance(value, (dict, list, tuple, str, int, float, bytes)):
        return ""
    return _from_plain(cls, name, value)


def _from_plain(cls: Any, name: str, value: Any) -> str:
    known = cls.__proto_name__.startswith("google.protobuf.")
    if known and name in _JSON_TYPES:
        return f"; use {name}.from_dict(...)"
    if known and list(cls._specifiers) == ["value"]:
        return f"; use {name}(value=...)"
    if isinstance(value, dict):
        return f"; use {name}(...) with keywords, or {name}.from_dict(...)"
    if known and isinstance(value, str):
        return f"; use {name}.from_dict(...)"
    first = next(iter(cls._specifiers), None)
    return f"; use {name}({first}=...)" if known and first else f"; use {name}(...)"


def did_you_mean(name: object, names: Iterable[str]) -> str:
    """The nearest of some names, as `; did you mean …?`, or nothing."""
    near = nearest(name, names)
    return f"; did you mean {near!r}?" if near is not None else ""


def nearest(name: object, names: Iterable[str]) -> str | None:
    """The name that is most like one that was given, if any is."""
    from difflib import get_close_matches

    # Comparing takes the square of the length, and a name may come from anywhere.
    text = str(name)[:60]
    near = get_close_matches(text, names, n=1)
    return near[0] if near else None
