"""`lkproto-conformance combine`: join reports of shards, and of several testees."""

from __future__ import annotations

import io
from argparse import ArgumentParser, Namespace
from pathlib import Path

from ..reports import lines
from ..reports.joining import joined
from ..values import counted
from ..whole_files import write_whole
from . import CLEAN, UsageError

HELP = "join reports: of shards, and of several testees"


def declare(parser: ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.ndjson")
    parser.add_argument(
        "--output", type=Path, required=True, metavar="FILE", help="the joined report"
    )


def execute(_: Path, arguments: Namespace) -> int:
    """Write the joined report. Returns the exit code."""
    files: list[Path] = arguments.files
    report = joined([(path, lines.read(path)) for path in files])
    stream = io.StringIO()
    lines.write(stream, report)
    try:
        write_whole(arguments.output, stream.getvalue())
    except OSError as error:
        raise UsageError(f"{arguments.output}: {error.strerror or error}") from None
    results = sum(len(section.entries) for section in report.sections)
    found = counted(len(report.sections), "testee"), counted(results, "result")
    print(f"{arguments.output}: {', '.join(found)}")
    return CLEAN
