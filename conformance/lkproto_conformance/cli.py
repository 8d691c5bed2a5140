"""`lkproto-conformance`: run a testee, list the vectors, check them.

Exit codes: 0 clean, 1 failures, 2 usage or invalid vectors, 3 a testee did not start, 4 incomplete.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .protocol import PROFILES
from .runner import Result, count, run, select
from .testee import StartError, connect
from .vectors import Vector, VectorError, load

CLEAN, FAILED, USAGE, NOT_STARTED, INCOMPLETE = range(5)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command. Returns the exit code."""
    arguments = _parser().parse_args(argv)
    folder = Path(arguments.vectors) if arguments.vectors else vectors_folder()
    try:
        return int(arguments.command(folder, arguments))
    except VectorError as error:
        print(f"lkproto-conformance: {error}", file=sys.stderr)
        return USAGE
    except StartError as error:
        print(f"lkproto-conformance: {error}", file=sys.stderr)
        return NOT_STARTED


def vectors_folder() -> Path:
    """Where the vectors are: in the installed package, or beside it in a checkout."""
    installed = Path(__file__).parent / "_data" / "vectors"
    return installed if installed.is_dir() else Path(__file__).parents[1] / "vectors"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lkproto-conformance",
        description="Judge an implementation of the LiveKit protocol.",
    )
    parser.add_argument("--vectors", metavar="DIR", help="use the vectors of a folder")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    running = commands.add_parser("run", help="ask testees and judge their answers")
    running.add_argument(
        "--testee",
        action="append",
        required=True,
        metavar="CONNECTOR",
        help="exec:COMMAND or python:MODULE:FACTORY; may be given again",
    )
    running.add_argument("--profile", choices=PROFILES, help="only this profile")
    running.set_defaults(command=_run)
    listing = commands.add_parser("list", help="print the ids of the vectors")
    listing.set_defaults(command=_list)
    for each in (running, listing):
        each.add_argument(
            "--filter", default="*", metavar="PATTERN", help="only these ids"
        )
    linting = commands.add_parser("lint", help="check the vectors themselves")
    linting.set_defaults(command=_lint)
    return parser


def _run(folder: Path, arguments: argparse.Namespace) -> int:
    vectors = select(load(folder).vectors, arguments.filter)
    if not vectors:
        raise VectorError(f"no vector matches {arguments.filter}")
    codes = [_run_one(each, vectors, arguments.profile) for each in arguments.testee]
    return FAILED if FAILED in codes else max(codes)


def _run_one(connector: str, vectors: list[Vector], profile: str | None) -> int:
    results: list[Result] = []
    for result in run(connect(connector), vectors, profile):
        results.append(result)
        if result.verdict.failed:
            print(_line(result))
    counts = count(results)
    summary = ", ".join(f"{number} {name}" for name, number in sorted(counts.items()))
    print(f"{connector}: {summary or 'nothing to ask'}")
    if counts["not_run"]:
        return INCOMPLETE
    if any(result.verdict.failed for result in results):
        return FAILED
    return CLEAN


def _line(result: Result) -> str:
    verdict = result.verdict
    detail = printable(verdict.detail)
    return f"{verdict.name}: {result.vector.id} [{result.profile}]: {detail}"


def printable(text: str) -> str:
    """What a testee sent, with everything escaped that a terminal might act on."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def _list(folder: Path, arguments: argparse.Namespace) -> int:
    for vector in select(load(folder).vectors, arguments.filter):
        print(f"{vector.id}  {vector.result}  {','.join(vector.profiles)}")
    return CLEAN


def _lint(folder: Path, _: argparse.Namespace) -> int:
    from .lint import lint

    problems = list(lint(folder))
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems" if problems else "the vectors are in order")
    return USAGE if problems else CLEAN
