"""How types are spelled where they are used: the rules of shadowing.

A class body sees its own members, then the module, then builtins. A member called `bytes` or
`Room` shadows what an annotation further down means, for checkers and at run time, so the
spelling goes around it: `_builtins.bytes`, and `_Room_`, an alias at the end of the module.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from .. import ir
from . import names
from .places import Places
from .recursion import recursive_messages

_SCALARS: dict[str, str] = {
    "double": "float",
    "float": "float",
    "bool": "bool",
    "string": "str",
    "bytes": "bytes",
}


@dataclass(frozen=True, slots=True)
class TypeName:
    """Where a message or enum lives in Python."""

    module: str  # dotted, relative to the package's root
    path: str  # qualified name in the module
    deprecated: bool
    recursive: bool = False


@dataclass(slots=True)
class ModuleScope:
    """What a module's annotations need; filled while its classes are planned."""

    module: str
    types: Mapping[str, TypeName]
    top_level: Collection[str]
    imported: dict[str, str] = field(default_factory=dict[str, str])  # module → alias
    aliases: dict[str, str] = field(default_factory=dict[str, str])  # alias → class
    builtins: bool = False
    mentions_deprecated: bool = False

    def spell_type(self, full_name: str, members: Collection[str]) -> str:
        """A message or enum, from a class body with these members."""
        found = self.types[full_name]
        self.mentions_deprecated |= found.deprecated
        if found.module != self.module:
            return f"{self._alias(found.module)}.{found.path}"
        first, dot, rest = found.path.partition(".")
        if first not in members:
            return found.path
        alias = f"_{first}_"
        self.aliases[alias] = first
        return f"{alias}{dot}{rest}"

    def spell_builtin(self, name: str, members: Collection[str]) -> str:
        """A builtin such as `list`, from a class body with these members."""
        if name in members or name in self.top_level:
            self.builtins = True
            return f"_builtins.{name}"
        return name

    def spell_kind(
        self, kind: ir.Kind, type_name: str | None, members: Collection[str]
    ) -> str:
        """The Python type of a single value of a field."""
        if type_name is not None:
            return self.spell_type(type_name, members)
        return self.spell_builtin(_SCALARS.get(kind, "int"), members)

    def _alias(self, module: str) -> str:
        alias = self.imported.get(module)
        if alias is None:
            alias = "_" + module.replace(".", "_")
            while alias in self.imported.values():
                alias = "_" + alias
            self.imported[module] = alias
        return alias


def index_types(
    schema: ir.Schema, places: Places, root_names: frozenset[str]
) -> dict[str, TypeName]:
    """Every message and enum of a schema by full proto name."""
    found: dict[str, TypeName] = {}
    recursive = recursive_messages(schema)
    for file in schema.files:
        module = places.module(file.path, "pb")
        extra = frozenset[str]() if file.package else root_names
        for enum in file.enums:
            path = names.identifier(enum.name, "top", extra)
            found[enum.full_name] = TypeName(module, path, enum.deprecated)
        for message in file.messages:
            path = names.identifier(message.name, "top", extra)
            _index_message(message, module, path, recursive, found)
    return found


def _index_message(
    message: ir.Message,
    module: str,
    path: str,
    recursive: Collection[str],
    found: dict[str, TypeName],
) -> None:
    name = message.full_name
    found[name] = TypeName(module, path, message.deprecated, name in recursive)
    for enum in message.enums:
        inner = f"{path}.{names.identifier(enum.name, 'member')}"
        found[enum.full_name] = TypeName(module, inner, enum.deprecated)
    for each in message.messages:
        inner = f"{path}.{names.identifier(each.name, 'member')}"
        _index_message(each, module, inner, recursive, found)
