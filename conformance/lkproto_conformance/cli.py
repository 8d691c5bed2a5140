"""`lkproto-conformance`: run a testee; list, explain, check, write and add vectors.

Exit codes: 0 clean, 1 failures, 2 usage or invalid vectors, 3 a testee did not start, 4 incomplete,
130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path

from .commands import (
    INCOMPLETE,
    INTERRUPTED,
    NOT_STARTED,
    USAGE,
    UsageError,
    combine,
    emit,
    fmt,
    fuzz,
    info,
    judge,
    lint,
    promote,
    report,
    run,
    smoke,
)
from .commands import list as listing
from .connect import ConnectorError, StartError
from .reports.reading import ReportError
from .running.known_failing import ListError
from .values import printable
from .vectors import VectorError, load, suite_version, vectors_folder

COMMANDS = {
    "run": run,
    "smoke": smoke,
    "report": report,
    "combine": combine,
    "list": listing,
    "emit": emit,
    "judge": judge,
    "info": info,
    "lint": lint,
    "fmt": fmt,
    "fuzz": fuzz,
    "promote": promote,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command. Returns the exit code."""
    _replace_closed()
    _tolerate_any_text()
    try:
        try:
            return _judged(argv)
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        print("lkproto-conformance: interrupted", file=sys.stderr)
        return INTERRUPTED
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


def _tolerate_any_text() -> None:
    """Let stdout and stderr take every text: what their encoding does not have is escaped."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _judged(argv: Sequence[str] | None) -> int:
    try:
        arguments = _parser().parse_args(argv)
        folder = _folder(arguments)
        return int(arguments.execute(folder, arguments))
    except (VectorError, UsageError, ListError, ReportError, StartError) as error:
        print(f"lkproto-conformance: {printable(str(error))}", file=sys.stderr)
        started = not isinstance(error, StartError) or isinstance(error, ConnectorError)
        return USAGE if started else NOT_STARTED


def _folder(arguments: argparse.Namespace) -> Path:
    return Path(arguments.vectors) if arguments.vectors else vectors_folder()


class _Version(argparse.Action):
    """Prints the version; argparse's own would read the vectors for every command."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        """Print it and end."""
        del values, option_string
        upstream = load(_folder(namespace)).upstream
        print(printable(f"{parser.prog} {suite_version()}, vectors of {upstream}"))
        parser.exit()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lkproto-conformance",
        description="Judge an implementation of the LiveKit protocol.",
    )
    parser.add_argument("--vectors", metavar="DIR", help="use the vectors of a folder")
    parser.add_argument(
        "--version",
        nargs=0,
        action=_Version,
        help="the version, and of what the vectors are",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, module in COMMANDS.items():
        command = commands.add_parser(name, help=module.HELP)
        module.declare(command)
        command.set_defaults(execute=module.execute)
    return parser
