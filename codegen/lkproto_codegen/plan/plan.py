"""The plan of a package: which modules it has, what they import, in which order.

All sorting happens here; templates lay out what they are given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from .. import ir
from . import names
from .classes import plan_enum, plan_extension, plan_message
from .docs import module_doc
from .getters import check_getters
from .index import plan_descriptor, plan_index
from .places import Places
from .rights import check_rights
from .scope import ModuleScope, TypeName, index_types
from .types import (
    Exports,
    Import,
    MessagePlan,
    ModulePlan,
    PackagePlan,
    Plan,
)


def make_plan(
    schema: ir.Schema, schema_version: str, exports: Mapping[str, str]
) -> Plan:
    """Plan the package of a schema.

    `exports` maps the names the runtime offers at the package's root to its submodules. Raises
    GenerationError where options of roles contradict the schema.
    """
    check_getters(schema)
    check_rights(schema)
    root_names = frozenset(exports)
    files = sorted(schema.files, key=lambda file: file.path)
    places = _places(files, root_names)
    types = index_types(schema, places, root_names)
    modules = tuple(_module(file, types, places, root_names) for file in files)
    exported = {module.proto_path: module.exports for module in modules}
    packages = {
        plan.path: plan
        for plan in _packages(files, exported, places, _deprecated(types))
    }
    for path in _directories([module.path for module in modules]):
        packages.setdefault(path, PackagePlan(path, "", (), False))
    root = packages.pop("__init__.py")
    return Plan(
        root=_root(root, exports),
        schema_version=schema_version,
        modules=modules,
        packages=tuple(packages[path] for path in sorted(packages)),
        index=plan_index(files, types, places, root_names),
        descriptors=tuple(plan_descriptor(file, places) for file in files),
    )


def _places(files: list[ir.File], root_names: frozenset[str]) -> Places:
    exported: dict[str, set[str]] = defaultdict(set)
    for file in files:
        exported[file.package].update(_top_level(file, root_names).values())
    paths = [file.path for file in files]
    return Places(paths, exported, {"SCHEMA_VERSION", *root_names})


def _top_level(file: ir.File, root_names: frozenset[str]) -> dict[str, str]:
    """The Python names of what a file has at its top, by proto name."""
    extra = frozenset[str]() if file.package else root_names
    declared: list[ir.Enum | ir.Message | ir.Field]
    declared = [*file.enums, *file.messages, *file.extensions]
    return {each.name: names.identifier(each.name, "top", extra) for each in declared}


def _module(
    file: ir.File,
    types: Mapping[str, TypeName],
    places: Places,
    root_names: frozenset[str],
) -> ModulePlan:
    module = places.module(file.path, "pb")
    top = _top_level(file, root_names)
    scope = ModuleScope(module, types, frozenset(top.values()))
    enums = tuple(plan_enum(each, top[each.name]) for each in file.enums)
    messages = tuple(
        plan_message(each, top[each.name], scope) for each in file.messages
    )
    extensions = tuple(
        plan_extension(each, "top", scope, ()) for each in file.extensions
    )
    depth = module.count(".")
    has_oneofs = any(map(_has_oneofs, messages))
    typing = scope.spell_builtin("bool", ()) if has_oneofs else None
    return ModulePlan(
        path=module.replace(".", "/") + ".py",
        proto_path=file.path,
        doc=module_doc(file),
        notices=file.notices,
        runtime="." * (depth + 1) + "_runtime",
        imports=_imports(scope, depth),
        builtins=scope.builtins,
        typing=typing,
        mentions_deprecated=scope.mentions_deprecated,
        enums=enums,
        messages=messages,
        extensions=extensions,
        aliases=tuple(sorted(scope.aliases.items())),
        exports=tuple(sorted(top.values())),
    )


def _has_oneofs(message: MessagePlan) -> bool:
    return bool(message.oneofs) or any(map(_has_oneofs, message.messages))


def _imports(scope: ModuleScope, depth: int) -> tuple[Import, ...]:
    found: list[Import] = []
    for module, alias in sorted(scope.imported.items()):
        parent, _, name = module.rpartition(".")
        found.append(Import("." * (depth + 1) + parent, name, alias))
    return tuple(found)


def _packages(
    files: list[ir.File],
    exported: Mapping[str, tuple[str, ...]],
    places: Places,
    deprecated: frozenset[tuple[str, str]],
) -> Iterator[PackagePlan]:
    by_package: dict[str, list[ir.File]] = defaultdict(list)
    by_package[""] = []
    for file in files:
        by_package[file.package].append(file)
    for proto_package, members in by_package.items():
        package = places.package(proto_package)
        dots = "." * (package.count(".") + 2 if package else 1)
        exports = tuple(
            Exports(dots + places.module(file.path, "pb"), exported[file.path])
            for file in members
            if exported[file.path]
        )
        mentioned = any(
            (places.module(file.path, "pb"), name) in deprecated
            for file in members
            for name in exported[file.path]
        )
        folder = package.replace(".", "/") + "/" if package else ""
        yield PackagePlan(f"{folder}__init__.py", proto_package, exports, mentioned)


def _deprecated(types: Mapping[str, TypeName]) -> frozenset[tuple[str, str]]:
    return frozenset(
        (found.module, found.path) for found in types.values() if found.deprecated
    )


def _root(root: PackagePlan, exports: Mapping[str, str]) -> PackagePlan:
    """The root package also offers the runtime's public names."""
    by_module: dict[str, list[str]] = defaultdict(list)
    for name, module in exports.items():
        by_module[module].append(name)
    runtime = tuple(
        Exports(f"._runtime.{module}", tuple(sorted(by_module[module])))
        for module in sorted(by_module)
    )
    return PackagePlan(
        root.path, "", (*runtime, *root.exports), root.mentions_deprecated
    )


def _directories(paths: list[str]) -> set[str]:
    """An `__init__.py` for each directory above a module."""
    found = {"__init__.py"}
    for path in paths:
        parts = path.split("/")[:-1]
        found |= {
            "/".join([*parts[: count + 1], "__init__.py"])
            for count in range(len(parts))
        }
    return found
