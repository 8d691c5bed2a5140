"""`python -m vectorgen.promote`: make a vector of a request that a search found.

The reference is executed for the expectation. The request goes into `promoted.json`, and the file
of vectors becomes what a run of vectorgen would make of it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from lkproto_conformance.connect import Connection, StartError, connect
from lkproto_conformance.lint.proof import unproven
from lkproto_conformance.operations import MESSAGES
from lkproto_conformance.protocol import MAX_LINE
from lkproto_conformance.schemas import MissingError
from lkproto_conformance.values import is_object, printable
from lkproto_conformance.vectors import VectorError, canonical, load, parse
from lkproto_conformance.whole_files import write_whole

from . import documents, google_runtime, promotable, promoted
from .documents import ExecutionError

FOLDER = Path(__file__).parents[1] / "vectors"
REFUSED, NOT_STARTED = 2, 3
_SHOWN = 400


class RefusedError(Exception):
    """A request that does not become a vector, and why."""


def main(argv: Sequence[str] | None = None) -> int:
    """Promote. Returns the exit code: 2 for a request that is refused, 3 without a reference."""
    arguments = _parser().parse_args(argv)
    try:
        case = _read(arguments.file)
        if arguments.policy:
            case["policy"] = arguments.policy
        _promote(case, arguments.reference, dry=arguments.dry_run)
    except (RefusedError, VectorError, MissingError, OSError) as error:
        print(f"promote: {printable(str(error))}", file=sys.stderr)
        return REFUSED
    except (StartError, ExecutionError) as error:
        why = printable(str(error))[:_SHOWN]
        print(f"promote: no expectation from the reference: {why}", file=sys.stderr)
        return NOT_STARTED
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="promote", description=__doc__)
    parser.add_argument("file", nargs="?", default="-", help="- is stdin")
    reference = os.environ.get("LKPROTO_REFERENCE")
    parser.add_argument("--reference", default=reference, required=not reference)
    parser.add_argument("--policy")
    parser.add_argument("--dry-run", action="store_true")
    return parser


def _read(name: str) -> dict[str, Any]:
    """The case of a file, or of stdin. Raises RefusedError and OSError."""
    if name == "-":
        data = sys.stdin.buffer.read(MAX_LINE + 1)
    else:
        with Path(name).open("rb") as stream:
            data = stream.read(MAX_LINE + 1)
    if len(data) > MAX_LINE:
        raise RefusedError(f"the input is longer than {MAX_LINE} bytes")
    try:
        case = json.loads(data, parse_constant=_no_json)
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"the input is not one JSON object: {error}") from None
    if not is_object(case):
        raise RefusedError("the input is not a JSON object")
    return case


def _no_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _promote(case: dict[str, Any], reference: str, *, dry: bool) -> None:
    for problem in promotable.problems(case):
        raise RefusedError(problem)
    existing = load(FOLDER).vectors
    for problem in promotable.taken(case, existing, FOLDER / "retired.toml"):
        raise RefusedError(problem)
    cases = [*_listed(), case]
    text = canonical(_document(case["op"], cases, reference))
    names = promotable.ids(case)
    new = [vector for vector in parse(text, "promoted") if vector.id in names]
    for vector in new:
        if (
            vector.id.endswith("-go")
            and "policy" in case
            and vector.result == "invalid"
        ):
            raise RefusedError("the reference refuses it too; leave --policy out")
        print(f"{vector.id}: {vector.result} {json.dumps(vector.expect)}")
    for problem in unproven(new):
        print(f"promote: warning: {printable(problem)}", file=sys.stderr)
    if not dry:
        write_whole(promoted.FILE, promoted.text(cases))
        write_whole(FOLDER / f"{case['op']}.json", text)


def _listed() -> list[dict[str, Any]]:
    """The cases that are promoted already. Raises RefusedError and OSError."""
    try:
        return promoted.read()
    except (ValueError, KeyError, TypeError) as error:
        why = f"{type(error).__name__}: {error}"
        raise RefusedError(f"{promoted.FILE.name} cannot be read ({why})") from None


def _document(op: str, cases: list[dict[str, Any]], connector: str) -> dict[str, Any]:
    """The vectors of an operation, those of promoted cases executed again.

    Raises StartError and ExecutionError.
    """
    path = FOLDER / f"{op}.json"
    rest = _others(json.loads(path.read_text("utf-8"))) if path.exists() else None
    ordered = json.loads(promoted.text(each for each in cases if each["op"] == op))
    (area,) = promoted.areas_of(ordered["cases"])
    reference = connect(connector)
    reference.start()
    try:
        return documents.joined(rest, documents.document(area, reference, _other(op)))
    finally:
        reference.stop()


def _others(document: dict[str, Any]) -> dict[str, Any]:
    """A document without the groups of promoted cases."""
    own = f"vectorgen/{promoted.SOURCE}.py"
    groups = [each for each in document["groups"] if each["source"]["name"] != own]
    count = sum(len(group["tests"]) for group in groups)
    return {**document, "groups": groups, "count": count}


def _other(op: str) -> tuple[str, Connection] | None:
    if op in {operation.name for operation in MESSAGES}:
        return google_runtime.ORACLE, google_runtime.connection()
    return None


if __name__ == "__main__":
    sys.exit(main())
