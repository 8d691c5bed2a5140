"""`lkproto-conformance list`: print the ids of the vectors."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from ..values import printable
from ..vectors import load
from . import CLEAN
from .options import declare_filter, filtered

HELP = "print the ids of the vectors"


def declare(parser: ArgumentParser) -> None:
    """Add the command's options."""
    declare_filter(parser)


def execute(folder: Path, arguments: Namespace) -> int:
    """Print a line for each vector. Returns the exit code. Raises VectorError if there is none."""
    for vector in filtered(load(folder).vectors, arguments):
        line = f"{vector.id}  {vector.result}  {','.join(vector.profiles)}"
        print(printable(line))
    return CLEAN
