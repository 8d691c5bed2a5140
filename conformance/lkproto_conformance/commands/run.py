"""`lkproto-conformance run`: ask testees, judge their answers, and hold them to their lists.

A result is judged, written and forgotten, so memory does not grow with the number of cases.
"""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser, Namespace
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from ..connect import FORMS, Connection, StartError, connect, instances
from ..protocol import Hello
from ..reports.entries import case_of, described, entry_of
from ..reports.matrix import matrix_of
from ..reports.model import Header
from ..reports.progress import Progress, progress
from ..reports.recording import Recording
from ..reports.standing import Standing
from ..reports.text import Shown, ending, matrix_lines
from ..reports.unasked import why_unasked
from ..running.expectations import Expectations
from ..running.jobs import run_jobs
from ..running.runner import Result
from ..values import printable
from ..vectors import Suite, Vector, load, suite_version
from . import CLEAN, FAILED, INCOMPLETE, INTERRUPTED, NOT_STARTED, UsageError
from .options import chosen, declare_selection, filter_of, jobs_of
from .targets import Target, targets

HELP = "ask testees and judge their answers"
MAX_REASON = 8_000
"""Characters of why a testee did not start."""


def declare(parser: ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument(
        "--testee",
        action="append",
        required=True,
        metavar="CONNECTOR",
        help=f"{', '.join(FORMS)}; may be given again",
    )
    parser.add_argument(
        "--jobs",
        type=jobs_of,
        default=1,
        metavar="N",
        help="start N instances of each testee (exec: and folder:)",
    )
    declare_judging(parser)


def declare_judging(parser: ArgumentParser) -> None:
    """Add the options that do not depend on how a testee is reached."""
    declare_selection(parser)
    _declare_lists(parser)
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FILE.ndjson",
        help="write the report, of which `report` makes all views",
    )
    parser.add_argument(
        "--validate",
        action="store_true",
        help="hold requests and replies to their JSON Schemas",
    )
    parser.add_argument(
        "--verbose",
        action="store_true",
        help="show all failures, with request, reply and expectation",
    )


def _declare_lists(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--known-failing",
        type=Path,
        metavar="FILE",
        help="the known failures of the testee",
    )
    parser.add_argument(
        "--baseline", type=Path, metavar="FILE", help="what the testee leaves out"
    )
    parser.add_argument(
        "--update-known",
        action="store_true",
        help="write the known failures again, as this run finds them",
    )
    parser.add_argument(
        "--update-baseline",
        action="store_true",
        help="write the baseline again, as this run finds it",
    )


def execute(folder: Path, arguments: Namespace) -> int:
    """Run every testee. Returns the exit code."""
    suite = load(folder)
    vectors = chosen(suite.vectors, arguments)
    whole = len(vectors) == len(suite.vectors) and arguments.profile is None
    asked = [
        (target, target.lists.read(suite.vectors, whole=whole))
        for target in targets(arguments)
    ]
    recording = Recording(arguments.output)
    with _opened(recording):
        session = _Session(suite, vectors, arguments, recording, progress())
        try:
            codes = [session.run(target, lists) for target, lists in asked]
        except KeyboardInterrupt:
            return _interrupted(recording)
        session.finish()
    if max(codes) == CLEAN and not session.asked:
        why = "; ".join(session.unasked)
        print(f"lkproto-conformance: nothing was judged: {why}", file=sys.stderr)
        return INCOMPLETE
    return FAILED if FAILED in codes else max(codes)


def _opened(recording: Recording) -> Recording:
    try:
        return recording.open()
    except OSError as error:
        raise UsageError(f"{recording.path}: {error.strerror or error}") from None


def _interrupted(recording: Recording) -> int:
    shown = ""
    if part := recording.part:
        shown = (
            f"; `lkproto-conformance report --incomplete {part}` shows what there is"
        )
    print(f"lkproto-conformance: interrupted{printable(shown)}", file=sys.stderr)
    return INTERRUPTED


