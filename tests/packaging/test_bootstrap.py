"""What `python3 noxfile.py` and `.ci/run` say on a machine that lacks what they need."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT

DEBIAN = "apt install python3-venv"
TOOLS = {"git", "npm", "go", "curl", "python3"}


def said(*command: str | Path, **variables: str) -> list[str]:
    """The lines that a command which fails prints as errors; it prints nothing else."""
    done = subprocess.run(
        [str(word) for word in command],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr.splitlines()


def test_nox_without_virtual_environments_names_the_package_of_debian(
    tmp_path: Path,
) -> None:
    """Debian's python3 has no ensurepip; here the module is hidden."""
    shutil.copy(ROOT / "noxfile.py", tmp_path)
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nsys.modules['ensurepip'] = None\n"
    )

    lines = said(sys.executable, tmp_path / "noxfile.py", PYTHONPATH=str(tmp_path))

    assert len(lines) == 1
    assert DEBIAN in lines[0]
    assert not (tmp_path / ".nox").exists()


@pytest.mark.parametrize("lacks", ["git", "npm", "go", "curl"])
def test_ci_misses_a_tool_before_it_runs_anything(lacks: str, tmp_path: Path) -> None:
    (line,) = said(*ci_with(tmp_path, TOOLS - {lacks}))

    assert line.startswith(f".ci/run: {lacks} is missing: ")


def test_ci_without_virtual_environments_names_the_package_of_debian(
    tmp_path: Path,
) -> None:
    (line,) = said(*ci_with(tmp_path, TOOLS))

    assert DEBIAN in line


def ci_with(folder: Path, tools: set[str]) -> list[str]:
    """The command that runs `.ci/run` where only these tools are, and each of them fails."""
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", folder / ".ci")
    (folder / "bin").mkdir()
    for tool in tools:
        (folder / "bin" / tool).symlink_to("/bin/false")
    (folder / "bin" / "dirname").symlink_to(str(shutil.which("dirname")))
    bash = str(shutil.which("bash"))
    return ["env", f"PATH={folder / 'bin'}", bash, str(folder / ".ci" / "run")]
