"""Where things are in a .proto file, and their comments (its SourceCodeInfo)."""

from __future__ import annotations

import re

from google.protobuf.descriptor_pb2 import FileDescriptorProto, SourceCodeInfo

from ..ir import Location

Path = tuple[int, ...]

# Field numbers in descriptor.proto, from which source paths are made.
FILE_MESSAGE, FILE_ENUM, FILE_SERVICE, FILE_EXTENSION = 4, 5, 6, 7
FILE_PACKAGE, FILE_SYNTAX, FILE_EDITION = 2, 12, 14
MESSAGE_FIELD, MESSAGE_MESSAGE, MESSAGE_ENUM = 2, 3, 4
MESSAGE_EXTENSION, MESSAGE_ONEOF = 6, 8
ENUM_VALUE = 2
SERVICE_METHOD = 2
_NOTICE = re.compile("copyright|SPDX-|licen[cs]e|©", re.IGNORECASE)


class Source:
    """Locations and documentation of one file, by descriptor path."""

    def __init__(self, file: FileDescriptorProto) -> None:
        self._file = file.name
        # The well-known types' text is google's; our packages carry none of it.
        self._documented = not file.name.startswith("google/protobuf/")
        self._places: dict[Path, SourceCodeInfo.Location] = {}
        for place in file.source_code_info.location:
            self._places.setdefault(tuple(place.path), place)

    def location(self, path: Path) -> Location:
        """Where an element starts; the file's start if that is not known."""
        place = self._places.get(path)
        if place is None:
            return Location(self._file, 1, 1)
        return Location(self._file, place.span[0] + 1, place.span[1] + 1)

    def doc(self, path: Path) -> str:
        """The comment before an element, or else the one after it."""
        place = self._places.get(path)
        if place is None or not self._documented:
            return ""
        return _tidy(readable(place.leading_comments)) or _tidy(
            readable(place.trailing_comments)
        )

    def file_doc(self) -> str:
        """The comment of the file: the one before `package`."""
        return self.doc((FILE_PACKAGE,))

    def notices(self) -> tuple[str, ...]:
        """The comments at the head of the file that say whose it is, and on which terms.

        Licences such as Apache's and BSD's want them kept in what is made from a file.
        """
        elements = [place for path, place in self._places.items() if path]
        if not elements:
            return ()
        first = min(elements, key=lambda place: tuple(place.span))
        comments = [*first.leading_detached_comments]
        if tuple(first.path) in ((FILE_SYNTAX,), (FILE_EDITION,)):
            comments.append(first.leading_comments)  # elsewhere it is documentation
        texts = [_tidy(readable(comment)) for comment in comments]
        return tuple(text for text in texts if _NOTICE.search(text))


def readable(text: str | bytes) -> str:
    """A text of the schema, which google's library gives as bytes if it is not UTF-8.

    Then it is read as Latin-1: right for much that is old, and without loss for the rest.
    """
    return text.decode("latin-1") if isinstance(text, bytes) else text


def _tidy(comment: str) -> str:
    """A comment's text without the indentation all its lines share."""
    lines = [line.rstrip() for line in comment.expandtabs().splitlines()]
    margins = [len(line) - len(line.lstrip()) for line in lines if line]
    margin = min(margins, default=0)
    return "\n".join(line[margin:] for line in lines).strip("\n")
