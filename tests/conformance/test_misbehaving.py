"""Each way to misbehave, through the real runner: verdict, detail, restarts, and what is left."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from lkproto_conformance.connect import ProcessTestee, StartError
from lkproto_conformance.connect import process as module
from lkproto_conformance.miniatures.misbehaving import FAULTS
from lkproto_conformance.protocol import Hello
from lkproto_conformance.running.runner import Result, run, select
from lkproto_conformance.vectors import Vector, load, vectors_folder

from .misbehaving import MODULE, all_ended, command, running
from .reports import count

pytestmark = [
    pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks into /proc"),
]
DEADLINE = 2.0


@pytest.fixture(scope="module")
def eight() -> list[Vector]:
    """Eight vectors of one operation, valid ones."""
    found = select(load(vectors_folder()).vectors, "kind.parse/")[:8]
    assert len(found) == 8
    return found


class Counting(ProcessTestee):
    """A testee whose processes are marked and whose starts are counted."""

    case_seconds = DEADLINE
    starts = 0

    def __init__(self, mode: str, mark: str) -> None:
        super().__init__([*command(mode)[:1], "-W", mark, *command(mode)[1:]])

    def start(self) -> Hello:
        self.starts += 1
        return super().start()


@pytest.fixture
def mark(tmp_path: Path) -> Iterator[str]:
    """A text in the commands of a test's processes, all of which end with it."""
    mark = f"ignore:{tmp_path}"
    yield mark
    assert all_ended(mark), "something is left running"


@pytest.fixture(autouse=True)
def short_ladder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody wants to wait five seconds for what ends at SIGKILL only."""
    monkeypatch.setattr(module, "TERM_SECONDS", 0.3)


def names(results: list[Result]) -> list[str]:
    """The verdicts, in order."""
    return [result.verdict.name for result in results]


# Mode: the verdict on the cases at which it misbehaves, and how its detail begins.
BROKEN = {
    "crash": ("crash", "ended with exit code 3; stderr: fatal: kind.parse/"),
    "killed": ("crash", "ended with signal 9; stderr: nothing"),
    "hang": ("timeout", f"no reply within {DEADLINE:g} s"),
    "partial": ("timeout", f"no reply within {DEADLINE:g} s"),
    "noise-flood": ("timeout", f"no reply within {DEADLINE:g} s"),
    "garbage": ("protocol", r"not a line of JSON: b'PASS \x1b[31m<b>\n'"),
    "not-utf8": ("protocol", r"""not a line of JSON: b'{"id":\xff\xfe}\n'"""),
    "wrong-id": ("protocol", "a reply to 4, not to 3: b"),
    "null-id": ("protocol", "a reply to None, not to 3: b"),
    "huge-line": ("protocol", "a line of more than 16777216 bytes: b'xxx"),
    "deep": ("protocol", "a reply that nests deeper than 100 levels: b"),
    "flood": ("protocol", r"""not a JSON object: b'"flood"\n'"""),
    "cut": (
        "crash",
        'ended with exit code 0 in the middle of a line: b\'{"id":3,"ok":\'; stderr',
    ),
    "closes-stdout": (
        "crash",
        "closed its stdout, then ended with exit code 0; stderr: nothing",
    ),
    "leaves-child": ("crash", "ended with exit code 0; stderr: nothing"),
    "leaves-quiet-child": ("crash", "ended with exit code 0; stderr: nothing"),
}
SLOW = {"hang", "partial", "noise-flood", "leaves-child", "closes-stdout", "huge-line"}


@pytest.mark.parametrize(
    "mode",
    [
        pytest.param(each, marks=pytest.mark.slow) if each in SLOW else each
        for each in BROKEN
    ],
)
def test_a_fault_is_the_verdict_of_its_case_and_the_run_goes_on(
    mode: str, eight: list[Vector], mark: str
) -> None:
    testee = Counting(mode, mark)
    begun = time.monotonic()

    results = list(run(testee, eight, "go"))

    verdict, detail = BROKEN[mode]
    ok = "pass"
    assert names(results) == [ok, ok, verdict, ok, ok, verdict, ok, ok]
    assert results[2].verdict.detail.startswith(detail)
    assert testee.starts == 3
    assert time.monotonic() - begun < 30


# Mode: the verdicts on eight cases, of a testee that is never started again.
UNBROKEN = {
    "right": ["pass"] * 8,
    "wrong": ["fail:mismatch"] * 8,
    "null": ["fail:mismatch"] * 8,
    "error": ["error"] * 8,
    "declines": ["skip"] * 8,
    "noise": ["pass"] * 8,
    "slow": ["pass"] * 8,
    "ignores-sigterm": ["pass"] * 8,
}


@pytest.mark.parametrize("mode", UNBROKEN)
def test_what_keeps_to_the_protocol_is_started_once(
    mode: str, eight: list[Vector], mark: str
) -> None:
    testee = Counting(mode, mark)
    begun = time.monotonic()

    results = list(run(testee, eight, "go"))

    assert names(results) == UNBROKEN[mode]
    assert testee.starts == 1
    assert time.monotonic() - begun < 20


def test_every_mode_is_tried() -> None:
    others = {"twice", "dies-at-start", "dies-at-10th", "crash-always"}

    assert BROKEN.keys() | UNBROKEN.keys() | others == FAULTS.keys()


def test_a_second_reply_breaks_the_next_case(eight: list[Vector], mark: str) -> None:
    results = list(run(Counting("twice", mark), eight, "go"))

    assert names(results)[2:4] == ["pass", "protocol"]
    assert results[3].verdict.detail.startswith("a reply to 3, not to 4: b")


def test_a_testee_that_dies_at_start_has_no_results(
    eight: list[Vector], mark: str
) -> None:
    with pytest.raises(
        StartError, match="ended with exit code 7; stderr: no configuration"
    ):
        list(run(Counting("dies-at-start", mark), eight, "go"))


def test_a_crash_at_the_tenth_case_keeps_the_nine_before(mark: str) -> None:
    vectors = select(load(vectors_folder()).vectors, "kind.parse/")[:12]
    testee = Counting("dies-at-10th", mark)

    results = list(run(testee, vectors, "go"))

    assert count(results) == {"pass": 11, "crash": 1}
    assert results[9].verdict.name == "crash"
    assert testee.starts == 2


@pytest.mark.slow
def test_after_ten_restarts_the_rest_is_not_run(mark: str) -> None:
    vectors = select(load(vectors_folder()).vectors, "kind.parse/")[:15]
    testee = Counting("crash-always", mark)

    results = list(run(testee, vectors, "go"))

    assert names(results) == ["crash"] * 11 + ["not_run"] * 4
    assert results[-1].verdict.detail == "broke more than 10 times"
    assert testee.starts == 11


def test_a_run_that_is_given_up_ends_its_testee(eight: list[Vector], mark: str) -> None:
    results = run(Counting("right", mark), eight, "go")
    next(results)
    assert running(mark)

    results.close()  # type: ignore[attr-defined]

    assert all_ended(mark)


def test_the_program_is_what_the_tests_run() -> None:
    assert command("right")[1:] == ["-m", MODULE, "right"]
