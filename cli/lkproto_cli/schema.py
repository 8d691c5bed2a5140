"""`lkproto schema import`: bring in a newer upstream schema and keep our comments."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator, Sequence, Sized
from dataclasses import asdict
from pathlib import Path

from lkproto_codegen.diagnostics import visible
from lkproto_codegen.options import Options, find_config, read_config
from lkproto_codegen.schema.breaking import LEVELS, at_least
from lkproto_codegen.schema.difference import Change
from lkproto_codegen.schema.importer import Plan, Report, apply, plan_import

from .main import Parser
from .settings import add_tree

_DESCRIPTION = """\
Make the tree of .proto files hold upstream's schema, and keep the comments of the tree.
The exit code is 1 if --fail-on refused, or --dry-run found something to change."""


def run(words: Sequence[str]) -> int:
    """Run the subcommand; returns its exit code."""
    parser = Parser(
        prog="lkproto schema",
        description="Work on a tree of .proto files; see lkproto schema import --help.",
    )
    parser.add_argument("action", choices=["import"], help="bring in a newer upstream")
    if words[:1] != ["import"]:
        parser.read(words)
    arguments = _parser().read(words[1:])
    plan = plan_import(arguments.folder, _protos(arguments), arguments.version)
    refused = _refused(plan.report, arguments.fail_on)
    write = not refused and not arguments.dry_run
    if write:
        apply(plan)
    _say(plan, arguments, written=write and not plan.empty)
    if refused:
        print(f"refused: {refused}; nothing was changed", file=sys.stderr)
    return 1 if refused or (arguments.dry_run and not plan.empty) else 0


def _parser() -> Parser:
    parser = Parser(
        prog="lkproto schema import", description=_DESCRIPTION, allow_abbrev=False
    )
    parser.add_argument(
        "folder", type=Path, metavar="DIR", help="upstream's tree of .proto files"
    )
    add_tree(
        parser, "include directory; the first is the tree that changes (repeatable)"
    )
    parser.add_argument(
        "--version",
        default="",
        metavar="TEXT",
        help="upstream's version, to record",
    )
    parser.add_argument(
        "--fail-on",
        choices=LEVELS,
        help="change nothing if something breaks this level or a worse one (wire is the worst)",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="report only; exit with 1 on changes"
    )
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    return parser


def _protos(arguments: Namespace) -> tuple[Path, ...]:
    if arguments.protos:
        return tuple(arguments.protos)
    config = arguments.config or find_config(Path.cwd())
    return (read_config(config) if config else Options()).protos


def _refused(report: Report, level: str | None) -> str:
    """Why an import is refused; empty if it is not."""
    found = [
        each
        for name in LEVELS
        if name == level
        for each in at_least(report.breaks, name)
    ]
    if not found:
        return ""
    verb = "breaks" if len(found) == 1 else "break"
    return f"{_counted(found, 'change')} {verb} {level} or worse"


def _say(plan: Plan, arguments: Namespace, *, written: bool) -> None:
    report = plan.report
    if arguments.json:
        needed = {"needs_documentation": report.needs_documentation}
        found = {"applied": written, "changes": not plan.empty}
        print(json.dumps(found | asdict(report) | needed, indent=2, ensure_ascii=False))
        return
    lines = list(_lines(report))
    if plan.empty:
        lines.append(f"{plan.root} is up to date")
    elif written:
        counts = f"{_counted(plan.news, 'file')} written, {len(plan.stale)} deleted"
        lines.append(f"{plan.root}: {counts}; now run lkproto generate")
    print(visible("\n".join(lines)))


def _lines(report: Report) -> Iterator[str]:
    yield from _section("written", report.written)
    yield from _section("deleted", report.deleted)
    yield from _section("kept, because upstream imports them", report.kept)
    yield from _section("added, needs documentation", report.difference.added)
    yield from _section("removed", _outermost(report.difference.removed))
    yield from _section("changed", report.difference.changed)
    for level in LEVELS:
        found = [each for each in report.breaks if each.level == level]
        yield from _section(f"breaks {level}", found)
    for each in report.lost_comments:
        yield f"comment without a place, of {each.about}:"
        yield from (f"  // {line.strip()}" for line in each.text.splitlines())
    yield from report.notes


def _outermost(changes: Sequence[Change]) -> Iterator[Change]:
    """Changes, without those inside something that changed in the same way."""
    names = {change.name for change in changes}
    return (each for each in changes if each.name.rpartition(".")[0] not in names)


def _counted(found: Sized, noun: str) -> str:
    return f"{len(found)} {noun if len(found) == 1 else noun + 's'}"


def _section(title: str, items: Iterable[object]) -> Iterator[str]:
    lines = [f"  {item}" for item in items]
    if lines:
        yield f"{title}:"
        yield from lines
