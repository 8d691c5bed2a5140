"""Our comments, by what they are about, so that they find their place in a newer schema."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from google.protobuf.descriptor_pb2 import (
    FieldDescriptorProto,
    FileDescriptorProto,
    SourceCodeInfo,
)

from ..ir import Location
from ..read.comments import FILE_PACKAGE, Path, readable
from .elements import Element, elements

# Numbers in descriptor.proto of what is commented but has no name.
FILE_IMPORT, FILE_OPTIONS = 3, 8
_FILE = {FILE_PACKAGE: "package", 7: "extend", 12: "syntax", 14: "syntax"}
_OPTIONS = {"message": 7, "enum": 3, "service": 3, "method": 4, "oneof": 2}
_STATEMENTS = {
    "message": {
        5: "extensions",
        6: "extend",
        9: "reserved numbers",
        10: "reserved names",
    },
    "enum": {4: "reserved numbers", 5: "reserved names"},
}
_TOKEN = re.compile(
    r""""(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|//(?P<line>[^\n]*)|/\*(?P<block>.*?)\*/""",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Comment:
    """The comments before something, after it and, detached by a blank line, above it.

    Text is as in SourceCodeInfo: without `//`, a newline at the end of each line.
    """

    leading: str = ""
    trailing: str = ""
    detached: tuple[str, ...] = ()

    def __add__(self, other: Comment) -> Comment:
        return Comment(
            self.leading + other.leading,
            self.trailing + other.trailing,
            self.detached + other.detached,
        )

    @property
    def text(self) -> str:
        """All of it, a paragraph each."""
        parts = (*self.detached, self.leading, self.trailing)
        return "\n".join(part for part in parts if part)

    def changed(self, change: Callable[[str], str]) -> Comment:
        """The comment with a change made to each of its texts."""
        detached = tuple(map(change, self.detached))
        return Comment(change(self.leading), change(self.trailing), detached)


class Comments:
    """The comments of a tree by key: an element's full name, or a statement and its scope.

    Each is taken once; those that are left have no place in the new tree.
    """

    def __init__(self, files: Iterable[FileDescriptorProto] = ()) -> None:
        self._by_key: dict[str, Comment] = {}
        for file in files:
            for key, comment in _comments(file):
                self.put(key, self.get(key) + comment)

    def get(self, key: str) -> Comment:
        """The comment under a key; an empty one if there is none."""
        return self._by_key.get(key, Comment())

    def put(self, key: str, comment: Comment) -> None:
        """Set the comment under a key."""
        self._by_key[key] = comment

    def take(self, key: str) -> Comment:
        """The comment under a key, which is then removed."""
        return self._by_key.pop(key, Comment())

    def left(self) -> list[tuple[str, str]]:
        """Key and text of each comment nobody took."""
        return [(key, comment.text) for key, comment in self._by_key.items()]


def statement_key(scope: str, what: object) -> str:
    """The key of something without a name: of a file (by path) or an element (by name)."""
    return f"{scope} {what}"


def _comments(file: FileDescriptorProto) -> Iterator[tuple[str, Comment]]:
    key_of = _keys(file)
    for place in file.source_code_info.location:
        key = key_of(tuple(place.path))
        comment = _comment(place)
        if key and comment != Comment():
            yield key, comment


def _comment(place: SourceCodeInfo.Location) -> Comment:
    detached = tuple(map(readable, place.leading_detached_comments))
    leading, trailing = place.leading_comments, place.trailing_comments
    return Comment(readable(leading), readable(trailing), detached)


def _keys(file: FileDescriptorProto) -> Callable[[Path], str | None]:
    """From the paths of a file to keys."""
    keys: dict[Path, str] = {
        (number,): statement_key(file.name, what) for number, what in _FILE.items()
    }
    for index, imported in enumerate(file.dependency):
        keys[FILE_IMPORT, index] = statement_key(file.name, f"import {imported}")
    options: dict[Path, str] = {(FILE_OPTIONS,): file.name}
    found = list(elements(file))
    # The compiler attaches the comment of a group's field to the message.
    groups: dict[str, str] = {}
    if file.syntax != "editions":
        groups = {each.proto.type_name: each.name for each in found if _is_group(each)}
    for each in found:
        keys[each.path] = groups.get(f".{each.name}", each.name)
        for number, what in _STATEMENTS.get(each.kind, {}).items():
            keys[*each.path, number] = statement_key(each.name, what)
        if each.kind in _OPTIONS:
            options[*each.path, _OPTIONS[each.kind]] = each.name

    def key(path: Path) -> str | None:
        # An option's path is its number's; that of a part of it is longer.
        for length in range(1, len(path)):
            if path[:length] in options:
                return statement_key(options[path[:length]], f"option {path[length]}")
        return keys.get(path)

    return key


def _is_group(element: Element) -> bool:
    of_field = element.kind in ("field", "extension")
    return of_field and element.proto.type == FieldDescriptorProto.TYPE_GROUP


def stray_comments(
    text: str, file: FileDescriptorProto
) -> Iterator[tuple[Location, str]]:
    """Comments of a file that the compiler attaches to nothing, with their places."""
    known = Counter(
        line
        for _, comment in _comments(file)
        for line in map(_bare, comment.text.splitlines())
    )
    for found in _TOKEN.finditer(text):
        content = found["line"] if found["block"] is None else found["block"]
        for offset, line in enumerate(map(_bare, (content or "").splitlines())):
            known[line] -= 1
            if line and known[line] < 0:
                before = text[: found.start()]
                column = len(before) - before.rfind("\n") if offset == 0 else 1
                row = before.count("\n") + 1 + offset
                yield Location(file.name, row, column), line


def _bare(line: str) -> str:
    """A comment line's words, for comparing: block comments lose their decoration."""
    return line.strip().removeprefix("*").strip()
