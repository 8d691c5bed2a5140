"""Where files and packages of a schema go: the folders and modules of the output.

A folder of the tree and a proto package of the same name share a folder of the output. What is in
a folder has names that differ by more than case, for disks of Windows and macOS know no case, and
none that the folder's `__init__.py` has for something else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from .names import segment

# What every lazy `__init__.py` has of its own.
_OWN = frozenset({"TYPE_CHECKING", "annotations"})


@dataclass(slots=True)
class _Folder:
    """A folder: what is in it, by the name it has in the schema."""

    folders: dict[str, _Folder] = field(default_factory=dict[str, "_Folder"])
    files: dict[str, None] = field(default_factory=dict[str, None])
    taken: frozenset[str] = frozenset()  # names in its `__init__.py`
    folder_names: Mapping[str, str] = field(default_factory=dict[str, str])
    file_names: Mapping[str, str] = field(default_factory=dict[str, str])

    def inside(self, names: Iterable[str]) -> _Folder:
        """The folder at the end of a path; folders on the way are made."""
        found = self
        for name in names:
            found = found.folders.setdefault(name, _Folder())
        return found

    def name_contents(self) -> None:
        """Decide the names of what is in it."""
        stems = frozenset(
            each.removesuffix(end)
            for each in self.taken
            for end in ("_pb", "_twirp")
            if each.endswith(end)
        )
        self.folder_names = _mapped(self.folders, self.taken)
        self.file_names = _mapped(self.files, stems)


class Places:
    """The modules of .proto files and the packages of proto packages, all dotted."""

    def __init__(
        self,
        files: Iterable[str],
        exports: Mapping[str, Collection[str]],
        root_names: Collection[str] = (),
    ) -> None:
        """Name the places of files, by path, and of proto packages with what they export.

        `root_names` are further names that the root has.
        """
        self._root = _Folder()
        for path in files:
            *folders, file = _parts(path)
            self._root.inside(folders).files[file] = None
        for package, names in exports.items():
            own = _OWN if names else frozenset[str]()
            self._root.inside(_words(package)).taken = own.union(names)
        self._root.taken = self._root.taken.union(_OWN, root_names)
        waiting = [self._root]  # not by recursion: a path may be deep
        while waiting:
            folder = waiting.pop()
            folder.name_contents()
            waiting += folder.folders.values()

    def module(self, path: str, suffix: Literal["pb", "twirp", "desc"]) -> str:
        """The module of a .proto file: `a/b.proto` is `a.b_pb`."""
        *folders, file = _parts(path)
        found, names = self._walk(folders)
        return ".".join([*names, f"{found.file_names[file]}_{suffix}"])

    def package(self, name: str) -> str:
        """The Python package of a proto package; empty for the root."""
        return ".".join(self._walk(_words(name))[1])

    def _walk(self, words: Iterable[str]) -> tuple[_Folder, list[str]]:
        found, names = self._root, list[str]()
        for word in words:
            names.append(found.folder_names[word])
            found = found.folders[word]
        return found, names


def _parts(path: str) -> list[str]:
    return path.removesuffix(".proto").split("/")


def _words(package: str) -> list[str]:
    return package.split(".") if package else []


def _mapped(given: Iterable[str], taken: Collection[str]) -> dict[str, str]:
    """A name for each name, no two the same by more than case, and none of those taken."""
    names = {each: _free(segment(each), taken) for each in given}
    alike: dict[str, list[str]] = defaultdict(list)
    for each, name in names.items():
        alike[name.lower()].append(each)
    for group in alike.values():
        for each in group if len(group) > 1 else ():
            if names[each] != names[each].lower():
                names[each] = _free(segment(each, lower=True), taken)
    return names


def _free(name: str, taken: Collection[str]) -> str:
    """A name that is taken, however many underscores follow it, with more than any has."""
    base = name.rstrip("_")
    tails = [
        len(each) - len(base)
        for each in taken
        if each.startswith(base) and each.rstrip("_") == base
    ]
    return name + "_" * (max(tails) + 1) if tails else name
