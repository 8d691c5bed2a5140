"""Command lines of the documentation, run as a reader would run them.

`python`, `lkproto` and `lkproto-conformance` are those of this checkout, and do not see settings
for them in the caller's environment.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.house.tree import ROOT

COMMANDS = {
    "python": "",
    "lkproto": "-m lkproto_cli",
    "lkproto-conformance": "-m lkproto_conformance",
}
_SEARCHED = [
    str(ROOT / name) for name in ("generated", "codegen", "cli", "conformance")
]
_LEFT_OUT = ("LIVEKIT_", "LKPROTO_", "PYTHON", "CI")

needs_shell = pytest.mark.skipif(
    os.name == "nt", reason="commands of the pages are typed into a POSIX shell"
)


def run(command: str, folder: Path, **variables: str) -> str:
    """The output of a command line that is run in a folder, including errors."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(_LEFT_OUT)}
    with tempfile.TemporaryDirectory() as programs:
        _write_programs(Path(programs))
        kept["PATH"] = os.pathsep.join([programs, kept.get("PATH", "")])
        kept["PYTHONPATH"] = os.pathsep.join(_SEARCHED)
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=folder,
            env=kept | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    return done.stdout.rstrip("\n")


def _write_programs(folder: Path) -> None:
    """Scripts that start the commands, because these may not be installed."""
    for name, words in COMMANDS.items():
        script = folder / name
        script.write_text(
            f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {words} "$@"\n'
        )
        script.chmod(0o755)
