"""Testees as processes: their replies, and all ways in which they fail."""

from __future__ import annotations

import shlex
import sys
import threading
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from lkproto_conformance.connect import ProcessTestee, StartError, connect
from lkproto_conformance.protocol import Broken, Reply

# Answers hello, then does what the operation says.
SCRIPT = """
import json, os, signal, subprocess, sys, time
for line in sys.stdin:
    asked = json.loads(line)
    op, reply = asked["op"], {"id": asked["id"], "ok": {"pid": os.getpid()}}
    if op == "hello":
        reply["ok"] = {"protocol": 1, "capabilities": [], "profiles": ["go"]}
    if op == "hang":
        time.sleep(60)
    if op == "exit":
        print("last words", file=sys.stderr, flush=True)
        sys.exit(3)
    if op in ("child", "daemon"):
        sleep = [sys.executable, "-c", "import time; time.sleep(40)"]
        subprocess.Popen(sleep, start_new_session=op == "daemon")
        sys.exit(0)
    if op == "noise":
        sys.stderr.write("x" * 300_000)
        sys.exit(4)
    if op == "signal":
        os.kill(os.getpid(), signal.SIGKILL)
    if op == "chatter":
        print("PASS", flush=True)
    if op == "flood":
        for _ in range(300):
            print('"' + "x" * 1_000_000 + '"', flush=True)
    if op.startswith("deep"):
        deep = "[" * int(op[4:]) + "]" * int(op[4:])
        print('{"id": %d, "ok": {"a": %s}}' % (asked["id"], deep), flush=True)
    if op == "late":
        reply["id"] -= 1
    print(json.dumps(reply), flush=True)
"""


@pytest.fixture
def testee(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProcessTestee]:
    """A started testee, with short deadlines."""
    monkeypatch.setattr(ProcessTestee, "case_seconds", 5.0)
    script = tmp_path / "testee.py"
    script.write_text(SCRIPT)
    testee = ProcessTestee([sys.executable, str(script)])
    testee.start()
    yield testee
    testee.stop()


def test_it_answers_and_ends_when_its_input_does(testee: ProcessTestee) -> None:
    first, second = testee.ask("a", {}, "a/1"), testee.ask("b", {}, "b/1")

    assert isinstance(first, Reply)
    assert isinstance(second, Reply)
    assert first.body == second.body
    assert testee.stop() == 0


@pytest.mark.parametrize(
    ("op", "verdict", "detail"),
    [
        ("exit", "crash", "ended with exit code 3; stderr: last words"),
        ("signal", "crash", "ended with signal 9; stderr: nothing"),
        ("chatter", "protocol", r"not a line of JSON: b'PASS\n'"),
        ("deep99", "protocol", "a reply that nests deeper than 100 levels"),
        ("deep400", "protocol", "a reply that nests deeper than 100 levels"),
        ("deep99999", "protocol", "not a line of JSON"),
        ("late", "protocol", "a reply to 0, not to 1"),
    ],
)
def test_a_testee_that_breaks_is_reported_and_can_be_started_again(
    testee: ProcessTestee, op: str, verdict: str, detail: str
) -> None:
    broken = testee.ask(op, {}, "a/1")

    assert isinstance(broken, Broken)
    assert broken.verdict == verdict
    assert broken.detail.startswith(detail)
    testee.start()
    assert isinstance(testee.ask("a", {}, "a/2"), Reply)


@pytest.mark.slow
def test_a_flood_waits_outside_of_the_runner(testee: ProcessTestee) -> None:
    begun = time.monotonic()
    tracemalloc.start()
    try:
        broken = testee.ask("flood", {}, "a/1")
        time.sleep(0.5)
        testee.stop()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert isinstance(broken, Broken)
    assert broken.detail.startswith("not a JSON object")
    assert peak < 30_000_000
    assert time.monotonic() - begun < 60
    testee.start()
    assert isinstance(testee.ask("a", {}, "a/2"), Reply)


def test_a_testee_that_hangs_is_killed(
    testee: ProcessTestee, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ProcessTestee, "case_seconds", 0.2)

    assert testee.ask("hang", {}, "a/1") == Broken("timeout", "no reply within 0.2 s")
    assert testee.stop() == 0


