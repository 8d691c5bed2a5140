"""Upstream's tree and ours, compiled, and the check that the new text is upstream's schema."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

from ..diagnostics import Diagnostic, GenerationError, failure, found_in
from ..read.compile import compile_protos
from ..read.discover import find_protos
from ..read.protoc import bundled_google_files
from .canonical import canonical

# Where a tree has protos of its own, which an import leaves alone.
OWN = "lkproto/"


@dataclass(frozen=True, slots=True)
class Trees:
    """Both trees, compiled with all options.

    `theirs` are upstream's files; of ours, `replaced` are rewritten or deleted, `kept` those
    that upstream imports but does not have, `own` those below `lkproto/`.
    """

    protos: tuple[Path, ...]
    theirs: list[str]
    replaced: list[str]
    kept: list[str]
    own: list[str]
    old: FileDescriptorSet
    new: FileDescriptorSet

    @property
    def root(self) -> Path:
        """The directory of our tree."""
        return self.protos[0]


def compile_trees(source: Path, protos: tuple[Path, ...]) -> Trees:
    """Compile upstream's tree and the first of our include directories.

    Raises GenerationError.
    """
    root = protos[0]
    present = _protos_of(root)
    own = [name for name in present if name.startswith(OWN)]
    ours = [name for name in present if not name.startswith(OWN)]
    theirs = _upstream_files(source, ours)
    include = (source, *protos)
    old = _compile(protos, present) if present else FileDescriptorSet()
    new = _compile(include, theirs)
    imported = {file.name for file in new.file}.difference(theirs)
    return Trees(
        protos=protos,
        theirs=theirs,
        replaced=[name for name in ours if name not in imported],
        kept=[name for name in ours if name in imported],
        own=own,
        old=old,
        new=new,
    )


def _protos_of(folder: Path) -> list[str]:
    if not folder.is_dir():
        raise failure(f"there is no directory {folder}")
    # Those of google come with the compiler; a link to nothing is in the way, or is not.
    return [
        name
        for name in find_protos(folder)
        if name not in bundled_google_files() and (folder / name).is_file()
    ]


def _upstream_files(source: Path, ours: Collection[str]) -> list[str]:
    found = _protos_of(source)
    if not found:
        raise failure(f"there are no .proto files below {source}")
    if not {*found}.intersection(ours):
        for name in found:
            folder, _, rest = name.partition("/")
            if rest in ours:
                raise failure(
                    f"no file below {source} is named like one of ours",
                    hint=f"did you mean {source / folder}?",
                )
    if own := [name for name in found if name.startswith(OWN)]:
        raise failure(
            f"{source / own[0]}: {OWN} is reserved for protos of this tree's own"
        )
    return found


def _compile(include: tuple[Path, ...], files: list[str]) -> FileDescriptorSet:
    """Compile with all options; errors name files as the user finds them."""
    with found_in(include):
        return canonical(compile_protos(include, files, retain_options=True))


def checked(
    trees: Trees, texts: Mapping[str, str], place: Path
) -> tuple[FileDescriptorSet, FileDescriptorSet]:
    """Compile the tree as it will be, in a place of its own, and compare with upstream's.

    Returns the whole tree with all options, and upstream's files as the compiler gives them.
    Raises GenerationError.
    """
    for name, text in texts.items():
        _put(place / name, text.encode())
    for name in (*trees.kept, *trees.own):
        _put(place / name, (trees.root / name).read_bytes())
    include = (place, *trees.protos[1:])
    try:
        with found_in([trees.root]):
            whole = [*trees.theirs, *trees.kept, *trees.own]
            result = canonical(compile_protos(include, whole, retain_options=True))
            bare = compile_protos(include, trees.theirs)
    except GenerationError as error:
        first = Diagnostic("the new tree does not compile; nothing was changed")
        raise GenerationError([first, *error.diagnostics]) from None
    _compare(trees, _descriptors(result))
    return result, bare


def _compare(trees: Trees, result: Mapping[str, bytes]) -> None:
    # Without the options that are for the source only, what the compiler gives says less, and
    # may differ in form: in the order of a map's entries, or where a number is declared twice.
    new = _descriptors(trees.new)
    wrong = [
        Diagnostic(
            f"{name}: what was printed does not compile to upstream's descriptors; "
            "nothing was changed",
            hint="this is a bug in lkproto; please report it, with the file",
        )
        for name in trees.theirs
        if result[name] != new[name]
    ]
    if wrong:
        raise GenerationError(wrong)


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _descriptors(compiled: FileDescriptorSet) -> dict[str, bytes]:
    """Serialized descriptors without source info, by path."""
    found: dict[str, bytes] = {}
    for file in compiled.file:
        bare = FileDescriptorProto()
        bare.CopyFrom(file)
        bare.ClearField("source_code_info")
        found[file.name] = bare.SerializeToString()
    return found
