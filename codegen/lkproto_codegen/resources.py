"""Where templates and the runtime are: package data in a wheel, folders in a checkout.

And where the packages are whose programs we start.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Mapping
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

_HERE = Path(__file__).parent
# What the runtime's modules say at their head where they are copied, for there they leave us.
_TERMS = """\
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""


def _data(name: str) -> Path:
    packaged = _HERE / "_data" / name
    return packaged if packaged.exists() else _HERE.parents[1] / name


def templates_dir() -> Path:
    """The templates that ship with the generator."""
    return _data("templates")


def google_protos_dir() -> Path:
    """Google's .proto files; with ours the output is the same whatever protoc brings."""
    return _HERE / "google_protos"


def license_text() -> str:
    """The licence of the runtime."""
    return _data("LICENSE").read_text("utf-8")


def google_license_text() -> str:
    """The licence of google's .proto files, to which some of them refer."""
    return (google_protos_dir() / "LICENSE").read_text("utf-8")


# Parts of the runtime that go only into outputs whose modules import them, each with those that
# it imports.
OPTIONAL_PARTS: Mapping[str, tuple[str, ...]] = {"http": (), "twirp": ("http",)}


# The module of a part that users import from the root of an output; all others are private.
ROOT_MODULES: Mapping[str, str] = {"http": "face.py"}


def runtime_dir(part: str = "core") -> Path:
    """The modules of a part of the runtime; those of the core go into every output."""
    return _data("runtime") / part


def runtime_files(parts: Collection[str] = ()) -> dict[str, str]:
    """The runtime's modules by their path in an output, and their licence.

    The core's are all there; of the optional parts, those asked for, each in a folder of its own,
    and at the root the module that users import.
    """
    folders = {"_runtime": runtime_dir()}
    folders |= {f"_runtime/{part}": runtime_dir(part) for part in parts}
    modules = {
        f"{folder}/{path.relative_to(root).as_posix()}": _TERMS
        + path.read_text("utf-8")
        for folder, root in folders.items()
        for path in sorted(root.rglob("*.py"))
    }
    for name in root_modules(parts):
        modules[f"{name}.py"] = modules.pop(f"_runtime/{name}/{ROOT_MODULES[name]}")
    return {**modules, "_runtime/LICENSE": license_text()}


def root_modules(parts: Collection[str]) -> list[str]:
    """The names of the runtime's modules at the root of an output with these optional parts."""
    return [part for part in parts if part in ROOT_MODULES]


def with_needed(parts: Collection[str]) -> list[str]:
    """Optional parts with those that they import, in the order of `OPTIONAL_PARTS`."""
    needed = {each for part in parts for each in OPTIONAL_PARTS[part]}
    return [part for part in OPTIONAL_PARTS if part in {*parts, *needed}]


def runtime_exports(parts: Collection[str] = ()) -> Mapping[str, str]:
    """The names that the runtime offers at a package's root, each with the module that has it.

    They are those of the core, and of the optional parts asked for.
    """
    namespace: dict[str, Mapping[str, str]] = {}
    found: dict[str, str] = {}
    for part in ("core", *parts):
        public = runtime_dir(part) / "public.py"
        if public.exists():
            code = compile(public.read_text("utf-8"), str(public), "exec")
            exec(code, namespace)  # noqa: S102 - our own file
            found |= namespace["EXPORTS"]
    return found


def find_spec(package: str) -> ModuleSpec | None:
    """Where a package is installed, if it is; one of the working directory does not count.

    Python looks there when it runs a module with `-m`, and a tree may have a folder of that name.
    """
    here = os.path.realpath(os.getcwd())  # noqa: PTH109 - compared as text
    path = [each for each in sys.path if each and os.path.realpath(each) != here]
    return PathFinder.find_spec(package, path)
