"""Writing the output: all changes of the user's files are made here.

Either everything is written or nothing changes. Files that a former run wrote and this one does
not are deleted if they are still as they were written; nothing else is ever deleted.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..diagnostics import failure
from .lock import locked
from .manifest import NAME, OWN, digest, read_manifest

_WORK = OWN + "work"
_JOURNAL = "journal.json"


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
    """Make a folder hold these files. Raises GenerationError, and then nothing has changed."""
    for path in files:
        _check_path(path)
    with _opened(out):
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

    Raises GenerationError, and then nothing has changed.
    """
    for path in (*news, *stale):
        _check_path(path)
    with _opened(folder) as undone:
        if undone:  # the plan was made for a half-changed tree
            raise failure(
                f"a run that was killed had left {folder} half changed; that is undone now",
                hint="run this again",
            )
        for path in (*news, *stale):
            _check_target(folder, path)
        _apply(folder, news, set(stale))


def _former(out: Path) -> Mapping[str, str]:
    """The files a former run wrote here. Refuses a folder with other content."""
    manifest = read_manifest(out)
    if manifest is not None:
        for path in manifest.files:
            _check_path(path)
        return manifest.files
    if any(not each.name.startswith(OWN) for each in out.iterdir()):
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


def _apply(out: Path, news: Mapping[str, bytes], stale: set[str]) -> None:
    """Write and delete; on any failure restore what was there."""
    if not news and not stale:
        return
    work = out / _WORK
    paths = [*news, *sorted(stale)]
    try:
        work.mkdir()
        for number, path in enumerate(news):
            _staged(work, number).write_bytes(news[path])
        _swap(out, work, paths, len(news))
    except OSError as error:
        broken = (work / _JOURNAL).exists()
        state = (
            "run again to restore what was there" if broken else "nothing was changed"
        )
        raise failure(
            f"cannot write {error.filename or out}: {error.strerror}; {state}"
        ) from error
    finally:
        if not (work / _JOURNAL).exists():
            shutil.rmtree(work, ignore_errors=True)
    _remove_empty(out, sorted(stale))


def _swap(out: Path, work: Path, paths: list[str], news: int) -> None:
    """Move the old files aside and the new ones in; undo it all if a step fails.

    The first `news` paths are staged, the others are deleted. The journal has all paths, and
    whether each was a file before; it is removed with the last step.
    """
    existed = [(out / path).exists() for path in paths]
    journal = work / _JOURNAL
    journal.write_text(json.dumps(list(zip(paths, existed, strict=True))), "utf-8")
    try:
        for number, path in enumerate(paths):
            target = out / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if existed[number]:
                os.replace(target, _backup(work, number))
            if number < news:
                os.replace(_staged(work, number), target)
    except BaseException:  # an interruption, too
        _undo(out, work)
        raise
    journal.unlink()


def _undo(out: Path, work: Path) -> bool:
    """Undo an unfinished swap by its journal; returns whether there was one."""
    journal = work / _JOURNAL
    try:
        entries = json.loads(journal.read_text("utf-8"))
    except (FileNotFoundError, ValueError):  # half a journal: no file was moved yet
        journal.unlink(missing_ok=True)
        return False
    for number, (path, existed) in enumerate(entries):
        _check_path(path)
        _check_target(out, path)
        if existed and _backup(work, number).exists():
            os.replace(_backup(work, number), out / path)
        elif not existed and not _staged(work, number).exists():
            (out / path).unlink(missing_ok=True)
    _remove_empty(out, [path for path, existed in entries if not existed])
    journal.unlink()
    return True


# Numbered, without the suffix, so that nobody who looks for modules or protos finds them.
def _staged(work: Path, number: int) -> Path:
    return work / f"{number}.new"


def _backup(work: Path, number: int) -> Path:
    return work / f"{number}.old"


def _remove_empty(out: Path, deleted: list[str]) -> None:
    """Remove folders that held nothing but deleted files, and perhaps bytecode caches."""
    for path in deleted:
        folder = (out / path).parent
        while folder != out and folder.is_dir():
            rest = [each for each in folder.iterdir() if each.name != "__pycache__"]
            if rest:
                break
            shutil.rmtree(folder)
            folder = folder.parent


def _digest(path: Path) -> str | None:
    try:
        return digest(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise failure(f"cannot read {path}: {error.strerror}") from error


@contextmanager
def _opened(out: Path) -> Generator[bool]:
    """A folder to write to, made if need be, for this run alone.

    What a killed run left half changed is undone first; yields whether there was anything. All
    work is done in the folder itself: it may be a mount, and the folder above it not be ours.
    """
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise failure(
            f"{out} is not a plain directory", hint="name another directory with --out"
        )
    made = _make_folders(out)
    try:
        with locked(out):
            _check_target(out, f"{_WORK}/{_JOURNAL}")
            undone = _undo(out, out / _WORK)
            shutil.rmtree(out / _WORK, ignore_errors=True)
            yield undone
    finally:
        with suppress(OSError):  # they hold files now
            for folder in reversed(made):
                folder.rmdir()


def _make_folders(out: Path) -> list[Path]:
    """Make a folder and those above it; returns the ones that were new, outermost first."""
    missing = [each for each in (out, *out.parents) if not each.exists()][::-1]
    try:
        for each in missing:
            each.mkdir(exist_ok=True)
    except OSError as error:
        raise failure(
            f"cannot write to {missing[0].parent}: {error.strerror}",
            hint="name another directory with --out",
        ) from error
    return missing
