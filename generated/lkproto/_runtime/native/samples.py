# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The messages that test the native codec: every kind of field, in every form it has.

They belong to no schema: a generated package may have none that has all of it.
"""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from .. import specifiers
from ..enums import Enum
from ..kinds import KINDS
from ..layout import MessageType, blank
from ..table import table_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ..kinds import Kind

_PACKAGE = "lkproto.selftest."


class Level(Enum, proto=_PACKAGE + "Level"):
    """An open enum."""

    ZERO = 0
    ONE = 1
    LOW = -(2**31)
    HIGH = 603


class Grade(Enum, proto=_PACKAGE + "Grade", closed=True):
    """A closed enum."""

    NONE = 0
    SOME = 1


def _fill(message: Any, /, **values: Any) -> None:
    from ..construct import complete

    cls = message.__class__
    complete(cls)
    cls._fill(message, **values)


def _not_asked(written: bool) -> None:
    pass


# `Message` comes after this in the order of modules, so its part in the layout is repeated.
_Base: Any = MessageType(
    "Base",
    (),
    {
        "__slots__": ("_unknown",),
        "__init__": _fill,
        "_fill": _fill,
        # The codec in use has no part in the test.
        "_construct": _not_asked,
        "__deprecated__": None,
        "_specifiers": {},
        "_refusal": TypeError,
        "_message_set": False,
        "_recursive": False,
        "_table": None,
    },
)
_SCALARS = [kind for kind in KINDS.values() if kind.group not in ("enum", "message")]
_TEXTS = [
    "",
    "a",
    "RM_1",
    "gr\u00fc\u00dfe",
    "\U0001f600",
    'say "\\\n\x00"',
    "x" * 200,
    "name",
]
_FLOATS = [
    0.0,
    -0.0,
    0.5,
    -(2.0**100),
    3.0,
    0.10000000149011612,
    float("inf"),
    float("-inf"),
    1.5,
]


def _values(kind: Kind) -> list[Any]:
    """Values of a scalar kind, among them the extremes; the last one is not its zero."""
    if kind.range:
        low, high = kind.range
        return [0, 1, 127, 128, low, high, 300]
    values: dict[str, list[Any]] = {
        "bool": [False, True],
        "bytes": [text.encode() for text in _TEXTS],
        "float": _FLOATS,
        "string": _TEXTS,
    }
    return values[kind.group]


def _scalar_fields() -> dict[str, Any]:
    """Fields of every scalar kind: implicit, optional, repeated, and repeated without packing."""
    fields: dict[str, Any] = {}
    for at, kind in enumerate(_SCALARS):
        new = getattr(specifiers, kind.name)
        fields[f"one_{kind.name}"] = new(4 * at + 1, default=kind.zero)
        fields[f"maybe_{kind.name}"] = new(4 * at + 2, default=None)
        fields[f"some_{kind.name}"] = new(4 * at + 3, factory=list)
        fields[f"single_{kind.name}"] = new(4 * at + 4, factory=list, packed=False)
    return fields


def _typed_fields() -> dict[str, Any]:
    """Fields of other kinds, with numbers up to the greatest."""
    message, enum, of_map = specifiers.message, specifiers.enum, specifiers.map
    leaf, level = _PACKAGE + "Leaf", _PACKAGE + "Level"
    return {
        "leaf": message(101, leaf, default=None),
        "leaves": message(102, leaf, factory=list),
        "level": enum(103, level, default=0),
        "maybe_level": enum(104, level, default=None),
        "levels": enum(105, level, factory=list),
        "grade": enum(106, _PACKAGE + "Grade", default=None),
        "by_name": of_map(107, "string", "message", leaf, factory=dict),
        "by_number": of_map(108, "int32", "enum", level, factory=dict),
        "flags": of_map(109, "bool", "bytes", factory=dict),
        "totals": of_map(110, "uint64", "double", factory=dict),
        "text": specifiers.string(111, default=None, oneof="choice"),
        "count": specifiers.int64(112, default=None, oneof="choice"),
        "inner": message(300, leaf, default=None, oneof="choice"),
        "at": message(2**28, "google.protobuf.Timestamp", default=None),
        "secret": specifiers.string(2**29 - 1, default="", redact="PII"),
    }


def _define(name: str, fields: dict[str, Any], **options: Any) -> Any:
    return MessageType(name.rpartition(".")[2], (_Base,), fields, proto=name, **options)


class Samples:
    """The classes, and messages of them."""

    def __init__(self) -> None:
        integer = specifiers.int32
        self.leaf = _define(
            _PACKAGE + "Leaf",
            {"name": specifiers.string(1, default=""), "size": integer(2, default=0)},
        )
        self.moment = _define(
            "google.protobuf.Timestamp",
            {"seconds": specifiers.int64(1, default=0), "nanos": integer(2, default=0)},
        )
        self.scalars = _define(_PACKAGE + "Scalars", _scalar_fields())
        self.typed = _define(_PACKAGE + "Typed", _typed_fields())
        node = specifiers.message(1, _PACKAGE + "Node", default=None)
        self.node = _define(_PACKAGE + "Node", {"node": node}, recursive=True)
        self.needy = _define(
            _PACKAGE + "Needy", {"id": integer(1, required=True, default=None)}
        )
        self.classes = [self.leaf, self.moment, self.scalars, self.typed, self.node]
        self.classes.append(self.needy)
        self._link()

    def _link(self) -> None:
        """Give fields their types, which are not in the registry of the package."""
        types: dict[str, Any] = {cls.__proto_name__: cls for cls in self.classes}
        types |= {_PACKAGE + "Level": Level, _PACKAGE + "Grade": Grade}
        for cls in self.classes:
            for field in table_of(cls).fields:
                for each in filter(None, (field, field.key, field.value)):
                    if each.type_name is not None:
                        each._type = types[each.type_name]

    def messages(self) -> Iterator[tuple[Any, dict[str, Any]]]:
        """Classes and the fields of a message, which together have every kind of field."""
        for cls in self.classes[:-1]:
            yield cls, {}
        yield self.needy, {"id": -5}
        yield self.node, {"node": self.node(node=self.node())}
        # Lists have all values of a kind.
        yield self.scalars, _scalars(("some", "single"), slice(None))
        yield self.scalars, _scalars(("one", "maybe"), -1)
        yield self.scalars, _scalars(("maybe",), 0)
        leaf = self.leaf(name="a", size=-1)
        several = {"leaves": [leaf, self.leaf()], "levels": [Level.ONE, Level(77)]}
        maps = {"by_name": {"b": leaf, "": self.leaf()}, "flags": {True: b"1"}}
        maps |= {"by_number": {-3: Level.HIGH, 0: Level(5)}, "totals": {2**63: 0.1}}
        yield self.typed, {"leaf": leaf, "level": Level.HIGH, "text": "", **several}
        yield self.typed, {"maybe_level": Level.ZERO, "count": 0, **maps}
        moment = self.moment(seconds=1_700_000_000, nanos=5_000_000)
        yield self.typed, {"grade": Grade.SOME, "inner": leaf, "at": moment}
        yield self.typed, {"level": Level.LOW, "secret": "s", "inner": self.leaf()}


def _scalars(forms: tuple[str, ...], which: int | slice) -> dict[str, Any]:
    """Values of fields of these forms, of every scalar kind."""
    return {
        f"{form}_{kind.name}": _values(kind)[which]
        for kind in _SCALARS
        for form in forms
    }


def filled(cls: Any, values: dict[str, Any]) -> Any:
    """A message that was not constructed by a codec."""
    message = blank(cls)
    for name, value in values.items():
        setattr(message, name, value)
    return message
