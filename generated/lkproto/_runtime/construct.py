"""A class's constructor and oneof properties, written when it is first constructed.

Straight-line code with real keyword-only parameters is several times faster than a loop over
`**values`, and writing it late keeps importing a schema cheap.
"""

# Modules of the runtime share the layout of messages; see `message`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from .codewriter import write
from .message import Message
from .table import table_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def complete(cls: type[Message]) -> None:
    """Give a message class its `__init__` and oneof properties.

    Safe to run twice, also at once in two threads: both write the same functions, and
    `__init__` goes in last, so whoever sees it sees a complete class.
    """
    if cls is Message:
        raise TypeError("Message has no fields; construct a generated message class")
    namespace: dict[str, Any] = {"_missing": object(), "_refuse": _refuse}
    namespace["_positional"] = _positional
    lines = _constructor(cls, namespace)
    for name, specifier in cls._specifiers.items():
        oneof = specifier[3].get("oneof")
        if oneof is not None:
            lines += _member(name, oneof)
    write(f"<{cls.__proto_name__} constructor>", lines, namespace)
    namespace["__init__"].__qualname__ = f"{cls.__qualname__}.__init__"
    for name, specifier in cls._specifiers.items():
        if "oneof" in specifier[3]:
            setattr(cls, name, namespace["_property_" + name])
    _install(cls, namespace["__init__"])


def _install(cls: Any, fill: Any) -> None:
    cls._fill = fill
    reason = cls.__deprecated__
    if reason is None:
        cls.__init__ = fill
        return

    def __init__(self: Message, /, **values: Any) -> None:
        warn_deprecated(reason)
        fill(self, **values)

    cls.__init__ = __init__


def warn_deprecated(reason: str) -> None:
    """Warn where the constructor that calls this was called."""
    from warnings import warn

    warn(reason, DeprecationWarning, stacklevel=3)


def _constructor(cls: type[Message], namespace: dict[str, Any]) -> list[str]:
    parameters: list[str] = []
    body = ['    self._unknown = b""']
    for field in table_of(cls).fields:
        name = field.name
        if field.presence in ("repeated", "map"):
            empty = "[]" if field.presence == "repeated" else "{}"
            parameters.append(f"{name}=_missing")
            body.append(f"    self.{name} = {empty} if {name} is _missing else {name}")
            continue
        if field.default is None:
            parameters.append(f"{name}=None")
        else:
            namespace[f"_d{field.number}"] = field.default
            parameters.append(f"{name}=_d{field.number}")
        if field.oneof is None:
            body.append(f"    self.{name} = {name}")
    body += _oneof_arguments(cls)
    # Keyword-only parameters take their defaults from a dict, others from a tuple, which is
    # faster; the first parameter refuses positional arguments in their stead.
    guard = "    if _guard is not _missing: _positional(self)"
    parameters.insert(0, "_guard=_missing")
    return [f"def __init__(self, {', '.join(parameters)}):", guard, *body]


def _oneof_arguments(cls: type[Message]) -> list[str]:
    lines: list[str] = []
    for oneof, members in table_of(cls).oneofs.items():
        lines.append("    _c = _v = None")
        for field in members:
            name = field.name
            lines += [
                f"    if {name} is not None:",
                f"        if _c is not None: _refuse(self, {oneof!r}, _c, {name!r})",
                f"        _c = {name!r}; _v = {name}",
            ]
        lines.append(f"    self._c_{oneof} = _c; self._v_{oneof} = _v")
    return lines


def _member(name: str, oneof: str) -> list[str]:
    case, value = f"self._c_{oneof}", f"self._v_{oneof}"
    return [
        f"def _get(self): return {value} if {case} == {name!r} else None",
        "def _set(self, value):",
        f"    if value is not None: {case} = {name!r}; {value} = value",
        f"    elif {case} == {name!r}: {case} = {value} = None",
        f"_property_{name} = property(_get, _set)",
    ]


def _positional(message: Message) -> None:
    raise TypeError(
        f"{type(message).__proto_name__} takes no positional arguments; name its fields"
    )


def _refuse(message: Message, oneof: str, first: str, second: str) -> None:
    raise ValueError(
        f"{type(message).__proto_name__}: {first!r} and {second!r} are both given, but "
        f"oneof {oneof!r} holds one; pass only the one that is meant"
    )


def no_such_oneof(cls: type[Message], oneof: object) -> ValueError:
    """The error for a name that is no oneof of a message."""
    names = ", ".join(map(repr, table_of(cls).oneofs)) or "none"
    return ValueError(f"{cls.__proto_name__} has no oneof {oneof!r}; it has {names}")


def check_changes(cls: type[Message], changes: Mapping[str, object]) -> None:
    """Refuse changes to a message that name no field, or two members of one oneof.

    Raises TypeError for the first, with the nearest name, ValueError for the second.
    """
    chosen: dict[str, str] = {}
    for name, value in changes.items():
        specifier = cls._specifiers.get(name)
        if specifier is None:
            raise TypeError(
                f"{cls.__proto_name__} has no field {name!r}{_near(cls, name)}"
            )
        oneof = specifier[3].get("oneof")
        if oneof is not None and value is not None:
            first = chosen.setdefault(oneof, name)
            if first != name:
                raise ValueError(
                    f"{cls.__proto_name__}: {first!r} and {name!r} are both given, but "
                    f"oneof {oneof!r} holds one; pass only the one that is meant"
                )


def _near(cls: type[Message], name: str) -> str:
    from difflib import get_close_matches

    found = get_close_matches(name, cls._specifiers, n=1)
    return f"; did you mean {found[0]!r}?" if found else ""
