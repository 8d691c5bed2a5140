"""The Pythons on which the tests run: `python -m tests.interpreters.provide`.

Each version that a classifier of pyproject.toml names is searched on the PATH and among those of
pyenv, or fetched from Debian. A link in `.nox/pythons` shows nox where it is. A version that is
missing is reported; if `CI` is set, that is an error.

`python -m tests.interpreters.provide ran FOLDER` reads nox's reports of the sessions `tests_on` and
`tests_native_on`, prints on which versions tests ran, and fails if a classifier of lkproto, or of
lkproto-native, names another one.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from .debian import UnavailableError, unpack

ROOT = Path(__file__).resolve().parents[2]
LINKS = ROOT / ".nox" / "pythons"
CLASSIFIER = "Programming Language :: Python :: 3."
PROJECT = ROOT / "pyproject.toml"
# The version that runs the whole suite, in the session `tests`.
OWN = ".".join(platform.python_version_tuple()[:2])
# Testing has several versions of Python, stable has an older one, unstable the next.
RELEASES = ("forky", "trixie", "sid")


class Claim(NamedTuple):
    """A distribution whose classifiers claim versions, and the session that tries the others."""

    project: Path
    session: str
    ran: str


CLAIMS = (
    Claim(PROJECT, "tests_on", "All tests ran on {}; those of what users import on {}"),
    Claim(
        ROOT / "native" / "pyproject.toml",
        "tests_native_on",
        "With the native codec, all tests ran on {}; those of codecs on {}",
    ),
)


def claimed(project: Path = PROJECT) -> list[str]:
    """The versions that the classifiers name, such as "3.12", in their order."""
    metadata = tomllib.loads(project.read_text("utf-8"))["project"]
    return [
        each.rpartition(" ")[2]
        for each in metadata["classifiers"]
        if each.startswith(CLASSIFIER)
    ]


def cache() -> Path:
    """The folder that holds fetched interpreters."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "lkproto", "interpreters")


class Interpreter(NamedTuple):
    """A Python that runs: its full version, and its program as it says itself, not a shim."""

    version: str
    program: Path


def examine(python: Path, version: str) -> Interpreter | None:
    """Run an interpreter. Returns None if it does not run or is of another version."""
    code = "import platform, sys; print(platform.python_version(), sys.executable)"
    try:
        done = subprocess.run(
            [python, "-I", "-c", code], capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    full, _, program = done.stdout.strip().partition(" ")
    if done.returncode or not full.startswith(f"{version}."):
        return None
    return Interpreter(full, Path(program))


def places(version: str) -> Iterator[Path]:
    """Where an interpreter may be, the best place first."""
    name = f"python{version}"
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        if folder and Path(folder).resolve() != LINKS:
            yield Path(folder, name)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(pyenv.glob(f"versions/{version}.*/bin/{name}"), reverse=True)
    yield from sorted(cache().glob(f"{version}-*/usr/bin/{name}"))


def find(version: str) -> Interpreter:
    """An interpreter of a version, fetched if there is none. Raises UnavailableError."""
    for python in places(version):
        if python.is_file() and (found := examine(python, version)):
            return found
    return fetch(version)


def fetch(version: str) -> Interpreter:
    """Unpack an interpreter of Debian into the cache. Raises UnavailableError."""
    name, reasons = f"python{version}", dict[str, None]()
    for release in RELEASES:
        folder = cache() / f"{version}-{release}"
        shutil.rmtree(folder, ignore_errors=True)
        try:
            # Wheels with C++ in them need its library, and that of the same release.
            unpack([name, "libstdc++6"], release, folder)
            adopt(folder / "usr" / "bin" / name)
        except UnavailableError as error:
            reasons[str(error)] = None
            continue
        if found := examine(folder / "usr" / "bin" / name, version):
            return found
        reasons[f"the one of {release} does not start"] = None
    raise UnavailableError("; ".join(reasons))


def adopt(python: Path) -> None:
    """Make an unpacked interpreter use the loader and the libraries that were unpacked with it.

    Its file names them. A script that starts it, or a variable of the environment, would not do:
    virtual environments link to the file, `sys.executable` is started by many programs, and
    programs that Python starts need the libraries of the system. Raises UnavailableError.
    """
    patchelf = shutil.which("patchelf")
    loader = next(python.parents[1].glob("lib/*/ld-linux-*.so.*"), None)
    if patchelf is None or loader is None:
        raise UnavailableError("patchelf is missing (dependency group interpreters)")
    # RPATH, unlike RUNPATH, also serves the libraries that extension modules need.
    libraries = ["--force-rpath", "--set-rpath", str(loader.parent)]
    command = [patchelf, "--set-interpreter", str(loader), *libraries, str(python)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UnavailableError(f"patchelf fails: {done.stderr.strip()}")


def provide(versions: Sequence[str]) -> list[str]:
    """Link an interpreter of each version, and print where it is from. Returns what is missing."""
    # A shim would take our own links, from an earlier run, for interpreters.
    shutil.rmtree(LINKS, ignore_errors=True)
    LINKS.mkdir(parents=True)
    missing: list[str] = []
    for version in versions:
        try:
            found = find(version)
        except UnavailableError as error:
            missing.append(version)
            print(f"*** Python {version} is MISSING, so no test runs on it ({error})")
        else:
            (LINKS / f"python{version}").symlink_to(found.program)
            print(f"Python {found.version} is {found.program}")
    return missing


def passed(claim: Claim, folder: Path) -> list[str]:
    """The versions on which nox's report, in a folder, says that the session passed."""
    report, prefix = folder / f"{claim.session}.json", f"{claim.session}-"
    return [
        signature.removeprefix(prefix)
        for each in json.loads(report.read_text("utf-8"))["sessions"]
        for signature in each["signatures"]
        if signature.startswith(prefix) and each["result"] == "success"
    ]


def untested(claim: Claim, folder: Path) -> list[str]:
    """Print which versions ran the tests. Returns the claimed ones that did not."""
    others = passed(claim, folder)
    found = [examine(LINKS / f"python{each}", each) for each in others]
    named = ", ".join(each.version for each in found if each) or "no other"
    print(claim.ran.format(f"Python {platform.python_version()}", named))
    return [each for each in claimed(claim.project) if each not in {OWN, *others}]


def ran(folder: Path) -> int:
    """Say which interpreters ran the tests. Returns the exit code."""
    code = 0
    for claim in CLAIMS:
        if missing := untested(claim, folder):
            complain(claim.project, missing)
            code = 1
    return code


def complain(project: Path, missing: list[str]) -> None:
    """Print that classifiers claim too much."""
    name = project.relative_to(ROOT)
    print(f"*** The classifiers of {name} claim Python {', '.join(missing)}, untested")


def main(arguments: list[str]) -> int:
    """Provide the interpreters, or say which ones ran the tests. Returns the exit code."""
    if arguments[:1] == ["ran"]:
        return ran(Path(arguments[1]))
    missing = provide([each for each in claimed() if each != OWN])
    if not missing or "CI" not in os.environ:
        return 0
    complain(PROJECT, missing)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
