"""What to generate, and how: `[tool.lkproto]` in pyproject.toml, overridden by flags.

[tool.lkproto]
protos = ["protobufs"]              # include directories; the first is the tree
files = ["a.proto"]                 # default: every file of the tree
out = "generated/lkproto"           # the package's folder
schema_version = "v1.54.0"          # shown as SCHEMA_VERSION
redact = "logger.sensitivity"       # the option that marks sensitive fields
redact_format = "logger.redact_format"   # the option with the text shown instead
unset = "lkproto.unset"             # the option with what an unset optional bool means
include = ["runtime/livekit"]       # directories whose modules are copied into the package
templates = "my/templates"          # a directory of templates that override ours
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from .diagnostics import Diagnostic, GenerationError, failure, nearest
from .ir import Location


@dataclass(frozen=True, slots=True)
class Options:
    """The settings of a run. Paths are absolute or relative to the working directory."""

    protos: tuple[Path, ...] = (Path("protobufs"),)
    files: tuple[str, ...] = ()
    out: Path = Path("generated")
    schema_version: str = ""
    redact: str | None = None
    redact_format: str | None = None
    unset: str | None = None
    include: tuple[Path, ...] = ()
    templates: Path | None = None

    @property
    def roles(self) -> dict[str, str]:
        """The options that play a role, by the role's name."""
        roles = {role: getattr(self, role) for role in _ROLES}
        return {role: name for role, name in roles.items() if name}


NAMES = tuple(field.name for field in fields(Options))
_ROLES = ("redact", "redact_format", "unset")
_LISTS = frozenset({"protos", "files", "include"})
_PATHS = frozenset({"protos", "out", "include", "templates"})
_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")


def find_config(start: Path) -> Path | None:
    """The nearest pyproject.toml at or above a directory that has `[tool.lkproto]`.

    Raises GenerationError for one on the way that cannot be read.
    """
    for folder in (start, *start.parents):
        path = folder / "pyproject.toml"
        if path.is_file() and "[tool.lkproto]" in _text(path):
            return path
    return None


def read_config(path: Path) -> Options:
    """The options of a pyproject.toml. Raises GenerationError naming file and line."""
    text = _text(path)
    section: Any
    try:
        section = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(path, text, str(error)) from error
    for name in ("tool", "lkproto"):
        section = section.get(name, {})
        if section.__class__ is not dict:
            raise failure(f"{name!r} is not a table", Location(path.name, 1, 1))
    return parse_options(section, path.parent, _Places(path, text))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise failure(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise failure(f"{path} is not UTF-8: {error}") from error


def _not_toml(path: Path, text: str, problem: str) -> GenerationError:
    """The parser's complaint, with the place that it has in its text."""
    found = _PLACE.search(problem)
    end = text.count("\n") + 1, len(text.rpartition("\n")[2]) + 1
    line, column = (int(found[1]), int(found[2])) if found else end
    message = f"not TOML: {_PLACE.sub('', problem)}"
    return failure(message, Location(path.name, line, column))


def parse_options(
    section: Mapping[str, Any], base: Path, places: _Places | None = None
) -> Options:
    """Options from a mapping, paths relative to `base`.

    Raises GenerationError for every unknown name, with the nearest one, and wrong type.
    """
    problems: list[Diagnostic] = []
    given: dict[str, Any] = {}
    for name, value in section.items():
        where = places.of(name) if places else None
        if name not in NAMES:
            problems.append(
                Diagnostic(f"unknown option {name!r}", where, nearest(name, NAMES))
            )
        elif wrong := _wrong_type(name, value):
            problems.append(Diagnostic(f"option {name!r} takes {wrong}", where))
        else:
            given[name] = _converted(name, value, base)
    if problems:
        raise GenerationError(problems)
    return replace(Options(), **given)


class _Places:
    """Where options stand in a file."""

    def __init__(self, path: Path, text: str) -> None:
        self._file = path.name
        self._lines = text.splitlines()

    def of(self, name: str) -> Location:
        """The line that sets an option, as far as a look at the text can tell."""
        inside = False
        for number, line in enumerate(self._lines, 1):
            stripped = line.strip()
            if stripped.startswith("["):
                inside = stripped == "[tool.lkproto]"
            elif inside and stripped.partition("=")[0].strip(" \"'") == name:
                return Location(self._file, number, line.index(stripped) + 1)
        return Location(self._file, 1, 1)


def _wrong_type(name: str, value: Any) -> str | None:
    if name in _LISTS:
        items: Any = value if value.__class__ is list else [None]
        good = all(isinstance(each, str) for each in items)
        return None if good else "a list of strings"
    return None if isinstance(value, str) else "a string"


def _converted(name: str, value: Any, base: Path) -> Any:
    if name in _LISTS:
        return tuple(base / each if name in _PATHS else each for each in value)
    return base / value if name in _PATHS else value
