"""The search: it keeps its time and its seed, makes examples small, and goes on after a break."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import strategies as st
from lkproto_conformance.connect import StartError
from lkproto_conformance.protocol import Broken, Hello, Reply
from lkproto_conformance.suites.catalog import LAWS
from lkproto_conformance.suites.law import Law, try_law
from lkproto_conformance.suites.search import FIRST, Finding, Plan, Search
from lkproto_conformance.suites.session import Session, Started, Violation
from lkproto_conformance.testees.lkproto import Lkproto

from .faults import ok
from .support import Faulty, searched, started

GUID = next(law for law in LAWS if law.name == "texts/guid")
HELLO = Hello({}, frozenset(["kind.parse"]), ("strict", "go"))


def _ask(session: Session, number: int) -> None:
    session.result("kind.parse", claim=str(number))


NUMBERS = Law("try/numbers", "a number is answered", ("kind.parse",), st.integers, _ask)


class Scripted:
    """A connection whose answer depends on the claim it is asked."""

    def __init__(self, answer: Any, starts: int = 1_000) -> None:
        self.answer, self.starts = answer, starts
        self.asked: list[str] = []

    def start(self) -> Hello:
        self.starts -= 1
        if self.starts < 0:
            raise StartError("it does not start any more")
        return HELLO

    def ask(self, op: str, args: dict[str, Any], case: str) -> Reply | Broken:
        self.asked.append(args["claim"])
        answer: Reply | Broken = self.answer(int(args["claim"]))
        return answer

    def stop(self) -> int:
        return 0


OK = Reply("ok", {"kind": "STANDARD"})
CRASH = Broken("crash", "ended with signal 11")


def tried(
    connection: Scripted, seconds: float = 30.0, **plan: Any
) -> tuple[Search, list[Finding]]:
    testee = Started(connection)
    testee.start()
    search = Search(testee, [NUMBERS], Plan(seconds, **plan))
    return search, list(search.run())


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (CRASH, "crash: ended with signal 11"),
        (Broken("timeout", "no reply within 5 s"), "timeout: no reply within 5 s"),
        (Broken("protocol", "not a line of JSON"), "protocol: not a line of JSON"),
        (Reply("error", {"message": "KeyError"}), "error: KeyError"),
        (
            Reply("reject", {"kind": "malformed", "message": "no"}),
            "refused: malformed: no",
        ),
    ],
)
def test_whatever_is_not_an_answer_is_a_finding_and_shrinks(
    answer: Any, words: str
) -> None:
    connection = Scripted(lambda number: answer if number > 1_000 else OK)

    _, findings = tried(connection)

    (finding,) = findings
    assert words in finding.violation.detail
    assert [each.args for each in finding.violation.asked] == [{"claim": "1001"}]
    assert finding.always


def test_a_testee_that_breaks_is_started_again_and_tried_with_other_laws() -> None:
    connection = Scripted(lambda number: CRASH if number > 1_000 else OK)
    other = Law(
        "try/other", "as before", ("kind.parse",), st.booleans, lambda s, _: _ask(s, 1)
    )
    testee = Started(connection)
    testee.start()
    clock = itertools.count()
    search = Search(
        testee, [NUMBERS, other], Plan(2_000), clock=lambda: float(next(clock))
    )

    findings = list(search.run())

    assert [each.law for each in findings] == [NUMBERS]
    assert next(unit for unit in search.units if unit.law is other).examples > 0


def test_a_testee_that_does_not_start_again_ends_the_search() -> None:
    search, findings = tried(Scripted(lambda _: CRASH, starts=1))

    assert findings == []
    assert search.dead == "it does not start any more"
    assert search.untried == []


def test_what_is_not_broken_each_time_is_said_to_be_so() -> None:
    answers = itertools.cycle([OK, OK, OK, CRASH])

    _, (finding,) = tried(Scripted(lambda _: next(answers)))

    assert not finding.always


def test_a_testee_that_declines_is_not_asked_on_and_on() -> None:
    declined = Reply("unsupported", {"reason": "not here"})
    connection = Scripted(lambda _: declined)

    search, findings = tried(connection)

    assert findings == []
    assert not search.units[0].open
    assert len(connection.asked) < 1_000


@pytest.mark.parametrize("broken", [False, True])
def test_the_time_is_kept(broken: bool) -> None:
    clock, seconds = itertools.count(), 400 if broken else 3_000
    answer = (
        (lambda number: CRASH if abs(number) > 5 else OK) if broken else lambda _: OK
    )
    testee = Started(Scripted(answer))
    testee.start()
    laws = [
        Law(f"try/{number}", "as before", ("kind.parse",), st.integers, _ask)
        for number in range(40 if broken else 1)
    ]
    # A second passes each time that the search looks at the clock.
    search = Search(testee, laws, Plan(seconds), clock=lambda: float(next(clock)))

    list(search.run())

    assert (0 if broken else seconds) <= next(clock) < seconds * 1.2


def test_the_same_seed_asks_the_same() -> None:
    def asked(**plan: Any) -> list[str]:
        connection = Scripted(lambda _: OK)
        clock = itertools.count()
        testee = Started(connection)
        testee.start()
        given = Plan(500, **plan)
        list(Search(testee, [NUMBERS], given, clock=lambda: float(next(clock))).run())
        return connection.asked[: 6 * FIRST]

    assert asked(seed=7) == asked(seed=7)
    assert asked(seed=7) != asked(seed=8)
    assert asked(seed=7) != asked(seed=7, shard=(2, 4))


def test_laws_are_tried_in_each_profile_that_takes_part() -> None:
    takes = next(law for law in LAWS if law.name == "tokens/tampered")
    exempt = Law(
        "try/x", "as before", takes.needs, takes.examples, takes.check, {"go": "why"}
    )
    hello = started(Lkproto()).hello

    assert takes.profiles([hello]) == ["strict", "go"]
    assert takes.profiles([hello], "go") == ["go"]
    assert exempt.profiles([hello]) == ["strict"]
    assert GUID.profiles([hello]) == ["strict"]
    assert takes.profiles([hello, Hello({}, hello.capabilities, ("go",))]) == ["go"]
    assert takes.profiles([Hello({}, frozenset(), ("go",))]) == []


def test_a_law_can_be_tried_with_one_example() -> None:
    connection = started(Faulty("guid.check", ok(round_trip="TR_"))).connection

    with pytest.raises(Violation, match="round_trip"):
        try_law(GUID, connection, "RM_abcdefghijkm", "strict")
    try_law(GUID, started(Lkproto()).connection, "RM_abcdefghijkm")


def test_a_search_is_over_when_every_law_is_broken() -> None:
    search, findings = searched(
        Faulty("guid.check", ok(round_trip="")), GUID, seconds=1e9
    )

    assert len(findings) == 1
    assert not any(unit.open for unit in search.units)
