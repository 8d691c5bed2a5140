"""`lkproto-conformance run`: ask testees and judge their answers."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ..connect import FORMS, connect, instances
from ..running.jobs import run_jobs
from ..running.runner import Result, count
from ..values import printable
from ..vectors import Vector
from . import CLEAN, FAILED, INCOMPLETE
from .options import declare_selection, jobs_of, selected

HELP = "ask testees and judge their answers"


def declare(parser: ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument(
        "--testee",
        action="append",
        required=True,
        metavar="CONNECTOR",
        help=f"{', '.join(FORMS)}; may be given again",
    )
    declare_selection(parser)
    parser.add_argument(
        "--jobs",
        type=jobs_of,
        default=1,
        metavar="N",
        help="start N instances of each testee (exec: and folder:)",
    )


def execute(folder: Path, arguments: Namespace) -> int:
    """Run every testee. Returns the exit code."""
    vectors = selected(folder, arguments)
    jobs, profile = arguments.jobs, arguments.profile
    codes = [_run_one(each, jobs, vectors, profile) for each in arguments.testee]
    return FAILED if FAILED in codes else max(codes)


def _run_one(
    connector: str, jobs: int, vectors: list[Vector], profile: str | None
) -> int:
    results: list[Result] = []
    testees = instances(connector, jobs) if jobs > 1 else [connect(connector)]
    for result in run_jobs(testees, vectors, profile):
        results.append(result)
        if result.verdict.failed:
            print(_line(result))
    for line in _skips(results):
        print(line)
    counts = count(results)
    summary = ", ".join(f"{number} {name}" for name, number in sorted(counts.items()))
    print(f"{connector}: {summary or 'nothing to ask'}")
    if counts["not_run"]:
        return INCOMPLETE
    if any(result.verdict.failed for result in results):
        return FAILED
    return CLEAN


def _skips(results: list[Result]) -> Iterator[str]:
    """What was not asked or not answered, and why: a line for each reason."""
    reasons = Counter(
        each.verdict.detail for each in results if each.verdict.name == "skip"
    )
    for reason, number in sorted(reasons.items()):
        yield f"skip: {number} {printable(reason)}"


def _line(result: Result) -> str:
    verdict = result.verdict
    place = f"{verdict.name}: {result.vector.id} [{result.profile}]"
    return printable(f"{place}: {verdict.detail}")
