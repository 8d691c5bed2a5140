"""`lkproto-conformance fmt`: write vector files in the one layout that they have."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from ..lint.shape import of_shape, read
from ..values import printable
from ..vectors import VectorError, canonical, files, parse_document, unambiguous
from ..whole_files import write_whole
from . import CLEAN, FAILED, USAGE

HELP = "write vector files in their one layout"


def declare(parser: ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="FILE|FOLDER",
        help="vector files, or folders of them (default: the vectors of the suite)",
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing, exit with 1 instead"
    )


def execute(folder: Path, arguments: Namespace) -> int:
    """Print which files change. Returns the exit code; a file that is refused stays as it is."""
    changed = refused = False
    for path in _files(arguments.paths or [folder]):
        try:
            text = _formatted(path)
            if text is None:
                continue
            if not arguments.check:
                write_whole(path, text)
        except (VectorError, OSError) as error:
            print(f"lkproto-conformance: {printable(str(error))}", file=sys.stderr)
            refused = True
            continue
        changed = True
        print(printable(str(path)))
    if refused:
        return USAGE
    return FAILED if changed and arguments.check else CLEAN


def _files(paths: list[Path]) -> list[Path]:
    """The files that are meant. Raises VectorError for a folder without any."""
    return [
        file for path in paths for file in (files(path) if path.is_dir() else [path])
    ]


def _formatted(path: Path) -> str | None:
    """The text that a file should have; None if it has it. Raises VectorError and OSError."""
    text, name = read(path)
    document = parse_document(text, name)
    unambiguous(text, name)
    for problem in of_shape(document, path):
        raise VectorError(f"{name}: {problem}; nothing was written")
    new = canonical(document)
    return None if new == text else new
