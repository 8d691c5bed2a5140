"""MANIFEST.json: what a run wrote and with which tools.

From it the next run knows which files are its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..diagnostics import failure

NAME = "MANIFEST.json"
# How the names begin of what a run needs for itself in an output folder; not part of the output.
OWN = ".lkproto-"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The tools with their versions, and the sha256 digest of each file by its path."""

    generator: str
    protoc: str
    formatter: str
    files: Mapping[str, str]

    def to_json(self) -> str:
        """The manifest's text."""
        return json.dumps(asdict(self), indent=2) + "\n"


def read_manifest(out: Path) -> Manifest | None:
    """The manifest of an output folder, or None where there is none.

    Raises GenerationError for one that cannot be read.
    """
    path = out / NAME
    try:
        manifest = _manifest(json.loads(path.read_text("utf-8")))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise failure(
            f"{path} is not a manifest of this generator: {error}",
            hint="delete it, and all that was generated with it, to start again",
        ) from error
    return manifest


def _manifest(content: Any) -> Manifest:
    """The manifest that JSON holds. Raises TypeError."""
    manifest = Manifest(**content)
    files: Any = manifest.files
    if not isinstance(files, dict):
        raise TypeError("`files` is not an object")
    tools = manifest.generator, manifest.protoc, manifest.formatter
    texts: list[object] = [*tools, *files.values()]
    if not all(isinstance(each, str) for each in texts):
        raise TypeError("a tool or a digest is not text")
    return manifest


def settled(former: Manifest | None, files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Files with the folder's former manifest, if other tools made the same of the schema.

    So people with different versions of protoc and ruff do not change each other's output.
    """
    if former is None or NAME not in files:
        return files
    tools = {"protoc": former.protoc, "formatter": former.formatter}
    same: bool = {**json.loads(files[NAME]), **tools} == asdict(former)
    return {**files, NAME: former.to_json().encode()} if same else files


def digest(data: bytes) -> str:
    """sha256, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
