"""`lkproto-conformance smoke`: a first look at a testee, for its author."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from ..connect import FORMS, ConnectorError, ReplayTestee, StartError, connect
from ..running.hints import hint
from ..running.smoke import Step, smoke
from ..values import counted, printable
from ..vectors import load
from . import CLEAN, FAILED, NOT_STARTED

HELP = "see whether a testee speaks the protocol, and how to mend it"


def declare(parser: ArgumentParser) -> None:
    """Add the command's options."""
    forms = ", ".join(form for form in FORMS if not form.startswith("replay"))
    parser.add_argument("--testee", required=True, metavar="CONNECTOR", help=forms)


def execute(folder: Path, arguments: Namespace) -> int:
    """Print a line for each step. Returns the exit code. Raises ConnectorError."""
    vectors = load(folder).vectors
    connector: str = arguments.testee
    wrong = steps = 0
    try:
        testee = connect(connector)
        if isinstance(testee, ReplayTestee):
            raise StartError(f"{connector}: a transcript is judged, not tried")
        for step in smoke(testee, vectors):
            steps += 1
            wrong += bool(step.problem)
            _show(step)
    except ConnectorError:
        raise
    except StartError as error:
        _show(Step("start", str(error), hint(str(error))))
        return NOT_STARTED
    print(
        f"{connector}: {counted(steps, 'step')}, {wrong} wrong"
        if wrong
        else _next(connector)
    )
    return FAILED if wrong else CLEAN


def _show(step: Step) -> None:
    said = step.problem or step.note
    line = f"{'wrong' if step.problem else 'ok   '}  {step.name}: {said}"
    print(printable(line), flush=True)
    if step.problem and step.hint:
        print(f"       to mend it: {printable(step.hint)}", flush=True)


def _next(connector: str) -> str:
    return f"{printable(connector)}: all steps are right; `run` asks every case"
