"""Planning the `__init__.py` of proto packages, of plain directories, and of the root."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .places import Places
from .types import Exports, PackagePlan


@dataclass(frozen=True, slots=True)
class Offer:
    """What a module offers to the package of its file's proto package."""

    package: str  # of proto
    module: str
    names: tuple[str, ...]
    mentions_deprecated: bool


def plan_packages(
    offers: Iterable[Offer], paths: Iterable[str], places: Places
) -> dict[str, PackagePlan]:
    """The `__init__.py` of each folder by its path, the root's included.

    `paths` are those of all modules.
    """
    by_package: dict[str, list[Offer]] = defaultdict(list)
    by_package[""] = []
    for offer in offers:
        by_package[offer.package].append(offer)
    plans = [_package(name, found, places) for name, found in by_package.items()]
    packages = {plan.path: plan for plan in plans}
    for path in _directories(paths):
        packages.setdefault(path, PackagePlan(path, "", (), False))
    return packages


def _package(name: str, offers: Iterable[Offer], places: Places) -> PackagePlan:
    package = places.package(name)
    dots = "." * (package.count(".") + 2 if package else 1)
    folder = package.replace(".", "/") + "/" if package else ""
    return PackagePlan(
        path=f"{folder}__init__.py",
        proto_package=name,
        exports=tuple(
            Exports(dots + each.module, each.names) for each in offers if each.names
        ),
        mentions_deprecated=any(each.mentions_deprecated for each in offers),
    )


def with_runtime(root: PackagePlan, exports: Mapping[str, str]) -> PackagePlan:
    """The root package, which also offers the runtime's public names."""
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


def _directories(paths: Iterable[str]) -> set[str]:
    """An `__init__.py` for each directory above a module."""
    found = {"__init__.py"}
    for path in paths:
        parts = path.split("/")[:-1]
        found |= {
            "/".join([*parts[: count + 1], "__init__.py"])
            for count in range(len(parts))
        }
    return found
