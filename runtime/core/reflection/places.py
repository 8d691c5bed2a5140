"""Where a name is that the root of a package does not have; loaded by the error about it."""

# pyright: reportPrivateUsage=false

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec

from ..advice import did_you_mean
from ..public import EXPORTS
from ..registry import tables


def lacking(root: str, name: str) -> Exception:
    """The error for a name that the root of a package does not have.

    It is an ImportError where an import statement looks for the name, to be seen: such a
    statement replaces an AttributeError by one of its own.
    """
    if find_spec(f"{root}.{name}"):
        return AttributeError(f"module {root!r} has no attribute {name!r}", name=name)
    found = [f"from {place} import {name}" for place in _places(root, name)]
    advice = f"; use {' or '.join(found)}" if found else did_you_mean(name, EXPORTS)
    # This function, the `__getattr__` of the root, then who asks.
    if sys._getframe(2).f_code.co_filename == "<frozen importlib._bootstrap>":
        text = f"cannot import name {name!r} from {root!r}{advice}"
        return ImportError(text, name=root)
    return AttributeError(
        f"module {root!r} has no attribute {name!r}{advice}", name=name
    )


def _places(root: str, name: str) -> list[str]:
    """The packages, or else modules, that have a type of a name at their top.

    Or what is made of a service, which no table has by its name.
    """
    found: dict[str, None] = {}
    for full_name, place in tables().TYPES.items():
        module, _, path = place.partition(":")
        if path != name:
            continue
        package = full_name.rpartition(".")[0]
        has_it = hasattr(_imported(f"{root}.{package}"), name)
        found[f"{root}.{package}" if has_it else f"{root}.{module}"] = None
    for full_name in tables().TABLES:
        package = f"{root}.{full_name.rpartition('.')[0]}"
        if name in getattr(_imported(package), "__all__", ()):
            found[package] = None
    return list(found)


def _imported(name: str) -> object:
    try:
        return import_module(name)
    except ImportError:  # the package's name in Python is another one
        return None
