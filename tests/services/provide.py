"""The servers that tests start: `python -m tests.services.provide`.

Each is searched on the PATH, or fetched from Debian and unpacked below `.nox/services`, so that
nothing of the system changes. One that is missing is reported; if `CI` is set, that is an error.

LKPROTO_SERVICES names another folder than `.nox/services`, which CI can keep between runs.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

from tests.interpreters.debian import UnavailableError, release, unpack

ROOT = Path(__file__).resolve().parents[2]
HOME = Path(os.environ.get("LKPROTO_SERVICES") or ROOT / ".nox" / "services").absolute()
# The package that has the program, and the program's name in there.
PACKAGES = {"redis-server": ("redis-tools", "redis-check-rdb")}


def find(name: str) -> str | None:
    """The path of a server's program, None if it is missing."""
    return shutil.which(name) or shutil.which(name, path=HOME / "bin")


def fetch(name: str) -> None:
    """Unpack a server of this machine's own release. Raises UnavailableError."""
    package, program = PACKAGES[name]
    folder = HOME / package
    shutil.rmtree(folder, ignore_errors=True)
    unpack([package], release(), folder)
    # It is the program's name that makes it a server.
    (folder / "usr" / "bin" / name).unlink(missing_ok=True)
    (folder / "usr" / "bin" / name).symlink_to(program)
    launcher = HOME / "bin" / name
    launcher.parent.mkdir(exist_ok=True)
    launcher.write_text(launch(folder, folder / "usr" / "bin" / name), "utf-8")
    launcher.chmod(0o755)


def launch(folder: Path, program: Path) -> str:
    """A script that starts a program with the loader and libraries unpacked with it."""
    loader = next(folder.glob("**/lib/*/ld-linux-*.so.*"), None)
    if loader is None:
        raise UnavailableError("the package came without the C library's loader")
    folders = [folder / base / loader.parent.name for base in ("lib", "usr/lib")]
    path = os.pathsep.join(map(str, folders))
    command = [str(loader), "--library-path", path, str(program)]
    return f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n'


def provide() -> list[str]:
    """Find or fetch every server, and print where it is. Returns what is missing."""
    missing: list[str] = []
    for name in PACKAGES:
        try:
            if find(name) is None:
                fetch(name)
        except UnavailableError as error:
            missing.append(name)
            print(
                f"*** {name} is MISSING, so its tests are skipped ({error});", end=" "
            )
            print(f"on Debian and Ubuntu, run: apt-get install {name}")
        else:
            print(f"{name} is {find(name)}")
    return missing


if __name__ == "__main__":
    sys.exit(1 if provide() and "CI" in os.environ else 0)
