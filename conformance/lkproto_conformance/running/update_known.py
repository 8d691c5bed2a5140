"""Writes a list of known failures again, as a run found them.

Entries that hold stay as they are, with what people wrote. The others go, and each failure that no
entry describes gets one of its own, for somebody to say why. Of what a run of a part does not ask,
nothing is lost: where an entry goes, the rest of what it is about gets entries with its words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..judging.verdict import Verdict
from ..whole_files import write_whole
from .discipline import Discipline, Progress
from .first_line import first_line
from .known_failing import Known, ListError
from .patterns import Pattern, PatternError, parse_pattern

HEAD = (
    "# pattern  # first line of the failure  # which side is right, by which source",
    "",
)


@dataclass(frozen=True, slots=True)
class Change:
    """What a list has now and had not, and the other way round; each as lines of the file."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    kept: int
    lost_comments: int

    @property
    def lines(self) -> Iterator[str]:
        """For people: a line for each change, and their number."""
        yield from (f"- {each}" for each in self.removed)
        yield from (f"+ {each}" for each in self.added)
        if self.lost_comments:
            yield f"comments between entries are left out: {self.lost_comments}"
        yield f"{len(self.added)} added, {len(self.removed)} removed, {self.kept} kept"


@dataclass
class Update:
    """The failures of a run. `offered`: the profiles of the testee."""

    discipline: Discipline
    offered: tuple[str, ...] = ()
    _failures: dict[str, dict[str, str]] = field(
        default_factory=dict[str, dict[str, str]]
    )
    _profiles: dict[str, tuple[str, ...]] = field(
        default_factory=dict[str, tuple[str, ...]]
    )

    def take(
        self, case: str, profiles: tuple[str, ...], profile: str, verdict: Verdict
    ) -> None:
        """Remember a result; `profiles` are those of its vector."""
        if verdict.failed and verdict.name != "not_run":
            self._failures.setdefault(case, {})[profile] = first_line(verdict)
            self._profiles[case] = profiles

    def write(self) -> Change:
        """Write the list, if it changes. Raises OSError."""
        listed = self.discipline.listed
        kept, covered = self._kept()
        new = list(self._new(covered, _Dropped(listed.entries, kept)))
        new += self._rest(kept)
        before = {entry.written for entry in listed.entries}
        entries = sorted(
            [*kept, *new], key=lambda entry: (entry.pattern.text, entry.written)
        )
        texts = [entry.written for entry in entries]
        if texts or listed.entries:
            head = listed.head or (() if listed.entries else HEAD)
            write_whole(listed.path, "".join(f"{line}\n" for line in (*head, *texts)))
        return Change(
            tuple(text for text in texts if text not in before),
            tuple(sorted(before.difference(texts))),
            len(before.intersection(texts)),
            listed.later_comments,
        )

    def _kept(self) -> tuple[list[Known], set[tuple[str, str]]]:
        """The entries that hold, and the failures that they describe."""
        kept: list[Known] = []
        covered: set[tuple[str, str]] = set()
        for each in self.discipline.progress:
            if self._holds(each) and covered.isdisjoint(each.failures):
                kept.append(each.entry)
                covered.update(each.failures)
        return kept, covered

    def _holds(self, each: Progress) -> bool:
        return not (
            each.broken or each.is_too_wide or self.discipline.is_unmatched(each)
        )

    def _rest(self, kept: list[Known]) -> Iterator[Known]:
        """What the entries that go say of cases that were not asked."""
        stay = {entry.line for entry in kept}
        done: set[tuple[str, str]] = set()
        for each in self.discipline.progress:
            if each.entry.line in stay:
                continue
            for (case, asked), profiles in self._unasked(each, kept, done).items():
                names = (
                    [case] if profiles == asked else [f"{case}@{p}" for p in profiles]
                )
                for name in names:
                    yield Known(
                        0, self._pattern(name), each.entry.message, each.entry.why
                    )

    def _unasked(
        self, each: Progress, kept: list[Known], done: set[tuple[str, str]]
    ) -> dict[tuple[str, tuple[str, ...]], tuple[str, ...]]:
        """By case and the profiles it is asked in: those that no other entry is about."""
        found: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = {}
        for vector, profile in self.discipline.unasked(each, self.offered):
            case = vector.id
            taken = any(entry.pattern.matches(case, profile) for entry in kept)
            if not taken and (case, profile) not in done:
                done.add((case, profile))
                key = case, tuple(p for p in self.offered if p in vector.profiles)
                found[key] = (*found.get(key, ()), profile)
        return found

    def _new(self, covered: set[tuple[str, str]], dropped: _Dropped) -> Iterator[Known]:
        for case, lines in self._failures.items():
            open_ = {
                profile: line
                for profile, line in lines.items()
                if (case, profile) not in covered
            }
            asked = {each for each in self.offered if each in self._profiles[case]}
            if open_.keys() >= asked and len(set(open_.values())) == 1:
                yield self._entry(case, next(iter(open_.values())), dropped)
            else:
                for profile, line in open_.items():
                    yield self._entry(f"{case}@{profile}", line, dropped)

    def _entry(self, name: str, line: str, dropped: _Dropped) -> Known:
        """A new entry; what was said of the failure before is kept as a question."""
        pattern = self._pattern(name)
        return Known(0, pattern, line, dropped.why(pattern))

    def _pattern(self, name: str) -> Pattern:
        try:
            return parse_pattern(name)
        except PatternError as error:
            path = self.discipline.listed.path
            raise ListError(f"{path}: {name} cannot be listed: {error}") from None


class _Dropped:
    """The entries that go."""

    def __init__(self, entries: Iterable[Known], kept: Iterable[Known]) -> None:
        stay = {entry.line for entry in kept}
        gone = [each for each in entries if each.line not in stay and each.why]
        self._literal = {each.pattern.name: each for each in gone}
        self._wild = [each for each in gone if each.pattern.is_wildcard]

    def why(self, pattern: Pattern) -> str:
        """What one of them said of a case, as a question: the failure is another now."""
        name = pattern.name
        found = self._literal.get(name) or next(
            (each for each in self._wild if each.pattern.matches_name(name)), None
        )
        return f"? {found.why.lstrip('? ')}".strip() if found else ""
