"""Requests that are saved, and replies that are judged later."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest
from lkproto_conformance.cli import main
from lkproto_conformance.connect import Missing, ReplayTestee, StartError, connect
from lkproto_conformance.protocol import PROFILES, Broken, Reply
from lkproto_conformance.running.runner import run, select
from lkproto_conformance.running.transcripts import number_of, requests
from lkproto_conformance.vectors import Vector, load, vectors_folder

from .misbehaving import command
from .reports import count

HELLO = {
    "protocol": 1,
    "capabilities": ["kind.parse", "twirp.call"],
    "profiles": ["go"],
}


@pytest.fixture(scope="module")
def suite() -> tuple[Vector, ...]:
    """All vectors."""
    return load(vectors_folder()).vectors


def saved(path: Path, *lines: dict[str, Any] | str) -> str:
    """A transcript with an answer to hello, and its connector."""
    all_lines = [{"id": 0, "ok": HELLO}, *lines]
    texts = [each if isinstance(each, str) else json.dumps(each) for each in all_lines]
    path.write_text("".join(f"{each}\n" for each in texts))
    return f"replay:{path}"


def test_numbers_are_places_in_the_suite_whatever_is_selected(
    suite: tuple[Vector, ...],
) -> None:
    numbers = [number_of(each, profile) for each in suite for profile in PROFILES]
    assert numbers == list(range(1, len(suite) * len(PROFILES) + 1))

    whole = {each["id"]: each for each in requests(suite)}
    part = list(requests(select(suite, "kind.parse/"), "go"))
    assert len(part) > 5
    assert part[0]["op"] == "hello"
    assert part[-1]["op"] == "bye"
    assert all(whole[each["id"]] == each for each in part[:-1])


def test_what_both_profiles_are_asked_alike_is_sent_once(
    suite: tuple[Vector, ...],
) -> None:
    written = list(requests(suite))[1:-1]

    asked = [json.dumps([each["op"], each["case"], each["args"]]) for each in written]
    assert len(asked) == len(set(asked))
    cases = [each["case"] for each in written]
    assert cases.count("kind.parse/sip") == 1
    assert cases.count("token.verify/no-exp-claim") == 2


@pytest.mark.parametrize("numbers", [["strict"], ["go"], ["strict", "go"]])
def test_one_reply_answers_both_profiles_and_two_do_as_well(
    numbers: list[str], tmp_path: Path, suite: tuple[Vector, ...]
) -> None:
    (vector,) = select(suite, "kind.parse/sip")
    path = tmp_path / "replies"
    both = {"id": 0, "ok": {**HELLO, "profiles": ["strict", "go"]}}
    right = [{"id": number_of(vector, each), "ok": vector.expect} for each in numbers]
    path.write_text("".join(json.dumps(each) + "\n" for each in [both, *right]))

    found = count(run(connect(f"replay:{path}"), [vector]))

    expected = {"pass": 2} if "strict" in numbers else {"pass": 1, "not_run": 1}
    assert found == expected


def test_requests_have_ascending_numbers_and_no_part_of_the_runner(
    suite: tuple[Vector, ...],
) -> None:
    written = list(requests(suite))

    numbers = [each["id"] for each in written]
    assert numbers == sorted(set(numbers))
    assert not {"twirp.call", "twirp.serve"} & {each["op"] for each in written}
    assert {"twirp.error", "notifier.run"} < {each["op"] for each in written}


def test_what_a_testee_answers_elsewhere_is_judged_as_it_would_be_here(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """`emit | testee > replies`, then `judge replies`."""
    names = ["--filter", "k*"]
    assert main(["emit", *names]) == 0
    written = capfdbinary.readouterr().out
    replies = tmp_path / "replies.ndjson"
    with replies.open("wb") as file:
        subprocess.run(command("right"), input=written, stdout=file, check=True)

    assert main(["judge", str(replies), *names]) == 0
    shown = capfdbinary.readouterr().out.decode()
    assert main(["judge", str(replies), "--filter", "kind.parse/", "--shard=1/2"]) == 0
    assert main(["run", "--testee", f"replay:{replies}", "--filter=kind.parse/"]) == 0
    assert " pass" in shown
    assert "fail" not in shown


def test_emit_says_what_it_leaves_out(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["emit", "--filter", "twirp.call/", "--profile", "go"]) == 0

    out, err = capfd.readouterr()
    assert [json.loads(each)["op"] for each in out.splitlines()] == ["hello", "bye"]
    assert err.startswith("left out: ")
    assert "vectors of twirp.call, for which the runner is needed" in err


def test_a_missing_reply_is_not_run_and_the_run_incomplete(
    tmp_path: Path, suite: tuple[Vector, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = select(suite, "kind.parse/")[:2]
    connector = saved(
        tmp_path / "replies",
        {"id": number_of(first, "go"), "ok": first.expect},
        '{"id":',
    )

    results = list(run(connect(connector), [first, second]))

    assert [each.verdict.name for each in results] == ["pass", "not_run"]
    number = number_of(second, "strict")  # with which it is sent
    detail = f"no reply to {number} in the transcript; line 3 is not a reply: b'"
    assert results[1].verdict.detail.startswith(detail)
    assert main(["judge", str(tmp_path / "replies"), "--filter", "kind.parse/"]) == 4
    assert "not_run" in capsys.readouterr().out


def test_a_case_of_which_the_runner_is_the_other_end_is_skipped(
    tmp_path: Path, suite: tuple[Vector, ...]
) -> None:
    vectors = select(suite, "twirp.call/")[:3]

    results = list(run(connect(saved(tmp_path / "replies")), vectors))

    assert count(results) == {"skip": 3}
    assert "the runner is the other end" in results[0].verdict.detail


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (["PASS", {"id": 5, "ok": {}}], "line 2 is not a reply: b'PASS\\n'"),
        (["[1]", {"id": 5, "ok": {}}], "line 2 is not a reply"),
        ([{"id": None, "ok": {}}, {"id": 5, "ok": {}}], "line 2 is not a reply"),
        ([{"id": True, "ok": {}}, {"id": 5, "ok": {}}], "line 2 is not a reply"),
        ([{"id": 5, "ok": {}}, {"id": 5, "ok": {}}], "replies to 5 in lines 2 and 3"),
        ([{"id": 5}], "line 2: 0 of ok, reject, unsupported, error, not one"),
        (['{"id":5,"ok":' + "[" * 200 + "]" * 200 + "}"], "line 2: a reply that nests"),
    ],
)
def test_a_line_without_a_reply_spoils_the_one_after_it(
    tmp_path: Path, lines: list[dict[str, Any] | str], problem: str
) -> None:
    testee = ReplayTestee(saved(tmp_path / "replies", *lines).removeprefix("replay:"))
    testee.start()

    answer = testee.recorded(5)
    testee.stop()

    assert isinstance(answer, Broken)
    assert answer.verdict == "protocol"
    assert answer.detail.startswith(problem)


def test_replies_may_come_in_any_order(tmp_path: Path) -> None:
    lines = ({"id": number, "ok": {"n": number}} for number in (9, 3, 6))
    testee = ReplayTestee(saved(tmp_path / "replies", *lines).removeprefix("replay:"))
    testee.start()

    answers = [testee.recorded(number) for number in (3, 4, 6, 9)]
    testee.stop()

    assert answers[0] == Reply("ok", {"n": 3})
    assert answers[1] == Missing("no reply to 4 in the transcript")
    assert answers[2:] == [Reply("ok", {"n": 6}), Reply("ok", {"n": 9})]


def test_a_transcript_may_be_a_pipe(tmp_path: Path) -> None:
    """As in `judge <(./mine < requests)`."""
    text = Path(saved(tmp_path / "a", {"id": 5, "ok": {}}).removeprefix("replay:"))
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    threading.Thread(target=pipe.write_bytes, args=(text.read_bytes(),)).start()
    testee = ReplayTestee(pipe)
    testee.start()

    assert testee.recorded(5) == Reply("ok", {})
    testee.stop()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", r"hello \(id 0\): no reply to 0"),
        ('{"id":0,"ok":{"protocol":2}}\n', "does not speak protocol 1"),
        ('{"id":0,"reject":{}}\n', "None is not a reject kind"),
    ],
)
def test_a_transcript_without_hello_does_not_start(
    tmp_path: Path, text: str, problem: str
) -> None:
    path = tmp_path / "replies"
    path.write_text(text)

    with pytest.raises(StartError, match=problem):
        connect(f"replay:{path}").start()
