"""`lkproto-conformance fuzz`: search for requests that break a law, and make them small."""

from __future__ import annotations

import json
import os
import random
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ..connect import connect
from ..protocol import PROFILES
from ..running.shards import Shard
from ..values import printable
from ..whole_files import write_whole
from . import CLEAN, FAILED, INCOMPLETE, USAGE
from .options import shard_of

if TYPE_CHECKING:
    from hypothesis.database import ExampleDatabase

    from ..suites.law import Law
    from ..suites.search import Finding, Search

HELP = "search for requests that break a law, and make them small"


def declare(parser: ArgumentParser) -> None:
    """Add the command's options."""
    add = parser.add_argument
    add("--testee", required=True, metavar="CONNECTOR", help="who is tried")
    add("--against", metavar="CONNECTOR", help="who has to answer the same")
    add(
        "--suite",
        action="append",
        metavar="NAME",
        help="only this suite or law; may be given again",
    )
    add("--seconds", type=_seconds, default=60.0, metavar="N", help="for how long (60)")
    add("--seed", type=int, metavar="N", help="the same examples each time")
    add("--profile", choices=PROFILES, help="only this profile")
    add(
        "--shard",
        type=shard_of,
        default=Shard(1, 1),
        metavar="I/N",
        help="this process's share, such as 2/4",
    )
    add(
        "--database", metavar="PLACE", help="a folder or redis://…, for counterexamples"
    )
    add(
        "--json",
        type=Path,
        metavar="FILE",
        help="write findings to a file, a line each",
    )


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e9:
        raise ArgumentTypeError(f"{text!r} is not a number of seconds")
    return value


def execute(_: Path, arguments: Namespace) -> int:
    """Search, and print what is found. Returns the exit code. Raises StartError."""
    _keep_out_of_here()
    try:
        from ..suites.catalog import SUITES, laws_of
        from ..suites.database import DatabaseError, open_database
    except ImportError as error:
        return _usage(str(error))
    laws = laws_of(arguments.suite, compares=bool(arguments.against))
    if not laws:
        return _usage(
            f"no such suite or law; suites are {', '.join(SUITES)}, and compare needs --against"
        )
    if arguments.seed is None:
        arguments.seed = random.randrange(1 << 32)  # noqa: S311 - not a secret
    output = Output(arguments)
    try:
        place = arguments.database
        database = open_database(place) if place else None
        output.write()
    except DatabaseError as error:
        return _usage(str(error))
    except OSError as error:
        return _usage(f"{arguments.json}: {error.strerror}")
    return _searched(arguments, laws, database, output)


def _keep_out_of_here() -> None:
    """Let hypothesis keep its tables with other caches, not in the folder where this runs."""
    with suppress(RuntimeError):  # there is no home
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        place = str(Path(base, "lkproto", "hypothesis"))
        os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", place)


def _usage(text: str) -> int:
    print(f"lkproto-conformance fuzz: {printable(text)}", file=sys.stderr)
    return USAGE


def _searched(
    arguments: Namespace,
    laws: list[Law],
    database: ExampleDatabase | None,
    output: Output,
) -> int:
    from ..suites.search import Plan, Search, warm_up
    from ..suites.session import Started

    share = (arguments.shard.index, arguments.shard.number)
    plan = Plan(arguments.seconds, arguments.seed, share, database)
    against = arguments.against and Started(
        connect(arguments.against), "the other testee"
    )
    testee = Started(connect(arguments.testee))
    try:
        for each in filter(None, (testee, against)):
            each.start()
        search = Search(testee, laws, plan, against or None, arguments.profile)
        warm_up()
        print(f"{testee.hello.name}: seed {arguments.seed}", flush=True)
        for finding in search.run():
            output.add(finding)
    finally:
        for each in filter(None, (testee, against)):
            each.connection.stop()
    return _summed_up(search, len(output.findings))


def _summed_up(search: Search, findings: int) -> int:
    """Print what was tried. Returns the exit code."""
    for suite in dict.fromkeys(unit.law.suite for unit in search.units):
        units = [unit for unit in search.units if unit.law.suite == suite]
        laws = len({unit.law.name for unit in units})
        print(
            f"{suite}: {sum(unit.examples for unit in units)} examples of {laws} laws"
        )
    if not search.units:
        print("nothing to try: the testee offers none of the operations")
        return INCOMPLETE
    if search.dead:
        print(f"the testee is gone: {printable(search.dead)}")
        return INCOMPLETE
    if untried := [unit.name for unit in search.untried]:
        print(
            f"no time for {len(untried)} laws, such as {untried[0]}; give more --seconds"
        )
    print(f"{findings} findings" if findings else "no law is broken")
    return FAILED if findings else INCOMPLETE if untried else CLEAN


class Output:
    """Prints findings, and keeps the file of them whole."""

    def __init__(self, arguments: Namespace) -> None:
        self._arguments = arguments
        self._path: Path | None = arguments.json
        self.findings: list[str] = []

    def add(self, finding: Finding) -> None:
        """Show a finding."""
        from ..suites.findings import lines, record

        command = self._command(finding)
        for line in lines(finding, command):
            print(printable(line), flush=True)
        self.findings.append(json.dumps(record(finding, command)) + "\n")
        self.write()

    def write(self) -> None:
        """Write the file. Raises OSError."""
        if self._path is not None:
            write_whole(self._path, "".join(self.findings))

    def _command(self, finding: Finding) -> list[str]:
        """The command that finds it again: the same seed and share, and its law alone."""
        given = self._arguments
        command = ["lkproto-conformance", "fuzz", "--testee", given.testee]
        if finding.law.compares:
            command += ["--against", given.against]
        command += ["--suite", finding.law.name, "--profile", finding.profile]
        if given.shard.number > 1:
            command += ["--shard", str(given.shard)]
        seconds = f"{given.seconds:g}"
        return [*command, "--seconds", seconds, "--seed", str(given.seed)]
