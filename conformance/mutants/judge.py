"""Judges a mutant: the cases that reach it are asked until one fails."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .cases import ON_THE_WIRE, Case, verdict
from .forked import Code, Forked
from .hook import Change
from .laws import Trial, broken, concerned, variants
from .modules import AREAS
from .population import Source
from .reach import Reach
from .sites import Mutant, mutated

MOST_OTHERS = 600
"""Cases that are asked although they reach only the module, with other messages."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a mutant ended: what killed it and the first case that did, or neither."""

    by: str = ""
    """`import`, an operation or a suite; empty for a survivor."""
    case: str = ""
    detail: str = ""
    reached: int = 0
    """The cases that reach its statement."""

    @property
    def killed(self) -> bool:
        """Whether the suite found it."""
        return bool(self.by)


def judged(
    source: Source, mutant: Mutant, reach: Reach, trials: Sequence[Trial] = ()
) -> Outcome:
    """The outcome of a mutant: vectors first, then laws of the property suites.

    It forks, so call it where there are no threads.
    """
    plan = list(order(source, mutant, reach))
    reached = len(reach.by_statement.get(source.statement(mutant), ()))
    ops = {each.vector.op for each in plan[: reached or None]}
    laws = list(concerned(trials, ops if plan else _ops(source, reach)))
    if not plan and not laws:
        return Outcome(reached=reached)

    def change(_: object) -> object:
        return mutated(source.tree, mutant)

    processes = _Processes({source.module.name: change})  # type: ignore[dict-item]
    try:
        for case in plan:
            if found := processes.problem(case):
                return Outcome(*found, reached)
        for trial in laws:
            if found := processes.broken(trial):
                return Outcome(*found, reached)
    finally:
        processes.stop()
    return Outcome(reached=reached)


class _Processes:
    """The mutant with the codec as it is, and with the exact one: whichever is asked."""

    def __init__(self, changes: dict[str, Change]) -> None:
        # Both now: cases start threads, and processes with threads are not forked.
        self._found = {exact: Forked(Code(changes, exact)) for exact in (False, True)}
        self._started: set[bool] = set()

    def problem(self, case: Case) -> tuple[str, str, str] | None:
        """What failed, the case, and how; None if the case passes."""
        process = self._found[case.exact]
        if why := self._not_imported(case.exact):
            return "import", "", why
        found = verdict(process, case)
        if found.name == "pass":
            return None
        return case.vector.op, str(case), f"{found.name}: {found.detail}"

    def broken(self, trial: Trial) -> tuple[str, str, str] | None:
        """The suite of a law that is broken, the law, and how; None if it is kept."""
        for variant in variants(trial):
            exact = variant == "exact"
            if why := self._not_imported(exact):
                return "import", "", why
            if why := broken(trial, self._found[exact], variant):
                return f"suite {trial.law.suite}", str(trial), why
        return None

    def _not_imported(self, exact: bool) -> str:
        """Why a process has no code to ask; it is started when it is first needed."""
        if exact in self._started:
            return ""
        self._started.add(exact)
        failed = self._found[exact].start()
        return failed.detail if failed else ""

    def stop(self) -> None:
        """End both."""
        for process in self._found.values():
            process.stop()


def _ops(source: Source, reach: Reach) -> set[str]:
    """The operations that reach a module."""
    return {reach.cases[at].vector.op for at in reach.by_module.get(source.number, ())}


def order(source: Source, mutant: Mutant, reach: Reach) -> Iterator[Case]:
    """The cases to ask, likely killers first.

    First those that reach the statement. A statement may run once, when the module is imported or
    when something is made that later cases use, so then come those of the same messages, and
    others that reach the module.
    """
    number = source.statement(mutant)
    first = set(reach.by_statement.get(number, ()))
    if not first and number not in reach.at_import:
        return
    yield from _sorted(reach.cases[at] for at in first)
    rest = [at for at in reach.by_module.get(source.number, ()) if at not in first]
    cases = [reach.cases[at] for at in rest]
    if mutant.path not in AREAS["twirp"]:
        cases = [each for each in cases if each.vector.op not in ON_THE_WIRE]
    messages = {_message(reach.cases[at]) for at in first} - {None}
    yield from _sorted(each for each in cases if _message(each) in messages)
    others = _sorted(each for each in cases if _message(each) not in messages)
    yield from others[: MOST_OTHERS if first else None]


def _message(case: Case) -> object:
    """The message of an operation on messages."""
    return case.vector.args.get("message")


def _sorted(cases: Iterable[Case]) -> list[Case]:
    """Cases in a mixed order, so that neighbours, which are alike, do not come one by one."""
    return sorted(cases, key=lambda each: (each.vector.op in ON_THE_WIRE, _mixed(each)))


def _mixed(case: Case) -> bytes:
    return hashlib.blake2b(str(case).encode(), digest_size=8).digest()
