"""Planning what finds things by their proto names: the tables of `_index.py`, and descriptors."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping

from .. import ir
from . import names
from .places import Places
from .scope import TypeName
from .types import DescriptorPlan, Import, IndexPlan


def plan_index(
    files: list[ir.File],
    types: Mapping[str, TypeName],
    places: Places,
    root_names: frozenset[str],
    tables: Mapping[str, str],
) -> IndexPlan:
    """The tables of names, sorted; `tables` are those of services, by full name."""
    extensions = [
        ((field.extendee or "", field.number), path, field.full_name)
        for file in files
        for field, path in _extension_paths(file, types, places, root_names)
    ]
    by_number: dict[tuple[str, int], str] = {}
    for key, path, _ in extensions:
        by_number.setdefault(key, path)  # several files may choose the same number
    modules = [places.module(file.path, "pb") for file in files]
    modules += [_descriptor_module(file, places) for file in files]
    modules += {place.partition(":")[0] for place in tables.values()}
    return IndexPlan(
        types=tuple(
            (name, f"{found.module}:{found.path}")
            for name, found in sorted(types.items())
        ),
        extensions=tuple(sorted(by_number.items())),
        extension_names=tuple(sorted((name, path) for _, path, name in extensions)),
        files=tuple((file.path, _descriptor_module(file, places)) for file in files),
        services=tuple(
            sorted(
                (service.full_name, file.path)
                for file in files
                for service in file.services
            )
        ),
        tables=tuple(sorted(tables.items())),
        modules=tuple(_imports(modules)),
    )


def _imports(modules: list[str]) -> Iterator[Import]:
    """Imports of modules from the root of the package, each under a name of its own."""
    taken: set[str] = set()
    for module in sorted(modules):
        parent, _, name = module.rpartition(".")
        alias = "_" + module.lstrip("_").replace(".", "_")
        while alias in taken:
            alias = "_" + alias
        taken.add(alias)
        yield Import("." + parent, name, alias)


def _extension_paths(
    file: ir.File,
    types: Mapping[str, TypeName],
    places: Places,
    root_names: frozenset[str],
) -> Iterator[tuple[ir.Field, str]]:
    module = places.module(file.path, "pb")
    extra = frozenset[str]() if file.package else root_names
    for field in file.extensions:
        yield field, f"{module}:{names.identifier(field.name, 'top', extra)}"
    pending = list(file.messages)
    for message in pending:
        pending += message.messages
        holder = types[message.full_name].path
        for field in message.extensions:
            yield field, f"{module}:{holder}.{names.identifier(field.name, 'member')}"


def plan_descriptor(file: ir.File, places: Places) -> DescriptorPlan:
    """The module that holds a file's serialized descriptor."""
    text = base64.b64encode(file.descriptor).decode("ascii")
    return DescriptorPlan(
        path=_descriptor_module(file, places).replace(".", "/") + ".py",
        proto_path=file.path,
        notices=file.notices,
        lines=tuple(text[at : at + 76] for at in range(0, len(text), 76)),
    )


def _descriptor_module(file: ir.File, places: Places) -> str:
    return "_descriptors." + places.module(file.path, "desc")
