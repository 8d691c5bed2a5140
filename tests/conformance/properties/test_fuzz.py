"""The command `fuzz`: what it prints, what it writes, and how it ends."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
from lkproto_conformance.cli import main
from lkproto_conformance.connect.speaking import LineTestee
from lkproto_conformance.operations import BY_NAME

from .support import OURS

FAULTY = "python:tests.conformance.properties.faulty:"
WRONG = f"{FAULTY}wrong_guid"
# Ends, or hangs, when the address has a question mark.
FRAGILE = """
import sys, time
from lkproto_conformance.serve import serve
from lkproto_conformance.testees.lkproto import Lkproto

class Fragile(Lkproto):
    def answer(self, op, args):
        if op == "redact.url" and "?" in args["input"]:
            {breaks}
        return super().answer(op, args)

sys.exit(serve(Fragile))
"""


def fuzz(*arguments: str, testee: str = OURS) -> int:
    """The exit code of the command."""
    return main(["fuzz", "--testee", testee, *arguments])


def lines(path: Path) -> list[dict[str, Any]]:
    """The findings in a file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def after(label: str, printed: str) -> str:
    """The rest of the line that begins with a label."""
    start = f"  {label}: "
    return next(x for x in printed.splitlines() if x.startswith(start)).removeprefix(
        start
    )


def test_a_testee_that_keeps_the_laws_is_clean(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert fuzz("--suite", "texts", "--seconds", "4", "--seed", "1") == 0

    printed = capsys.readouterr().out
    assert "seed 1\n" in printed
    assert " examples of 4 laws\n" in printed
    assert printed.endswith("no law is broken\n")


def test_a_finding_is_printed_with_its_law_requests_vector_and_command(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    found = tmp_path / "found.ndjson"
    given = ["--suite", "texts", "--seconds", "3", "--seed", "5", "--json", str(found)]

    assert fuzz(*given, testee=WRONG) == 1

    printed = capsys.readouterr().out
    assert "finding: texts/guid [strict]\n" in printed
    assert "is unpacked as the same id" in after("law", printed)
    assert json.loads(after("request", printed))["op"] == "guid.check"
    assert json.loads(after("reply", printed))["ok"]["round_trip"] == "TR_\x1b[2J"
    assert "\x1b" not in printed
    promote = json.loads(after("promote", printed))
    assert promote.keys() == {"op", "args", "profiles", "name", "comment", "found_by"}
    assert promote["op"] in BY_NAME
    assert promote["args"] == {"input": "RM_222222222222"}
    assert promote["name"].startswith("texts-guid-")
    (record,) = lines(found)
    assert record["promote"] == promote
    assert record["exchanges"][0]["reply"]["ok"]["round_trip"] == "TR_\x1b[2J"

    again = shlex.split(after("reproduce", printed))
    assert again[0] == "lkproto-conformance"
    assert main(again[1:]) == 1
    assert json.loads(after("promote", capsys.readouterr().out)) == promote


def test_both_requests_of_a_comparison_are_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = ["--suite", "compare/guid-check", "--seconds", "3", "--seed", "1"]

    assert fuzz(*given, "--against", OURS, testee=WRONG) == 1

    printed = capsys.readouterr().out
    assert (
        json.loads(after("request (the other testee)", printed))["op"] == "guid.check"
    )
    assert "--against" in after("reproduce", printed)


@pytest.mark.parametrize(
    ("breaks", "words"),
    [
        ("sys.exit(7)", "crash: ended with exit code 7"),
        ("time.sleep(60)", "timeout: no reply"),
    ],
)
def test_a_testee_that_ends_or_hangs_is_a_finding_with_a_small_request(
    breaks: str,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(LineTestee, "case_seconds", 0.3)
    script = tmp_path / "testee.py"
    script.write_text(FRAGILE.format(breaks=breaks))
    testee = f"exec:{sys.executable} {script}"

    code = fuzz("--suite", "texts", "--seconds", "6", "--seed", "1", testee=testee)

    printed = capsys.readouterr().out
    assert code == 1
    assert words in after("broken", printed)
    assert "?" in json.loads(after("promote", printed))["args"]["input"]
    assert "finding: texts/guid" not in printed


@pytest.mark.parametrize(
    "given",
    [
        ["--seconds", "0"],
        ["--seconds", "soon"],
        ["--shard", "3/2"],
        ["--shard", "1"],
        ["--seed", "x"],
    ],
)
def test_a_wrong_option_is_said_and_ends_with_2(
    given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        fuzz(*given)

    assert caught.value.code == 2
    assert given[0] in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--suite", "nothing"], "no such suite or law; suites are tokens, grants"),
        (["--suite", "compare"], "no such suite or law"),
        (["--json", "/nowhere/found"], "/nowhere/found: No such file"),
        (["--database", "/dev/null/x"], "/dev/null/x: Not a directory"),
        (["--database", "redis://user:hidden@127.0.0.1:1"], "redis://127.0.0.1:1: "),
    ],
)
def test_what_cannot_be_used_is_said_in_a_line_and_ends_with_2(
    given: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fuzz("--seconds", "1", *given) == 2

    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1
    assert "hidden" not in said


def test_hypothesis_is_asked_for_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [*sys.modules]:
        if name.startswith("lkproto_conformance.suites"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    assert fuzz("--seconds", "1") == 2
    said = capsys.readouterr().err
    assert "needs hypothesis: pip install 'lkproto[conformance]'" in said


def test_a_testee_that_does_not_start_ends_with_3() -> None:
    assert fuzz("--seconds", "1", testee="exec:/nowhere/testee") == 3
    assert fuzz("--seconds", "1", "--against", "exec:/nowhere/testee") == 3


def test_a_search_that_tried_nothing_is_incomplete(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert fuzz("--seconds", "1", testee=f"{FAULTY}offers_nothing") == 4
    assert "none of the operations" in capsys.readouterr().out

    assert fuzz("--seconds", "0.0001", "--suite", "twirp") == 4
    assert "no time for 4 laws" in capsys.readouterr().out
