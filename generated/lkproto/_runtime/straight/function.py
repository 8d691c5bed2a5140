# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Shared by the writers of straight-line functions: the code of a function of one class."""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from ..codewriter import Source
from ..table import table_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from ..message import Message
    from ..table import Field, Table


class Unusual(ValueError):
    """Raised by straight-line functions to leave a message to the exact codec."""


class FunctionSource(Source):
    """The code of one message class's function for one direction.

    From the schema, only attribute names (identifiers that the generator checked) and escaped
    literals enter the code; everything else is added with `bind`.
    """

    def __init__(self, cls: type[Message], direction: str) -> None:
        super().__init__(f"{cls.__proto_name__} {direction}", Unusual=Unusual)
        self.cls = cls
        self.table: Table = table_of(cls)

    def function(self) -> Any:
        """Compile the lines, which define `function`, and return it."""
        return self.done()["function"]

    def link(self, prefix: str, cls: type[Message], make: Callable[[Any], Any]) -> str:
        """Add another class's function, which is written on its first call; returns its name."""
        key = prefix, id(cls)
        name = self._names.get(key)
        if name is not None:
            return name
        name = self._names[key] = f"{prefix}{len(self._names)}"
        namespace = self.namespace

        def first(*arguments: Any) -> Any:
            namespace[name] = function = make(cls)
            return function(*arguments)

        namespace[name] = first
        return name

    def add_defaults(self, *, named: bool = False) -> None:
        """Set all fields of `m` to their defaults; `named` gives lists and dicts local names."""
        for oneof in self.table.oneofs:
            self.add(f"m._c_{oneof} = m._v_{oneof} = None")
        for field in self.table.fields:
            if field.oneof is None:
                many = field.presence in ("repeated", "map")
                local = f"f{field.number} = " if many and named else ""
                self.add(f"m.{field.name} = {local}{self.default(field)}")

    def default(self, field: Field) -> str:
        """An expression for what an unset field is; a new one for lists and dicts."""
        if field.presence in ("repeated", "map"):
            return "[]" if field.presence == "repeated" else "{}"
        if field.kind == "enum" and field.presence == "implicit":
            return self.bind("z", field.default)
        return repr(field.default)


def remembered(cls: type[Message], name: str, make: Callable[[Any], Any]) -> Any:
    """A class's written function, made on first use and kept as a static method of the class.

    Two threads may make it at once, but both make the same function.
    """
    found = cls.__dict__.get(name)
    if found is None:
        function = make(cls)
        type.__setattr__(cls, name, staticmethod(function))
        return function
    return found.__func__


def store(field: Field) -> str:
    """A statement that stores a value, for which it has `{}`, in a field of the message `m`."""
    if field.oneof is None:
        return f"m.{field.name} = {{}}"
    return f"m._c_{field.oneof} = {field.name!r}; m._v_{field.oneof} = {{}}"


def supported(table: Table) -> bool:
    """Whether straight-line functions can be written for a message class."""
    return not table.message_set and all(each.kind != "group" for each in table.fields)


def refuse(*arguments: Any) -> Any:
    """In place of a function that cannot be written: leave the message to the exact codec."""
    raise Unusual


def runs(fields: list[Field]) -> Iterator[list[Field]]:
    """Groups of fields: each by itself, but adjacent members of a oneof together."""
    found: list[Field] = []
    for field in fields:
        if found and (field.oneof is None or field.oneof != found[0].oneof):
            yield found
            found = []
        found.append(field)
    if found:
        yield found
