"""Reports made for tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from lkproto_conformance.reports.model import Case, Entry, Header, Report, Section
from lkproto_conformance.running.runner import Result

HOSTILE = (
    "<script>alert(1)</script>\x1b[31m\u202e```` ``| `a` ]]> @team #1 www.x.example "
    "http://x.example ![i](http://x.example/i) </details> --> \x00\x0b\ufffe\ud800\u2028"
)
"""What a testee might say to the readers of its report."""


def count(results: Iterable[Result]) -> Counter[str]:
    """How many results have each verdict."""
    return Counter(result.verdict.name for result in results)


def header(label: str = "ours", **others: Any) -> Header:
    """A testee."""
    given: dict[str, Any] = {
        "suite": "1.2.3",
        "upstream": "livekit/protocol v1.54.0",
        "digest": "abc",
        "label": label,
        "implementation": {"name": label, "version": "1.0", "language": "python"},
        "profiles": ("strict", "go"),
        "connector": f"exec:{label} --testee",
        "begun": 1_767_225_600,
    }
    return Header(**{**given, **others})


def case(name: str, **others: Any) -> Case:
    """A vector."""
    given: dict[str, Any] = {
        "id": name,
        "op": name.partition("/")[0],
        "comment": "a comment",
        "level": "required",
        "result": "valid",
        "flags": (),
        "profiles": ("strict", "go"),
        "spec": (),
        "oracle": "executed",
        "args": {"claim": "sip"},
        "expect": {"kind": "SIP"},
    }
    return Case(**{**given, **others})


def report(*sections: Section, **others: Any) -> Report:
    """A report, with a case for each id."""
    ids = dict.fromkeys(entry.id for section in sections for entry in section.entries)
    return Report(sections, {name: case(name) for name in ids}, **others)


def small() -> Report:
    """A report with a result of each kind."""
    reply = {"ok": {"kind": "AGENT"}}
    entries = (
        Entry("kind.parse/agent", "go", "pass", milliseconds=1.5),
        Entry("kind.parse/sip", "go", "fail:mismatch", "kind differs", reply, 0.25),
        Entry("kind.parse/zero", "go", "fail:accepted", "x", reply, known="a reason"),
        Entry("keys.load/empty", "go", "crash", "exit 2\ntraceback"),
        Entry("keys.load/list", "go", "not_run", "broke more than 10 times"),
        Entry("keys.load/map", "go", "pass", stale="known.txt:3: the case passes"),
        Entry("redact.url/plain", "go", "skip", "not advertised"),
        Entry("twirp.error/text", "go", "observed", "ok", {"ok": {}}),
    )
    first = Section(header(), entries, ("known.txt:9: a/* matches no case",))
    second = Section(header("theirs"), (Entry("kind.parse/agent", "go", "pass"),))
    third = Section(header("absent", not_started="No such file"), ())
    return report(first, second, third)


def hostile() -> Report:
    """A report in which all that others write is hostile."""
    about = dict.fromkeys(("name", "version", "language"), HOSTILE)
    entries = (
        Entry(
            HOSTILE,
            HOSTILE,
            f"fail:{HOSTILE}",
            HOSTILE * 40,
            {"ok": {HOSTILE: HOSTILE}},
        ),
        Entry("kind.parse/a", "go", "fail:mismatch", "x", known=HOSTILE),
        Entry("kind.parse/b", "go", "pass", stale=HOSTILE),
        Entry("kind.parse/c", "go", "skip", HOSTILE),
        Entry("kind.parse/d", "go", "crash", HOSTILE),
    )
    given = header(HOSTILE, implementation=about, connector=f"exec:{HOSTILE}")
    absent = header(HOSTILE + "2", not_started=HOSTILE, upstream=HOSTILE)
    made = report(Section(given, entries, (HOSTILE,)), Section(absent, ()))
    made.cases[HOSTILE] = case(HOSTILE, comment=HOSTILE, op=HOSTILE)
    return made
