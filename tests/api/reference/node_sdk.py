"""LiveKit's SDK for Node, installed as `node/package-lock.json` pins it, and our program on it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.interpreters.debian import UnavailableError
from tests.services.cache import kept, of_source

SOURCE = Path(__file__).with_name("node")
_PROGRAM = "program.mjs"
_TIMEOUT = 120


def find() -> Path:
    """The program, in a folder with its packages, which is made if there is none. Raises UnavailableError."""
    name = of_source("livekit-sdk-node", SOURCE)
    return kept(name, _works, _install) / _PROGRAM


def _works(folder: Path) -> bool:
    return (folder / "node_modules" / "livekit-server-sdk").is_dir()


def _install(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise UnavailableError("npm (Node.js 20 or later) is not installed")
    for path in SOURCE.iterdir():
        shutil.copy(path, folder)
    command = [npm, "ci", "--silent", "--ignore-scripts"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        reason = (done.stderr.strip() or "no output").splitlines()[-1]
        raise UnavailableError(f"npm ci fails: {reason}")


def run(**variables: str) -> list[dict[str, Any]]:
    """What the program prints, line by line. Raises CalledProcessError."""
    node = shutil.which("node") or "node"
    done = subprocess.run(
        [node, str(find())],
        env=os.environ | variables,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=_TIMEOUT,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]
