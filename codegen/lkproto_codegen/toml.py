"""TOML files: read, and mistakes reported with their place."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from .diagnostics import GenerationError, failure, shown
from .ir import Location

_WORD = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_DOTTED = rf"({_WORD}(?:\s*\.\s*{_WORD})*)"
_HEADER = re.compile(rf"\s*\[\s*{_DOTTED}\s*\]")
_KEY = re.compile(rf"(?:^|[{{,])\s*{_DOTTED}\s*=")
_INLINE = re.compile(r"\s*\{")
_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")


def parsed(path: Path, text: str) -> dict[str, Any]:
    """The content of a file with this text. Raises GenerationError."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(path, text, str(error)) from error


def text_of(path: Path) -> str:
    """The text of a file. Raises GenerationError."""
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise failure(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise failure(f"{path} is not UTF-8: {error}") from error


def _not_toml(path: Path, text: str, problem: str) -> GenerationError:
    """The parser's complaint as an error, at the place that its text names."""
    found = _PLACE.search(problem)
    end = text.count("\n") + 1, len(text.rpartition("\n")[2]) + 1
    line, column = (int(found[1]), int(found[2])) if found else end
    message = f"not TOML: {_PLACE.sub('', problem)}"
    return failure(message, Location(shown(path), line, column))


class Places:
    """Where a file has its tables and keys, as far as a look at its lines shows it."""

    def __init__(self, path: Path, text: str) -> None:
        self._file = shown(path)
        self._found: dict[tuple[str, ...], Location] = {}
        table: tuple[str, ...] = ()
        for number, line in enumerate(text.splitlines(), 1):
            if header := _HEADER.match(line):
                table = _parts(header[1])
                self._note(table, number, header.start(1))
            # The first key of a line, and those of a table written within it.
            inside = table
            for key in () if header else _KEY.finditer(line):
                path_of_key = (*inside, *_parts(key[1]))
                self._note(path_of_key, number, key.start(1))
                if _INLINE.match(line, key.end()):
                    inside = path_of_key

    def _note(self, path: tuple[str, ...], line: int, start: int) -> None:
        place = Location(self._file, line, start + 1)
        for end in range(1, len(path) + 1):
            self._found.setdefault(path[:end], place)

    def of(self, *path: str) -> Location:
        """The place of a key or table; the file's beginning if it is not found."""
        return self._found.get(path, Location(self._file, 1, 1))


def _parts(key: str) -> tuple[str, ...]:
    return tuple(word.strip("\"'") for word in re.findall(_WORD, key))
