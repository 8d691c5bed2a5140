"""`lkproto-conformance lint`: check the vectors themselves."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from ..lint import lint
from ..values import printable
from . import CLEAN, USAGE

HELP = "check the vectors themselves"


def declare(parser: ArgumentParser) -> None:
    """Add the command's options: there are none."""
    del parser


def execute(folder: Path, _: Namespace) -> int:
    """Print the problems of a folder of vectors. Returns the exit code."""
    problems = list(lint(folder))
    for problem in problems:
        print(printable(problem))
    print(f"{len(problems)} problems" if problems else "the vectors are in order")
    return USAGE if problems else CLEAN
