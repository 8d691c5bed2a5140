"""Several instances at once, and parts of the suite."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lkproto_conformance.connect import (
    Connection,
    ProcessTestee,
    StartError,
    instances,
)
from lkproto_conformance.connect.speaking import LineTestee
from lkproto_conformance.protocol import Broken, Hello, Reply
from lkproto_conformance.running import jobs
from lkproto_conformance.running.jobs import run_jobs
from lkproto_conformance.running.runner import RESTARTS, Result, run
from lkproto_conformance.running.shards import Shard, shard
from lkproto_conformance.vectors import Vector, load, vectors_folder

from tests.support import until

from .misbehaving import all_ended, command, exec_of
from .reports import count


@pytest.fixture(scope="module")
def vectors() -> list[Vector]:
    """Some hundred vectors."""
    found = load(vectors_folder()).vectors
    return [each for each in found if each.op.startswith("grants.")]


class Instance:
    """An instance in this process that is right, as fast or slow as it is made."""

    def __init__(self, vectors: list[Vector], **how: Any) -> None:
        self.expected = {each.id: each.expect for each in vectors}
        self.capabilities = frozenset(each.op for each in vectors)
        self.how = how
        self.asked: list[str] = []
        self.stopped = 0

    def start(self) -> Hello:
        if self.how.get("dead"):
            raise StartError("no such port")
        return Hello({"name": self.how.get("name", "")}, self.capabilities, ("go",))

    def ask(self, op: str, args: dict[str, Any], case: str) -> Reply | Broken:
        self.asked.append(case)
        time.sleep(self.how.get("seconds", 0.0))
        if error := self.how.get("raises"):
            raise error
        if self.how.get("breaks"):
            return Broken("crash", "again")
        return Reply("ok", self.expected[case])

    def stop(self) -> int:
        self.stopped += 1
        return 0


def seen(results: Iterator[Result]) -> list[tuple[str, str, str]]:
    """What decides about results."""
    return [(each.vector.id, each.profile, each.verdict.name) for each in results]


def test_results_are_those_of_one_instance_in_the_same_order(
    vectors: list[Vector],
) -> None:
    fast, slow = Instance(vectors), Instance(vectors, seconds=0.001)

    found = seen(run_jobs([slow, fast], vectors))

    assert found == seen(run(Instance(vectors), vectors))
    assert slow.asked
    assert fast.asked
    assert len(fast.asked) + len(slow.asked) == len(found)
    assert (fast.stopped, slow.stopped) == (1, 1)


def test_an_instance_takes_neighbouring_cases(vectors: list[Vector]) -> None:
    instance, other = (Instance(vectors, seconds=0.0005) for _ in range(2))
    order = [each.vector.id for each in run_jobs([instance, other], vectors)]

    first = instance.asked[: jobs.CHUNK]
    begin = order.index(first[0])
    assert order[begin : begin + jobs.CHUNK] == first


def test_instances_share_their_restarts(vectors: list[Vector]) -> None:
    crew = [Instance(vectors, breaks=True) for _ in range(3)]

    counts = count(run_jobs(crew, vectors))

    # Each of the others may be in a case when the last restart is used up.
    assert RESTARTS + 1 <= counts["crash"] <= RESTARTS + len(crew)
    assert counts["not_run"] == counts.total() - counts["crash"]


def test_few_results_wait_for_a_slow_instance(vectors: list[Vector]) -> None:
    gate = threading.Event()

    class Held(Instance):
        def ask(self, op: str, args: dict[str, Any], case: str) -> Reply | Broken:
            gate.wait(20)
            return super().ask(op, args, case)

    held, fast = Held(vectors), Instance(vectors)
    many = vectors * 10
    results = run_jobs([held, fast], many)
    ahead: list[int] = []

    def open_gate() -> None:
        until(lambda: len(fast.asked) >= jobs.CHUNK)
        time.sleep(0.5)
        ahead.append(len(fast.asked))
        gate.set()

    threading.Thread(target=open_gate).start()
    number = sum(1 for _ in results)

    # Whichever of them has the first chunk, the fast one cannot go on without the other.
    assert jobs.CHUNK <= ahead[0] <= (jobs.AHEAD * 2 + 1) * jobs.CHUNK
    assert number > 2 * ahead[0]
    assert number == len(held.asked) + len(fast.asked)


def test_all_instances_are_stopped_when_the_run_is_given_up(
    vectors: list[Vector],
) -> None:
    crew = [Instance(vectors, seconds=0.001) for _ in range(3)]
    results = run_jobs(crew, vectors)
    next(results)

    results.close()  # type: ignore[attr-defined]

    assert [each.stopped for each in crew] == [1, 1, 1]


def test_what_goes_wrong_in_an_instance_is_raised_where_results_are_taken(
    vectors: list[Vector],
) -> None:
    crew = [Instance(vectors), Instance(vectors, raises=ZeroDivisionError("oh"))]

    with pytest.raises(ZeroDivisionError, match="oh"):
        list(run_jobs(crew, vectors))
    assert [each.stopped for each in crew] == [1, 1]


@pytest.mark.parametrize(
    ("how", "problem"),
    [
        ({"dead": True}, "no such port"),
        ({"name": "other"}, "two instances differ in implementation of hello"),
    ],
)
def test_an_instance_that_does_not_start_as_the_others_do_ends_the_run(
    vectors: list[Vector], how: dict[str, Any], problem: str
) -> None:
    crew: list[Connection] = [Instance(vectors), Instance(vectors, **how)]

    with pytest.raises(StartError, match=problem):
        list(run_jobs(crew, vectors))


def test_processes_share_a_run(vectors: list[Vector]) -> None:
    heard: list[Hello] = []

    crew = instances(exec_of("right"), 2)
    counts = count(run_jobs(crew, vectors, "go", started=heard.append))

    assert counts == {"pass": len([each for each in vectors if "go" in each.profiles])}
    assert [each.name for each in heard] == ["misbehaving-right 1"]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks into /proc")
def test_processes_that_hang_are_ended_at_once(
    vectors: list[Vector], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(LineTestee, "case_seconds", 60.0)
    mark = f"ignore:{tmp_path}"
    python, *rest = command("hang")
    crew = [ProcessTestee([python, "-W", mark, *rest]) for _ in range(2)]
    results = run_jobs(crew, vectors)
    # What a person does at a terminal.
    main = threading.main_thread().ident
    # Whoever runs the tests in the background may have it ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Timer(3.0, signal.pthread_kill, [main, signal.SIGINT]).start()
    begun = time.monotonic()

    try:
        with pytest.raises(KeyboardInterrupt):
            list(results)
    finally:
        signal.signal(signal.SIGINT, before)

    assert time.monotonic() - begun < 30
    assert all_ended(mark)


@pytest.mark.parametrize("connector", ["python:a:b", "tcp:host:1", "replay:x"])
def test_jobs_need_a_testee_of_which_there_can_be_several(connector: str) -> None:
    with pytest.raises(StartError, match="one of it only; --jobs 2 needs exec"):
        instances(connector, 2)


def test_shards_are_disjoint_and_together_all(vectors: list[Vector]) -> None:
    parts = [shard(vectors, index, 3) for index in (1, 2, 3)]

    ids = sorted(each.id for part in parts for each in part)
    assert ids == sorted(each.id for each in vectors)
    assert all(len(part) > len(vectors) / 5 for part in parts)


def test_a_shard_keeps_its_cases_when_others_are_added(vectors: list[Vector]) -> None:
    some = vectors[::2]

    kept = {each.id for each in shard(some, 2, 4)}
    assert kept == {each.id for each in shard(vectors, 2, 4)} & {
        each.id for each in some
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2", "'2' is not INDEX/NUMBER, such as 2/4"),
        ("a/4", "not INDEX/NUMBER"),
        ("1/²", "not INDEX/NUMBER"),
        ("0/4", "not INDEX/NUMBER"),
        ("1/0", "not INDEX/NUMBER"),
        ("-1/4", "not INDEX/NUMBER"),
        ("5/4", "5/4: the index is one of 1 to 4"),
        ("1/99999999999", "not INDEX/NUMBER"),
    ],
)
def test_a_shard_that_is_none_is_explained(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Shard.parse(text)


def test_a_shard_is_written_as_it_is_read() -> None:
    assert Shard.parse("2/4") == Shard(2, 4)
    assert str(Shard(2, 4)) == "2/4"
