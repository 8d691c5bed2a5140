"""Programs in Go, built into the cache."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.interpreters.debian import UnavailableError

# Two compilers at once: the machine may be busy with other tests.
_FLAGS = ("-p", "2", "-trimpath")


def install(package: str, folder: Path) -> None:
    """Build the program of a module, `path@version`, into a folder. Raises UnavailableError."""
    # Elsewhere than in a module, so that only what the package itself requires counts.
    _go("install", *_FLAGS, package, cwd=folder, GOBIN=str(folder))


def build(source: Path, program: Path, *packages: str) -> None:
    """Build a program from a folder of this project. Raises UnavailableError.

    With names of packages, all programs of its module that they name, into a folder.
    """
    to = ("-mod=readonly", "-o", str(program))
    _go("build", *_FLAGS, *to, *(packages or (".",)), cwd=source)


def build_tests(source: Path, package: str, program: Path) -> None:
    """Build the tests of a package that a module requires into a program. Raises UnavailableError."""
    to = ("-mod=readonly", "-o", str(program))
    _go("test", "-c", *_FLAGS, *to, package, cwd=source)


def _go(*arguments: str, cwd: Path, **variables: str) -> None:
    if shutil.which("go") is None:
        raise UnavailableError("Go is not installed")
    done = subprocess.run(
        ["go", *arguments],
        cwd=cwd,
        env=os.environ | {"CGO_ENABLED": "0", **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = (done.stderr.strip() or "no output").splitlines()[-1]
        raise UnavailableError(f"go {arguments[0]} fails: {reason}")
