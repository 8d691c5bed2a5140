"""How a generated package is used: the line that imports something from it."""

from __future__ import annotations

import re
from pathlib import Path

from lkproto_codegen.diagnostics import in_line

_TYPE = re.compile(r'^ {4}"([\w.]+)": "([\w.]+):(\w+)",$', re.MULTILINE)


def import_line(out: Path) -> str | None:
    """What to write to use the package, and where it is found; None if it has no types."""
    base, package = _place(out)
    try:
        index = (out / "_index.py").read_text("utf-8")
    except OSError:
        return None
    types = [found for found in _TYPE.findall(index) if _is_ours(found[0], found[2])]
    if not types:
        return None
    # One of a package shows more.
    full_name, module, name = min(types, key=lambda found: "." not in found[0])
    proto_package = full_name.rpartition(".")[0]
    face = out.joinpath(*proto_package.split("."), "__init__.py")
    if not _offers(face, name):
        proto_package = module
    line = f"from {'.'.join(filter(None, (package, proto_package)))} import {name}"
    if base == Path.cwd():
        return line
    return f"{line}  # found with {in_line(_shown(base))} on PYTHONPATH"


def _is_ours(full_name: str, name: str) -> bool:
    return not full_name.startswith("google.protobuf.") and full_name.endswith(name)


def _offers(face: Path, name: str) -> bool:
    try:
        return f"import {name} as {name}\n" in face.read_text("utf-8")
    except OSError:
        return False


def _place(out: Path) -> tuple[Path, str]:
    """The folder that has to be on Python's path, and the package's name from there."""
    base = out.absolute().resolve()
    names = [base.name]
    while (base.parent / "__init__.py").is_file():
        base = base.parent
        names.insert(0, base.name)
    return base.parent, ".".join(names)


def _shown(base: Path) -> str:
    below = base.is_relative_to(Path.cwd())
    return base.relative_to(Path.cwd()).as_posix() if below else str(base)
