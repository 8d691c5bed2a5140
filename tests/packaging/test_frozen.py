"""Frozen and zipped applications have all that a package loads by name."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipapp
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support import ROOT

APP = Path(__file__).parent / "frozen_app.py"


def said_by(*command: str | Path, cwd: Path) -> str:
    """What a command prints that finds no package but its own."""
    kept = {key: each for key, each in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=kept,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_zipped_application_works(tmp_path: Path) -> None:
    app = tmp_path / "app"
    shutil.copytree(
        ROOT / "generated" / "lkproto",
        app / "lkproto",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    shutil.copy(APP, app / "__main__.py")
    zipapp.create_archive(app, tmp_path / "app.pyz")
    shutil.rmtree(app)

    said = said_by(sys.executable, "-I", tmp_path / "app.pyz", cwd=tmp_path)

    assert said == "all is there\n"


@pytest.mark.network
def test_a_frozen_application_works(tmp_path: Path) -> None:
    if find_spec("PyInstaller") is None:
        pytest.skip("PyInstaller is not installed: no frozen application was tried")
    paths = ("--paths", ROOT / "generated", "--distpath", tmp_path / "dist")
    said_by(
        sys.executable,
        *("-m", "PyInstaller", "--name", "app", "--log-level", "ERROR", *paths),
        *("--workpath", tmp_path / "work", "--specpath", tmp_path, APP),
        cwd=tmp_path,
    )

    assert said_by(tmp_path / "dist" / "app" / "app", cwd=tmp_path) == "all is there\n"
