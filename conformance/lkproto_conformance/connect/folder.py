"""A testee's folder: what people keep of it, with its command in `testee.toml`."""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..protocol import PROFILES, Hello
from ..values import is_list
from .connection import StartError
from .process import ProcessTestee

FILE = "testee.toml"


@dataclass(frozen=True, slots=True)
class Folder:
    """A testee as its folder describes it."""

    name: str
    command: list[str]
    """Program and arguments; it runs in the folder."""
    known_failing: Path | None
    baseline: Path | None
    path: Path = Path()
    install: tuple[tuple[str, ...], ...] = ()
    """Commands that install what it needs; they are shown, never run."""
    profiles: tuple[str, ...] = PROFILES
    """The profiles it is asked in, of those it offers."""


def read(path: Path | str) -> Folder:
    """Read a testee's folder. Raises StartError, with the file and the key."""
    folder = Path(path)
    file = folder / FILE
    try:
        given = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise StartError(f"{file}: {error.strerror}") from None
    except RecursionError:
        raise StartError(f"{file}: nests too deeply") from None
    except ValueError as error:  # no TOML, or not UTF-8
        raise StartError(f"{file}: {error}") from None
    _check(given, file)
    return Folder(
        name=given["name"],
        command=list(given["command"]),
        known_failing=_present(folder / "known-failing.txt"),
        baseline=_present(folder / "baseline.json"),
        path=folder,
        install=tuple(tuple(each) for each in given.get("install", ())),
        profiles=tuple(given.get("profiles", PROFILES)),
    )


class FolderTestee(ProcessTestee):
    """The testee of a folder: a process there, asked in the profiles that the folder names."""

    def __init__(self, folder: Folder) -> None:
        super().__init__(folder.command, folder.path)
        self._described = folder

    def start(self) -> Hello:
        """Start it. Raises StartError, also if it offers none of the folder's profiles."""
        try:
            hello = super().start()
        except StartError as error:
            raise StartError(f"{error}{self._install()}") from None
        profiles = [each for each in hello.profiles if each in self._described.profiles]
        if not profiles:
            self.stop()
            raise StartError(
                f"{self._described.path / FILE}: profiles: the testee offers only "
                f"{', '.join(hello.profiles) or 'none'}"
            )
        return replace(hello, profiles=tuple(profiles))

    def _install(self) -> str:
        lines = [shlex.join(each) for each in self._described.install]
        where = self._described.path
        return f"; to install it, in {where}: {' && '.join(lines)}" if lines else ""


def _present(path: Path) -> Path | None:
    return path if path.is_file() else None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _is_command(value: object) -> bool:
    return is_list(value) and bool(value) and all(map(_is_text, value))


def _is_commands(value: object) -> bool:
    return is_list(value) and all(map(_is_command, value))


def _is_profiles(value: object) -> bool:
    return is_list(value) and bool(value) and all(each in PROFILES for each in value)


# Key: whether it is required, its check, and what it has to be.
_KEYS: dict[str, tuple[bool, Callable[[object], bool], str]] = {
    "name": (True, _is_text, "a text"),
    "command": (True, _is_command, 'a list of texts, such as ["node", "testee.js"]'),
    "install": (False, _is_commands, 'a list of commands, such as [["npm", "ci"]]'),
    "profiles": (False, _is_profiles, f"a list with some of {', '.join(PROFILES)}"),
}


def _check(given: dict[str, Any], file: Path) -> None:
    for problem in _problems(given):
        raise StartError(f"{file}: {problem}")


def _problems(given: dict[str, Any]) -> Iterable[str]:
    for key in given.keys() - _KEYS.keys():
        yield f"unknown key {key}; there are {', '.join(_KEYS)}"
    for key, (required, check, form) in _KEYS.items():
        if key not in given:
            if required:
                yield f"{key} is missing; it is {form}"
        elif not check(given[key]):
            yield f"{key} is not {form}"
