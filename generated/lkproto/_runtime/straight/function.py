# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
"""What the writers of straight-line functions share: a function of one message class."""

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


class Unusual(Exception):
    """Something the straight-line functions leave to the exact codec."""


class FunctionSource(Source):
    """The function of a message class for one direction, being written.

    Of the schema only attribute names (identifiers the generator checked) and escaped literals
    enter the text; everything else goes by `bind`.
    """

    def __init__(self, cls: type[Message], direction: str) -> None:
        super().__init__(f"{cls.__proto_name__} {direction}", Unusual=Unusual)
        self.cls = cls
        self.table: Table = table_of(cls)

    def function(self) -> Any:
        """Compile the lines, which define `function`, and return it."""
        return self.done()["function"]

    def link(self, prefix: str, cls: type[Message], make: Callable[[Any], Any]) -> str:
        """The name of another class's function, which is written on its first call."""
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
        """Set all fields of the message `m`; `named` gives lists and dicts a local name, too."""
        for oneof in self.table.oneofs:
            self.add(f"m._c_{oneof} = m._v_{oneof} = None")
        for field in self.table.fields:
            if field.oneof is None:
                many = field.presence in ("repeated", "map")
                local = f"f{field.number} = " if many and named else ""
                self.add(f"m.{field.name} = {local}{self._default(field)}")

    def _default(self, field: Field) -> str:
        if field.presence in ("repeated", "map"):
            return "[]" if field.presence == "repeated" else "{}"
        if field.kind == "enum" and field.presence == "implicit":
            return self.bind("z", field.default)
        return repr(field.default)


def remembered(cls: type[Message], name: str, make: Callable[[Any], Any]) -> Any:
    """A class's written function, made once and kept as a static method.

    Two threads may make it at once; both make the same.
    """
    found = cls.__dict__.get(name)
    if found is None:
        function = make(cls)
        type.__setattr__(cls, name, staticmethod(function))
        return function
    return found.__func__


def store(field: Field) -> str:
    """The statement that stores a value, `{}`, in a field of the message `m`."""
    if field.oneof is None:
        return f"m.{field.name} = {{}}"
    return f"m._c_{field.oneof} = {field.name!r}; m._v_{field.oneof} = {{}}"


def supported(table: Table) -> bool:
    """Whether a message has straight-line functions at all."""
    return not table.message_set and all(each.kind != "group" for each in table.fields)


def refuse(*arguments: Any) -> Any:
    """The function of a message that has none: leaves it to the exact codec."""
    raise Unusual


def runs(fields: list[Field]) -> Iterator[list[Field]]:
    """Fields one by one, but neighbours of the same oneof together."""
    found: list[Field] = []
    for field in fields:
        if found and (field.oneof is None or field.oneof != found[0].oneof):
            yield found
            found = []
        found.append(field)
    if found:
        yield found
