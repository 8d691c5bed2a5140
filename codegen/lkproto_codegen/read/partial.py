"""Files that a call of the plugin leaves out although they belong to the same tree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

_CONFIGS = ("buf.yaml", "buf.work.yaml")
# Items of lists and paths of modules; what else a configuration says names no folders.
_FOLDER = re.compile(r"^\s*(?:-\s+)?(?:path:\s*|-\s+)[\"']?([\w./-]+)", re.MULTILINE)


def left_out(requested: Sequence[str], sent: Sequence[str]) -> str | None:
    """A file of the tree around the working directory that was not sent; None if none is found.

    buf can be told to generate a part of a module (`--path`), and does not say so to plugins.
    The tree is found where the first file requested is: in a module that buf's configuration
    names, the working directory if it has one, or a folder in it.
    """
    here = Path()
    named = set(_named_folders(here))
    roots = [
        *sorted(named),
        *(path for path in sorted(here.iterdir()) if path.is_dir()),
    ]
    roots += [here] if any((here / each).is_file() for each in _CONFIGS) else []
    for root in roots if requested else ():
        if (root / requested[0]).is_file():
            known = {*requested, *sent}
            excluded = named - {root}
            found = (
                path.relative_to(root).as_posix()
                for path in _protos(root)
                if not any(path.is_relative_to(each) for each in excluded)
            )
            return next((each for each in sorted(found) if each not in known), None)
    return None


def _named_folders(here: Path) -> Iterator[Path]:
    for name in _CONFIGS:
        if (here / name).is_file():
            text = (here / name).read_text("utf-8", "replace")
            for found in _FOLDER.findall(text):
                if (here / found).is_dir():
                    yield here / found


def _protos(root: Path) -> Iterator[Path]:
    for path in root.rglob("*.proto"):
        inside = path.relative_to(root).parts
        hidden = any(each.startswith(".") or each == "node_modules" for each in inside)
        if path.is_file() and not hidden:
            yield path
