"""Which paths a run may write to: those inside its folder, and not through links."""

from __future__ import annotations

import os
import shutil
from pathlib import Path, PurePosixPath

from ..diagnostics import failure
from .manifest import digest


def check_path(path: str) -> None:
    """Refuse a relative path that leads out of the folder it is in, on any system."""
    parts = PurePosixPath(path).parts
    if (
        not parts
        or path.startswith("/")
        or ".." in parts
        or "\\" in path
        or ":" in path
        or not _is_name(path)
    ):
        raise failure(f"{path!r} is not a path inside the output directory")


def _is_name(path: str) -> bool:
    """Whether a system takes the characters of a path."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def check_target(out: Path, path: str) -> None:
    """Refuse a path that leads through a link, or is a directory."""
    target = out
    for part in PurePosixPath(path).parts:
        target = target / part
        if target.is_symlink():
            raise failure(
                f"{target} is a link, and files are not written through links",
                hint="remove the link",
            )
    if target.is_dir():
        raise failure(f"{target} is a directory where a file belongs")


def digest_of(path: Path) -> str | None:
    """The digest of a file; None if it is not there. Raises GenerationError."""
    try:
        return digest(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise failure(f"cannot read {path}: {error.strerror}") from error


def remove_empty(out: Path, deleted: list[str]) -> None:
    """Remove folders that held nothing but deleted files, and perhaps bytecode caches."""
    for path in deleted:
        folder = (out / path).parent
        while folder != out and folder.is_dir():
            rest = [each for each in folder.iterdir() if each.name != "__pycache__"]
            if rest:
                break
            shutil.rmtree(folder)
            folder = folder.parent
