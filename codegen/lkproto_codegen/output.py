"""Writing the output: the only module that changes files.

Either everything is written or nothing changes. Files that a former run wrote and this one does
not are deleted if they still are as written; nothing else is ever deleted.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .diagnostics import failure
from .manifest import NAME, digest, read_manifest


@dataclass(frozen=True, slots=True)
class Written:
    """What a run did, as relative paths.

    `edited` were changed by hand and are overwritten; `kept` are no longer generated but were
    changed by hand, and so are not deleted.
    """

    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    unchanged: int = 0


def write(out: Path, files: Mapping[str, bytes]) -> Written:
    """Make a folder hold these files. Raises GenerationError and then has changed nothing."""
    for path in files:
        _check_path(path)
    with _locked(out):
        former = _former(out)
        for path in {*files, *former}:
            _check_target(out, path)
        current = {path: _digest(out / path) for path in {*files, *former}}
        edited = {
            path
            for path, each in former.items()
            if current[path] not in (None, each) and path != NAME
        }
        stale = {path for path in former if path not in files and current[path]}
        news = {
            path: data for path, data in files.items() if current[path] != digest(data)
        }
        _apply(out, news, stale - edited)
    return Written(
        created=tuple(sorted(path for path in news if current[path] is None)),
        changed=tuple(sorted(path for path in news if current[path] is not None)),
        deleted=tuple(sorted(stale - edited)),
        edited=tuple(sorted(edited & set(news))),
        kept=tuple(sorted(stale & edited)),
        unchanged=len(files) - len(news),
    )


def swap(folder: Path, news: Mapping[str, bytes], stale: Collection[str]) -> None:
    """Write some files of a folder and delete others, all together.

    Raises GenerationError and then has changed nothing.
    """
    for path in (*news, *stale):
        _check_path(path)
    with _locked(folder):
        for path in (*news, *stale):
            _check_target(folder, path)
        _apply(folder, news, set(stale))


def _former(out: Path) -> Mapping[str, str]:
    """The files a former run wrote here. Refuses a folder with other content."""
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise failure(
            f"{out} is not a plain directory", hint="name another directory with --out"
        )
    if not out.exists():
        return {}
    manifest = read_manifest(out)
    if manifest is not None:
        for path in manifest.files:
            _check_path(path)
        return manifest.files
    if any(out.iterdir()):
        raise failure(
            f"{out} is not empty and has no {NAME}, so it was not generated here",
            hint="name an empty or new directory with --out",
        )
    return {}


def _check_path(path: str) -> None:
    parts = PurePosixPath(path).parts
    if (
        not parts
        or path.startswith("/")
        or ".." in parts
        or "\\" in path
        or ":" in path
    ):
        raise failure(f"{path!r} is not a path inside the output directory")


def _check_target(out: Path, path: str) -> None:
    """No link on the way may lead elsewhere, and no directory may be in the way."""
    target = out
    for part in PurePosixPath(path).parts:
        target = target / part
        if target.is_symlink():
            raise failure(
                f"{target} is a link; files are written through none",
                hint="remove the link",
            )
    if target.is_dir():
        raise failure(f"{target} is a directory where a file belongs")


def _apply(out: Path, news: Mapping[str, bytes], stale: set[str]) -> None:
    """Write and delete; on any failure put back what was there."""
    if not news and not stale:
        return
    parent = _existing_parent(out)
    try:
        scratch = Path(tempfile.mkdtemp(prefix=".lkproto-", dir=parent))
    except OSError as error:
        raise failure(f"cannot write to {parent}: {error.strerror}") from error
    try:
        for path, data in news.items():
            staged = scratch / "new" / path
            staged.parent.mkdir(parents=True, exist_ok=True)
            staged.write_bytes(data)
        _swap(out, scratch, list(news), sorted(stale))
    except OSError as error:
        raise failure(
            f"cannot write {error.filename or out}: {error.strerror}; nothing was changed"
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _swap(out: Path, scratch: Path, news: list[str], stale: list[str]) -> None:
    """Move the old files aside and the new ones in; undo it all if a step fails."""
    undo: list[tuple[Path, Path | None]] = []
    made: list[Path] = []
    try:
        for path in [*news, *stale]:
            target = out / path
            made += _make_folders(target.parent)
            backup = scratch / "old" / path if target.exists() else None
            undo.append((target, backup))
            if backup is not None:
                backup.parent.mkdir(parents=True, exist_ok=True)
                os.replace(target, backup)
            if path not in stale:
                os.replace(scratch / "new" / path, target)
    except BaseException:  # an interruption, too
        for target, backup in reversed(undo):
            if backup is None:
                target.unlink(missing_ok=True)
            elif backup.exists():
                os.replace(backup, target)
        for folder in reversed(made):
            folder.rmdir()
        raise
    _remove_empty(out, stale)


def _make_folders(folder: Path) -> list[Path]:
    """Make a folder and those above it; returns the ones that were new, outermost first."""
    missing: list[Path] = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir()
    return missing[::-1]


def _remove_empty(out: Path, deleted: list[str]) -> None:
    """Folders that held nothing but deleted files go, too; bytecode caches do not count."""
    for path in deleted:
        folder = (out / path).parent
        while folder != out and folder.is_dir():
            rest = [each for each in folder.iterdir() if each.name != "__pycache__"]
            if rest:
                break
            shutil.rmtree(folder)
            folder = folder.parent


def _existing_parent(out: Path) -> Path:
    parent = out.absolute().parent
    while not parent.exists():
        parent = parent.parent
    return parent


def _digest(path: Path) -> str | None:
    try:
        return digest(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise failure(f"cannot read {path}: {error.strerror}") from error


@contextmanager
def _locked(out: Path) -> Generator[None]:
    """One run at a time writes to a folder; the lock of a dead process does not count."""
    parent = _existing_parent(out)
    lock = parent / f".{out.name}.lkproto-lock"
    try:
        if _holder(lock) is None:
            lock.unlink(missing_ok=True)
        handle = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except FileExistsError:
        raise failure(
            f"another run (process {_holder(lock)}) is writing to {out}",
            hint="wait for it to end",
        ) from None
    except OSError as error:
        raise failure(
            f"cannot write to {parent}: {error.strerror}",
            hint="name another directory with --out",
        ) from error
    try:
        os.write(handle, str(os.getpid()).encode())
        os.close(handle)
        yield
    finally:
        lock.unlink(missing_ok=True)


def _holder(lock: Path) -> int | None:
    """The living process that holds a lock."""
    try:
        process = int(lock.read_text())
        os.kill(process, 0)
    except (OSError, ValueError):
        return None
    return process
