"""Things in a schema that would be one and the same in Python, or one file on some disks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..diagnostics import Diagnostic, GenerationError
from ..ir import Location
from .types import ModulePlan, PackagePlan


def check_collisions(
    modules: Sequence[ModulePlan],
    packages: Mapping[str, PackagePlan],
) -> None:
    """Raise GenerationError for every collision that name mapping cannot avoid."""
    problems = [
        *_same_but_case(modules, packages),
        *_modules_under_exports(modules, packages),
    ]
    if problems:
        raise GenerationError(problems)


def _same_but_case(
    modules: Sequence[ModulePlan], packages: Mapping[str, PackagePlan]
) -> Iterator[Diagnostic]:
    """Two paths that differ by case alone are one file on Windows and macOS."""
    seen: dict[str, tuple[str, str]] = {}
    paths = [(module.path, module.proto_path) for module in modules]
    paths += [(path, plan.proto_package) for path, plan in packages.items()]
    for path, source in paths:
        first_path, first_source = seen.setdefault(path.lower(), (path, source))
        if first_path != path:
            yield Diagnostic(
                f"{first_source!r} and {source!r} differ only by case and would share "
                f"a file on Windows and macOS",
                Location(source, 1, 1) if source.endswith(".proto") else None,
                "rename one of them",
            )


def _modules_under_exports(
    modules: Sequence[ModulePlan], packages: Mapping[str, PackagePlan]
) -> Iterator[Diagnostic]:
    """A type of a package and a module or directory inside it cannot share a name."""
    children: dict[str, dict[str, str]] = {}
    paths = [(module.path.removesuffix(".py"), module.proto_path) for module in modules]
    paths += [
        (path.removesuffix("/__init__.py"), path)
        for path in packages
        if path != "__init__.py"
    ]
    for path, source in paths:
        folder, _, name = path.rpartition("/")
        children.setdefault(folder, {})[name] = source
    for path, plan in packages.items():
        folder = path.removesuffix("__init__.py").removesuffix("/")
        inside = children.get(folder, {})
        for exports in plan.exports:
            for name in exports.names:
                if name in inside:
                    where = inside[name]
                    yield Diagnostic(
                        f"{name!r} of package {plan.proto_package!r} and {where!r} would "
                        f"be the same name in Python",
                        Location(where, 1, 1) if where.endswith(".proto") else None,
                        "rename the type, or move the file to another directory",
                    )
