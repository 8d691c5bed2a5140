"""`lkproto-conformance emit`: write the requests, for a testee that runs elsewhere."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections import Counter
from pathlib import Path

from ..protocol import encode
from ..running.exchanges import needs_runner
from ..running.transcripts import requests
from ..values import counted
from . import CLEAN
from .options import declare_selection, selected

HELP = "write the requests only, to save the replies and judge them later"


def declare(parser: ArgumentParser) -> None:
    """Add the command's options."""
    declare_selection(parser)


def execute(folder: Path, arguments: Namespace) -> int:
    """Write a line for each request, hello first and bye last. Returns the exit code."""
    vectors = selected(folder, arguments)
    sys.stdout.flush()
    for each in requests(vectors, arguments.profile):
        sys.stdout.buffer.write(encode(each))
    left_out = Counter(each.op for each in vectors if needs_runner(each.op))
    for op, number in sorted(left_out.items()):
        print(
            f"left out: {counted(number, 'vector')} of {op}, for which the runner is needed",
            file=sys.stderr,
        )
    return CLEAN
