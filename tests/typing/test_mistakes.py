"""mypy and pyright, in strict mode, report each deliberate mistake and no other."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT

pytestmark = pytest.mark.slow
FILE = ROOT / "tests" / "typing" / "mistakes.py"
MARK = re.compile(r"  # error(?: of (\w+))?")


def marked(checker: str) -> set[int]:
    """The lines with `# error`, or `# error of` one checker."""
    lines = enumerate(FILE.read_text("utf-8").splitlines(), 1)
    marks = ((number, MARK.search(line)) for number, line in lines)
    return {n for n, mark in marks if mark and mark[1] in (None, checker)}


def printed_by(checker: str, *options: str, folder: Path) -> str:
    """The output of a checker for the file, run with only the generated package."""
    found = shutil.which(checker, path=str(Path(sys.executable).parent))
    if found is None:
        pytest.skip(f"{checker} is not installed")
    shutil.copy(FILE, folder)
    done = subprocess.run(
        [found, *options],
        cwd=folder,
        env=os.environ | {"MYPYPATH": str(ROOT / "generated")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


def test_mypy_sees_each_mistake_and_no_other(tmp_path: Path) -> None:
    options = ("--strict", "--no-incremental", "--no-error-summary", "mistakes.py")
    printed = printed_by("mypy", *options, folder=tmp_path)

    found = re.findall(r"^(.+):(\d+): error: ", printed, re.MULTILINE)
    assert {file for file, _ in found} == {"mistakes.py"}
    assert {int(line) for _, line in found} == marked("mypy"), printed


def test_pyright_sees_each_mistake_and_no_other(tmp_path: Path) -> None:
    config = {
        "typeCheckingMode": "strict",
        "include": ["mistakes.py"],
        "extraPaths": [str(ROOT / "generated")],
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(config))
    printed = printed_by("pyright", "--outputjson", folder=tmp_path)

    found = json.loads(printed)["generalDiagnostics"]
    lines = {each["range"]["start"]["line"] + 1 for each in found}
    assert lines == marked("pyright"), printed
