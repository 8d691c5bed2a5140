"""Servers that tests start are found, or fetched without changing the system."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.interpreters.debian import UnavailableError
from tests.services import provide as services


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without servers, on which Debian has a package of a loader and a program."""
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(services, "HOME", tmp_path / "services")
    monkeypatch.setattr(services, "release", lambda: "old")
    monkeypatch.setattr(services, "unpack", unpacks)
    return tmp_path


def unpacks(packages: list[str], release: str, folder: Path) -> None:
    assert (packages, release) == (["redis-tools"], "old")
    loader = folder / "lib" / "some-linux" / "ld-linux-some.so.2"
    program = folder / "usr" / "bin" / "redis-check-rdb"
    for path, text in ((loader, 'shift 2; exec "$@"'), (program, 'echo "$0 $*"')):
        path.parent.mkdir(parents=True)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)


def test_a_server_on_the_path_is_taken(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    there = machine / "bin" / "redis-server"
    there.parent.mkdir()
    there.touch(0o755)
    monkeypatch.setenv("PATH", str(there.parent))

    assert services.provide() == []
    assert capsys.readouterr().out == f"redis-server is {there}\n"
    assert not services.HOME.exists()


def test_one_that_is_fetched_runs_under_its_name_with_its_own_loader(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert services.provide() == []

    program = services.find("redis-server")
    assert program == str(machine / "services" / "bin" / "redis-server")
    ran = subprocess.run(
        [str(program), "a b"], capture_output=True, text=True, check=True
    )
    assert ran.stdout.endswith("/usr/bin/redis-server a b\n")


def test_one_that_is_missing_is_reported(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unavailable() -> str:
        raise UnavailableError("this machine does not run Debian")

    monkeypatch.setattr(services, "release", unavailable)

    assert services.provide() == ["redis-server"]
    printed = capsys.readouterr().out
    assert "redis-server is MISSING" in printed
    assert "does not run Debian" in printed
    assert "apt-get install redis-server" in printed
