"""A testee that answered earlier: its replies are the lines of a file.

The requests were those that `emit` writes, whose numbers are places in the whole suite.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from ..protocol import (
    MAX_LINE,
    Broken,
    Hello,
    ProtocolError,
    Reply,
    parse_hello,
    parse_reply,
)
from ..values import is_object
from .connection import StartError
from .speaking import LINE_SHOWN


@dataclass(frozen=True, slots=True)
class Missing:
    """There is no reply to a request, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class _Place:
    line: int
    offset: int
    size: int
    trouble: str = ""
    """What makes it no good answer, whatever it says."""


class ReplayTestee:
    """A saved transcript. Replies are read from the file when they are needed."""

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._places: dict[int, _Place] = {}
        self._trailing = ""
        self._file: BinaryIO | None = None

    def start(self) -> Hello:
        """Look through the file. Raises StartError if it has no answer to hello."""
        self.stop()
        try:
            self._file = _seekable(self._path)
            self._index(self._file)
        except OSError as error:
            raise StartError(f"replay:{self._path}: {error.strerror}") from None
        answer = self.recorded(0)
        if not isinstance(answer, Reply):
            self.stop()
            reason = answer.reason if isinstance(answer, Missing) else answer.detail
            raise StartError(f"replay:{self._path}: hello (id 0): {reason}")
        try:
            return parse_hello(answer)
        except ProtocolError as error:
            self.stop()
            raise StartError(f"replay:{self._path}: {error}") from None

    def recorded(self, number: int) -> Reply | Broken | Missing:
        """The reply to a request."""
        place = self._places.get(number)
        if place is None:
            return Missing(f"no reply to {number} in the transcript{self._trailing}")
        if place.trouble:
            return Broken("protocol", place.trouble)
        assert self._file is not None
        self._file.seek(place.offset)
        line = self._file.read(place.size)
        try:
            return parse_reply(line, number)
        except ProtocolError as error:
            shown = repr(line[:LINE_SHOWN])
            return Broken("protocol", f"line {place.line}: {error}: {shown}")

    def ask(self, op: str, args: dict[str, Any], case: str) -> Reply | Broken:
        """A transcript answers by number alone, see `recorded`."""
        del args
        return Broken("protocol", f"{case}: a transcript cannot be asked {op}")

    def stop(self) -> int:
        """Close the file."""
        if self._file is not None:
            self._file.close()
        self._file = None
        return 0

    def _index(self, file: BinaryIO) -> None:
        """Note where each reply is. A line that is none spoils the reply after it."""
        self._places, trouble, offset, number = {}, "", 0, 0
        while line := file.readline(MAX_LINE + 1):
            number += 1
            found = _id_of(line)
            if found is None:
                shown = line[:LINE_SHOWN]
                trouble = trouble or f"line {number} is not a reply: {shown!r}"
            else:
                before = self._places.get(found)
                if before is not None:
                    trouble = f"replies to {found} in lines {before.line} and {number}"
                place = _Place(number, offset, len(line), trouble)
                self._places[found], trouble = place, ""
            offset += len(line)
        self._trailing = f"; {trouble}" if trouble else ""


def _seekable(path: Path) -> BinaryIO:
    """A file to read, at any place; of a pipe, a copy."""
    file = path.open("rb")
    if file.seekable():
        return file
    with file:
        copy = tempfile.TemporaryFile()  # noqa: SIM115 - `stop` closes it
        shutil.copyfileobj(file, copy)
    copy.seek(0)
    return copy


def _id_of(line: bytes) -> int | None:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    found = message.get("id") if is_object(message) else None
    return found if isinstance(found, int) and not isinstance(found, bool) else None
