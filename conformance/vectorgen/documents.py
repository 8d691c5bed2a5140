"""Makes documents from areas: executes every case, and groups cases by their oracle."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from lkproto_conformance.connect import Connection
from lkproto_conformance.protocol import OPERATIONS, Broken, Reply

from .area import STRICT, Area, Case, Policy

VERSION = "1"
UPSTREAM = "livekit/protocol v1.54.0"


class ExecutionError(Exception):
    """The reference did not give an answer that can be expected."""


def document(area: Area, reference: Connection) -> dict[str, Any]:
    """The document of an area. Raises ExecutionError."""
    groups = [
        _group(
            area, f"{UPSTREAM} {area.function}, executed", _executed(area, reference)
        )
    ]
    by_oracle: dict[str, list[dict[str, Any]]] = {}
    for policy, case in area.policies():
        by_oracle.setdefault(policy.oracle, []).append(_refused(area, case, policy))
    groups += [_group(area, oracle, tests) for oracle, tests in by_oracle.items()]
    return {
        "format": 1,
        "area": area.op,
        "upstream": UPSTREAM,
        "notes": {
            name: {key: value for key, value in asdict(note).items() if value}
            for name, note in area.notes.items()
        },
        "count": sum(len(group["tests"]) for group in groups),
        "groups": groups,
    }


def _group(area: Area, oracle: str, tests: list[dict[str, Any]]) -> dict[str, Any]:
    source = {
        "name": f"vectorgen/{area.source}.py",
        "version": VERSION,
        "oracle": oracle,
    }
    return {"source": source, "params": area.params, "tests": tests}


def _executed(area: Area, reference: Connection) -> list[dict[str, Any]]:
    return [
        _test(area, case, *_expectation(area, case, reference))
        for case in (case.executed() for case in area.cases)
        if case.profiles != STRICT
    ]


def _expectation(
    area: Area, case: Case, reference: Connection
) -> tuple[str, dict[str, Any]]:
    args = {**area.params, **case.args}
    if OPERATIONS[area.op]:
        args["profile"] = "go"
    answer = reference.ask(area.op, args, f"{area.op}/{case.name}")
    if isinstance(answer, Broken) or answer.outcome in ("error", "unsupported"):
        raise ExecutionError(f"{area.op}/{case.name}: {answer}")
    return _expect(area, case, answer)


def _expect(area: Area, case: Case, answer: Reply) -> tuple[str, dict[str, Any]]:
    if answer.outcome == "ok":
        return "valid", answer.body
    expect: dict[str, Any] = {"kind": answer.kind}
    if not case.any_kind:
        expect["kind_required"] = True
    if area.op in _MESSAGES:
        expect["message"] = answer.body["message"]
    return "invalid", expect


_MESSAGES = ("deployment.validate", "thread_id.validate")


def _refused(area: Area, case: Case, policy: Policy) -> dict[str, Any]:
    expect: dict[str, Any] = {"kind": policy.kind}
    if policy.kind_required:
        expect["kind_required"] = True
    return {**_test(area, case, "invalid", expect), "profiles": list(STRICT)}


def _test(
    area: Area, case: Case, result: str, expect: dict[str, Any]
) -> dict[str, Any]:
    return {
        "id": f"{area.op}/{case.name}",
        "comment": case.comment,
        "level": case.level,
        "result": result,
        "flags": sorted(case.flags),
        "spec": list(area.spec),
        "profiles": list(case.profiles),
        "args": case.args,
        "expect": expect,
    }
