"""`lkproto-conformance report`: make views of reports."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ..reports.badge import BadgeError, badge
from ..reports.joining import joined
from ..reports.junit import junit
from ..reports.markdown import markdown, matrix_page
from ..reports.model import Report
from ..reports.reading import ReportError, read
from ..reports.text import text
from ..reports.within import within
from ..values import printable
from ..whole_files import write_whole
from . import CLEAN, UsageError

HELP = "make views of reports that run has written"
STDOUT = Path("-")


def _html(report: Report) -> str:
    from ..reports.html import page

    return page(report)


VIEWS: dict[str, tuple[Callable[[Report], str], str]] = {
    "markdown": (markdown, "a comment of a pull request"),
    "junit": (junit, "JUnit XML"),
    "html": (_html, "one page, with every case"),
    "badge": (badge, "an SVG with the number of cases that passed"),
    "matrix": (
        matrix_page,
        "the matrix as Markdown, into its place in a page if FILE has one",
    ),
}
"""Option: what it writes, and its help."""


def declare(parser: ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE.ndjson")
    for name, (_, help_) in VIEWS.items():
        parser.add_argument(
            f"--{name}", type=Path, metavar="FILE", help=f"write {help_}"
        )
    parser.add_argument("--only", metavar="LABEL", help="only the testee of this name")
    parser.add_argument(
        "--incomplete",
        action="store_true",
        help="read what an interrupted run has written, or some of the shards",
    )
    parser.add_argument(
        "--verbose",
        action="store_true",
        help="as text: all failures, with request, reply and expectation",
    )


def execute(_: Path, arguments: Namespace) -> int:
    """Write the views, or print the text. Returns the exit code."""
    files: list[Path] = arguments.files
    found = joined(
        [(path, read(path, incomplete=arguments.incomplete)) for path in files],
        incomplete=arguments.incomplete,
    )
    if arguments.only is not None:
        found = _only(found, arguments.only)
    chosen = {
        name: path for name in VIEWS if (path := getattr(arguments, name)) is not None
    }
    for name, path in chosen.items():
        _write(path, _placed(name, path, _viewed(name, found)))
    if not chosen:
        sys.stdout.write(text(found, verbose=arguments.verbose))
    for header in (
        section.header for section in found.sections if section.header.shard
    ):
        said = f"{header.label}: only shard {header.shard}; the others are missing"
        print(f"lkproto-conformance: {printable(said)}", file=sys.stderr)
    return CLEAN


def _only(report: Report, label: str) -> Report:
    sections = tuple(each for each in report.sections if each.header.label == label)
    if not sections:
        labels = ", ".join(each.header.label for each in report.sections)
        raise UsageError(f"no testee is called {label}; there are {labels}")
    return replace(report, sections=sections)


def _viewed(name: str, report: Report) -> str:
    try:
        return VIEWS[name][0](report)
    except BadgeError as error:
        raise UsageError(f"--{name}: {error}") from None


def _placed(name: str, path: Path, view: str) -> str:
    """A view as the file is to have it: a matrix keeps the page around it."""
    if name != "matrix" or path == STDOUT:
        return view
    try:
        return within(path, view)
    except OSError as error:
        problem = error.strerror or str(error)
    except UnicodeDecodeError:
        problem = "is not UTF-8, so the matrix has no place in it"
    raise ReportError(f"{printable(str(path))}: {problem}")


def _write(path: Path, content: str) -> None:
    if path == STDOUT:
        sys.stdout.write(content)
        return
    try:
        if path.exists() and not path.is_file():
            path.write_text(
                content, "utf-8"
            )  # such as a pipe, which nothing can replace
        else:
            write_whole(path, content)
    except OSError as error:
        raise ReportError(
            f"{printable(str(path))}: {error.strerror or error}"
        ) from None
