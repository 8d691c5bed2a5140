"""The .proto files of a tree: which there are, and which of them a word names."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path

from ..diagnostics import Diagnostic, GenerationError, failure, shown

# Folders that hold the files of others: of version control, and of installed packages.
LEFT_OUT = frozenset(
    {".git", ".hg", ".svn", ".venv", ".nox", ".tox", "node_modules", "__pycache__"}
)
_ENVIRONMENT = "pyvenv.cfg"  # in the root of every virtual environment
_GLOB = frozenset("*?[")


def find_protos(root: Path, exclude: Sequence[str] = ()) -> list[str]:
    """The .proto files below a directory: relative names with forward slashes, sorted.

    Links to folders are followed, except to folders that are there without the link. What
    `exclude` names is left out, and so are folders of version control and installed packages.
    Raises GenerationError for names that are not UTF-8, which no descriptor can hold.
    """
    found = _protos(root, exclude)
    wrong = [path for path in found if not _is_utf8(path)]
    if wrong:
        raise GenerationError(
            Diagnostic(
                f"{root / path}: the name of a .proto file has to be UTF-8",
                hint="rename it, or leave it out with `exclude`",
            )
            for path in wrong
        )
    return found


def excluded(path: str, patterns: Sequence[str]) -> bool:
    """Whether a pattern names a file or a folder it is in.

    A pattern with a slash is compared with the path from the root, one without with every name
    on the way, as in .gitignore.
    """
    parts = path.split("/")
    above = ["/".join(parts[: n + 1]) for n in range(len(parts))]
    for pattern in patterns:
        plain = pattern.removeprefix("./").rstrip("/")
        candidates = above if "/" in plain else parts
        if any(fnmatchcase(each, plain) for each in candidates):
            return True
    return False


def _protos(root: Path, exclude: Sequence[str]) -> list[str]:
    return sorted(path for path in _walk(root, exclude) if path.endswith(".proto"))


def _walk(root: Path, exclude: Sequence[str]) -> Iterator[str]:
    """All files below a directory, by relative path; each folder once, however it is reached."""
    seen: set[str] = set()
    links: list[tuple[str, str]] = []
    pending = [(str(root), "")]
    while pending or links:
        # Links come last, so that a folder has the name it bears without one.
        folder, name = pending.pop() if pending else links.pop(0)
        if not _enter(folder, seen, is_root=not name):
            continue
        for entry in sorted(_entries(folder), key=lambda each: each.name):
            path = f"{name}{entry.name}"
            kind = _kind(entry)
            if kind == "other" or excluded(path, exclude):
                continue
            if kind == "file":
                yield path
            elif entry.name not in LEFT_OUT:
                target = links if entry.is_symlink() else pending
                target.append((entry.path, f"{path}/"))


def _kind(entry: os.DirEntry[str]) -> str:
    with suppress(OSError):  # of a link in a circle
        if entry.is_dir():
            return "folder"
        if entry.is_file():
            return "file"
    # A link to nothing is not passed over: reading it will say so.
    return "file" if entry.is_symlink() else "other"


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError:  # no include directory, or one removed meanwhile
        return []
    except OSError as error:
        raise failure(
            f"cannot read the folder {folder}: {error.strerror}",
            hint="make it readable, or leave it out with `exclude`",
        ) from error


def _enter(folder: str, seen: set[str], *, is_root: bool) -> bool:
    """Note a folder; returns whether its files count."""
    real = os.path.realpath(folder)
    environment = not is_root and Path(folder, _ENVIRONMENT).exists()
    if real in seen or environment:
        return False
    seen.add(real)
    return True


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def named_files(
    words: Sequence[str], include: Sequence[Path], exclude: Sequence[str] = ()
) -> list[str]:
    """The files that words name, as protoc names them: sorted, without repeats.

    A word is a file, a folder or a pattern, from an include directory or from the working
    directory. Raises GenerationError for each that names nothing.
    """
    found: set[str] = set()
    problems: list[Diagnostic] = []
    for word in words:
        names = _named(word, include, exclude)
        found.update(names)
        if not names:
            problems.append(_unknown(word, include))
    if problems:
        raise GenerationError(problems)
    return sorted(found)


def _named(word: str, include: Sequence[Path], exclude: Sequence[str]) -> list[str]:
    for root in include:
        for path in (root / word, Path(word)):
            name = _relative(path, root)
            if name is None:
                continue
            if path.is_file():
                return [name]
            if path.is_dir():
                inside = "" if name == "." else f"{name}/"
                return [
                    each
                    for each in find_protos(root, exclude)
                    if each.startswith(inside)
                ]
    return _matching(word, include, exclude) if _GLOB.intersection(word) else []


def _matching(word: str, include: Sequence[Path], exclude: Sequence[str]) -> list[str]:
    """The files that a pattern matches; `**` stands for any folders, none among them."""
    for root in include:
        names = find_protos(root, exclude)
        for pattern in (word, _relative(Path(word), root)):
            if pattern and (found := [each for each in names if _fits(each, pattern)]):
                return found
    return []


def _fits(name: str, pattern: str) -> bool:
    return _parts_fit(name.split("/"), pattern.removeprefix("./").split("/"))


def _parts_fit(names: Sequence[str], patterns: Sequence[str]) -> bool:
    if not patterns or not names:
        return not patterns and not names
    first, *rest = patterns
    if first == "**":
        return any(_parts_fit(names[n:], rest) for n in range(len(names)))
    return fnmatchcase(names[0], first) and _parts_fit(names[1:], rest)


def _relative(path: Path, root: Path) -> str | None:
    """A path below an include directory, however both are written; None if it is elsewhere."""
    for place in (os.path.abspath, os.path.realpath):
        full, start = Path(place(path)), Path(place(root))
        if full.is_relative_to(start):
            return full.relative_to(start).as_posix()
    return None


def _unknown(word: str, include: Sequence[Path]) -> Diagnostic:
    """What to say about a word that names no file."""
    if Path(word).exists():
        if Path(word).is_file():
            folder = shown(Path(word).parent)
            hint = f"is it the root of the imports? -I {folder}"
            return Diagnostic(f"{word} is not below an include directory", hint=hint)
        return Diagnostic(f"there are no .proto files below {word}")
    return Diagnostic(
        f"there is no file {word} in {', '.join(map(shown, include))}",
        hint=nearest_file(word, include) or "check the file's name",
    )


def nearest_file(name: str, include: Sequence[Path]) -> str | None:
    """A hint with the file whose name is nearest, or None if none is near."""
    known = [each for root in include for each in _protos(root, ())]
    last = name.rpartition("/")[2]
    same = [each for each in known if each.rpartition("/")[2] == last]
    found = same or get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean {found[0]!r}?" if found else None


def better_root(name: str, include: Sequence[Path]) -> Path | None:
    """The directory from which an import that was not found would be found, if there is one."""
    for root in include:
        for above in root.absolute().parents:
            if (above / name).is_file():
                return above
        for each in _protos(root, ()):
            if each.endswith(f"/{name}"):
                return root / each.removesuffix(f"/{name}")
    return None
