"""One run at a time: a lock that the operating system releases when its holder dies."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..diagnostics import failure
from .manifest import OWN

NAME = OWN + "lock"


@contextmanager
def locked(folder: Path) -> Generator[None]:
    """Hold the lock of a folder. Raises GenerationError where another run holds it."""
    path = folder / NAME
    try:
        handle = _acquire(path)
    except BlockingIOError:
        raise failure(
            f"another run is writing to {folder}: it holds {path}",
            hint="wait for it to end; the lock ends with it, and the file may stay",
        ) from None
    except OSError as error:
        raise failure(
            f"cannot write to {folder}: {error.strerror}",
            hint="name another directory with --out",
        ) from error
    try:
        yield
    finally:
        with suppress(OSError):  # Windows does not remove an open file; it stays
            path.unlink()
        os.close(handle)


def _acquire(path: Path) -> int:
    """A handle that holds the lock; the file may be removed while we open it."""
    while True:
        if path.is_symlink():  # no run makes one
            path.unlink()
        handle = os.open(path, os.O_CREAT | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
        try:
            _lock(handle)
            if os.path.samestat(path.stat(), os.fstat(handle)):
                return handle
        except FileNotFoundError:
            pass
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError from error

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
