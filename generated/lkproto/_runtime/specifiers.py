# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Field specifiers: functions, one for each proto type, that declare the fields of messages.

A specifier only records its arguments; `table` interprets them when a class is first used. To type
checkers these functions are the field specifiers of `dataclass_transform` (PEP 681), in which a
field is optional in `__init__` only if the call itself passes `default=` or `factory=`.
"""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import builtins as _builtins
from builtins import tuple as _tuple

TYPE_CHECKING: _builtins.bool = False
if TYPE_CHECKING:
    import builtins
    from collections.abc import Callable
    from typing import Any, TypeAlias

    _Default: TypeAlias = (
        builtins.bool
        | builtins.int
        | builtins.float
        | builtins.str
        | builtins.bytes
        | None
    )

    _Base: TypeAlias = builtins.tuple[str, int, Any, dict[str, Any]]
else:
    _Base = _tuple


class Specifier(_Base):
    """`(kind, number, types, options)` of one field.

    `types` is the full proto name of a message, group or enum type, or a map's
    `(key kind, value kind, value type)`; None for scalars.

    For a member of a oneof, the specifier stays a class attribute until the class is first
    constructed and a property replaces it. If an instance was made without construction
    (`cls.__new__(cls)`), reading or setting the member creates the properties first.
    """

    __slots__ = ()

    def __get__(self, instance: object, owner: type) -> object:
        if instance is None:
            return self
        return getattr(instance, _complete(owner, self))

    def __set__(self, instance: object, value: object) -> None:
        setattr(instance, _complete(type(instance), self), value)


def _complete(cls: type, specifier: Specifier) -> str:
    from .construct import complete

    complete(cls)
    fields: dict[str, Specifier] = vars(cls)["_specifiers"]
    return next(name for name, each in fields.items() if each is specifier)


if TYPE_CHECKING:

    def _scalar(
        number: int,
        /,
        *,
        name: str = "",
        json: str = "",
        oneof: str = "",
        required: builtins.bool = False,
        packed: builtins.bool = True,
        utf8: builtins.bool = True,
        declared: _Default = None,
        deprecated: builtins.bool = False,
        redact: str = "",
        redact_format: str = "",
        default: _Default = None,
        factory: Callable[[], object] | None = None,
    ) -> Any:
        """A scalar field, single or repeated."""

    def _typed(
        number: int,
        type_name: str,
        /,
        *,
        name: str = "",
        json: str = "",
        oneof: str = "",
        required: builtins.bool = False,
        packed: builtins.bool = True,
        declared: int | None = None,
        deprecated: builtins.bool = False,
        redact: str = "",
        redact_format: str = "",
        default: int | None = None,
        factory: Callable[[], object] | None = None,
    ) -> Any:
        """A message, group or enum field, single or repeated."""

    def map(
        number: int,
        key: str,
        value: str,
        value_type: str = "",
        /,
        *,
        name: str = "",
        json: str = "",
        utf8: builtins.bool = True,
        deprecated: builtins.bool = False,
        redact: str = "",
        redact_format: str = "",
        factory: Callable[[], object],
    ) -> Any:
        """A map field."""

    double = float = int32 = int64 = uint32 = uint64 = sint32 = sint64 = _scalar
    fixed32 = fixed64 = sfixed32 = sfixed64 = bool = string = bytes = _scalar
    message = group = enum = _typed
else:
    _new = _tuple.__new__

    def _scalar_kind(kind):
        def specifier(number, /, **options):
            return _new(Specifier, (kind, number, None, options))

        specifier.__name__ = specifier.__qualname__ = kind
        return specifier

    def _typed_kind(kind):
        def specifier(number, type_name, /, **options):
            return _new(Specifier, (kind, number, type_name, options))

        specifier.__name__ = specifier.__qualname__ = kind
        return specifier

    def map(number, key, value, value_type=None, /, **options):
        return _new(Specifier, ("map", number, (key, value, value_type), options))

    double = _scalar_kind("double")
    float = _scalar_kind("float")
    int32 = _scalar_kind("int32")
    int64 = _scalar_kind("int64")
    uint32 = _scalar_kind("uint32")
    uint64 = _scalar_kind("uint64")
    sint32 = _scalar_kind("sint32")
    sint64 = _scalar_kind("sint64")
    fixed32 = _scalar_kind("fixed32")
    fixed64 = _scalar_kind("fixed64")
    sfixed32 = _scalar_kind("sfixed32")
    sfixed64 = _scalar_kind("sfixed64")
    bool = _scalar_kind("bool")
    string = _scalar_kind("string")
    bytes = _scalar_kind("bytes")
    message = _typed_kind("message")
    group = _typed_kind("group")
    enum = _typed_kind("enum")
