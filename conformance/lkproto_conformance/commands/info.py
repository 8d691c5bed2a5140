"""`lkproto-conformance info`: explain the suite, an operation, a case, or a testee."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from pathlib import Path

from .. import descriptions
from ..connect import connect
from ..nearest import perhaps
from ..operations import BY_NAME
from ..protocol import request
from ..reference import PageError, tables, with_tables
from ..running.exchanges import arguments as sent
from ..schemas import load as schema
from ..values import printable
from ..vectors import Suite, VectorError, load
from ..whole_files import write_whole
from . import CLEAN, USAGE, UsageError

HELP = "explain the suite, an operation, a case or a testee"


def declare(parser: ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument(
        "name", nargs="?", metavar="OPERATION|CASE_ID", help="default: the whole suite"
    )
    parser.add_argument(
        "--schema", action="store_true", help="print the operation's JSON Schema"
    )
    parser.add_argument(
        "--request", action="store_true", help="print the line that a testee is sent"
    )
    parser.add_argument(
        "--testee", metavar="CONNECTOR", help="what a testee says about itself"
    )
    parser.add_argument(
        "--operations", action="store_true", help="all operations, as Markdown"
    )
    parser.add_argument(
        "--write",
        type=Path,
        metavar="PAGE",
        help="with --operations: put them between the two markers of a page instead",
    )


def execute(folder: Path, arguments: Namespace) -> int:
    """Print it. Returns the exit code. Raises UsageError, VectorError and StartError."""
    for problem in _problems(arguments):
        raise UsageError(problem)
    if arguments.write:
        return _write(arguments.write)
    for line in _lines(folder, arguments):
        print(line if arguments.operations else printable(line))
    return CLEAN


def _problems(arguments: Namespace) -> Iterator[str]:
    """Options that do not fit what is to be explained."""
    name: str = arguments.name or ""
    if arguments.write and not arguments.operations:
        yield "--write needs --operations"
    for option in ("operations", "testee"):
        others = ("name", "schema", "request", "testee")
        for other in (each for each in others if each != option):
            if getattr(arguments, option) and getattr(arguments, other):
                yield f"--{option} goes without {_shown(other, name)}"
    if arguments.schema and (not name or "/" in name):
        yield "--schema needs an operation, as in: info token.verify --schema"
    if arguments.request and "/" not in name:
        yield "--request needs a case, as in: info token.verify/expired --request"


def _shown(option: str, name: str) -> str:
    return name if option == "name" else f"--{option}"


def _lines(folder: Path, arguments: Namespace) -> Iterable[str]:
    name: str | None = arguments.name
    if arguments.operations:
        return [tables().rstrip("\n")]
    if arguments.testee:
        return _testee(arguments.testee)
    if name is None:
        return descriptions.of_suite(load(folder))
    if "/" in name:
        return _case(name, load(folder), whole=arguments.request)
    if name not in BY_NAME:
        raise VectorError(f"{name} is not an operation{perhaps(name, BY_NAME)}")
    if arguments.schema:
        text = json.dumps(schema(f"operations/{name}"), indent=2, ensure_ascii=False)
        return text.splitlines()
    return descriptions.of_operation(BY_NAME[name], load(folder))


def _testee(connector: str) -> Iterator[str]:
    testee = connect(connector)
    try:
        hello = testee.start()
    finally:
        testee.stop()
    yield from descriptions.of_testee(hello)


def _case(name: str, suite: Suite, *, whole: bool) -> Iterable[str]:
    by_id = {vector.id: vector for vector in suite.vectors}
    vector = by_id.get(name)
    if vector is None:
        raise VectorError(f"no vector is called {name}{perhaps(name, by_id)}")
    if whole:
        args = sent(vector, vector.profiles[0])
        return [json.dumps(request(1, vector.op, args, vector.id))]
    return descriptions.of_case(vector)


def _write(page: Path) -> int:
    try:
        write_whole(page, with_tables(page.read_text("utf-8")))
    except (OSError, PageError) as error:
        print(f"lkproto-conformance: {page}: {error}", file=sys.stderr)
        return USAGE
    return CLEAN
