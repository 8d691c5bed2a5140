"""`lkproto-conformance judge`: judge saved replies to the requests that `emit` writes."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from . import run

HELP = "judge saved replies to the requests that emit writes"


def declare(parser: ArgumentParser) -> None:
    """Add the transcript, and the options of `run` that make sense for it."""
    parser.add_argument("transcript", help="a file with the replies, a line for each")
    run.declare_judging(parser)


def execute(folder: Path, arguments: Namespace) -> int:
    """Judge as `run --testee replay:TRANSCRIPT` does. Returns the exit code."""
    arguments.testee, arguments.jobs = [f"replay:{arguments.transcript}"], 1
    return run.execute(folder, arguments)
