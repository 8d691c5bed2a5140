"""Writes the constructor and the oneof properties of a class, when it is first constructed.

Straight-line code with real keyword-only parameters is several times faster than a loop over
`**values`, and writing it only on first use keeps the import of a schema cheap.
"""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from .codewriter import Source
from .table import table_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .message import Message
    from .table import Field, Table


def complete(cls: type[Message]) -> None:
    """Give a message class its `__init__` and oneof properties.

    This may run twice, even in two threads at once: both write the same functions, and
    `__init__` is set last, so a class that has it is complete. Then the codec may construct it
    instead, except for deprecated classes, whose `__init__` warns.
    """
    source = Source(f"{cls.__proto_name__} constructor", _missing=object())
    source.namespace |= {
        "_refuse": _refuse,
        "_positional": _positional,
        "_unknown_names": _unknown_names,
    }
    _constructor(source, table_of(cls))
    members = {
        name: specifier[3]["oneof"]
        for name, specifier in cls._specifiers.items()
        if "oneof" in specifier[3]
    }
    for name, oneof in members.items():
        _member(source, name, oneof)
    namespace = source.done()
    namespace["__init__"].__qualname__ = f"{cls.__qualname__}.__init__"
    for name in members:
        type.__setattr__(cls, name, namespace["_property_" + name])
    _install(cls, namespace["__init__"])


def refuse_with(cls: type[Message], error: type[TypeError]) -> None:
    """Make a class refuse wrong arguments with an error of this type."""
    cls._refusal = error


def _install(cls: Any, fill: Any) -> None:
    cls._fill = fill
    reason = cls.__deprecated__
    if reason is None:
        type.__setattr__(cls, "__init__", fill)
        cls._construct(True)
        return

    def __init__(self: Message, /, **values: Any) -> None:
        warn_deprecated(reason)
        fill(self, **values)

    cls.__init__ = __init__


def warn_deprecated(reason: str) -> None:
    """Warn, with the place where the constructor that calls this was called."""
    from warnings import warn

    warn(reason, DeprecationWarning, stacklevel=3)


def _constructor(source: Source, table: Table) -> None:
    # The parameters are not keyword-only: Python takes the defaults of those from a dict, of others
    # from a tuple, which is faster. Instead, the first parameter refuses positional arguments, and
    # the last one names that are not fields.
    parameters = [
        "_guard=_missing",
        *(_parameter(source, each) for each in table.fields),
        "**_rest",
    ]
    with source.block(f"def __init__(self, {', '.join(parameters)}):"):
        source.add("if _guard is not _missing: _positional(self)")
        source.add("if _rest: _unknown_names(self, _rest)")
        source.add('self._unknown = b""')
        for field in table.fields:
            name = field.name
            if field.presence in ("repeated", "map"):
                empty = "[]" if field.presence == "repeated" else "{}"
                source.add(f"self.{name} = {empty} if {name} is _missing else {name}")
            elif field.oneof is None:
                source.add(f"self.{name} = {name}")
        for oneof, members in table.oneofs.items():
            _oneof_arguments(source, oneof, members)


def _parameter(source: Source, field: Field) -> str:
    if field.presence in ("repeated", "map"):
        return f"{field.name}=_missing"
    if field.default is None:
        return f"{field.name}=None"
    source.namespace[f"_d{field.number}"] = field.default
    return f"{field.name}=_d{field.number}"


def _oneof_arguments(source: Source, oneof: str, members: tuple[Field, ...]) -> None:
    source.add("_c = _v = None")
    for name in (field.name for field in members):
        with source.block(f"if {name} is not None:"):
            source.add(f"if _c is not None: _refuse(self, {oneof!r}, _c, {name!r})")
            source.add(f"_c = {name!r}; _v = {name}")
    source.add(f"self._c_{oneof} = _c; self._v_{oneof} = _v")


def _member(source: Source, name: str, oneof: str) -> None:
    case, value = f"self._c_{oneof}", f"self._v_{oneof}"
    source.add(f"def _get(self): return {value} if {case} == {name!r} else None")
    with source.block("def _set(self, value):"):
        source.add(f"if value is not None: {case} = {name!r}; {value} = value")
        source.add(f"elif {case} == {name!r}: {case} = {value} = None")
    source.add(f"_property_{name} = property(_get, _set)")


def _positional(message: Message) -> None:
    raise type(message)._refusal(
        f"{type(message).__proto_name__} takes no positional arguments; pass its fields by name"
    )


def _unknown_names(message: Message, values: Mapping[str, object]) -> None:
    raise _no_such_field(type(message), next(iter(values)))


def _refuse(message: Message, oneof: str, first: str, second: str) -> None:
    raise _both_given(type(message), oneof, first, second)


def _both_given(cls: type[Message], oneof: str, first: str, second: str) -> ValueError:
    return ValueError(
        f"{cls.__proto_name__}: {first!r} and {second!r} are both given, but "
        f"oneof {oneof!r} holds one; pass only the one you mean"
    )


def check_oneof(cls: type[Message], oneof: object) -> None:
    """Raise ValueError for a name that is not a oneof of a message."""
    names = list(table_of(cls).oneofs)
    if oneof not in names:
        shown = ", ".join(map(repr, names)) or "none"
        raise ValueError(f"{cls.__proto_name__} has no oneof {oneof!r}; it has {shown}")


def check_changes(cls: type[Message], changes: Mapping[str, object]) -> None:
    """Refuse changes that name a field the message does not have, or two members of one oneof.

    Raises TypeError for the former, with the nearest name, and ValueError for the latter.
    """
    chosen: dict[str, str] = {}
    for name, value in changes.items():
        specifier = cls._specifiers.get(name)
        if specifier is None:
            raise _no_such_field(cls, name)
        oneof = specifier[3].get("oneof")
        if oneof is not None and value is not None:
            first = chosen.setdefault(oneof, name)
            if first != name:
                raise _both_given(cls, oneof, first, name)


def _no_such_field(cls: type[Message], name: str) -> TypeError:
    from .advice import did_you_mean

    known = table_of(cls).by_json.get(name)
    near = did_you_mean(known.name if known else name, cls._specifiers)
    return cls._refusal(f"{cls.__proto_name__} has no field {name!r}{near}")
