"""Reports that the tests of the page look at: one of every kind of result, a hostile one, a full one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from lkproto_conformance.reports.model import Case, Entry, Header, Report, Section
from lkproto_conformance.vectors import Suite, Vector, load, vectors_folder

MISSING_EXP = "token.verify/no-exp-claim"
MESSAGE = "wire.roundtrip/google-protobuf-any"
SERVED = "twirp.serve/accept-does-not-matter"
DISPUTED = "json.parse/depth-10000"
SHOWN = (
    MISSING_EXP,
    "token.verify/agent-all",
    "token.verify/alg-hs512",
    "token.verify/depth-10000-objects",
    MESSAGE,
    SERVED,
    DISPUTED,
    "keyset.sign/claims-big-number",
    "kind.parse/agent",
    "notifier.run/45-at-once",
    "webhook.receive/alg-hs512",
)
RAISED = "\x1b[31mred\x1b[0m \u202edesrever\u202c"
ATTACK = (
    "</script><script>alert(1)</script>"
    "<img src=http://hostile.invalid/x onerror=alert(2)>"
    '"\' autofocus onfocus=alert(3) x="{{data}}&lt;<!-- ]]> \u2028\u2029 \ud800 '
    + RAISED
)


@cache
def suite() -> Suite:
    """The vectors of the project."""
    return load(vectors_folder())


def case(vector: Vector) -> Case:
    """What a report says of a vector."""
    return Case(
        id=vector.id,
        op=vector.op,
        comment=vector.comment,
        level=vector.level,
        result=vector.result,
        flags=vector.flags,
        profiles=vector.profiles,
        spec=vector.spec,
        oracle=vector.oracle,
        args=vector.args,
        expect=vector.expect,
        notes=vector.notes,
    )


def header(label: str, **more: Any) -> Header:
    """A header of a run of all vectors."""
    about = {"name": label, "version": "1.2.3", "language": "python"}
    return Header(
        **{
            "suite": "0.1.0",
            "upstream": "livekit/protocol v1.54.0",
            "digest": suite().digest,
            "label": label,
            "implementation": about,
            "connector": f"exec:./{label} --serve",
            "begun": 1_767_225_600,
            **more,
        }
    )


def entries(
    cases: Iterable[Case], profiles: Iterable[str], changed: dict[str, dict[str, Any]]
) -> tuple[Entry, ...]:
    """A pass for each case in each of its profiles, but for what is changed, by id."""
    return tuple(
        Entry(
            each.id,
            profile,
            **{"verdict": "pass", "milliseconds": 0.25, **changed.get(each.id, {})},
        )
        for profile in profiles
        for each in cases
        if profile in each.profiles
    )


def small() -> Report:
    """Three testees, with each kind of result."""
    by_id = {vector.id: vector for vector in suite().vectors}
    cases = {name: case(by_id[name]) for name in sorted(SHOWN)}
    chosen = list(cases.values())
    observed = {
        DISPUTED: {
            "verdict": "observed",
            "detail": "ok",
            "reply": {"ok": {"output": ""}},
        }
    }
    wrong = {
        MISSING_EXP: {
            "verdict": "fail:accepted",
            "detail": "expected missing_claim",
            "reply": {"ok": {"identity": "alice", "big": 9007199254740993}},
        },
        MESSAGE: {
            "verdict": "fail:mismatch",
            "detail": "field 1",
            "known": "fail:mismatch",
        },
        SERVED: {"verdict": "skip", "detail": "not advertised"},
        "kind.parse/agent": {
            "verdict": "pass",
            "stale": "it passes, and is listed as failing",
        },
        "notifier.run/45-at-once": {
            "verdict": "not_run",
            "detail": "broke more than 10 times",
        },
        DISPUTED: {
            "verdict": "observed",
            "detail": "reject",
            "reply": {"reject": {"kind": "too_large"}},
        },
    }
    return Report(
        (
            Section(header("ours"), entries(chosen, ("strict", "go"), observed)),
            Section(
                header("theirs"),
                entries(chosen, ("go",), wrong),
                ("no case is called x.y/*",),
            ),
            Section(header("absent", not_started="no such file"), ()),
        ),
        cases,
    )


def hostile() -> Report:
    """A testee, and a report, whose every text tries to become HTML."""
    [harmless] = [case(each) for each in suite().vectors if each.id == MISSING_EXP]
    evil = Case(
        id=f"kind.parse/{ATTACK}",
        op=f"kind.parse{ATTACK}",
        comment=ATTACK,
        level=ATTACK,
        result="valid",
        flags=(ATTACK,),
        profiles=("go", ATTACK),
        spec=(
            ATTACK,
            "javascript:alert(4)",
            "../../../etc/passwd.go",
            "auth/verifier.go",
        ),
        oracle=ATTACK,
        args={
            ATTACK: ATTACK,
            "body_b64": "\x00",
            "n": float("nan"),
        },
        expect={"token": f"eyJhIjoxfQ.{ATTACK}.x"},
        notes={
            ATTACK: {
                "kind": ATTACK,
                "description": ATTACK,
                "effect": ATTACK,
                "links": ["javascript:alert(5)", 7],
            }
        },
    )
    long = "x" * 1_000_000
    failing = [
        Entry(evil.id, "go", ATTACK, ATTACK, {ATTACK: {ATTACK: long}}, known=ATTACK),
        Entry(
            evil.id,
            ATTACK,
            "crash",
            long,
            {"ok": _nested(500)},
            milliseconds=float("nan"),
        ),
        Entry(MISSING_EXP, "go", "fail:mismatch", f"{long}\n{ATTACK}", stale=ATTACK),
    ]
    about = {"name": ATTACK, "version": long, "language": ATTACK, ATTACK: [ATTACK]}
    evils = header(
        ATTACK,
        implementation=about,
        connector=f"exec:{ATTACK}",
        upstream=ATTACK,
        suite=ATTACK,
    )
    wide = header("w" * 500, begun=10**30)
    return Report(
        (Section(evils, tuple(failing), (ATTACK, long)), Section(wide, tuple(failing))),
        {evil.id: evil, harmless.id: harmless},
    )


def full() -> Report:
    """All vectors, asked five testees in both profiles; every 40th fails in some."""
    cases = {vector.id: case(vector) for vector in suite().vectors}
    chosen = list(cases.values())
    sections = []
    for number in range(5):
        wrong = {
            each.id: {
                "verdict": "fail:mismatch",
                "detail": f"{each.id} differs",
                "reply": {"ok": each.expect},
            }
            for each in chosen[number :: 40 if number else len(chosen)]
        }
        found = entries(chosen, ("strict", "go"), wrong)
        sections.append(Section(header(f"testee-{number}"), found))
    return Report(tuple(sections), cases)


def _nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels):
        value = {"a": value}
    return value
