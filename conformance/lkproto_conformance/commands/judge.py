"""`lkproto-conformance judge`: judge saved replies to the requests that `emit` writes."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from . import run
from .options import declare_selection

HELP = "judge saved replies to the requests that emit writes"


def declare(parser: ArgumentParser) -> None:
    """Add the transcript and the command's options."""
    parser.add_argument("transcript", help="a file with the replies, a line for each")
    declare_selection(parser)


def execute(folder: Path, arguments: Namespace) -> int:
    """Judge as `run --testee replay:TRANSCRIPT` does. Returns the exit code."""
    parser = ArgumentParser()
    run.declare(parser)
    given = ["--testee", f"replay:{arguments.transcript}"]
    for name in ("filter", "profile", "shard"):
        value = getattr(arguments, name)
        if value is not None:
            given.append(f"--{name}={value}")
    return run.execute(folder, parser.parse_args(given))
