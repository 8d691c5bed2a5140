# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Enums: `enum.IntEnum`s that are cheap to define and, if open, accept unknown numbers.

The standard library's `EnumType` spends tens of microseconds on each member, and a schema has
hundreds of them. Here the base class is an ordinary IntEnum, and subclasses are assembled from the
same documented parts (`_member_map_`, `_value2member_map_`, …), so they support everything that
an IntEnum does.
"""

from __future__ import annotations

import enum

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from typing import Any

_INT32 = range(-(2**31), 2**31)


class EnumType(enum.EnumType):
    """Metaclass: builds the members of generated enums and looks numbers up quickly."""

    if not TYPE_CHECKING:

        @classmethod
        def __prepare__(metacls, name, bases, *, proto=None, names=None, **options):
            # The standard namespace checks every assignment; a plain dict of ints is faster.
            return {} if proto else super().__prepare__(name, bases, **options)

        def __new__(
            metacls, name, bases, namespace, *, proto=None, closed=False, names=None
        ):
            if proto is None:
                return super().__new__(metacls, name, bases, namespace)
            numbers = {
                key: number
                for key, number in namespace.items()
                if number.__class__ is int and key[0] != "_"
            }
            for key in numbers:
                del namespace[key]
            namespace["__proto_name__"] = proto
            namespace["_closed_"] = closed
            cls = type.__new__(metacls, name, bases, namespace)
            _add_members(cls, numbers, names or {})
            return cls

        def __init__(cls, *args, **options):
            pass

        def __call__(cls, value, *args, **options):
            if not args and not options:
                try:
                    return cls._value2member_map_[value]
                except (KeyError, TypeError):
                    pass
            return super().__call__(value, *args, **options)

        def __getattr__(cls, name):
            # Python 3.11 would look for a member of that name, and the schema's may be any.
            text = f"type object {cls.__name__!r} has no attribute {name!r}"
            raise AttributeError(text, name=name, obj=cls)

    def __contains__(cls, value: object) -> bool:
        """Whether the schema has a name for a number or member."""
        return isinstance(value, int) and value in cls._value2member_map_


def _add_members(cls: Any, numbers: dict[str, int], names: dict[str, str]) -> None:
    """Set members as attributes; `names` has the schema's names that differ from these."""
    by_name: dict[str, Any] = {}
    by_number: dict[int, Any] = {}
    for attribute, number in numbers.items():
        name = names.get(attribute, attribute)
        member = by_number.get(number)  # a second name for a number is an alias
        if member is None:
            member = _member(cls, name, number)
            member._sort_order_ = len(by_number)
            by_number[number] = member
        by_name[name] = member
        type.__setattr__(cls, attribute, member)
    attributes = {
        "_member_map_": by_name,
        "_member_names_": [member._name_ for member in by_number.values()],
        "_value2member_map_": by_number,
    }
    for key, value in attributes.items():
        type.__setattr__(cls, key, value)


def _member(cls: Any, name: str, number: int) -> Any:
    member = int.__new__(cls, number)
    member._name_ = name
    member._value_ = number
    member.__objclass__ = cls
    return member


if TYPE_CHECKING:

    class Enum(enum.IntEnum):
        """Base of generated enums; an `enum.IntEnum` to checkers and at run time."""

        __proto_name__: str

        def __init_subclass__(
            cls, *, proto: str, closed: bool = ..., names: dict[str, str] = ...
        ) -> None: ...

else:

    class Enum(enum.IntEnum, metaclass=EnumType):
        """Base of generated enums.

        An open enum (proto3) accepts any 32-bit number: calling it with an unknown one returns a
        new member, whose `name` is the number in decimal. A closed enum (proto2) raises ValueError
        for it. `number in EnumClass` is true for the numbers that the schema names.
        """

        @classmethod
        def _missing_(cls, value):
            if value.__class__ is not int and not isinstance(value, int):
                return None
            if cls._closed_ or value not in _INT32:
                return None
            return _member(cls, str(int(value)), int(value))

        def __reduce_ex__(self, protocol):
            return self.__class__, (self._value_,)

        def __copy__(self):
            return self

        def __deepcopy__(self, memo):
            return self
