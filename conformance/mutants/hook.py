"""The import hook: while it is installed, modules are made of changed syntax trees.

Modules of ours that are loaded already are put aside first, so that the changed package is a
second one, with classes of its own; afterwards they are back in their places.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any

Change = Callable[[ast.Module], ast.Module]
"""What is done with the tree of a module."""

OURS = ("lkproto", "lkproto_conformance.testees")
"""Packages that are loaded again: what is judged, and the testee that calls it."""


class _Loader(SourceFileLoader):
    """Loads a module from a changed tree; compiled files play no part."""

    def __init__(
        self, name: str, path: str, change: Change, names: Mapping[str, Any]
    ) -> None:
        super().__init__(name, path)
        self._change = change
        self._names = names

    def get_code(self, fullname: str) -> CodeType:
        """The code of the changed tree."""
        path = self.get_filename(fullname)
        tree = ast.parse(self.get_data(path), path)
        return compile(self._change(tree), path, "exec", dont_inherit=True)

    def exec_module(self, module: ModuleType) -> None:
        """Run the code, with the names that it needs besides its own."""
        module.__dict__.update(self._names)
        super().exec_module(module)


class _Finder(MetaPathFinder):
    def __init__(self, changes: Mapping[str, Change], names: Mapping[str, Any]) -> None:
        self._changes = changes
        self._names = names

    def find_spec(
        self, fullname: str, path: Any = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The specification of a module to change; None for all others."""
        change = self._changes.get(fullname)
        spec = PathFinder.find_spec(fullname, path, target) if change else None
        if change is None or spec is None or spec.origin is None:
            return None
        spec.loader = _Loader(fullname, spec.origin, change, self._names)
        return spec


@contextmanager
def installed(
    changes: Mapping[str, Change], names: Mapping[str, Any] | None = None
) -> Generator[None]:
    """Import our modules afresh, some of them changed; `names` are added to their globals."""
    finder = _Finder(changes, names or {})
    aside = _put_aside()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        _put_aside()
        for name, module in aside.items():
            _put_back(name, module)


def _put_aside() -> dict[str, ModuleType]:
    """Forget our modules. Returns them."""
    ours = [name for name in sys.modules if _is_ours(name)]
    return {name: sys.modules.pop(name) for name in ours}


def _put_back(name: str, module: ModuleType) -> None:
    """Make a module known again, as an attribute of its package too."""
    sys.modules[name] = module
    package, _, own = name.rpartition(".")
    if package in sys.modules:
        setattr(sys.modules[package], own, module)


def _is_ours(name: str) -> bool:
    return any(name == each or name.startswith(each + ".") for each in OURS)
