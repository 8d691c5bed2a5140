"""Files that are there whole, or as they were before."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8, in the place of what was there. Raises OSError.

    Half surrogate pairs, which UTF-8 does not have, become `?`.
    """
    # Through a link the file that it names is replaced, not the link.
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        # Such as a pipe or /dev/stdout.
        target.write_text(text, "utf-8", errors="replace")
        return
    descriptor, name = tempfile.mkstemp(
        dir=target.parent, prefix=f".{target.name[:50]}."
    )
    try:
        with os.fdopen(
            descriptor, "w", encoding="utf-8", errors="replace", newline=""
        ) as stream:
            stream.write(text)
            os.fchmod(stream.fileno(), _mode(target))
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _mode(path: Path) -> int:
    """The permissions of a file: those that it has, or those that a new one gets."""
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        mask = os.umask(0o22)
        os.umask(mask)
        return 0o666 & ~mask
