"""`run`, `report` and `combine`: lists, reports, several testees, exit codes."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import pytest
from lkproto_conformance.cli import main
from lkproto_conformance.reports import lines, progress
from lkproto_conformance.reports.model import Entry, Report
from lkproto_conformance.schemas import validator
from lkproto_conformance.vectors import load

from .moody import CONNECTOR, OPS, mood

Out = pytest.CaptureFixture[str]
REJECT_ALL = "python:lkproto_conformance.miniatures:reject_all"
SIP = "kind.parse/sip"
ROOT = Path(__file__).parents[2]


pytestmark = pytest.mark.usefixtures("good_mood")


def run(vectors: Path, *options: str | Path, testee: str = CONNECTOR) -> int:
    given = ["--vectors", str(vectors), "run", "--testee", testee, *map(str, options)]
    return main(given)


def report_of(vectors: Path, folder: Path, *options: str) -> Report:
    path = folder / "report.ndjson"
    run(vectors, "--output", path, *options)
    return lines.read(path)


def entry(report: Report, name: str, profile: str = "go") -> Entry:
    return next(
        each
        for each in report.sections[0].entries
        if (each.id, each.profile) == (name, profile)
    )


# Known failures.


def test_known_failures_are_counted_and_fail_nothing(
    vectors: Path, tmp_path: Path, capsys: Out
) -> None:
    mood(wrong={SIP: "no sip"})
    known = tmp_path / "known.txt"
    known.write_text(f"{SIP}  # error: no sip  # the reference\n")

    assert run(vectors, "--known-failing", known) == 0
    out = capsys.readouterr().out
    assert re.fullmatch(rf"{CONNECTOR}: 2 known, \d+ pass\n", out)


def test_a_known_failure_that_passes_fails_the_run_with_its_line(
    vectors: Path, tmp_path: Path, capsys: Out
) -> None:
    known = tmp_path / "known.txt"
    known.write_text(f"# ours\n{SIP}@go  # error: no sip  # why\n")

    assert run(vectors, "--known-failing", known) == 1
    out = capsys.readouterr().out
    assert f"stale: {SIP} [go]: {known}:2: the case passes; remove or narrow" in out
    assert "1 stale\n" in out


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("a/gone  # error: x", "1: a/gone matches no case; remove it"),
        (f"{SIP}  # error: other", "1: the failure is now `error: no sip`; correct"),
        ("kind*.parse/**  # error: no sip", "cases, more than 20; name the cases"),
    ],
)
def test_a_list_that_is_not_exact_fails_the_run(
    line: str, problem: str, vectors: Path, tmp_path: Path, capsys: Out
) -> None:
    mood(wrong={SIP: "no sip"})
    known = tmp_path / "known.txt"
    known.write_text(line)

    assert run(vectors, "--known-failing", known) == 1
    assert problem in capsys.readouterr().out


def test_a_selection_says_nothing_of_other_cases(vectors: Path, tmp_path: Path) -> None:
    known = tmp_path / "known.txt"
    known.write_text(f"{SIP}  # error: no sip  # why\n")

    assert run(vectors, "--known-failing", known, "--filter", "kind.parse/agent") == 0
    assert run(vectors, "--known-failing", known, "--filter", SIP) == 1


def test_a_list_that_cannot_be_read_is_a_mistake_of_use(
    vectors: Path, tmp_path: Path, capsys: Out
) -> None:
    known = tmp_path / "known.txt"
    known.write_text("a/b\n")

    assert run(vectors, "--known-failing", known) == 2
    assert f"{known}:1: a/b lacks the first line" in capsys.readouterr().err
    assert run(vectors, "--known-failing", tmp_path / "none") == 2


def test_update_known_writes_a_list_with_which_the_run_is_clean(
    vectors: Path, tmp_path: Path, capsys: Out
) -> None:
    mood(wrong={SIP: "no sip on 127.0.0.1:4711"})
    known = tmp_path / "known.txt"

    assert run(vectors, "--known-failing", known, "--update-known") == 0
    assert f"{SIP}  # error: no sip on 127.0.0.1:PORT  # ?\n" in known.read_text()
    assert "1 added, 0 removed, 0 kept\n" in capsys.readouterr().out
    mood(wrong={SIP: "no sip on 127.0.0.1:4712"})
    assert run(vectors, "--known-failing", known) == 0
    assert "entries that do not say which side is right: 1" in capsys.readouterr().out


def test_a_run_that_is_incomplete_updates_nothing(
    vectors: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = tmp_path / "known.txt"
    known.write_text(f"{SIP}  # error: x  # why\n")
    before = known.read_text()
    dies = [sys.executable, "-c", _DIES]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    options = ("--known-failing", known, "--update-known")

    assert run(vectors, *options, testee=f"exec:{shlex.join(dies)}") == 4
    assert known.read_text() == before


_DIES = """
from lkproto_conformance.serve import serve
from tests.conformance.moody import Moody
class Dies(Moody):
    def answer(self, op, args):
        import os
        os._exit(3)
