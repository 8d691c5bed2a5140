# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The one alias generated modules use: `from ._runtime import pb`.

Field specifiers have the names of proto types, so some of them shadow builtins here. This module
defines nothing else.
"""

from __future__ import annotations

import builtins as _builtins

from .enums import Enum as Enum
from .message import Message as Message
from .message import deprecated as deprecated
from .specifiers import bool as bool
from .specifiers import bytes as bytes
from .specifiers import double as double
from .specifiers import enum as enum
from .specifiers import fixed32 as fixed32
from .specifiers import fixed64 as fixed64
from .specifiers import float as float
from .specifiers import group as group
from .specifiers import int32 as int32
from .specifiers import int64 as int64
from .specifiers import map as map
from .specifiers import message as message
from .specifiers import sfixed32 as sfixed32
from .specifiers import sfixed64 as sfixed64
from .specifiers import sint32 as sint32
from .specifiers import sint64 as sint64
from .specifiers import string as string
from .specifiers import uint32 as uint32
from .specifiers import uint64 as uint64

TYPE_CHECKING: _builtins.bool = False
if TYPE_CHECKING:
    from typing import ClassVar as ClassVar

    from .extensions import Extension as Extension
    from .extensions import extension as extension
    from .wellknown import AnyMethods as AnyMethods
    from .wellknown import DurationMethods as DurationMethods
    from .wellknown import FieldMaskMethods as FieldMaskMethods
    from .wellknown import ListValueMethods as ListValueMethods
    from .wellknown import StructMethods as StructMethods
    from .wellknown import TimestampMethods as TimestampMethods
    from .wellknown import ValueMethods as ValueMethods

# Names that few modules need are imported on first use: most modules of messages need none.
_LAZY = {
    "Extension": "extensions",
    "extension": "extensions",
    "AnyMethods": "wellknown",
    "DurationMethods": "wellknown",
    "FieldMaskMethods": "wellknown",
    "ListValueMethods": "wellknown",
    "StructMethods": "wellknown",
    "TimestampMethods": "wellknown",
    "ValueMethods": "wellknown",
}


def __getattr__(name: str) -> object:
    if name == "ClassVar":
        from typing import ClassVar

        return ClassVar
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f".{_LAZY[name]}", __package__), name)
    globals()[name] = value
    return value
