"""Interpreters are found, fetched or reported as missing, and claims need a run of the tests."""

from __future__ import annotations

import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.interpreters import debian
from tests.interpreters import provide as interpreters
from tests.interpreters.debian import UnavailableError
from tests.support import ROOT

pytestmark = pytest.mark.skipif(os.name != "posix", reason="starts shell scripts")


def program(path: Path, body: str) -> Path:
    """An executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def says(version: str) -> str:
    """The body of a script that acts as a Python of a version."""
    return f"echo {version} $0"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without Pythons: folders for the PATH, pyenv and the cache, and no Debian."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(interpreters, "LINKS", tmp_path / "links")
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: {"ID": "other"})
    monkeypatch.delenv("CI", raising=False)
    return tmp_path


def claims(monkeypatch: pytest.MonkeyPatch, *versions: str) -> None:
    def claimed(*_: object) -> list[str]:
        return list(versions)

    monkeypatch.setattr(interpreters, "claimed", claimed)


def test_claims_are_the_classifiers(tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    prefix = "Programming Language :: Python :: 3"
    names = [prefix, f"{prefix}.9", f"{prefix}.12", f"{prefix} :: Only", "Typing :: x"]
    project.write_text(f"[project]\nclassifiers = {json.dumps(names)}\n")

    assert interpreters.claimed(project) == ["3.9", "3.12"]


def test_the_workflow_runs_the_tests_on_what_is_claimed() -> None:
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8")
    jobs: dict[str, Any] = yaml.safe_load(text)["jobs"]
    setup: list[dict[str, Any]] = jobs["everything"]["steps"]
    (versions,) = (
        step["with"]["python-version"].split()
        for step in setup
        if "python-version" in step.get("with", ())
    )

    assert jobs["tests"]["strategy"]["matrix"]["python-version"] == (
        interpreters.claimed()
    )
    assert sorted(versions) == interpreters.claimed()


def test_an_interpreter_that_runs_and_has_the_version_is_found(machine: Path) -> None:
    program(machine / "bin" / "python3.12", "exit 127")  # as pyenv's shims do
    program(machine / "pyenv/versions/3.12.1/bin/python3.12", says("3.11.9"))
    good = program(machine / "pyenv/versions/3.12.0/bin/python3.12", says("3.12.0"))

    assert interpreters.find("3.12") == ("3.12.0", good)

    first = program(machine / "bin" / "python3.12", says("3.12.9"))
    assert interpreters.find("3.12") == ("3.12.9", first)


def test_an_interpreter_is_known_by_its_program_not_by_a_shim(machine: Path) -> None:
    real = program(machine / "elsewhere" / "python3.12", says("3.12.5"))
    program(machine / "bin" / "python3.12", f'exec {real} "$@"')

    assert interpreters.find("3.12") == ("3.12.5", real)


def test_what_is_found_is_linked_and_what_is_missing_is_reported(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here = program(machine / "bin" / "python3.12", says("3.12.9"))
    claims(monkeypatch, interpreters.OWN, "3.12", "3.99")

    assert interpreters.main([]) == 0
    out = capsys.readouterr().out
    assert f"Python 3.12.9 is {here}\n" in out
    assert "*** Python 3.99 is MISSING, so no test runs on it (" in out
    assert "this machine does not run Debian" in out
    assert (machine / "links" / "python3.12").resolve() == here
    assert not (machine / "links" / "python3.99").exists()

    monkeypatch.setenv("CI", "true")
    assert interpreters.main([]) == 1
    assert "claim Python 3.99, untested" in capsys.readouterr().out


def test_links_of_an_earlier_run_are_not_interpreters(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims(monkeypatch, "3.12")
    real = program(machine / "pyenv/versions/3.12.1/bin/python3.12", says("3.12.1"))
    interpreters.main([])
    # As pyenv's shims do, which search the rest of the PATH, too.
    program(machine / "bin" / "python3.12", f'exec {machine}/links/python3.12 "$@"')

    interpreters.main([])

    assert (machine / "links" / "python3.12").resolve() == real


def report(folder: Path, session: str, **results: str) -> None:
    """Nox's report of a session, with the result for each version."""
    sessions = [
        {"signatures": [f"{session}-{name}"], "result": each}
        for name, each in results.items()
    ]
    sessions.append({"signatures": ["x"], "result": "success"})
    (folder / f"{session}.json").write_text(json.dumps({"sessions": sessions}))


