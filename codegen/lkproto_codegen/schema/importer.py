"""Bringing in a newer upstream schema: its descriptors, our comments.

`plan_import` compiles both trees, prints upstream's with our comments, compiles what it printed
and compares; it writes nothing. `apply` puts the result in place, all or nothing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from ..diagnostics import failure
from ..read.protoc import compiler_version, protoc_version
from ..write.output import swap
from .breaking import Break, own_breaks
from .buf import BufError, buf_breaks, find_buf
from .comments import Comments, stray_comments
from .difference import Difference, Version, find_difference
from .printer import print_file
from .symbols import Symbols
from .trees import Trees, checked, compile_trees
from .upstream import NAME, Upstream, read_upstream, recorded, set_headers


@dataclass(frozen=True, slots=True)
class LostComment:
    """A comment with no place in the new tree: what it was about, or where it was."""

    about: str
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """What an import does, or would do."""

    written: tuple[str, ...]
    deleted: tuple[str, ...]
    kept: tuple[str, ...]
    difference: Difference
    breaks: tuple[Break, ...]
    breaks_found_by: str
    lost_comments: tuple[LostComment, ...]
    notes: tuple[str, ...] = ()

    @property
    def needs_documentation(self) -> tuple[str, ...]:
        """The full names of new elements: they come without comments."""
        added = self.difference.added
        return tuple(each.name for each in added if each.kind != "file")


@dataclass(frozen=True, slots=True)
class Plan:
    """The files to write and to delete in a tree, and the report about it."""

    root: Path
    news: dict[str, bytes]
    stale: tuple[str, ...]
    report: Report

    @property
    def empty(self) -> bool:
        """Whether the tree is already as it should be."""
        return not self.news and not self.stale


def plan_import(source: Path, protos: Sequence[Path], version: str = "") -> Plan:
    """What it takes to make the first of the include directories hold upstream's schema.

    `version` is recorded; if it is empty, the recorded one stays. Raises GenerationError if a
    tree does not compile, or the result would not be upstream's schema exactly.
    """
    if not protos:
        raise failure("there is no directory to import into", hint="name it with -I")
    trees = compile_trees(source, tuple(protos))
    upstream = read_upstream(trees.root)
    comments = Comments(file for file in trees.old.file if file.name in trees.replaced)
    texts = _print(trees, comments, (upstream.version if upstream else "", version))
    with tempfile.TemporaryDirectory(prefix="lkproto-") as scratch:
        result, bare = checked(trees, texts, Path(scratch))
    notes = _notes(trees, upstream, version)
    if upstream is not None:
        texts[NAME] = recorded(upstream, version, _compiler(), bare)
    return _plan(trees, texts, result, comments, notes)


def apply(plan: Plan) -> None:
    """Write a plan's files. Raises GenerationError, and then nothing has changed."""
    if not plan.empty:
        swap(plan.root, plan.news, plan.stale)


def _print(
    trees: Trees, comments: Comments, versions: tuple[str, str]
) -> dict[str, str]:
    files = [file for file in trees.new.file if file.name in trees.theirs]
    set_headers(comments, Comments(files), files, versions)
    symbols = Symbols(trees.new.file)
    return {file.name: print_file(file, symbols, comments) for file in files}


def _compiler() -> str:
    return f"protoc {compiler_version()} ({protoc_version()})"


def _notes(trees: Trees, upstream: Upstream | None, version: str) -> list[str]:
    if upstream is None:
        return [f"there is no {NAME} in {trees.root}: digests are not recorded"]
    if not version:
        return [
            f"the recorded version stays {upstream.version}; --version records another"
        ]
    return []


def _plan(
    trees: Trees,
    texts: dict[str, str],
    result: FileDescriptorSet,
    comments: Comments,
    notes: list[str],
) -> Plan:
    news = {
        name: text.encode()
        for name, text in texts.items()
        if _current(trees.root / name) != text.encode()
    }
    stale = tuple(name for name in trees.replaced if name not in trees.theirs)
    old = Version(trees.old.file, {*trees.replaced, *trees.kept})
    new = Version(result.file, {*trees.theirs, *trees.kept})
    difference = find_difference(old, new)
    breaks, finder = _breaks(trees, result, old, new, difference, notes)
    report = Report(
        tuple(sorted(news)),
        stale,
        tuple(trees.kept),
        difference,
        tuple(breaks),
        finder,
        tuple(_lost(trees, comments)),
        tuple(notes),
    )
    return Plan(trees.root, news, stale, report)


def _current(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None
    except OSError as error:
        raise failure(f"cannot read {path}: {error.strerror}") from error


def _breaks(
    trees: Trees,
    result: FileDescriptorSet,
    old: Version,
    new: Version,
    difference: Difference,
    notes: list[str],
) -> tuple[list[Break], str]:
    """What breaks, and who found it: buf, or else lkproto, with a note that says why."""
    buf = find_buf()
    if buf is None:
        notes.append(
            "buf was not found: what breaks was found by comparing the structure "
            "(pip install buf-bin)"
        )
        return own_breaks(old, new, difference), "lkproto"
    try:
        before, after = (_without(each, trees.own) for each in (trees.old, result))
        if not before.file:  # which buf takes for a mistake
            return [], "buf"
        return buf_breaks(buf, before, after), "buf"
    except BufError as error:
        notes.append(
            f"buf failed: what breaks was found by comparing the structure ({error})"
        )
        return own_breaks(old, new, difference), "lkproto"


def _without(compiled: FileDescriptorSet, names: Collection[str]) -> FileDescriptorSet:
    files = [file for file in compiled.file if file.name not in names]
    return FileDescriptorSet(file=files)


def _lost(trees: Trees, comments: Comments) -> list[LostComment]:
    lost = [LostComment(key, text) for key, text in comments.left()]
    for file in trees.old.file:
        if file.name in trees.replaced:
            text = (trees.root / file.name).read_text("utf-8", "replace")
            for place, line in stray_comments(text, file):
                where = f"{place.file}:{place.line}:{place.column}"
                lost.append(LostComment(where, line))
    return lost
