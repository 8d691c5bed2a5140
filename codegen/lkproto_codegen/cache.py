"""Skipping work: a note says which inputs an output folder was last made from.

The notes are in the user's cache directory, not in the output: what is generated depends on the
schema alone. A note counts only while every file of the output is as the manifest says.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import resources
from .diagnostics import GenerationError
from .options import Options
from .pipeline import proto_files, template_dirs
from .toml import text_of
from .write.manifest import NAME, Manifest, digest, read_manifest

if TYPE_CHECKING:
    from .write.parts import Notes

_IMPORTED = re.compile(rb"""["']([^"'\n]{1,250}?\.proto)["']""")


def inputs_digest(options: Options) -> str:
    """A digest of all that a run depends on: protos, options, templates, runtime, code.

    Of the .proto files, those count that are generated or imported. The cost is reading them;
    no compiler is imported.
    """
    files = proto_files(options)
    found = hashlib.sha256(tools_digest(options).encode())
    settings = (options.schema_version, options.roles, options.twirp, files)
    found.update(repr(settings).encode(errors="surrogateescape"))
    if options.services is not None:
        found.update(digest(text_of(options.services).encode()).encode())
    for name, data in _protos(options, files):
        found.update(f"{name} {digest(data)}\n".encode(errors="surrogateescape"))
    for line in _lines((root, "*.py") for root in options.include):
        found.update(line.encode(errors="surrogateescape"))
    return found.hexdigest()


def tools_digest(options: Options) -> str:
    """A digest of what makes text of a plan: templates, runtime, code, versions of tools."""
    from importlib.metadata import PackageNotFoundError, version

    found = hashlib.sha256()
    for distribution in ("grpcio-tools", "protobuf", "jinja2", "ruff"):
        with suppress(PackageNotFoundError):
            found.update(f"{distribution} {version(distribution)}\n".encode())
    roots = [(root, "*.j2") for root in template_dirs(options)]
    parts = ("core", *resources.OPTIONAL_PARTS)
    roots += [(resources.runtime_dir(part), "*.py") for part in parts]
    roots.append((Path(__file__).parent, "*.py"))
    roots.append((resources.google_protos_dir(), "*"))
    found.update(resources.license_text().encode())
    found.update("".join(_lines(roots)).encode(errors="surrogateescape"))
    return found.hexdigest()


def _lines(roots: Iterable[tuple[Path, str]]) -> Iterator[str]:
    """A line for each file of a pattern below folders, with its digest."""
    for number, (root, pattern) in enumerate(roots):
        for path in sorted(root.rglob(pattern)):
            if path.is_file():
                name = path.relative_to(root).as_posix()
                yield f"{number} {name} {digest(path.read_bytes())}\n"


def _protos(options: Options, files: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Files, all that they may import, and the include directory each is in.

    What looks like the name of a file counts as an import, so that nothing has to be parsed.
    """
    pending, seen = list(files), set(files)
    while pending:
        name = pending.pop()
        for number, root in enumerate(options.protos):
            path = root / name
            if not path.is_file() and not path.is_symlink():
                continue
            data = path.read_bytes()
            yield f"{number} {name}", data
            mentioned = {
                each.decode(errors="replace") for each in _IMPORTED.findall(data)
            } - seen
            pending += sorted(mentioned)
            seen |= mentioned
            break


def up_to_date(out: Path, inputs: str) -> Manifest | None:
    """The manifest of an output made from these inputs and not touched since, or None."""
    try:
        note = _read(out)
        manifest = read_manifest(out)
        if manifest is None or note != _content(out, inputs) | {"parts": note["parts"]}:
            return None
        for path, each in manifest.files.items():
            if digest((out / path).read_bytes()) != each:
                return None
    except (OSError, RuntimeError, ValueError, LookupError, GenerationError):
        return None
    return manifest


def former_parts(out: Path) -> Notes:
    """What is noted of each module of an output; nothing if there is no note."""
    try:
        parts: Any = _read(out)["parts"]
        return {str(path): [*map(str, each)] for path, each in parts.items()}
    except (OSError, RuntimeError, ValueError, LookupError, TypeError, AttributeError):
        return {}


def remember(out: Path, inputs: str, parts: Notes | None = None) -> None:
    """Note what an output was made from; a read-only cache is not an error."""
    with suppress(OSError, RuntimeError):  # RuntimeError: no home directory
        note = _note(out)
        note.parent.mkdir(parents=True, exist_ok=True)
        content = _content(out, inputs)
        content["parts"] = parts or {}
        note.write_text(json.dumps(content), "utf-8")


def _read(out: Path) -> dict[str, Any]:
    content: Any = json.loads(_note(out).read_text("utf-8"))
    if content.__class__ is not dict:
        raise ValueError("not a note")
    found: dict[str, Any] = content
    return found


def _content(out: Path, inputs: str) -> dict[str, Any]:
    return {"inputs": inputs, "manifest": digest((out / NAME).read_bytes())}


def _note(out: Path) -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "lkproto", digest(str(out.absolute()).encode()) + ".json")
