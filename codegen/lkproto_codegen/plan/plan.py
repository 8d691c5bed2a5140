"""The plan of a package: which modules it has, what they import, in which order.

All sorting happens here; templates lay out what they are given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from .. import ir
from . import names
from .classes import plan_enum, plan_extension, plan_message
from .docs import module_doc
from .getters import check_getters
from .index import plan_descriptor, plan_index
from .packages import Offer, plan_packages, with_runtime
from .places import Places
from .rights import check_rights
from .scope import ModuleScope, TypeName, index_types
from .services import ServicePlanner, has_stubs, public_names
from .stub_names import StubNames, stub_names
from .types import (
    Import,
    MessagePlan,
    ModulePlan,
    Plan,
    ServicePlan,
    ServicesPlan,
)


def make_plan(
    schema: ir.Schema,
    schema_version: str,
    exports: Mapping[str, str],
    faces: Collection[str],
    stubs: Collection[str],
) -> Plan:
    """Plan the package of a schema.

    `exports` maps the names the runtime offers at the package's root to its submodules, `faces`
    are those it has there as modules, and `stubs` is what to make of Twirp services. Raises
    GenerationError where options of roles contradict the schema, and where methods of a service
    get the same name.
    """
    check_getters(schema)
    check_rights(schema)
    found = _Decided.of(schema, frozenset({*exports, *faces}), stubs)
    modules = tuple(_module(file, found) for file in found.files)
    services = tuple(_services(file, found) for file in found.files if _served(file))
    packages = plan_packages(
        _offers(found),
        [*(each.path for each in modules), *(each.path for each in services)],
        found.places,
    )
    root = packages.pop("__init__.py")
    return Plan(
        root=with_runtime(root, exports),
        schema_version=schema_version,
        modules=modules,
        services=services,
        packages=tuple(packages[path] for path in sorted(packages)),
        index=plan_index(
            found.files, found.types, found.places, found.root, _tables(found)
        ),
        descriptors=tuple(plan_descriptor(file, found.places) for file in found.files),
    )


@dataclass(frozen=True, slots=True)
class _Decided:
    """What is decided for all of a schema before its modules are planned."""

    files: list[ir.File]  # by their paths
    root: frozenset[str]  # names that the runtime has at the root
    stubs: Collection[str]
    messages: Mapping[str, ir.Message]
    names: Mapping[str, StubNames]
    places: Places
    types: Mapping[str, TypeName]

    @classmethod
    def of(
        cls, schema: ir.Schema, root: frozenset[str], stubs: Collection[str]
    ) -> _Decided:
        files = sorted(schema.files, key=lambda file: file.path)
        exported: dict[str, set[str]] = defaultdict(set)
        for file in files:
            exported[file.package].update(_top_level(file, root).values())
        found = stub_names(filter(_served, files), exported, root)
        for file in filter(_served, files):
            exported[file.package].update(public_names(file, found, stubs))
        paths = [file.path for file in files]
        places = Places(paths, exported, {"SCHEMA_VERSION", *root})
        types = index_types(schema, places, root)
        messages = {each.full_name: each for each in ir.messages_of(schema)}
        return cls(files, root, stubs, messages, found, places, types)


def _served(file: ir.File) -> bool:
    """Whether a file has a module of its services: it is the tree's own, and has some."""
    return file.requested and bool(file.services)


def _offers(found: _Decided) -> Iterator[Offer]:
    """What each module offers to its package."""
    deprecated = {
        (each.module, each.path) for each in found.types.values() if each.deprecated
    }
    for file in found.files:
        module = found.places.module(file.path, "pb")
        top = tuple(sorted(_top_level(file, found.root).values()))
        old = any((module, name) in deprecated for name in top)
        yield Offer(file.package, module, top, old)
        if _served(file):
            module = found.places.module(file.path, "twirp")
            own = public_names(file, found.names, found.stubs)
            old = any(each.deprecated for each in file.services)
            yield Offer(file.package, module, own, old)


def _tables(found: _Decided) -> dict[str, str]:
    """Where the table of each service is, by full name."""
    return {
        service.full_name: f"{found.places.module(file.path, 'twirp')}:"
        f"{found.names[service.full_name].table}"
        for file in filter(_served, found.files)
        for service in file.services
    }


def _top_level(file: ir.File, root_names: frozenset[str]) -> dict[str, str]:
    """The Python names of what a file has at its top, by proto name."""
    extra = frozenset[str]() if file.package else root_names
    declared: list[ir.Enum | ir.Message | ir.Field]
    declared = [*file.enums, *file.messages, *file.extensions]
    return {each.name: names.identifier(each.name, "top", extra) for each in declared}


def _module(file: ir.File, found: _Decided) -> ModulePlan:
    module = found.places.module(file.path, "pb")
    top = _top_level(file, found.root)
    scope = ModuleScope(module, found.types, frozenset(top.values()))
    enums = tuple(plan_enum(each, top[each.name]) for each in file.enums)
    messages = tuple(
        plan_message(each, top[each.name], scope) for each in file.messages
    )
    extensions = tuple(
        plan_extension(each, "top", scope, ()) for each in file.extensions
    )
    has_oneofs = any(map(_has_oneofs, messages))
    typing = scope.spell_builtin("bool", ()) if has_oneofs else None
    return ModulePlan(
        path=module.replace(".", "/") + ".py",
        proto_path=file.path,
        doc=module_doc(file),
        notices=file.notices,
        runtime=_runtime(module),
        imports=_imports(scope),
        builtins=scope.builtins,
        typing=typing,
        mentions_deprecated=scope.mentions_deprecated,
        enums=enums,
        messages=messages,
        extensions=extensions,
        aliases=tuple(sorted(scope.aliases.items())),
        exports=tuple(sorted(top.values())),
    )


def _services(file: ir.File, found: _Decided) -> ServicesPlan:
    module = found.places.module(file.path, "twirp")
    exports = public_names(file, found.names, found.stubs)
    scope = ModuleScope(module, found.types, exports)
    planner = ServicePlanner(scope, found.messages, found.names, found.stubs)
    services = tuple(map(planner.plan, file.services))
    stubs = any(has_stubs(each, found.stubs) for each in file.services)
    return ServicesPlan(
        path=module.replace(".", "/") + ".py",
        proto_path=file.path,
        notices=file.notices,
        runtime=_runtime(module),
        requests=planner.requests,
        services=services,
        bool_=scope.spell_builtin("bool", ()),
        setattr_=scope.spell_builtin("setattr", ()),
        imports=_imports(scope),
        builtins=scope.builtins,
        has_stubs=stubs,
        marks=_marks(services),
        mentions_deprecated=scope.mentions_deprecated,
        exports=exports,
    )


def _marks(services: Iterable[ServicePlan]) -> Literal["classes", "methods"] | None:
    clients = [each for each in services if each.client or each.async_client]
    if any(each.deprecated for each in clients):
        return "classes"
    marked = any(method.marked for each in clients for method in each.methods)
    return "methods" if marked else None


def _has_oneofs(message: MessagePlan) -> bool:
    return bool(message.oneofs) or any(map(_has_oneofs, message.messages))


def _runtime(module: str) -> str:
    """The relative name of the runtime, from a module."""
    return "." * (module.count(".") + 1) + "_runtime"


def _imports(scope: ModuleScope) -> tuple[Import, ...]:
    depth = scope.module.count(".")
    found: list[Import] = []
    for module, alias in sorted(scope.imported.items()):
        parent, _, name = module.rpartition(".")
        found.append(Import("." * (depth + 1) + parent, name, alias))
    return tuple(found)
