"""Writing the output: all changes of the user's files are made here.

Either everything is written or nothing changes. Files that a former run wrote and this one does
not are deleted if they are still as they were written; nothing else is ever deleted.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ..diagnostics import failure
from .journal import WORK, Found, Step, carry_out, recover, staged, unfinished
from .lock import locked
from .manifest import NAME, OWN, Manifest, digest, read_manifest, settled
from .paths import check_path, check_target, digest_of, remove_empty


@dataclass(frozen=True, slots=True)
class Written:
    """What a run did, as relative paths.

    `edited` were changed by hand and are overwritten; `kept` are no longer generated but were
    changed by hand, and so are not deleted. `aside` is where the rest of a run was put that was
    not begun here.
    """

    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    unchanged: int = 0
    aside: str = ""


def write(out: Path, files: Mapping[str, bytes]) -> Written:
    """Make a folder hold these files. Raises GenerationError, and then nothing has changed."""
    for path in files:
        check_path(path)
    with _opened(out) as found:
        manifest = _former(out)
        former: Mapping[str, str] = manifest.files if manifest else {}
        files = settled(manifest, files)
        for path in {*files, *former}:
            check_target(out, path)
        current = {path: digest_of(out / path) for path in {*files, *former}}
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
        aside=found.aside,
    )


def swap(folder: Path, news: Mapping[str, bytes], stale: Collection[str]) -> None:
    """Write some files of a folder and delete others, all together.

    Raises GenerationError, and then nothing has changed.
    """
    for path in (*news, *stale):
        check_path(path)
    with _opened(folder) as found:
        if found.aside:
            raise failure(
                f"{folder} held a half-done run that was not begun here; it is now in "
                f"{found.aside}",
                hint="look whether it has files that you need, and run this again",
            )
        if found.undone:  # the plan was made for a half-changed tree
            raise failure(
                f"a run that was killed had left {folder} half changed; that is undone now",
                hint="run this again",
            )
        for path in (*news, *stale):
            check_target(folder, path)
        _apply(folder, news, set(stale))


def _former(out: Path) -> Manifest | None:
    """What a former run wrote here. Refuses a folder with other content."""
    manifest = read_manifest(out)
    if manifest is not None:
        for path in manifest.files:
            check_path(path)
    elif any(not each.name.startswith(OWN) for each in out.iterdir()):
        raise failure(
            f"{out} is not empty and has no {NAME}, so it was not generated here",
            hint="name an empty or new directory with --out",
        )
    return manifest


def _apply(out: Path, news: Mapping[str, bytes], stale: set[str]) -> None:
    """Write and delete; on any failure restore what was there."""
    if not news and not stale:
        return
    work = out / WORK
    steps = [
        Step(path, (out / path).exists(), digest(news[path]) if path in news else None)
        for path in [*news, *sorted(stale)]
    ]
    try:
        work.mkdir()
        for number, path in enumerate(news):
            staged(work, number).write_bytes(news[path])
        carry_out(out, work, steps)
    except OSError as error:
        state = "nothing was changed"
        if unfinished(work):
            state = "run again to restore what was there"
        raise failure(
            f"cannot write {error.filename or os.fspath(out)}: {error.strerror}; {state}"
        ) from error
    finally:
        if not unfinished(work):
            shutil.rmtree(work, ignore_errors=True)
    remove_empty(out, sorted(stale))


@contextmanager
def _opened(out: Path) -> Generator[Found]:
    """A folder to write to, made if need be, for this run alone.

    What a killed run left half changed is undone first; yields what there was. All work is
    done in the folder itself: it may be a mount, and the folder above it not be ours.
    """
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise failure(
            f"{out} is not a plain directory", hint="name another directory with --out"
        )
    made = _make_folders(out)
    try:
        with locked(out):
            yield recover(out)
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
