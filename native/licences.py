"""NOTICE of lkproto-native: `python native/licences.py` writes it; needs cargo.

Names the crates whose code is in the binary: what the crate depends on when it runs, without
macros and build scripts, which run while it is compiled.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
NOTICE = HERE / "NOTICE"
OURS = "lkproto-native"
# Each crate has to offer this licence, whose text is in LICENSE.
CHOICE = "Apache-2.0"
TARGETS = ("x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu")
HEAD = """\
lkproto-native
Copyright 2026 the lkproto authors

Licensed under the Apache License, Version 2.0; see LICENSE.

--------------------------------------------------------------------------------
Code of others in the binary

These crates are linked into the binary. Each may be used under the Apache License,
Version 2.0 (LICENSE), and is used under it here.

"""
TAIL = """\
The standard library of Rust (https://github.com/rust-lang/rust)
    MIT OR Apache-2.0
    Copyright (c) The Rust Project Contributors
    COPYRIGHT-library.html of a Rust toolchain names the parts in it that others wrote.
"""
_COPYRIGHT = re.compile(
    r"^\s*(Copyright (?!\[yyyy\]).*\d{4}.*|Copyright \(c\).*)$", re.MULTILINE
)


class LicenceError(Exception):
    """A crate that cannot be used under the licence we chose, or asks for more; one line."""


def metadata(target: str) -> dict[str, Any]:
    """What cargo knows of the crates for a target, by Cargo.lock."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked"]
    command += ["--filter-platform", target]
    done = subprocess.run(command, cwd=HERE, capture_output=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def linked(known: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The packages whose code is in the binary, other than ours."""
    packages = {each["id"]: each for each in known["packages"]}
    nodes = {each["id"]: each for each in known["resolve"]["nodes"]}
    todo, seen = [known["resolve"]["root"]], set[str]()
    while todo:
        identifier = todo.pop()
        package = packages[identifier]
        macro = any("proc-macro" in each["kind"] for each in package["targets"])
        if identifier in seen or macro:
            continue
        seen.add(identifier)
        if package["name"] != OURS:
            yield package
        todo += [
            each["pkg"]
            for each in nodes[identifier]["deps"]
            if any(kind["kind"] is None for kind in each["dep_kinds"])
        ]


def entry(package: dict[str, Any]) -> str:
    """What NOTICE says of a crate. Raises LicenceError."""
    name = f"{package['name']} {package['version']}"
    offered = package["license"] or ""
    folder = Path(package["manifest_path"]).parent
    if CHOICE not in re.split(r" OR |/", offered):
        raise LicenceError(f"{name} cannot be used under {CHOICE}: {offered}")
    if notices := [each.name for each in folder.glob("NOTICE*")]:
        raise LicenceError(f"{name} has a notice to be passed on: {notices[0]}")
    lines = [f"{name} ({package['repository']})", f"    {offered}"]
    lines += [f"    {each}" for each in copyrights(folder)]
    return "\n".join(lines) + "\n"


def copyrights(folder: Path) -> list[str]:
    """The lines with years or holders in the licences of a crate, each once."""
    found = dict[str, None]()
    for path in sorted(folder.glob("LICENSE*")):
        for line in _COPYRIGHT.findall(path.read_text("utf-8")):
            found[line.strip()] = None
    return list(found)


def notice() -> str:
    """The text of NOTICE. Raises LicenceError."""
    packages = {
        package["id"]: package
        for target in TARGETS
        for package in linked(metadata(target))
    }
    entries = sorted(entry(each) for each in packages.values())
    return HEAD + "\n".join([*entries, TAIL])


def main() -> None:
    """Write NOTICE, or say what is in the way."""
    try:
        NOTICE.write_text(notice(), "utf-8")
    except LicenceError as error:
        sys.exit(f"native/licences.py: {error}")


if __name__ == "__main__":
    main()
