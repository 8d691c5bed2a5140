"""Writes files whole: whatever happens, a reader sees the old text or the new one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Put a text in a file's place, which may be a link. Raises OSError; then nothing changed."""
    path = path.resolve()
    if path.exists() and not path.is_file():  # a pipe or a device stays what it is
        path.write_text(text, "utf-8", newline="\n")
        return
    mode = path.stat().st_mode if path.exists() else 0o644
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        temporary.chmod(mode & 0o777)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
