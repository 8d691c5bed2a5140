"""Skipping work: a note says which inputs an output folder was last made from.

The notes are in the user's cache directory, not in the output: what is generated depends on the
schema alone. A note counts only while every file of the output is as the manifest says.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path

from . import resources
from .diagnostics import GenerationError
from .options import Options
from .pipeline import proto_files, template_dirs
from .write.manifest import NAME, Manifest, digest, read_manifest


def inputs_digest(options: Options) -> str:
    """A digest of all that a run depends on: protos, options, templates, runtime, code.

    Every .proto file of every include directory counts, for any may be imported. The cost
    is reading these files; no compiler is imported.
    """
    from importlib.metadata import PackageNotFoundError, version

    found = hashlib.sha256()
    for distribution in ("grpcio-tools", "protobuf", "jinja2", "ruff"):
        with suppress(PackageNotFoundError):
            found.update(f"{distribution} {version(distribution)}\n".encode())
    settings = (options.schema_version, options.roles)
    found.update(repr((settings, proto_files(options))).encode())
    roots = [(root, "*.proto") for root in options.protos]
    roots += [(root, "*.j2") for root in template_dirs(options)]
    roots += [(root, "*.py") for root in options.include]
    roots += [(resources.runtime_dir(), "*.py"), (Path(__file__).parent, "*.py")]
    for number, (root, pattern) in enumerate(roots):
        for path in sorted(root.rglob(pattern)):
            name = path.relative_to(root).as_posix()
            found.update(f"{number} {name} {digest(path.read_bytes())}\n".encode())
    return found.hexdigest()


def up_to_date(out: Path, inputs: str) -> Manifest | None:
    """The manifest of an output made from these inputs and not touched since, or None."""
    try:
        note = json.loads(_note(out).read_text("utf-8"))
        manifest = read_manifest(out)
        if manifest is None or note != _content(out, inputs):
            return None
        for path, each in manifest.files.items():
            if digest((out / path).read_bytes()) != each:
                return None
    except (OSError, RuntimeError, ValueError, GenerationError):
        return None
    return manifest


def remember(out: Path, inputs: str) -> None:
    """Record that an output was made from these inputs; a read-only cache is not an error."""
    with suppress(OSError, RuntimeError):  # RuntimeError: no home directory
        note = _note(out)
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(json.dumps(_content(out, inputs)), "utf-8")


def _content(out: Path, inputs: str) -> dict[str, str]:
    return {"inputs": inputs, "manifest": digest((out / NAME).read_bytes())}


def _note(out: Path) -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "lkproto", digest(str(out.absolute()).encode()) + ".json")
