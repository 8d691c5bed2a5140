"""Moving files in and out of a folder so that all of it can be undone, also by a later run.

All work is in one folder inside the output. A journal there says what was there before; it
counts only if this program wrote it on this disk: it names the time at which the system made
a file next to it, and nobody who packs or checks out a folder can choose that time.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from ..diagnostics import GenerationError
from .manifest import OWN
from .paths import check_path, check_target, digest_of, remove_empty

WORK = OWN + "work"
_JOURNAL = "journal.json"
_STAMP = "stamp"


class Step(NamedTuple):
    """What happens to one file.

    `existed` says whether it was a file before; `digest` is that of its new content, None if it
    is deleted.
    """

    path: str
    existed: bool
    digest: str | None


class Found(NamedTuple):
    """What an earlier run had left: whether it was undone, or where it was put aside."""

    undone: bool = False
    aside: str = ""


# Numbered, without the suffix, so that nobody who looks for modules or protos finds them.
def staged(work: Path, number: int) -> Path:
    """Where a new file waits."""
    return work / f"{number}.new"


def _backup(work: Path, number: int) -> Path:
    return work / f"{number}.old"


def unfinished(work: Path) -> bool:
    """Whether there is something to undo."""
    return (work / _JOURNAL).exists()


def carry_out(out: Path, work: Path, steps: Sequence[Step]) -> None:
    """Move the old files aside and the staged ones in; undo it all if a step fails.

    The journal has all steps, and is removed with the last one.
    """
    stamp = work / _STAMP
    stamp.touch(exist_ok=False)
    journal = work / _JOURNAL
    content = {"stamp": stamp.stat().st_ctime_ns, "steps": steps}
    journal.write_text(json.dumps(content), "utf-8")
    try:
        for number, step in enumerate(steps):
            target = out / step.path
            target.parent.mkdir(parents=True, exist_ok=True)
            if step.existed:
                os.replace(target, _backup(work, number))
            if step.digest:
                os.replace(staged(work, number), target)
    except BaseException:  # an interruption, too
        _undo(out, work, steps)
        raise
    journal.unlink()


def recover(out: Path) -> Found:
    """Undo what a run that was killed has left in a folder.

    What this program did not leave there is removed, or, if it has files in it that may be the
    only ones, put aside.
    """
    work = out / WORK
    if work.is_symlink() or not work.is_dir():
        work.unlink(missing_ok=True)
        return Found()
    steps = _read(out, work)
    if steps is not None:
        _undo(out, work, steps)
    elif any(work.glob("*.old")):
        return Found(aside=_put_aside(work))
    shutil.rmtree(work, ignore_errors=True)
    return Found(undone=steps is not None)


def _read(out: Path, work: Path) -> list[Step] | None:
    """The steps of a journal; None if there is none, or none of ours, or only half of one."""
    try:
        content: Any = json.loads((work / _JOURNAL).read_text("utf-8"))
        steps = [Step(*each) for each in content["steps"]]
        for step in steps:
            check_path(step.path)
            check_target(out, step.path)
        ours = content["stamp"] == (work / _STAMP).lstat().st_ctime_ns
    except (OSError, ValueError, TypeError, LookupError, RecursionError):
        return None
    except (AttributeError, GenerationError):
        return None
    return steps if ours else None


def _undo(out: Path, work: Path, steps: Sequence[Step]) -> None:
    """Put back what was there; files that somebody has changed since stay."""
    for number, step in enumerate(steps):
        target, backup = out / step.path, _backup(work, number)
        if digest_of(target) not in (None, step.digest):
            continue
        if step.existed and backup.exists():
            os.replace(backup, target)
        elif not step.existed and not staged(work, number).exists():
            target.unlink(missing_ok=True)
    remove_empty(out, [step.path for step in steps if not step.existed])
    (work / _JOURNAL).unlink()


def _put_aside(work: Path) -> str:
    number = 1
    while (place := work.with_name(f"{WORK}-{number}")).exists():
        number += 1
    with suppress(OSError):
        os.replace(work, place)
    return str(place)