@pytest.mark.slow
@pytest.mark.parametrize("op", ["child", "daemon"])
def test_a_process_that_outlives_its_testee_holds_nobody_up(
    op: str, testee: ProcessTestee, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ProcessTestee, "case_seconds", 3.0)
    begun = time.monotonic()

    broken = testee.ask(op, {}, "a/1")

    assert broken == Broken("crash", "ended with exit code 0; stderr: nothing")
    testee.start()
    assert isinstance(testee.ask("a", {}, "a/2"), Reply)
    assert time.monotonic() - begun < 30


@pytest.mark.slow
def test_pipes_that_a_left_process_holds_are_closed_on_our_side(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ProcessTestee, "hello_seconds", 3.0)
    sleep = [sys.executable, "-c", "import time; time.sleep(9)"]
    script = f"import subprocess; subprocess.Popen({sleep!r}, start_new_session=True)"
    before = open_files()

    with pytest.raises(StartError):
        ProcessTestee([sys.executable, "-c", script]).start()

    assert open_files() == before


def test_it_starts_no_thread_and_leaves_no_pipe_open(testee: ProcessTestee) -> None:
    testee.stop()
    before, threads = open_files(), {*threading.enumerate()}

    testee.start()
    testee.ask("noise", {}, "a/1")
    testee.start()
    assert isinstance(testee.ask("a", {"text": "x" * 4_000_000}, "a/2"), Reply)
    assert {*threading.enumerate()} <= threads
    testee.stop()

    assert open_files() == before


def open_files() -> int:
    """How many descriptors this process has."""
    return len(list(Path("/dev/fd").iterdir()))


def test_a_testee_that_does_not_read_is_killed(
    testee: ProcessTestee, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ProcessTestee, "case_seconds", 0.2)
    testee.ask("hang", {}, "a/1")
    testee.start()
    hung = testee.ask("hang", {"text": "x" * 4_000_000}, "a/2")

    assert isinstance(hung, Broken)
    assert hung.verdict == "timeout"


@pytest.mark.slow
def test_a_testee_that_answers_before_it_reads_can_be_stopped() -> None:
    hello = '{"id":0,"ok":{"protocol":1,"capabilities":[]}}'
    script = f"import time; print({hello!r}, flush=True); print('early', flush=True); time.sleep(60)"
    testee = ProcessTestee([sys.executable, "-c", script])
    testee.start()

    early = testee.ask("a", {"text": "x" * 4_000_000}, "a/1")

    assert isinstance(early, Broken)
    assert early.verdict == "protocol"


def test_the_end_of_stderr_is_kept(testee: ProcessTestee) -> None:
    broken = testee.ask("noise", {}, "a/1")

    assert isinstance(broken, Broken)
    assert "exit code 4" in broken.detail
    assert 60_000 < broken.detail.count("x") <= 64 * 1024 + 10


ECHO = "print(input(), flush=True); input()"


@pytest.mark.parametrize(
    ("connector", "problem"),
    [
        ("exec:/nowhere/at/all", "No such file"),
        (f"exec:{shlex.quote(sys.executable)} -c ''", "hello: ended with exit code 0"),
        (
            f"exec:{shlex.quote(sys.executable)} -c {shlex.quote(ECHO)}",
            "hello: 0 of ok",
        ),
        ("exec:", "exec:: none of exec:COMMAND, folder:PATH, python:MODULE:FACTORY, "),
        ("./mine", "and replay:FILE; give the command of the testee after exec:"),
        ("exec:./mine 'a", "exec:./mine 'a: No closing quotation"),
        ("python:no_such_module", "the form is python:MODULE:FACTORY"),
        ("tcp:localhost", "the form is tcp:HOST:PORT, with a number as port"),
        ("tcp:host:x", "the form is tcp:HOST:PORT, with a number as port"),
        ("tcp:127.0.0.1:1", "Connection refused; start the testee first"),
        ("replay:/nowhere", "replay:/nowhere: No such file"),
        ("folder:/nowhere", "/nowhere/testee.toml: No such file"),
        ("python:no_such_module:make", "No module named"),
        ("python:lkproto_conformance.miniatures:nobody", "no attribute 'nobody'"),
    ],
)
def test_a_testee_that_does_not_start_is_reported(connector: str, problem: str) -> None:
    with pytest.raises(StartError, match=problem):
        connect(connector).start()


def test_a_testee_in_this_process_follows_the_same_protocol() -> None:
    testee = connect("python:lkproto_conformance.miniatures:reject_all")

    assert testee.start().name == "reject-all"
    answer = testee.ask("kind.parse", {"claim": "sip"}, "kind.parse/sip")
    assert answer == Reply("reject", {"kind": "malformed", "message": "no"})
