"""What `python3 noxfile.py` and `.ci/run` say on a machine that lacks what they need."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT

DEBIAN = "apt install python3-venv"
TOOLS = {"git", "npm", "go", "cargo", "curl", "python3"}
# With these, `.ci/run` has nothing to install.
PROGRAMS = {"zsh", "fish", "chromium"}


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


@pytest.mark.parametrize("lacks", ["git", "npm", "go", "cargo", "curl"])
def test_ci_misses_a_tool_before_it_runs_anything(lacks: str, tmp_path: Path) -> None:
    (line,) = said(*ci_with(tmp_path, TOOLS - {lacks}))

    assert line.startswith(f".ci/run: {lacks} is missing: ")


def test_ci_without_virtual_environments_names_the_package_of_debian(
    tmp_path: Path,
) -> None:
    (line,) = said(*ci_with(tmp_path, TOOLS))

    assert DEBIAN in line


def test_ci_prints_the_seconds_of_each_step_and_of_all(tmp_path: Path) -> None:
    done = ran(*ci_with(tmp_path, TOOLS | PROGRAMS, acts="true"))
    assert done.returncode == 0, done.stdout + done.stderr

    began = re.findall(r"^=== (.*): \d+ s$", done.stdout, re.MULTILINE)
    _, found, table = done.stdout.rpartition(f"=== {len(began)} steps passed\n")
    lines = [line.split(maxsplit=2) for line in table.splitlines()]

    assert found
    assert {"tests", "native codec", "claims"} < set(began)
    assert [name for _, _, name in lines] == [*began, "in all"]
    assert all(seconds.isdigit() and unit == "s" for seconds, unit, _ in lines)


def test_ci_ends_with_the_step_that_fails_and_the_seconds_of_those_before(
    tmp_path: Path,
) -> None:
    command = ci_with(tmp_path, TOOLS | PROGRAMS, acts="true")
    python = tmp_path / "bin" / "python3"
    python.unlink()
    python.write_text(f'#!{shutil.which("bash")}\n[[ " $* " != *" lint "* ]]\n')
    python.chmod(0o755)

    done = ran(*command)

    assert done.returncode == 1
    assert re.fullmatch(r"\.ci/run: lint failed after \d+ s\n", done.stderr)
    table = done.stdout.partition(" steps passed\n")[2]
    assert [line.split(maxsplit=2)[2] for line in table.splitlines()][-3:] == [
        *("tests", "drift", "in all")
    ]


def ran(*command: str) -> subprocess.CompletedProcess[str]:
    """What a command did."""
    return subprocess.run(command, capture_output=True, text=True, check=False)


def ci_with(folder: Path, tools: set[str], acts: str = "false") -> list[str]:
    """The command that runs `.ci/run` where only these tools are, which all fail, or do nothing."""
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", folder / ".ci")
    (folder / "bin").mkdir()
    for tool in tools:
        (folder / "bin" / tool).symlink_to(f"/bin/{acts}")
    for tool in ("bash", "dirname"):
        (folder / "bin" / tool).symlink_to(str(shutil.which(tool)))
    bash = str(shutil.which("bash"))
    return ["env", f"PATH={folder / 'bin'}", bash, str(folder / ".ci" / "run")]
