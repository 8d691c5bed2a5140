"""The testees that `run` is to ask, with their lists."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..connect import StartError, check
from ..connect.folder import read
from ..running.expectations import Lists
from . import UsageError
from .options import selection_of

KNOWN_FAILING, BASELINE = "known-failing.txt", "baseline.json"
"""The lists in a testee's folder."""


@dataclass(frozen=True, slots=True)
class Target:
    """A testee, not started yet."""

    connector: str
    label: str
    """The name of its folder's testee; empty without a folder."""
    lists: Lists


def targets(arguments: Namespace) -> list[Target]:
    """The testees of the options. Raises UsageError and ConnectorError."""
    for connector in arguments.testee:
        check(connector)
    for problem in _problems(arguments):
        raise UsageError(problem)
    return [_target(connector, arguments) for connector in arguments.testee]


def _problems(arguments: Namespace) -> Iterator[str]:
    connectors: list[str] = arguments.testee
    given = [name for name in ("known_failing", "baseline") if getattr(arguments, name)]
    for name in given:
        if len(connectors) > 1:
            option = "--" + name.replace("_", "-")
            yield f"{option} is of one testee; give folder:PATH for each of several"
    if len(set(connectors)) < len(connectors):
        yield "the same --testee is given more than once"
    part = selection_of(arguments)
    if arguments.update_baseline and part:
        yield f"--update-baseline needs a run of the whole suite: leave out {' and '.join(part)}"
    for connector in connectors:
        if arguments.validate and connector.startswith("replay:"):
            yield f"{connector}: --validate needs a testee that can be asked, not a transcript"
        if not connector.startswith("folder:"):
            if arguments.update_known and not arguments.known_failing:
                yield f"{connector}: --update-known needs --known-failing FILE, or folder:PATH"
            if arguments.update_baseline and not arguments.baseline:
                yield f"{connector}: --update-baseline needs --baseline FILE, or folder:PATH"


def _target(connector: str, arguments: Namespace) -> Target:
    known_failing: Path | None = arguments.known_failing
    baseline: Path | None = arguments.baseline
    label = ""
    if connector.startswith("folder:"):
        try:
            folder = read(connector.removeprefix("folder:"))
        except StartError:
            pass  # it is the same when the testee is to start, and then it is reported
        else:
            label = folder.name
            known_failing = known_failing or folder.known_failing
            baseline = baseline or folder.baseline
            if arguments.update_known:
                known_failing = known_failing or folder.path / KNOWN_FAILING
            if arguments.update_baseline:
                baseline = baseline or folder.path / BASELINE
    return Target(
        connector,
        label,
        Lists(
            known_failing,
            baseline,
            update_known=arguments.update_known,
            update_baseline=arguments.update_baseline,
        ),
    )