@pytest.mark.parametrize(
    ("claimed", "code"),
    [(["3.97"], 0), ([interpreters.OWN, "3.97"], 0), (["3.98"], 1), (["3.99"], 1)],
)
@pytest.mark.parametrize("session", ["tests_on", "tests_native_on"])
def test_a_claimed_version_needs_a_run_that_passed(
    session: str,
    claimed: list[str],
    code: int,
    machine: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for each in interpreters.CLAIMS:
        report(machine, each.session, **dict.fromkeys(["3.97", "3.98"], "success"))
    report(machine, session, **{"3.97": "success", "3.98": "skipped"})
    claims(monkeypatch, *claimed)

    assert interpreters.main(["ran", str(machine)]) == code


def test_what_is_claimed_untested_is_named_with_the_file_that_claims_it(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    report(machine, "tests_on", **{"3.97": "success"})
    report(machine, "tests_native_on", **{"3.97": "failed"})
    claims(monkeypatch, "3.97")

    assert interpreters.main(["ran", str(machine)]) == 1
    said = capsys.readouterr().out
    assert "*** The classifiers of native/pyproject.toml claim Python 3.97" in said
    assert "of pyproject.toml" not in said


def test_both_distributions_claim_the_same_versions() -> None:
    claims = {
        each.session: interpreters.claimed(each.project) for each in interpreters.CLAIMS
    }

    assert claims["tests_native_on"] == claims["tests_on"]


def test_an_unpacked_interpreter_needs_patchelf(machine: Path) -> None:
    python = program(machine / "usr" / "bin" / "python3.12", "exit 1")
    program(machine / "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", "")

    with pytest.raises(UnavailableError, match="patchelf is missing"):
        interpreters.adopt(python)


def on_debian(machine: Path, monkeypatch: pytest.MonkeyPatch, install: str) -> None:
    """Programs that act as apt-get and dpkg-deb; `$out` is the folder of downloads."""
    release = {"ID": "debian", "VERSION_CODENAME": "old"}
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: release)
    monkeypatch.setenv("PATH", f"{machine / 'bin'}{os.pathsep}/bin")
    listed = "Packages old-updates main http://x\nPackages old main http://mirror\n"
    program(
        machine / "bin" / "apt-get",
        f"case \"$*\" in *indextargets*) printf '{listed}';; *install*)\n"
        'for word; do case "$word" in -oDir::Cache=*) out=${word#*=}/archives;; '
        "*SourceParts=*) cat ${word#*=}/*;; esac; done >&2\n"
        f"{install};; esac",
    )
    program(machine / "bin" / "dpkg-deb", 'mkdir -p "$3"; cp "$2" "$3"')


def test_packages_are_unpacked_into_a_folder(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_debian(machine, monkeypatch, "touch $out/a.deb $out/b.deb")

    debian.unpack(["a"], "new", machine / "kept" / "root")

    assert [path.name for path in (machine / "kept").iterdir()] == ["root"]
    names = sorted(path.name for path in (machine / "kept" / "root").iterdir())
    assert names == ["a.deb", "b.deb"]


def test_the_mirror_of_the_machine_is_asked_for_the_other_release(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_debian(machine, monkeypatch, "exit 1")

    with pytest.raises(UnavailableError, match=r"fails: deb .* http://mirror new main"):
        debian.unpack(["a"], "new", machine / "kept" / "root")
    assert list((machine / "kept").iterdir()) == []


def test_a_fetched_interpreter_that_does_not_start_is_none(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unpack(packages: list[str], release: str, folder: Path) -> None:
        program(folder / "usr/lib/any/ld-linux-any.so.1", "")
        body = says("3.12.3") if release == "sid" else "exit 1"
        program(folder / "usr" / "bin" / packages[0], body)

    monkeypatch.setattr(interpreters, "unpack", unpack)
    program(machine / "bin" / "patchelf", "exit 0")

    found = interpreters.fetch("3.12")
    assert found.version == "3.12.3"
    assert found.program.relative_to(machine / "cache").parts[2] == "3.12-sid"
    with pytest.raises(UnavailableError, match="the one of forky does not start; "):
        interpreters.fetch("3.13")


def test_a_real_python_says_its_version_and_program() -> None:
    found = interpreters.examine(Path(sys.executable), interpreters.OWN)

    assert found == (platform.python_version(), Path(sys.executable))
