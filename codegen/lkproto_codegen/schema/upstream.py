"""UPSTREAM.toml, which records where a tree comes from, and the headers that say so."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

from ..diagnostics import failure
from ..write.manifest import digest
from .comments import Comment, Comments, statement_key

NAME = "UPSTREAM.toml"
_COPYRIGHT = re.compile(r"^\s*Copyright\b.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Upstream:
    """The text of a tree's UPSTREAM.toml, and the version it names."""

    text: str
    version: str


def read_upstream(root: Path) -> Upstream | None:
    """What a tree says about its origin; None if it says nothing. Raises GenerationError."""
    path = root / NAME
    try:
        text = path.read_text("utf-8")
        tables: dict[str, Any] = tomllib.loads(text)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise failure(f"cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise failure(f"{path} is not TOML: {error}") from error
    return Upstream(text, str(tables.get("upstream", {}).get("version", "")))


def recorded(
    upstream: Upstream, version: str, compiler: str, compiled: FileDescriptorSet
) -> str:
    """UPSTREAM.toml for a set compiled without the files of the compiler itself.

    The digests are of descriptors without source info: of the set with all it imports, and of
    each file that is not google's.
    """
    for file in compiled.file:
        file.ClearField("source_code_info")
    files = {
        file.name: digest(file.SerializeToString())
        for file in compiled.file
        if not file.name.startswith("google/protobuf/")
    }
    whole = {"compiler": compiler, "sha256": digest(compiled.SerializeToString())}
    text = upstream.text
    text = _set(text, "upstream", {"version": version}) if version else text
    return _table(_set(text, "descriptors", whole), "files", files)


def _set(text: str, table: str, values: Mapping[str, str]) -> str:
    """Set strings in a table of TOML text and leave all else as it is."""
    before, body, after = _split(text, table)
    lines = body.splitlines()
    for key, value in values.items():
        line = f"{key} = {_quoted(value)}"
        setting = re.compile(rf"{re.escape(key)}[ \t]*=")
        places = [n for n, each in enumerate(lines) if setting.match(each)]
        if places:
            lines[places[0]] = line
        else:
            lines.insert(1, line)
    body = "\n".join(lines) + "\n"
    return before + body + after


def _table(text: str, table: str, values: Mapping[str, str]) -> str:
    """Replace the content of a table."""
    before, body, after = _split(text, table)
    lines = [f"{_quoted(key)} = {_quoted(value)}" for key, value in values.items()]
    body = "\n".join([body.splitlines()[0], *lines]) + "\n"
    return before + body + after


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a string of TOML as well


def _split(text: str, table: str) -> tuple[str, str, str]:
    """The text before a table, the table with its header, and the rest; a missing one is made."""
    found = re.search(rf"^\[{re.escape(table)}\][^\n]*\n?", text, re.MULTILINE)
    if found is None:
        return f"{text.rstrip()}\n\n", f"[{table}]\n", ""
    # Blank lines and comments right above the next table belong to it.
    following = re.search(r"\n(\n|#[^\n]*\n)*\[", text[found.end() - 1 :])
    end = found.end() + following.start() if following else len(text)
    return text[: found.start()], text[found.start() : end], text[end:]


def set_headers(
    ours: Comments,
    theirs: Comments,
    files: Iterable[FileDescriptorProto],
    versions: tuple[str, str],
) -> None:
    """Give new files a header, and name the new version in existing headers.

    A new file gets the header that most of our files have, with the copyright lines of its own:
    those are upstream's notice, which stays, not its documentation.
    """
    keys = [statement_key(file.name, "syntax") for file in files]
    headers = {key: ours.get(key) for key in keys}
    usual = Counter(
        _without_copyright(each.text) for each in headers.values() if each.text
    )
    most = usual.most_common(1)[0][0] if usual else ""
    for key, header in headers.items():
        notices = _COPYRIGHT.findall(theirs.get(key).text)
        new = header if header.text else _header([*notices, *most.splitlines()])
        ours.put(key, new.changed(lambda text: _renamed(text, versions)))


def _header(lines: list[str]) -> Comment:
    return Comment(detached=("\n".join(lines) + "\n",) if lines else ())


def _without_copyright(text: str) -> str:
    lines = [line for line in text.splitlines() if not _COPYRIGHT.match(line)]
    return "\n".join(lines)


def _renamed(text: str, versions: tuple[str, str]) -> str:
    old, new = versions
    if not old or not new:
        return text
    return re.sub(rf"(?<![\w.]){re.escape(old)}(?![\w]|\.\d)", lambda _: new, text)
