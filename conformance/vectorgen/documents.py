"""Makes documents from areas: executes every case, and groups cases by their oracle."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import asdict
from typing import Any

from lkproto_conformance.connect import Connection
from lkproto_conformance.protocol import OPERATIONS, Broken, Reply
from lkproto_conformance.running.exchanges import ask

from .area import STRICT, Area, Case, Policy, Rule

VERSION = "1"
UPSTREAM = "livekit/protocol v1.54.0"


class ExecutionError(Exception):
    """The reference did not give an answer that can be expected."""


def document(
    area: Area, reference: Connection, other: tuple[str, Connection] | None = None
) -> dict[str, Any]:
    """The document of an area. Raises ExecutionError.

    `other` is an oracle and its testee, for what the reference does not offer.
    """
    executed = f"{UPSTREAM} {area.function}, executed"
    oracles = [(executed, reference), *([other] if other else [])]
    by_oracle = _executed(area, oracles)
    groups = [_group(area, oracle, tests) for oracle, tests in by_oracle.items()]
    done = {each["id"]: each["expect"] for each in by_oracle[executed]}
    stated: dict[str, list[dict[str, Any]]] = {}
    for policy, case in area.policies():
        stated.setdefault(policy.oracle, []).append(_refused(area, case, policy))
    for rule, test in _ruled(area, done):
        stated.setdefault(rule.oracle, []).append(test)
    groups += [_group(area, oracle, tests) for oracle, tests in stated.items()]
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


def _executed(
    area: Area, oracles: list[tuple[str, Connection]]
) -> dict[str, list[dict[str, Any]]]:
    """The tests of each oracle; the first is there even without any."""
    by_oracle: dict[str, list[dict[str, Any]]] = {oracles[0][0]: []}
    for case in (case.executed() for case in area.cases):
        if case.profiles != STRICT:
            oracle, answer = _answer(area, case, oracles)
            test = _test(area, case, *_expect(area, case, answer))
            by_oracle.setdefault(oracle, []).append(test)
    return by_oracle


def _answer(
    area: Area, case: Case, oracles: list[tuple[str, Connection]]
) -> tuple[str, Reply]:
    """The answer of the first oracle that offers it."""
    args = {**area.params, **case.args}
    if OPERATIONS[area.op]:
        args["profile"] = "go"
    answer: Reply | Broken | None = None
    for oracle, testee in oracles:
        answer = ask(testee, area.op, args, f"{area.op}/{case.name}")
        if isinstance(answer, Broken) or answer.outcome == "error":
            break
        if answer.outcome != "unsupported":
            return oracle, answer
    raise ExecutionError(f"{area.op}/{case.name}: {answer}")


def _expect(area: Area, case: Case, answer: Reply) -> tuple[str, dict[str, Any]]:
    if case.reason:
        return "unspecified", {"reason": case.reason}
    if answer.outcome == "ok":
        return "valid", area.normal({**area.params, **case.args}, answer.body)
    expect: dict[str, Any] = {"kind": answer.kind}
    if not case.any_kind:
        expect["kind_required"] = True
    expect |= area.refusal({**area.params, **case.args}, answer.body)
    return "invalid", expect


def _refused(area: Area, case: Case, policy: Policy) -> dict[str, Any]:
    expect: dict[str, Any] = {"kind": policy.kind}
    if policy.kind_required:
        expect["kind_required"] = True
    return {**_test(area, case, "invalid", expect), "profiles": list(STRICT)}


def _ruled(
    area: Area, executed: dict[str, dict[str, Any]]
) -> Iterator[tuple[Rule, dict[str, Any]]]:
    """The vectors whose results a rule makes of those of the reference."""
    for case in area.cases:
        if case.rule is not None:
            args = {**area.params, **case.args}
            found = executed.get(f"{area.op}/{case.name}-go", {})
            test = _test(area, case, "valid", case.rule.of(args, deepcopy(found)))
            yield case.rule, {**test, "profiles": list(STRICT)}


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


def joined(first: dict[str, Any] | None, second: dict[str, Any]) -> dict[str, Any]:
    """The document of an operation of which several modules have areas."""
    if first is None:
        return second
    return {
        **first,
        "notes": first["notes"] | second["notes"],
        "count": first["count"] + second["count"],
        "groups": first["groups"] + second["groups"],
    }
