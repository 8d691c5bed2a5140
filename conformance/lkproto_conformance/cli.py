"""`lkproto-conformance`: run a testee; list, explain, check, write and add vectors.

Exit codes: 0 clean, 1 failures, 2 usage or invalid vectors, 3 a testee did not start, 4 incomplete.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from .commands import (
    INCOMPLETE,
    NOT_STARTED,
    USAGE,
    fmt,
    fuzz,
    info,
    lint,
    promote,
    run,
)
from .commands import list as listing
from .connect import StartError
from .values import printable
from .vectors import VectorError, vectors_folder

COMMANDS = {
    "run": run,
    "list": listing,
    "info": info,
    "lint": lint,
    "fmt": fmt,
    "fuzz": fuzz,
    "promote": promote,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command. Returns the exit code."""
    _replace_closed()
    try:
        try:
            return _judged(argv)
        finally:
            sys.stdout.flush()
    except OSError as error:
        # Nobody takes our output any more; the rest, flushed at exit, has to go somewhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            print(f"lkproto-conformance: {error}", file=sys.stderr)
        return INCOMPLETE


def _replace_closed() -> None:
    """Put something in the place of streams that the caller has closed (`>&-`): None for Python."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115 - for good


def _judged(argv: Sequence[str] | None) -> int:
    arguments = _parser().parse_args(argv)
    folder = Path(arguments.vectors) if arguments.vectors else vectors_folder()
    try:
        return int(arguments.execute(folder, arguments))
    except (VectorError, StartError) as error:
        print(f"lkproto-conformance: {printable(str(error))}", file=sys.stderr)
        return USAGE if isinstance(error, VectorError) else NOT_STARTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lkproto-conformance",
        description="Judge an implementation of the LiveKit protocol.",
    )
    parser.add_argument("--vectors", metavar="DIR", help="use the vectors of a folder")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, module in COMMANDS.items():
        command = commands.add_parser(name, help=module.HELP)
        module.declare(command)
        command.set_defaults(execute=module.execute)
    return parser
