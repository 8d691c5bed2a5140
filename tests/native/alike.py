"""Whether two results are the same: to the type of each value, the bit of each float, the order of
each dict, and which slots are empty."""

from __future__ import annotations

import struct
from collections.abc import Callable
from operator import attrgetter
from typing import Any

_bits = struct.Struct("<d").pack
_EMPTY = object()
# For each class the names of its slots, and what gets them all at once.
_slots: dict[type, tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]] = {}


def difference(found: Any, right: Any) -> str | None:
    """Where two values differ and how, or None."""
    if found is right:
        return None
    cls = right.__class__
    if found.__class__ is not cls:
        return f": {shown(found)} instead of {shown(right)}"
    compare = _COMPARE.get(cls)
    if compare is not None:
        return compare(found, right)
    if hasattr(cls, "_specifiers"):
        return _messages(found, right, cls)
    return _others(found, right)


def shown(value: Any) -> str:
    """A value with its type, short enough for one line."""
    text = ascii(value)
    return (
        f"{value.__class__.__name__} {text if len(text) <= 300 else text[:300] + '…'}"
    )


def slots_of(cls: type) -> tuple[str, ...]:
    """The names of all slots of a message class."""
    return _of(cls)[0]


def state(message: Any) -> tuple[Any, ...]:
    """The values of all slots of a message; `EMPTY` for one that was deleted."""
    names, get = _of(message.__class__)
    try:
        return get(message)
    except AttributeError:
        return tuple(getattr(message, name, _EMPTY) for name in names)


def _of(cls: Any) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    known = _slots.get(cls)
    if known is None:
        names = ("_unknown", *cls.__dict__["__slots__"])
        # With one name alone, `attrgetter` would return no tuple.
        known = _slots[cls] = names, attrgetter(*names, names[0])
    return known


def _messages(found: Any, right: Any, cls: type) -> str | None:
    for name, one, other in zip(
        slots_of(cls), state(found), state(right), strict=False
    ):
        if one is not other and (where := difference(one, other)) is not None:
            return f".{name}{where}"
    return None


def _floats(found: float, right: float) -> str | None:
    if _bits(found) == _bits(right):
        return None
    return f": {found.hex()} instead of {right.hex()}"


def _texts(found: str, right: str) -> str | None:
    # A str that is marked as ASCII and is not, or the other way round, may still be equal.
    same = found == right and found.isascii() == right.isascii()
    return None if same else f": {shown(found)} instead of {shown(right)}"


def _lists(found: list[Any], right: list[Any]) -> str | None:
    if len(found) != len(right):
        return f": {len(found)} items instead of {len(right)}"
    for at, (one, other) in enumerate(zip(found, right, strict=True)):
        if (where := difference(one, other)) is not None:
            return f"[{at}]{where}"
    return None


def _dicts(found: dict[Any, Any], right: dict[Any, Any]) -> str | None:
    where = _lists(list(found), list(right))
    if where is not None:
        return f" keys{where}"
    where = _lists(list(found.values()), list(right.values()))
    return None if where is None else f" values{where}"


def _plain(found: Any, right: Any) -> str | None:
    return None if found == right else f": {shown(found)} instead of {shown(right)}"


def _others(found: Any, right: Any) -> str | None:
    """Members of enums, those without a name included, and odd values that tests put in slots."""
    if hasattr(right, "_name_"):
        parts = [(each + 0, each._name_, each._value_) for each in (found, right)]
        if parts[0] == parts[1] and found._value_.__class__ is int:
            return None
        return f": {shown(found)} {parts[0]} instead of {shown(right)} {parts[1]}"
    return _plain(found, right)


_COMPARE: dict[type, Callable[[Any, Any], str | None]] = {
    float: _floats,
    str: _texts,
    list: _lists,
    dict: _dicts,
    tuple: _plain,
    int: _plain,
    bytes: _plain,
    bool: _plain,
}
