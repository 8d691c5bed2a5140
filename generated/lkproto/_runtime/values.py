# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What values count as: as a whole number, a number, a bool, and as the one that is not written.

Other libraries' numbers count by Python's own protocols, `__index__` and `__float__`, so that
numpy's do and nothing here knows numpy, but for its bool, which has no protocol.
"""

from __future__ import annotations

import math
from operator import index

from .arguments import is_bytes, is_dict, is_list
from .kinds import by_group

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .table import Field

_NUMPY_BOOLS = (("numpy", "bool"), ("numpy", "bool_"))


def as_int(value: Any) -> int | None:
    """A value as a whole number, if it is one: what `operator.index` takes.

    These are int, bool, numpy's integers, and whatever else has `__index__`; google's library
    goes by the same protocol.
    """
    if value.__class__ is int:
        return value
    try:
        return index(value)
    except Exception:  # noqa: BLE001 - a class of users may do anything
        return None


def as_float(value: Any) -> float | None:
    """A value as a float, if it is a number: what has `__float__` or `__index__`.

    Arrays have `__float__` too, even those of several numbers; google refuses them all. Raises
    OverflowError.
    """
    if isinstance(value, float):
        return float(value)
    if hasattr(value, "__len__") or not hasattr(value, "__float__"):
        return as_int(value)
    try:
        return float(value)
    except OverflowError:
        raise
    except Exception:  # noqa: BLE001 - as above
        return None


def is_bool(value: object) -> bool:
    """Whether a value is a bool, of Python or of numpy, which is not one of Python's."""
    cls = value.__class__
    return cls is bool or (cls.__module__, cls.__name__) in _NUMPY_BOOLS


def is_unset(field: Field, value: Any) -> bool:
    """Whether a field's value is the one that is not written.

    What is empty or zero, but not of the field's type, is not: it is refused when written.
    """
    if field.presence in ("explicit", "required"):
        return value is None
    if field.presence == "repeated":
        return is_list(value) and not value
    if field.presence == "map":
        return is_dict(value) and not value
    return _ZERO[field.kind](value)


def _is_zero(value: Any) -> bool:
    return as_int(value) == 0


def _is_zero_float(value: Any) -> bool:
    try:
        number = as_float(value)
    except OverflowError:
        return False
    return number == 0 and math.copysign(1, number) > 0


def _is_false(value: Any) -> bool:
    return is_bool(value) and not value


def _is_empty_text(value: Any) -> bool:
    return isinstance(value, str) and not value


def _is_empty_bytes(value: Any) -> bool:
    return is_bytes(value) and bytes(value) == b""


_ZERO: dict[str, Callable[[Any], bool]] = by_group(
    integer=_is_zero,
    float=_is_zero_float,
    bool=_is_false,
    string=_is_empty_text,
    bytes=_is_empty_bytes,
    enum=_is_zero,
)
