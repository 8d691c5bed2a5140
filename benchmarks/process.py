"""Other processes: what runs in them, and with which environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SOURCES = [str(ROOT / name) for name in ("generated", "codegen", "cli")]
EXTENSION = "lkproto_native"


def environment(**changes: str) -> dict[str, str]:
    """The environment of other processes: this project on the path, .pyc files on.

    lkproto has its Python codec there unless `LKPROTO_CODEC` says otherwise, so that what is
    measured does not depend on whether the extension is installed.
    """
    path = os.pathsep.join([*SOURCES, *folders_of_extension()])
    env = {**os.environ, "PYTHONPATH": path, "LKPROTO_CODEC": "python", **changes}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    # Plugins of protoc call tools that are installed next to this interpreter.
    scripts = str(Path(sys.executable).parent)
    env["PATH"] = os.pathsep.join([scripts, env.get("PATH", os.defpath)])
    return env


def folders_of_extension() -> list[str]:
    """Folders of PYTHONPATH that have the extension, where it was built and not installed."""
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return [each for each in given if each and [*Path(each).glob(f"{EXTENSION}*")]]


def run(command: list[str], **changes: str) -> str:
    """What a command prints, run from the root of the project.

    Raises RuntimeError with the end of its complaints if it fails.
    """
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(**changes),
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        last = " / ".join(done.stderr.strip().splitlines()[-2:])
        raise RuntimeError(f"{' '.join(command[1:4])} failed: {last.strip()}")
    return done.stdout


def worker(module: str, *arguments: object, codec: str = "python") -> Any:
    """The JSON that a module of this package prints, run in a fresh interpreter with a codec."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)]
    return json.loads(run(command, LKPROTO_CODEC=codec))
