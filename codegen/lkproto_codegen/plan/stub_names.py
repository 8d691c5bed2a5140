"""The names of what is made of services: decided for a proto package, over all its files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from .. import ir
from ..diagnostics import Diagnostic, GenerationError
from . import names


@dataclass(frozen=True, slots=True)
class StubNames:
    """The names that belong to a service, whether or not all of them are used."""

    server: str
    table: str
    client: str
    async_client: str


def stub_names(
    files: Iterable[ir.File], taken: Mapping[str, Iterable[str]], root: frozenset[str]
) -> dict[str, StubNames]:
    """The names of all services, by full proto name.

    `taken` are the names of types and extensions, by proto package, and `root` those that the
    package's root has besides. Types keep theirs; a name of a service that is taken gets as many
    `_` as make it free. All names of a service are decided, so that options change none.
    """
    found: dict[str, StubNames] = {}
    packages: dict[str, list[ir.Service]] = defaultdict(list)
    for file in files:
        packages[file.package] += file.services
    for package, services in packages.items():
        extra = frozenset[str]() if package else root
        services.sort(key=lambda each: each.full_name)
        found |= _in_package(services, set(taken.get(package, ())), extra)
    return found


def _in_package(
    services: Iterable[ir.Service], taken: set[str], extra: frozenset[str]
) -> dict[str, StubNames]:
    services = tuple(services)
    # Kind by kind, for all services: `X` of one goes before `XClient` of another.
    made = (
        [each.name for each in services],
        [names.table_name(each.name) for each in services],
        [f"{each.name}Client" for each in services],
        [f"Async{each.name}Client" for each in services],
    )
    free = [[_free(name, taken, extra) for name in kind] for kind in made]
    return {
        service.full_name: StubNames(*each)
        for service, *each in zip(services, *free, strict=True)
    }


def _free(name: str, taken: set[str], extra: frozenset[str]) -> str:
    found = names.identifier(name, "top", extra)
    while found in taken:
        found += "_"
    taken.add(found)
    return found


def check_methods(service: ir.Service) -> None:
    """Raise GenerationError where two methods of a service would have the same name."""
    problems = list(_alike(service))
    if problems:
        raise GenerationError(problems)


def _alike(service: ir.Service) -> Iterator[Diagnostic]:
    by_name: dict[str, list[ir.Method]] = defaultdict(list)
    for method in service.methods:
        by_name[names.method_name(method.name)].append(method)
    for name, methods in by_name.items():
        for method in methods if len(methods) > 1 else ():
            others = [each.name for each in methods if each is not method]
            yield Diagnostic(
                f"{service.full_name}.{method.name} and {', '.join(others)} would both be "
                f"{name!r} in Python",
                method.location,
                "rename one of them, or set `transport` of "
                f"{service.full_name} in the services file",
            )
