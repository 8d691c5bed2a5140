# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The kinds of proto fields: how values are encoded, and which values are valid.

https://protobuf.dev/programming-guides/encoding, .../proto3#scalar, .../json. Everything that
depends on the kind of a field is looked up here, or in a table made by `by_group`.
"""

from __future__ import annotations

from struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")

# Wire types.
VARINT, FIXED64, LEN, START_GROUP, END_GROUP, FIXED32 = range(6)

_INT32 = (-(2**31), 2**31 - 1)
_INT64 = (-(2**63), 2**63 - 1)
_UINT32 = (0, 2**32 - 1)
_UINT64 = (0, 2**64 - 1)
_INTEGERS = ("signed", "unsigned", "zigzag", "fixed")


class Kind:
    """One kind of field, such as `int32` or `message`.

    Kinds with the same `group` are read and written alike. `wire_type` is that of a single value,
    `format` the `struct` format of values of fixed width, and `range` the lowest and highest whole
    number. `zero` is the value of an unset field without presence, or None for kinds that always
    have presence. `json` is the form in JSON: `number`, `digits` (a number in quotes), `bool`,
    `text`, `base64`, `name` or `object`.
    """

    __slots__ = ("format", "group", "json", "name", "range", "wire_type", "zero")

    def __init__(
        self,
        name: str,
        group: str,
        wire_type: int,
        json: str,
        zero: float | str | bytes | None,
        *,
        range: tuple[int, int] | None = None,
        format: str = "",
    ) -> None:
        self.name = name
        self.group = group
        self.wire_type = wire_type
        self.json = json
        self.zero = zero
        self.range = range
        self.format = format

    @property
    def packable(self) -> bool:
        """Whether repeated values can be packed into one record."""
        return self.wire_type not in (LEN, START_GROUP)


KINDS = {
    kind.name: kind
    for kind in (
        Kind("double", "float", FIXED64, "number", 0.0, format="<d"),
        Kind("float", "float", FIXED32, "number", 0.0, format="<f"),
        Kind("int32", "signed", VARINT, "number", 0, range=_INT32),
        Kind("int64", "signed", VARINT, "digits", 0, range=_INT64),
        Kind("uint32", "unsigned", VARINT, "number", 0, range=_UINT32),
        Kind("uint64", "unsigned", VARINT, "digits", 0, range=_UINT64),
        Kind("sint32", "zigzag", VARINT, "number", 0, range=_INT32),
        Kind("sint64", "zigzag", VARINT, "digits", 0, range=_INT64),
        Kind("fixed32", "fixed", FIXED32, "number", 0, range=_UINT32, format="<I"),
        Kind("fixed64", "fixed", FIXED64, "digits", 0, range=_UINT64, format="<Q"),
        Kind("sfixed32", "fixed", FIXED32, "number", 0, range=_INT32, format="<i"),
        Kind("sfixed64", "fixed", FIXED64, "digits", 0, range=_INT64, format="<q"),
        Kind("bool", "bool", VARINT, "bool", False),
        Kind("string", "string", LEN, "text", ""),
        Kind("bytes", "bytes", LEN, "base64", b""),
        Kind("enum", "enum", VARINT, "name", 0, range=_INT32),
        Kind("message", "message", LEN, "object", None),
        Kind("group", "message", START_GROUP, "object", None),
    )
}
WIRE_TYPES = {name: kind.wire_type for name, kind in KINDS.items()}
RANGES = {name: kind.range for name, kind in KINDS.items() if kind.range}
STRUCTS = {name: Struct(kind.format) for name, kind in KINDS.items() if kind.format}


def by_group(**groups: T) -> dict[str, T]:
    """A table by name of each scalar kind, filled from one entry for each group.

    `integer` is the entry for those groups of whole numbers (signed, unsigned, zigzag, fixed) that
    are not given. Raises KeyError if a group is missing.
    """
    if "integer" in groups:
        groups = dict.fromkeys(_INTEGERS, groups["integer"]) | groups
    scalars = [kind for kind in KINDS.values() if kind.group != "message"]
    return {kind.name: groups[kind.group] for kind in scalars}
