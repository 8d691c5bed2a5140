"""Programs that take minutes to build: a folder for each, which is there whole or not at all."""

from __future__ import annotations

import hashlib
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from . import provide


def place(name: str) -> Path:
    """The folder of a program on this kind of machine; `name` has its version."""
    machine = f"{sys.platform}-{platform.machine()}".lower()
    return provide.HOME / f"{name}-{machine}"


def of_source(name: str, source: Path) -> str:
    """A name that changes with the files of a folder, from which a program is made."""
    digest = hashlib.sha256()
    for path in sorted(source.iterdir()):
        digest.update(path.read_bytes())
    return f"{name}-{digest.hexdigest()[:12]}"


def kept(
    name: str, works: Callable[[Path], bool], make: Callable[[Path], None]
) -> Path:
    """The folder of a program; `make` fills a new one if there is none that works.

    What `make` leaves half done when it fails or is killed never counts: it fills a scratch folder,
    which gets its name when all is done.
    """
    folder = place(name)
    if folder.is_dir() and works(folder):
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="making-") as scratch:
        made = Path(scratch, "made")
        made.mkdir()
        make(made)
        shutil.rmtree(folder, ignore_errors=True)
        made.replace(folder)
    return folder
