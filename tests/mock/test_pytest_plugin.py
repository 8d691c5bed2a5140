"""The fixtures for pytest, in runs of their own: as installed, and as a copy of another name."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import pytest

from tests.support import ROOT

PLUGIN = "lkproto.mock.pytest_plugin"
TESTS = """
    import asyncio, os

    def test_a_mock_of_its_own(livekit):
        assert "LIVEKIT_URL" not in os.environ
        with livekit.api() as api:
            assert api.room.list_rooms().rooms == []
            api.room.create_room(name="only here")
        assert [each.event for each in livekit.webhooks] == ["room_started"]

    def test_another_has_another(livekit):
        assert livekit.webhooks == []
        livekit.join("r", "ann")
        async def count():
            async with livekit.async_api() as api:
                return len((await api.room.list_participants(room="r")).participants)
        assert asyncio.run(count()) == 1

    def test_the_environment_is_the_mocks(livekit_env, livekit):
        from {name}.api import LiveKitAPI
        assert livekit_env is livekit
        assert not {{"LIVEKIT_TOKEN", "LIVEKIT_KEYS"}} & os.environ.keys()
        with LiveKitAPI() as api:
            api.room.list_rooms()
        assert len(livekit.requests) == 1

    def test_the_environment_is_as_before():
        assert "LIVEKIT_URL" not in os.environ
        assert os.environ["LIVEKIT_TOKEN"] == "before"
"""


def run(
    folder: Path, path: Path, name: str, *options: str
) -> subprocess.CompletedProcess[str]:
    """Run the tests with a package that is found at a path."""
    (folder / "test_it.py").write_text(textwrap.dedent(TESTS.format(name=name)))
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    kept = {key: each for key, each in os.environ.items() if "LIVEKIT" not in key}
    more = {"PYTHONPATH": str(path), "LIVEKIT_TOKEN": "before"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options],
        cwd=folder,
        env=kept | more,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.parametrize("workers", ["0", "2"])
def test_fixtures_work_in_one_process_and_in_several(
    tmp_path: Path, workers: str
) -> None:
    options = ("-p", PLUGIN, "-n", workers)

    done = run(tmp_path, ROOT / "generated", "lkproto", *options)

    assert re.search(r"^4 passed", done.stdout, re.MULTILINE), done.stdout


def test_a_copy_under_another_name_has_them(tmp_path: Path) -> None:
    copy = tmp_path / "path" / "theirs" / "livekit_protocol"
    shutil.copytree(
        ROOT / "generated" / "lkproto",
        copy,
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    tests = tmp_path / "tests"
    tests.mkdir()
    plugin = 'pytest_plugins = ["theirs.livekit_protocol.mock.pytest_plugin"]\n'
    (tests / "conftest.py").write_text(plugin)

    done = run(tests, tmp_path / "path", "theirs.livekit_protocol")

    assert re.search(r"^4 passed", done.stdout, re.MULTILINE), done.stdout


def test_it_is_registered_and_described(tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    done = run(tmp_path, ROOT / "generated", "lkproto", "-p", PLUGIN, "--fixtures")

    assert project["entry-points"]["pytest11"] == {"lkproto": PLUGIN}
    assert "livekit -- ../" in done.stdout or "livekit --" in done.stdout
    assert "A LiveKit server without media, new for each test" in done.stdout


def test_a_run_that_does_not_use_it_loads_nothing(tmp_path: Path) -> None:
    code = f"""
        import sys, pytest
        had = set(sys.modules)
        import {PLUGIN}
        print(sorted(each for each in sys.modules.keys() - had))
    """
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(code)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "generated")},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == str(["lkproto", "lkproto.mock", PLUGIN])


def test_where_it_is_installed_the_package_is_imported_as_outside_of_pytest(
    tmp_path: Path,
) -> None:
    installed = tmp_path / "lkproto-1.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Name: lkproto\nVersion: 1\n")
    (installed / "entry_points.txt").write_text(f"[pytest11]\nlkproto = {PLUGIN}\n")
    (installed / "RECORD").write_text("lkproto/__init__.py,,\nlkproto/api/x.py,,\n")
    (tmp_path / "lkproto").symlink_to(ROOT / "generated" / "lkproto")
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "test_loaders.py").write_text(
        "import lkproto.api._api as api\n"
        "def test_it(): assert 'Rewriting' not in type(api.__loader__).__name__\n"
    )

    done = run(tests, tmp_path, "lkproto")

    assert re.search(r"^5 passed", done.stdout, re.MULTILINE), done.stdout
