"""`lkproto-conformance operations`: print what testees may be asked, as Markdown."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from ..reference import PageError, tables, with_tables
from . import CLEAN, USAGE

HELP = "print the operations, with their arguments and results"


def declare(parser: ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument(
        "--write",
        type=Path,
        metavar="PAGE",
        help="put them between the two markers of a page instead",
    )


def execute(_: Path, arguments: Namespace) -> int:
    """Print the tables, or write them into a page. Returns the exit code."""
    page: Path | None = arguments.write
    if page is None:
        print(tables(), end="")
        return CLEAN
    try:
        page.write_text(with_tables(page.read_text("utf-8")), "utf-8")
    except (OSError, PageError) as error:
        print(f"lkproto-conformance: {page}: {error}", file=sys.stderr)
        return USAGE
    return CLEAN
