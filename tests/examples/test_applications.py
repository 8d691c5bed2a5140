"""The applications of examples/ pass their own tests, and say what they need as we do."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from lkproto.mock import MockLiveKit

from tests.house.tree import ROOT

FOLDER = ROOT / "examples"
PYTEST = ["-m", "pytest", "-q", "-p", "lkproto.mock.pytest_plugin"]
TESTS = {"django": ["manage.py", "test"], "fastapi": PYTEST, "sip_dial": PYTEST}


def variables(example: str) -> dict[str, str]:
    """What the file `dev.env` of an example sets."""
    text = (FOLDER / example / "dev.env").read_text("utf-8")
    return dict(re.findall(r"^export (\w+)=(.*)$", text, re.MULTILINE))


@pytest.mark.slow
@pytest.mark.parametrize("example", TESTS)
def test_an_application_passes_its_tests(example: str, tmp_path: Path) -> None:
    folder = tmp_path / example
    shutil.copytree(FOLDER / example, folder)
    settings = {"PYTHONPATH": str(ROOT / "generated"), **variables(example)}

    done = subprocess.run(
        [sys.executable, *TESTS[example]],
        cwd=folder,
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    assert re.search(r"^(Ran )?[1-9]\d* (passed|tests)", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("example", TESTS)
def test_requirements_are_pinned_as_ours(example: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    pins = {f"lkproto=={project['project']['version']}"}
    pins |= {*project["dependency-groups"]["test"]}
    text = (FOLDER / example / "requirements.txt").read_text("utf-8")

    wanted = {line for line in text.splitlines() if not line.startswith("#")}
    assert wanted <= pins
    assert len(wanted) > 1


@pytest.mark.parametrize("example", TESTS)
def test_the_environment_is_that_of_the_mock(example: str) -> None:
    with MockLiveKit() as mock:
        expected = {
            "LIVEKIT_URL": "ws://127.0.0.1:7880",
            "LIVEKIT_API_KEY": mock.api_key,
            "LIVEKIT_API_SECRET": mock.api_secret,
        }

    assert variables(example).items() >= expected.items()
