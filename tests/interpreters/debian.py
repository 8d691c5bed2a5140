"""Packages of another release of Debian, unpacked into a folder; nothing is installed."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

_KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"


class UnavailableError(Exception):
    """Packages are not available on this machine; the text, of one line, says why."""


def unpack(packages: Sequence[str], suite: str, folder: Path) -> None:
    """Unpack packages of a release, and all they depend on, into a new folder.

    apt fetches them from this machine's own mirror, with lists and a cache of its own, so that
    nothing of the system changes. Raises UnavailableError.
    """
    mirror = _mirror()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        scratch = Path(name)
        source = f"deb [signed-by={_KEYS}] {mirror} {suite} main\n"
        apt = _apt(scratch, source)
        _run(*apt, "update")
        _run(*apt, "--no-install-recommends", "--download-only", "install", *packages)
        root = scratch / "root"
        for archive in sorted(scratch.glob("cache/archives/*.deb")):
            _run("dpkg-deb", "--extract", str(archive), str(root))
        root.replace(folder)


def release() -> str:
    """The name of the release of Debian that runs here. Raises UnavailableError."""
    try:
        system = platform.freedesktop_os_release()
    except OSError:
        system = {}
    if system.get("ID") != "debian" or shutil.which("apt-get") is None:
        raise UnavailableError("this machine does not run Debian")
    return system.get("VERSION_CODENAME", "")


def _mirror() -> str:
    """The address from which this machine has Debian. Raises UnavailableError."""
    columns = "$(CREATED_BY) $(RELEASE) $(COMPONENT) $(REPO_URI)"
    wanted = ["Packages", release(), "main"]
    for line in _run("apt-get", "indextargets", "--format", columns).splitlines():
        *target, address = line.split()
        if target == wanted:
            return address
    raise UnavailableError("apt has no mirror of Debian")


def _apt(scratch: Path, source: str) -> list[str]:
    """apt-get with one source, on a machine where it knows of no installed package."""
    for folder in ("lists/partial", "cache/archives/partial", "etc"):
        (scratch / folder).mkdir(parents=True)
    (scratch / "etc" / "one.list").write_text(source, "utf-8")
    (scratch / "status").touch()
    settings = {
        "Dir::Etc::SourceList": "/dev/null",
        "Dir::Etc::SourceParts": scratch / "etc",
        "Dir::State::Lists": scratch / "lists",
        "Dir::State::Status": scratch / "status",
        "Dir::Cache": scratch / "cache",
        "APT::Sandbox::User": "root",  # another user cannot write into our folder
        "Acquire::Retries": 3,
    }
    options = [f"-o{key}={value}" for key, value in settings.items()]
    return ["apt-get", "-qq", "--yes", *options]


def _run(*command: str) -> str:
    """The output of a command. Raises UnavailableError with the last line of its errors."""
    done = subprocess.run(
        command,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = (done.stderr.strip() or "no output").splitlines()[-1]
        raise UnavailableError(f"{command[0]} fails: {reason}")
    return done.stdout
