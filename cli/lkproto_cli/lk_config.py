"""The projects that `lk`, LiveKit's command, keeps in a file: URLs, API keys and secrets.

Its place and members are those of livekit-cli (pkg/config/config.go). Nothing is read that others
could have read or written.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lkproto.auth import StaticKeys

from .output import printable
from .usage import UsageError, nearest

_MOST = 1 << 20


@dataclass(frozen=True)
class Project:
    """A server, and a key for it."""

    url: str
    api_key: str
    keys: StaticKeys


def default_file() -> Path:
    """Where `lk` keeps its projects."""
    return Path(os.path.expanduser("~"), ".livekit", "cli-config.yaml")  # noqa: PTH111


def project_of(path: Path, name: str | None) -> Project:
    """The project of a name in a file, or else the default one.

    Raises UsageError, AuthError, OSError.
    """
    root = _root(path, _content(path))
    members = _members(path, root, "a configuration")
    wanted = name or _scalar(path, members, "default_project")
    projects = _projects(path, members)
    if wanted in projects:
        return _project(path, projects[wanted])
    if not wanted:
        raise UsageError(
            f"{path}: there is no default project\n"
            "  hint: name one with --project, or run lk project set-default"
        )
    hint = nearest(wanted, projects) if projects else "\n  hint: run lk project add"
    raise UsageError(f"{path}: there is no project {wanted!r}{hint}")


def _content(path: Path) -> bytes:
    """What a file has, if nobody else can read or write it. Raises UsageError, OSError."""
    with open(path, "rb", opener=_opened) as file:
        _check(path, os.fstat(file.fileno()))
        content = file.read(_MOST + 1)
    if len(content) > _MOST:
        raise UsageError(f"{path}: larger than {_MOST} bytes")
    return content


def _opened(path: str, flags: int) -> int:
    """A file, or a pipe, which does not make us wait before it is refused."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _check(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise UsageError(f"{path}: not a regular file")
    if os.name != "posix":
        return
    if status.st_uid != os.geteuid():
        raise UsageError(
            f"{path}: somebody else owns the file, so it may have other keys than yours"
        )
    if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise UsageError(
            f"{path}: others may read or write the file (mode {status.st_mode & 0o777:03o})\n"
            "  hint: forbid that with chmod 600"
        )


def _root(path: Path, content: bytes) -> Any:
    """The tree of a YAML file: it is never turned into objects. Raises UsageError."""
    try:
        import yaml
    except ImportError:
        raise UsageError(
            f"{path}: reading it needs PyYAML\n  hint: pip install 'lkproto[yaml]', "
            "or set LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET"
        ) from None
    try:
        return yaml.compose(content.decode(), yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
    # The error's own text quotes the file.
    raise UsageError(f"{where}: not YAML\n  hint: lk project add writes it")


def _members(path: Path, node: Any, what: str) -> dict[str, Any]:
    """The nodes of a mapping by name. Raises UsageError."""
    if node is None:
        return {}
    if node.id != "mapping":
        raise UsageError(f"{_place(path, node)}: {what} has members, as in `name: …`")
    return {str(key.value): value for key, value in node.value if key.id == "scalar"}


def _projects(path: Path, members: dict[str, Any]) -> dict[str, Any]:
    """The nodes of the projects by name. Raises UsageError."""
    node = members.get("projects")
    if node is None or _is_null(node):
        return {}
    if node.id != "sequence":
        raise UsageError(f"{_place(path, node)}: projects is a list, as in `- name: …`")
    return {
        _scalar(path, _members(path, each, "a project"), "name"): each
        for each in node.value
    }


def _project(path: Path, node: Any) -> Project:
    found = _members(path, node, "a project")
    for name in ("url", "api_key", "api_secret"):
        if not _scalar(path, found, name):
            raise UsageError(f"{_place(path, node)}: the project has no {name}")
    key = _scalar(path, found, "api_key")
    # The secret is in an expression alone, so that no frame has it.
    keys = StaticKeys(key, _scalar(path, found, "api_secret"))
    return Project(_scalar(path, found, "url"), key, keys)


def _scalar(path: Path, members: dict[str, Any], name: str) -> str:
    node = members.get(name)
    if node is None or _is_null(node):
        return ""
    if node.id != "scalar":
        raise UsageError(f"{_place(path, node)}: {name} is a text")
    return str(node.value)


def _is_null(node: Any) -> bool:
    return bool(node.tag == "tag:yaml.org,2002:null")


def _place(path: Path, node: Any) -> str:
    return f"{printable(str(path))}:{node.start_mark.line + 1}"
