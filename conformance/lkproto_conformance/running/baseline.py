"""What a testee leaves out: operations that it does not offer, and cases that it declines.

What is left out and not in the baseline is a regression, for nothing would fail if an adapter lost
an operation. The file is JSON: reasons by operation, and by case or `case@profile`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from ..protocol import PROFILES
from ..values import is_list, is_object, nests_deeper
from ..whole_files import write_whole
from .known_failing import ListError, data_of

FORMAT = 1
MAX_REASON = 200
UPDATE = "--update-baseline accepts it"


@dataclass(frozen=True, slots=True)
class Baseline:
    """Reasons of skips."""

    path: Path
    not_offered: dict[str, str] = field(default_factory=dict[str, str])
    """By operation."""
    declined: dict[str, str] = field(default_factory=dict[str, str])
    """By case, or by `case@profile` where the other profile is not declined."""

    profiles: tuple[str, ...] = ()
    """What it offered; empty where nobody has noted it."""

    def declines(self, case: str, profile: str) -> bool:
        """Whether a case in a profile is listed as declined."""
        return case in self.declined or f"{case}@{profile}" in self.declined


def read(path: Path) -> Baseline:
    """Read a baseline. Raises ListError."""
    data = data_of(path)
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ListError(f"{path}: is not JSON: {str(error)[:200]}") from None
    return _baseline(document, path)


def _baseline(document: object, path: Path) -> Baseline:
    names = ("format", "not_offered", "declined")
    if (
        not is_object(document)
        or nests_deeper(document, 2)
        or document.keys() - {"profiles"} != set(names)
    ):
        _fail(path, f"is not an object with {', '.join(names)}")
    if document["format"] != FORMAT:
        _fail(path, f"has another format than {FORMAT}")
    for name in names[1:]:
        reasons = document[name]
        if not is_object(reasons) or not all(
            isinstance(each, str) for each in reasons.values()
        ):
            _fail(path, f"{name} is not an object with reasons")
    profiles = document.get("profiles", [])
    if not is_list(profiles) or not all(each in PROFILES for each in profiles):
        _fail(path, f"profiles is not a list with some of {', '.join(PROFILES)}")
    return Baseline(
        path, document["not_offered"], document["declined"], tuple(profiles)
    )


def _fail(path: Path, problem: str) -> NoReturn:
    raise ListError(f"{path}: {problem}; --update-baseline writes it")


@dataclass
class Skips:
    """The skips of a run, held to a baseline. `whole`: nothing of the suite is left out."""

    baseline: Baseline | None
    whole: bool
    offered: tuple[str, ...] = ()
    """The profiles of the testee."""
    _not_offered: dict[str, str] = field(default_factory=dict[str, str])
    _declined: dict[str, dict[str, str]] = field(
        default_factory=dict[str, dict[str, str]]
    )
    _profiles: dict[str, tuple[str, ...]] = field(
        default_factory=dict[str, tuple[str, ...]]
    )
    _ran_operations: set[str] = field(default_factory=set[str])
    _ran_cases: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    def not_offered(self, operation: str, reason: str) -> None:
        """Remember that an operation is not offered."""
        self._not_offered[operation] = _cut(reason)

    def declined(
        self, case: str, profiles: tuple[str, ...], profile: str, reason: str
    ) -> str:
        """Remember a declined case, whose vector has these profiles.

        Returns why it is a regression, or an empty text.
        """
        self._ran_operations.add(case.partition("/")[0])
        self._declined.setdefault(case, {})[profile] = _cut(reason)
        self._profiles[case] = profiles
        if self.baseline is None or self.baseline.declines(case, profile):
            return ""
        return f"{self.baseline.path}: the case was not declined before; {UPDATE}"

    def ran(self, operation: str, case: str, profile: str) -> None:
        """Remember that a case got an answer, where the baseline says something else."""
        if self.baseline is not None:
            self._ran_operations.add(operation)
            if self.baseline.declines(case, profile):
                self._ran_cases.add((case, profile))

    def problems(self) -> Iterator[str]:
        """Regressions that belong to no result: operations that were offered."""
        if self.baseline is not None:
            for each in self.baseline.profiles:
                if each not in self.offered:
                    yield f"{self.baseline.path}: the profile {each} was offered before; {UPDATE}"
            for each in sorted(
                self._not_offered.keys() - self.baseline.not_offered.keys()
            ):
                reason = self._not_offered[each]
                why = f" ({reason})" if reason else ""
                yield f"{self.baseline.path}: {each} was offered before{why}; {UPDATE}"

    def notes(self) -> Iterator[str]:
        """What the baseline lists and is not left out any more: good, and worth an update."""
        if self.baseline is not None:
            for each in sorted(self._ran_operations & self.baseline.not_offered.keys()):
                yield f"{self.baseline.path}: {each} is offered now; --update-baseline removes it"
            for case, profile in sorted(self._ran_cases):
                yield (
                    f"{self.baseline.path}: {case} [{profile}] is not declined any more; "
                    "--update-baseline removes it"
                )

    def write(self, path: Path) -> Iterator[str]:
        """Write what was found as the baseline; returns what has changed. Raises OSError."""
        before = self.baseline or Baseline(path)
        declined = self._declined_now(before)
        not_offered = dict(self._not_offered)
        if not self.whole:
            kept = before.not_offered.keys() - self._ran_operations
            not_offered = {
                **{each: before.not_offered[each] for each in kept},
                **not_offered,
            }
        write_whole(path, layout(Baseline(path, not_offered, declined, self.offered)))
        yield from _changes(before.not_offered, not_offered, "not offered")
        yield from _changes(before.declined, declined, "declined")

    def _declined_now(self, before: Baseline) -> dict[str, str]:
        found: dict[str, str] = {}
        if not self.whole:
            found = {
                key: reason
                for key, reason in before.declined.items()
                if self._stays(key)
            }
        for case, reasons in self._declined.items():
            asked = {each for each in self.offered if each in self._profiles[case]}
            if reasons.keys() >= asked and len(set(reasons.values())) == 1:
                found[case] = next(iter(reasons.values()))
            elif case not in found:
                found.update(
                    {f"{case}@{profile}": each for profile, each in reasons.items()}
                )
        return found

    def _stays(self, key: str) -> bool:
        """Whether an entry is about what a part of the suite did not ask."""
        case, _, profile = key.partition("@")
        if profile:
            return (case, profile) not in self._ran_cases
        return not any((case, each) in self._ran_cases for each in self.offered)


def layout(baseline: Baseline) -> str:
    """The text of the file: a line for each skip, by name, in ASCII."""
    parts: dict[str, Any] = {
        "format": FORMAT,
        **({"profiles": list(baseline.profiles)} if baseline.profiles else {}),
        "not_offered": dict(sorted(baseline.not_offered.items())),
        "declined": dict(sorted(baseline.declined.items())),
    }
    return json.dumps(parts, indent=2) + "\n"


def _changes(before: dict[str, str], now: dict[str, str], what: str) -> Iterator[str]:
    yield from (f"- {what}: {each}" for each in sorted(before.keys() - now.keys()))
    yield from (f"+ {what}: {each}" for each in sorted(now.keys() - before.keys()))


def _cut(reason: str) -> str:
    """A reason as one line: a testee may say anything."""
    line = " ".join(reason[: 2 * MAX_REASON].split())
    return line if len(line) <= MAX_REASON else line[: MAX_REASON - 1] + "…"