@dataclass
class _Session:
    """One run of the command."""

    suite: Suite
    vectors: list[Vector]
    arguments: Namespace
    recording: Recording
    progress: Progress

    def __post_init__(self) -> None:
        self._names: list[str] = []
        self._counts: list[dict[str, Counter[str]]] = []
        self.asked = 0
        """How many cases were asked, of all testees."""
        self.unasked: list[str] = []
        """Why nothing was asked, for each testee that started and was asked nothing."""

    def run(self, target: Target, lists: Expectations) -> int:
        """Ask a testee. Returns the exit code that it alone would have."""
        one = _One(self, target, lists)
        try:
            one.ask()
        finally:
            self.progress.end()
        self._names.append(one.header.label)
        self._counts.append(one.standing.counts)
        self.asked += one.asked
        self.unasked += one.unasked
        return one.finish()

    def finish(self) -> None:
        """After all testees: complete the report, compare several."""
        self.recording.complete()
        if len(self._names) > 1:
            names = self._names
            if len(set(names)) < len(names):
                names = list(self.arguments.testee)
            for line in ["", *matrix_lines(matrix_of(names, self._counts))]:
                self.progress.say(line)


class _One:
    """The run of one testee."""

    def __init__(self, session: _Session, target: Target, lists: Expectations) -> None:
        self._session, self._target, self._lists = session, target, lists
        arguments = session.arguments
        self._shown = Shown(arguments.verbose, arguments.vectors or "")
        self.standing = Standing()
        self.asked = 0
        self._hello = Hello()
        self.header = Header(
            suite=suite_version(),
            upstream=session.suite.upstream,
            digest=session.suite.digest,
            label=target.label,
            filter=filter_of(arguments),
            shard=str(arguments.shard or ""),
            connector=target.connector,
            begun=int(time.time()),
        )

    def ask(self) -> None:
        """Ask all cases; a testee that does not start has none."""
        session = self._session
        profile = session.arguments.profile
        try:
            testees = self._testees()
            results = run_jobs(testees, session.vectors, profile, started=self._started)
            with closing(results):
                for result in results:
                    self._take(result)
        except StartError as error:
            label = self.header.label or self._target.connector
            reason = str(error)[:MAX_REASON]
            self.header = replace(self.header, label=label, not_started=reason)
            session.recording.header(self.header)

    def _testees(self) -> list[Connection]:
        connector, jobs = self._target.connector, self._session.arguments.jobs
        found = instances(connector, jobs) if jobs > 1 else [connect(connector)]
        if self._session.arguments.validate:
            found = [_validating(each) for each in found]
        return found

    def _started(self, hello: Hello) -> None:
        session = self._session
        self._lists.started(hello)
        self._hello = hello
        self.header = described(self.header, hello, session.arguments.profile)
        session.recording.header(self.header)
        profiles = self.header.profiles
        total = sum(
            each in vector.profiles for vector in session.vectors for each in profiles
        )
        session.progress.begin(self.header.label, total)

    def _take(self, result: Result) -> None:
        session = self._session
        entry = entry_of(result, self._lists.take(result))
        self.standing.add(entry)
        self.asked += result.reply is not None
        session.recording.result(result.vector, entry)
        session.progress.advance(self.standing.failures)
        if entry.fails:
            for line in self._shown.failure(case_of(result.vector), entry, self.header):
                session.progress.say(line)

    @property
    def unasked(self) -> list[str]:
        """Why nothing was asked of a testee that has started; empty if something was."""
        if self.asked or self.header.not_started:
            return []
        only = self._session.arguments.profile
        return [why_unasked(self.header.label, self._hello, self.standing, only)]

    def finish(self) -> int:
        """Say how it stands, update its lists. Returns its exit code."""
        say = self._session.progress.say
        ran = not self.header.not_started
        stale = tuple(self._lists.problems()) if ran else ()
        for why in stale:
            self._session.recording.stale(why)
        for line in (*self._shown.rest, *ending(self.header, self.standing, stale)):
            say(line)
        for note in self._lists.notes() if ran else ():
            say(f"note: {printable(note)}")
        if not ran:
            print(
                f"lkproto-conformance: {printable(self.header.not_started)}",
                file=sys.stderr,
            )
            return NOT_STARTED
        if self.standing.not_run:
            return INCOMPLETE
        for line in self._lists.write():
            say(printable(line))
        return FAILED if stale or self.standing.failures else CLEAN


def _validating(testee: Connection) -> Connection:
    from ..schemas import MissingError, validating

    try:
        return validating(testee)
    except MissingError as error:
        raise UsageError(str(error)) from None
