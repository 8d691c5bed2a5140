"""What to generate, and how: `[tool.lkproto]` in pyproject.toml, overridden by flags.

[tool.lkproto]
protos = ["protobufs"]              # include directories; the first is the tree
files = ["a.proto", "b", "c/*.proto"]    # files, folders and patterns; default: all
exclude = ["third_party"]           # files and folders of the tree to leave out
out = "generated/lkproto"           # the package's folder
schema_version = "v1.54.0"          # shown as SCHEMA_VERSION
redact = "logger.sensitivity"       # the option that marks sensitive fields
redact_format = "logger.redact_format"   # the option with the text shown instead
redact_fields = ["a.User.url"]      # more sensitive fields, which the schema does not mark
unset = "lkproto.unset"             # the option with what an unset optional bool means
grants = "lkproto.opens"            # the option that says what a field gives a right to
limited_by = "lkproto.limited_by"   # the option that says which field limits a right
twirp = ["client", "async", "server"]   # what is made of each Twirp service; [] is nothing
services = "services.toml"          # the file that says how services are called, and by whom
include = ["runtime/livekit"]       # directories whose modules are copied into the package
templates = "my/templates"          # a directory of templates that override ours
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from .diagnostics import Diagnostic, GenerationError, failure, nearest, shown
from .ir import Location
from .toml import Places, parsed, text_of

# What can be made of a Twirp service: clients, clients for asyncio, and what servers implement.
STUBS = ("client", "async", "server")


@dataclass(frozen=True, slots=True)
class Options:
    """The settings of a run. Paths are absolute or relative to the working directory."""

    protos: tuple[Path, ...] = (Path("protobufs"),)
    files: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    out: Path = Path("generated")
    schema_version: str = ""
    redact: str | None = None
    redact_format: str | None = None
    redact_fields: tuple[str, ...] = ()
    unset: str | None = None
    grants: str | None = None
    limited_by: str | None = None
    twirp: tuple[str, ...] = STUBS
    services: Path | None = None
    include: tuple[Path, ...] = ()
    templates: Path | None = None

    @property
    def roles(self) -> dict[str, str | tuple[str, ...]]:
        """The options that have a role, by the role's name."""
        roles = {role: getattr(self, role) for role in _ROLES}
        return {role: name for role, name in roles.items() if name}


NAMES = tuple(field.name for field in fields(Options))
_ROLES = ("redact", "redact_format", "redact_fields", "unset", "grants", "limited_by")
_LISTS = frozenset({"protos", "files", "exclude", "include", "redact_fields", "twirp"})
_PATHS = frozenset({"protos", "out", "services", "include", "templates"})


def check_out(out: Path) -> None:
    """Refuse a folder whose name Python cannot import. Raises GenerationError."""
    name = out.name if out.name.strip(".") else out.resolve().name
    if name.isidentifier() and not keyword.iskeyword(name):
        return
    better = re.sub(r"\W", "_", name, flags=re.ASCII) or "_"
    better = f"_{better}" if better[0].isdigit() else better
    better += "_" if keyword.iskeyword(better) else ""
    raise failure(
        f"{out} would be a package called {name!r}, which cannot be imported",
        hint="name the folder as Python names a module, such as --out "
        f"{out.parent / better}",
    )


def find_config(start: Path) -> Path | None:
    """The nearest pyproject.toml at or above a directory that has a table `tool.lkproto`.

    Raises GenerationError for one on the way that cannot be read, or seems to have the table
    and is not TOML.
    """
    for folder in (start, *start.parents):
        path = folder / "pyproject.toml"
        if path.is_file() and "lkproto" in (text := text_of(path)):
            tool = parsed(path, text).get("tool")
            if isinstance(tool, dict) and "lkproto" in tool:
                return path
    return None


def read_config(path: Path) -> Options:
    """The options of a pyproject.toml. Raises GenerationError naming file and line."""
    text = text_of(path)
    section: Any = parsed(path, text)
    for name in ("tool", "lkproto"):
        section = section.get(name, {})
        if section.__class__ is not dict:
            raise failure(f"{name!r} is not a table", Location(shown(path), 1, 1))
    return parse_options(section, path.parent, Places(path, text))


def parse_options(
    section: Mapping[str, Any], base: Path, places: Places | None = None
) -> Options:
    """Options from a mapping, paths relative to `base`.

    Raises GenerationError for every unknown name, with the nearest one, and wrong type.
    """
    problems: list[Diagnostic] = []
    given: dict[str, Any] = {}
    for name, value in section.items():
        where = places.of("tool", "lkproto", name) if places else None
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


def stubs_named(words: Sequence[str]) -> list[str]:
    """The value of `twirp` by words: `none`, alone, is the empty list, which words cannot say.

    Raises GenerationError for another word.
    """
    if list(words) == ["none"]:
        return []
    for word in words:
        if word not in STUBS:
            raise failure(
                (
                    f"twirp takes {word!r} only alone"
                    if word == "none"
                    else f"twirp does not take {word!r}"
                ),
                hint=f"known: {', '.join(STUBS)}; or none of them: none",
            )
    return list(words)


def _wrong_type(name: str, value: Any) -> str | None:
    if name in _LISTS:
        items: Any = value if value.__class__ is list else [None]
        if name == "twirp" and not all(each in STUBS for each in items):
            return "a list of 'client', 'async' and 'server'"
        good = all(isinstance(each, str) for each in items)
        return None if good else "a list of strings"
    return None if isinstance(value, str) else "a string"


def _converted(name: str, value: Any, base: Path) -> Any:
    if name in _LISTS:
        return tuple(base / each if name in _PATHS else each for each in value)
    return base / value if name in _PATHS else value
