"""A fault that is planted in a store or a notifier is found, by the invariant that names it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from .checks import Evidence, violations
from .plan import IN_FLIGHT, POISON, Plan
from .run import Failed, Run
from .sink import Arrival

PLAN = Plan("sqlite", 10, 1, calm=True)
SAME = [n for n in range(1_000) if PLAN.key(n) == PLAN.key(0)]
"""Numbers of events of one key."""


def arrival(number: int, url: int = 0, fate: str = "ok") -> Arrival:
    return Arrival(1.0, url, number, fate, 0.5, answered=1.0)


def evidence(*arrivals: Arrival) -> Evidence:
    seen = Evidence(PLAN, arrivals=list(arrivals))
    seen.tried = set(SAME)
    return seen


def test_what_is_as_it_should_be_violates_nothing() -> None:
    seen = evidence(*(arrival(n, url) for n in SAME for url in (0, 1)))
    seen.ok = set(SAME)
    seen.arrivals.insert(0, arrival(SAME[0], fate="500"))
    seen.again[0, SAME[0]] = 1
    assert violations(seen) == []


def test_1_an_event_that_one_url_did_not_get_is_lost() -> None:
    seen = evidence(arrival(SAME[0]), arrival(SAME[1]), arrival(SAME[1], 1))
    seen.ok = set(SAME[:2])
    assert violations(seen) == ["(1) event 0 never came to URL 1, and is not reported"]
    seen.dead = {(1, 0)}
    assert violations(seen) == ["(2) event 0 is dead for URL 1, and was not refused"]


def test_1_an_attempt_that_was_not_answered_did_not_deliver() -> None:
    cut = arrival(SAME[0], fate="cut")
    late = Arrival(1.0, 1, SAME[0], "slow", 0.5)
    seen = evidence(cut, late)
    seen.ok = {SAME[0]}
    assert len(violations(seen)) == 2


def test_3_what_was_never_queued_or_was_refused_has_not_to_come() -> None:
    seen = evidence(arrival(SAME[0]), arrival(SAME[1]))
    seen.tried.remove(SAME[0])
    seen.refused = {SAME[1]}
    assert [each[:3] for each in violations(seen)] == ["(3)", "(3)"]
    seen.plan = replace(PLAN, store="redis")
    assert [each[:3] for each in violations(seen)] == ["(3)"]


def test_4_and_5_order_and_repeats_are_distinguished() -> None:
    first, second, third = map(arrival, SAME[:3])
    assert violations(evidence(first, third, second))[0].startswith("(4)")
    seen = evidence(first, second, first)
    seen.kills = 1
    assert violations(seen)[0].startswith("(5)")
    seen = evidence(first, first, second)
    seen.kills = 1
    assert violations(seen) == []


def test_6_repeats_need_a_cause() -> None:
    first = arrival(SAME[0])
    assert violations(evidence(first, first))[0].startswith("(6)")
    seen = evidence(first, first, first)
    seen.again[0, SAME[0]] = 1
    assert violations(seen)[0].startswith("(6)")
    seen.again[0, SAME[0]] = 2
    assert violations(seen) == []
    seen = evidence(*[first] * (IN_FLIGHT + 2))
    seen.pauses = 1
    assert violations(seen)[0].startswith("(6)")


def test_8_memory_is_compared_with_that_at_a_tenth() -> None:
    seen = Evidence(Plan("sqlite", 10_000, 1))
    seen.memory = [(0.1, 100), (0.5, 300), (0.95, 121)]
    assert violations(seen) == ["(8) a sender's memory grew 1.21 times"]
    seen.memory[-1] = (0.95, 120)
    assert violations(seen) == []


def test_many_violations_are_shortened() -> None:
    seen = evidence()
    seen.ok = set(SAME)
    found = violations(seen)
    assert len(found) == 6
    assert found[-1] == f"    … and {2 * len(SAME) - 5} more of these"


def test_a_plan_follows_from_its_seed() -> None:
    one, same, other = (Plan("redis", 100, seed, senders=3) for seed in (7, 7, 8))

    def drawn(plan: Plan) -> list[object]:
        numbers = range(300)
        return [(plan.key(n), plan.is_poison(n), plan.fate(0, n, 2)) for n in numbers]

    assert drawn(one) == drawn(same) != drawn(other)
    lanes = [{one.key(n) for n in range(lane, 600, 3)} for lane in range(3)]
    assert sorted(key for lane in lanes for key in lane) == sorted(
        f"k{at}" for at in range(40)
    )


def test_an_endpoint_fails_as_often_as_it_is_said_to() -> None:
    plan, numbers = Plan("sqlite", 0, 5), range(20_000)
    fates = [plan.fate(0, number, 1) for number in numbers]
    assert sum(map(plan.is_poison, numbers)) / 20_000 == pytest.approx(POISON, 0.1)
    assert fates.count("ok") / 20_000 == pytest.approx(0.72, 0.03)
    assert fates.count("500") / 20_000 == pytest.approx(0.083, 0.1)
    assert not [n for n in numbers if plan.is_poison(n) and fates[n] in ("ok", "slow")]
    assert {fates[n] for n in numbers if plan.is_poison(n)} >= {"302"}


def failure(plan: Plan, folder: Path) -> str:
    """What a run that has to fail says; its log is there."""
    with pytest.raises(Failed) as caught:
        Run(plan, str(folder / "webhooks.db"), folder).run()
    log = folder / f"{plan.store}-{plan.seed}.log"
    text = log.read_text("utf-8")
    assert f"seed {plan.seed}, log {log}\n" in str(caught.value)
    assert " try 0\n" in text
    assert "arrival Arrival(" in text
    return str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "law"),
    [
        ("loses", "(1)"),
        ("gives up", "(2)"),
        ("invents", "(3)"),
        ("swaps", "(4)"),
        ("repeats late", "(5)"),
        ("forgets done", "(6)"),
        ("stale token", "(7)"),
    ],
)
def test_a_planted_fault_is_found(fault: str, law: str, tmp_path: Path) -> None:
    assert law in failure(Plan("sqlite", 200, 11, planted=fault), tmp_path)


@pytest.mark.slow
def test_a_leak_is_found(tmp_path: Path) -> None:
    plan = Plan("sqlite", 2_000, 11, calm=True, planted="leaks")
    assert "(8)" in failure(plan, tmp_path)


@pytest.mark.slow
def test_what_a_stop_does_not_return_is_found(tmp_path: Path) -> None:
    plan = Plan("memory", 400, 11, stops=3, planted="says too little")
    assert "(9)" in failure(plan, tmp_path)


@pytest.mark.slow
def test_a_delivery_that_stays_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.webhook.chaos.run.STUCK", 8.0)
    plan = Plan("sqlite", 200, 11, planted="never tries again")
    assert "(1) deliveries are pending at the end" in failure(plan, tmp_path)


@pytest.mark.slow
def test_a_run_without_a_fault_leaves_no_log(tmp_path: Path) -> None:
    plan = Plan("sqlite", 200, 11, kills=2)
    seen = Run(plan, str(tmp_path / "webhooks.db"), tmp_path).run()
    assert seen.kills == 2
    assert not list(tmp_path.glob("*.log"))