serve(Dies)
"""


# The baseline.


def test_a_case_that_is_declined_now_fails_the_run(
    vectors: Path, tmp_path: Path, capsys: Out
) -> None:
    baseline = tmp_path / "baseline.json"
    assert run(vectors, "--baseline", baseline, "--update-baseline") == 0
    mood(declined={SIP})

    assert run(vectors, "--baseline", baseline) == 1
    out = capsys.readouterr().out
    assert f"stale: {SIP} [go]: {baseline}: the case was not declined before" in out
    assert run(vectors, "--baseline", baseline, "--update-baseline") == 0
    assert json.loads(baseline.read_text())["declined"] == {SIP: "not today"}
    assert run(vectors, "--baseline", baseline) == 0


def test_an_operation_that_is_lost_fails_the_run_once(
    vectors: Path, tmp_path: Path, capsys: Out
) -> None:
    baseline = tmp_path / "baseline.json"
    run(vectors, "--baseline", baseline, "--update-baseline")
    capsys.readouterr()
    mood(ops=OPS[:1])

    assert run(vectors, "--baseline", baseline) == 1
    out = capsys.readouterr().out
    assert out.count("kind_details.parse was offered before") == 1
    assert run(vectors, "--baseline", baseline, "--update-baseline") == 0
    assert json.loads(baseline.read_text())["not_offered"] == {"kind_details.parse": ""}


def test_what_is_back_is_noted_and_fails_nothing(
    vectors: Path, tmp_path: Path, capsys: Out
) -> None:
    baseline = tmp_path / "baseline.json"
    mood(declined={SIP}, ops=OPS[:1])
    run(vectors, "--baseline", baseline, "--update-baseline")
    mood()

    assert run(vectors, "--baseline", baseline) == 0
    notes = [each for each in capsys.readouterr().out.splitlines() if "note:" in each]
    assert len(notes) == 3


# A testee's folder.


def folder_testee(folder: Path, body: str = "serve(Moody)") -> Path:
    folder.mkdir()
    program = (
        f"import sys; sys.path[:0] = {sys.path!r}\n"
        "from lkproto_conformance.serve import serve\n"
        f"from tests.conformance.moody import Moody\n{body}\n"
    )
    (folder / "testee.py").write_text(program)
    command = json.dumps([sys.executable, "testee.py"])
    (folder / "testee.toml").write_text(f'name = "mine"\ncommand = {command}\n')
    return folder


def test_a_folder_brings_its_lists_and_its_name(vectors: Path, tmp_path: Path) -> None:
    folder = folder_testee(tmp_path / "mine")
    (folder / "known-failing.txt").write_text(f"{SIP}  # error: x  # why\n")
    output = tmp_path / "report.ndjson"

    assert run(vectors, "--output", output, testee=f"folder:{folder}") == 1
    (section,) = lines.read(output).sections
    assert section.header.label == "mine"
    assert [each.id for each in section.entries if each.stale] == [SIP, SIP]


def test_lists_of_a_folder_are_made_in_the_folder(
    vectors: Path, tmp_path: Path
) -> None:
    folder = folder_testee(
        tmp_path / "mine", f"mood(wrong={{{SIP!r}: 'x'}})\nserve(Moody)"
    )
    program = folder / "testee.py"
    program.write_text(
        program.read_text().replace("import Moody", "import Moody, mood")
    )
    options = ("--update-known", "--update-baseline")

    assert run(vectors, *options, testee=f"folder:{folder}") == 0
    assert f"{SIP}  # error: x  # ?" in (folder / "known-failing.txt").read_text()
    assert json.loads((folder / "baseline.json").read_text())["declined"] == {}
    assert run(vectors, testee=f"folder:{folder}") == 0


# Options.


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (
            ["--update-known"],
            "--update-known needs --known-failing FILE, or folder:PATH",
        ),
        (
            ["--update-baseline"],
            "--update-baseline needs --baseline FILE, or folder:PATH",
        ),
        (
            ["--update-baseline", "--baseline", "x", "--filter", SIP, "--shard", "1/2"],
            "--update-baseline needs a run of the whole suite: leave out --filter and --shard",
        ),
        (
            ["--update-baseline", "--baseline", "x", "--profile", "go"],
            "--update-baseline needs a run of the whole suite: leave out --profile",
        ),
        (["--testee", CONNECTOR], "the same --testee is given more than once"),
        (
            ["--testee", REJECT_ALL, "--known-failing", "x"],
            "--known-failing is of one testee; give folder:PATH for each of several",
        ),
        (
            ["--testee", "replay:x", "--validate"],
            "--validate needs a testee that can be asked, not a transcript",
        ),
        (["--output", "/nowhere/x"], "/nowhere/x: No such file or directory"),
        (["--output", "."], ".: Is a directory"),
    ],
)
def test_options_that_do_not_go_together_are_mistakes_of_use(
    options: list[str], problem: str, vectors: Path, capsys: Out
) -> None:
    assert run(vectors, *options) == 2
    assert problem in capsys.readouterr().err


# Several testees.


def test_several_testees_end_with_a_matrix(vectors: Path, capsys: Out) -> None:
    assert run(vectors, "--testee", REJECT_ALL, "--profile", "go") == 1
    *_, head, kind, details, total = capsys.readouterr().out.splitlines()
    assert head.split() == ["moody", "reject-all"]
    assert kind.split() == ["kind.parse", "18/18", "0/18"]
    assert details.split() == ["kind_details.parse", "14/14", "0/14"]
    assert total.split() == ["all", "32/32", "0/32"]


def test_a_testee_that_does_not_start_leaves_the_others_alone(
    vectors: Path, tmp_path: Path, capsys: Out
) -> None:
    output = tmp_path / "report.ndjson"
    given = ["--testee", CONNECTOR, "--output", output]

    assert run(vectors, *given, testee="exec:/nowhere") == 3
    absent, moody = lines.read(output).sections
    assert "No such file" in absent.header.not_started
    assert absent.entries == ()
    assert {each.verdict for each in moody.entries} == {"pass"}
    assert "exec:/nowhere: did not start: " in capsys.readouterr().out


def test_failures_come_before_what_else_an_exit_code_may_say(vectors: Path) -> None:
    assert run(vectors, "--testee", REJECT_ALL, testee="exec:/nowhere") == 1


# The report.


def test_a_report_has_what_was_asked_and_what_became_of_it(
    vectors: Path, tmp_path: Path
) -> None:
    mood(wrong={SIP: "no sip"}, declined={"kind.parse/agent"})
    suite = load(vectors)

    report = report_of(vectors, tmp_path, "--profile", "go")
    header = report.sections[0].header
    assert (header.digest, header.upstream) == (suite.digest, suite.upstream)
    assert header.implementation == {"name": "moody", "version": "1.0"}
    assert (header.label, header.connector) == ("moody", CONNECTOR)
    assert header.profiles == ("go",)
    assert abs(header.begun - time.time()) < 60
    assert entry(report, SIP).reply == {"error": {"message": "no sip"}}
    assert entry(report, "kind.parse/agent").detail == "declined: not today"
    assert entry(report, "kind.parse/agent").reply is None
    assert report.cases[SIP].expect == {"kind": "SIP"}
    assert len(report.cases) == 32


def test_replies_of_what_passes_are_not_kept(vectors: Path, tmp_path: Path) -> None:
    report = report_of(vectors, tmp_path)

    assert all(each.reply is None for each in report.sections[0].entries)


def test_a_hostile_testee_makes_a_report_that_can_be_read(
    vectors: Path, tmp_path: Path
) -> None:
    hostile = "\ud800\x00\x1b[31m" + "x" * 100_000
    mood(name=hostile, wrong={SIP: hostile})

    report = report_of(vectors, tmp_path)
    assert len(report.sections[0].header.label) == 200
    assert len(entry(report, SIP).detail) <= 8_001


def test_a_report_has_its_name_once_it_is_complete(
    vectors: Path, tmp_path: Path
) -> None:
    report_of(vectors, tmp_path)

    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == [
        "report.ndjson"
    ]


def test_an_interrupted_run_leaves_what_it_knew_and_no_report(
    vectors: Path, tmp_path: Path, capsys: Out
) -> None:
    output = tmp_path / "report.ndjson"
    output.write_text("the one before")
    mood(interrupted_at=SIP)

    assert run(vectors, "--output", output) == 130
    assert output.read_text() == "the one before"
    part = tmp_path / "report.ndjson.part"
    assert f"report --incomplete {part}` shows" in capsys.readouterr().err
    assert main(["report", str(part)]) == 2
    assert "no footer" in capsys.readouterr().err
    assert main(["report", "--incomplete", str(part)]) == 0
    assert "incomplete: the run" in capsys.readouterr().out
    known = lines.read(part, incomplete=True).sections[0].entries
    assert 0 < len(known) < 18


def test_ctrl_c_before_the_run_leaves_no_traceback_either(
    monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    def interrupted(_: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("lkproto_conformance.commands.run.load", interrupted)

    assert main(["run", "--testee", CONNECTOR]) == 130
    assert capsys.readouterr().err == "lkproto-conformance: interrupted\n"


def test_ctrl_c_ends_the_testees(vectors: Path, tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    body = (
        "import os, time\n"
        "class Slow(Moody):\n"
        "    def answer(self, op, args):\n"
        f"        open({str(alive)!r}, 'w').write(str(os.getpid()))\n"
        "        time.sleep(4)\n"
        "        return super().answer(op, args)\n"
        "serve(Slow)"
    )
    folder = folder_testee(tmp_path / "slow", body)
    command = [sys.executable, "-m", "lkproto_conformance", "--vectors", str(vectors)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(
        [*command, "run", "--testee", f"folder:{folder}"],
        env=environment,
        cwd=ROOT,
        stderr=subprocess.PIPE,
        process_group=0,
        # Whoever runs the tests in the background may have it ignored.
        preexec_fn=lambda: signal.signal(  # noqa: PLW1509 - no threads are started
            signal.SIGINT, signal.SIG_DFL
        ),
    )
    until = time.monotonic() + 60
    while not (alive.exists() and alive.read_text()) and time.monotonic() < until:
        time.sleep(0.05)
    testee = int(alive.read_text())
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)

    assert process.returncode == 130
    assert errors.decode().splitlines() == ["lkproto-conformance: interrupted"]
    with pytest.raises(ProcessLookupError):
        os.kill(testee, 0)


def test_memory_does_not_grow_with_what_failures_say(
    vectors: Path, tmp_path: Path
) -> None:
    document = json.loads((vectors / "kind.parse.json").read_text())
    group = document["groups"][0]
    (test,) = [each for each in group["tests"] if each["id"] == SIP]
    group["tests"] = [{**test, "id": f"{SIP}-{at}"} for at in range(500)]
    (vectors / "kind.parse.json").write_text(json.dumps(document))

    peaks = [_peak(vectors, tmp_path, length) for length in (1_000, 1_000, 30_000)]
    assert peaks[2] - peaks[1] < 3_000_000


def _peak(vectors: Path, folder: Path, length: int) -> int:
    """The memory of a run with 500 failures, whose replies are so long."""
    mood(wrong={SIP: "x" * length})
    tracemalloc.start()
    try:
        run(vectors, "--output", folder / "report.ndjson", "--profile", "go")
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_every_line_of_a_report_is_as_its_schema_says(
    vectors: Path, tmp_path: Path
) -> None:
    pytest.importorskip("jsonschema")
    mood(wrong={SIP: "\ud800"}, declined={"kind.parse/agent"})
    known, output = tmp_path / "known.txt", tmp_path / "report.ndjson"
    known.write_text(f"{SIP}@go  # error: any…  # why\na/gone  # error\n")
    options = ("--known-failing", known, "--testee", REJECT_ALL, "--output", output)
    check = validator("report")

    run(vectors, *options[2:], "--testee", "exec:/nowhere")
    asked = [*output.read_text().splitlines()]
    run(vectors, *options[:2], *options[4:])
    asked += output.read_text().splitlines()
    assert {next(iter(json.loads(line))) for line in asked} == {
        *("header", "case", "result", "stale", "footer")
    }
    assert [check(json.loads(line)) for line in asked] == [""] * len(asked)


# `--validate`.


def test_validate_holds_replies_to_their_schemas(vectors: Path, capsys: Out) -> None:
    pytest.importorskip("jsonschema")
    accept = "python:lkproto_conformance.miniatures:accept_all"

    assert run(vectors, "--validate") == 0
    assert run(vectors, "--validate", "--filter", SIP, testee=accept) == 1
    assert f"protocol: {SIP} [go]: reply: $.ok: " in capsys.readouterr().out


def test_validate_without_its_library_says_what_to_install(
    vectors: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jsonschema", None)
    validator.cache_clear()

    assert run(vectors, "--validate") == 2
    assert "pip install 'lkproto[conformance]'" in capsys.readouterr().err
    validator.cache_clear()


# Progress.


def test_progress_is_a_line_now_and_then_and_never_on_stdout(
    vectors: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    mood(wrong={SIP: "x"})
    monkeypatch.setattr(progress, "EVERY", 0.0)

    run(vectors, "--profile", "go")
    captured = capsys.readouterr()
    assert "moody: 18 of 32, 1 failed\n" in captured.err
    assert " of 32" not in captured.out


def test_a_short_run_in_ci_shows_no_progress(vectors: Path, capsys: Out) -> None:
    run(vectors)

    assert capsys.readouterr().err == ""
