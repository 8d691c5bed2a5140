"""`lkproto-conformance list`: print the ids of the vectors."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from ..running.runner import select
from ..values import printable
from ..vectors import load
from . import CLEAN

HELP = "print the ids of the vectors"


def declare(parser: ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument(
        "--filter", default="*", metavar="PATTERN", help="only these ids"
    )


def execute(folder: Path, arguments: Namespace) -> int:
    """Print a line for each vector. Returns the exit code."""
    for vector in select(load(folder).vectors, arguments.filter):
        line = f"{vector.id}  {vector.result}  {','.join(vector.profiles)}"
        print(printable(line))
    return CLEAN
