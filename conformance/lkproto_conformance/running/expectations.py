"""What a testee's lists say of its results, while it runs: known failures and the baseline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..protocol import Hello, Reply
from ..vectors import Vector
from . import baseline, known_failing
from .asking import NOT_ADVERTISED, Result
from .baseline import Baseline, Skips
from .discipline import Discipline, Held
from .known_failing import KnownFailing
from .update_known import Update

UPDATED = "listed by --update-known"


@dataclass(frozen=True, slots=True)
class Lists:
    """Where a testee's lists are, and what is to happen to them; a path that is None: no list."""

    known_failing: Path | None = None
    baseline: Path | None = None
    update_known: bool = False
    update_baseline: bool = False

    def read(self, suite: Sequence[Vector], *, whole: bool) -> Expectations:
        """The lists in use; one that is to be written need not be there. Raises ListError."""
        listed = stored = None
        if path := self.known_failing:
            missing = self.update_known and not path.exists()
            listed = KnownFailing(path, ()) if missing else known_failing.read(path)
        if path := self.baseline:
            missing = self.update_baseline and not path.exists()
            stored = None if missing else baseline.read(path)
        return Expectations(self, listed, stored, suite, whole=whole)


class Expectations:
    """A testee's lists in use. `whole`: all cases of the suite are asked."""

    def __init__(
        self,
        lists: Lists,
        listed: KnownFailing | None,
        stored: Baseline | None,
        suite: Sequence[Vector],
        *,
        whole: bool,
    ) -> None:
        self._lists = lists
        self._skips = Skips(stored, whole)
        self._discipline = Discipline(listed, suite, whole=whole) if listed else None
        self._update: Update | None = None
        if self._discipline and lists.update_known:
            self._update = Update(self._discipline)

    def started(self, hello: Hello) -> None:
        """Take the testee's description of itself."""
        self._skips.offered = hello.profiles
        if self._update:
            self._update.offered = hello.profiles

    def take(self, result: Result) -> Held:
        """What the lists say of a result."""
        vector, profile, verdict = result.vector, result.profile, result.verdict
        held = Held()
        if self._discipline:
            held = self._discipline.take(vector.id, profile, verdict)
        if verdict.name == "skip":
            return Held(stale=self._skipped(result))
        if self._update:
            self._update.take(vector.id, vector.profiles, profile, verdict)
            # The list is written so that it holds.
            listed = verdict.failed and verdict.name != "not_run"
            held = Held(known=held.known or UPDATED) if listed else Held()
        if verdict.name != "not_run":
            self._skips.ran(vector.op, vector.id, profile)
        return held

    def _skipped(self, result: Result) -> str:
        vector, detail = result.vector, result.verdict.detail
        if detail.startswith(NOT_ADVERTISED):
            reason = detail.removeprefix(NOT_ADVERTISED).removeprefix(": ")
            self._skips.not_offered(vector.op, reason.removeprefix(f"{vector.op} "))
        elif isinstance(result.reply, Reply):
            reason = detail.removeprefix("declined: ")
            profile = result.profile
            stale = self._skips.declined(vector.id, vector.profiles, profile, reason)
            return "" if self._lists.update_baseline else stale
        return ""

    def problems(self) -> Iterator[str]:
        """After the run: what is wrong with the lists and belongs to no result."""
        if self._discipline and not self._update:
            yield from self._discipline.problems()
        if not self._lists.update_baseline:
            yield from self._skips.problems()

    def notes(self) -> Iterator[str]:
        """What the lists could say better."""
        if not self._lists.update_baseline:
            yield from self._skips.notes()
        if self._discipline and not self._update:
            entries = self._discipline.listed.entries
            if silent := sum(not each.is_explained for each in entries):
                path = self._discipline.listed.path
                yield f"{path}: entries that do not say which side is right: {silent}"

    def write(self) -> Iterator[str]:
        """Write the lists that are to be updated; returns what has changed. Raises OSError."""
        if self._update:
            yield f"{self._lists.known_failing}:"
            yield from self._update.write().lines
        if self._lists.update_baseline and self._lists.baseline:
            yield f"{self._lists.baseline}:"
            yield from self._skips.write(self._lists.baseline)
