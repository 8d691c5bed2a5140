"""Runs of a part of the suite: what they write, and one in which nothing is asked."""

from __future__ import annotations

import os
import threading
from fnmatch import fnmatch
from pathlib import Path

import pytest
from lkproto_conformance.cli import main
from lkproto_conformance.vectors import load

from .moody import CONNECTOR, mood

Out = pytest.CaptureFixture[str]
REJECT_ALL = "python:lkproto_conformance.miniatures:reject_all"
SIP = "kind.parse/sip"


pytestmark = pytest.mark.usefixtures("good_mood")


def run(vectors: Path, *options: str | Path) -> int:
    given = ["--vectors", str(vectors), "run", "--testee", CONNECTOR]
    return main([*given, *map(str, options)])


# What a list keeps.


AGENT = "kind.parse/agent"


@pytest.mark.parametrize("selection", [["--filter", SIP], ["--shard", "1/64"]])
def test_update_known_with_a_selection_keeps_what_is_outside_of_it(
    selection: list[str], vectors: Path, tmp_path: Path
) -> None:
    known = tmp_path / "known.txt"
    mood(wrong={SIP: "no sip"})
    entry_ = f"{AGENT}  # error: no agent  # the reference\n"
    known.write_text(entry_)

    run(vectors, "--known-failing", known, "--update-known", *selection)
    assert entry_ in known.read_text()


def test_update_known_in_a_profile_keeps_what_is_of_the_other(
    vectors: Path, tmp_path: Path
) -> None:
    known = tmp_path / "known.txt"
    known.write_text(f"{SIP}  # error: no sip  # the reference\n")
    options = ("--known-failing", known, "--update-known", "--profile", "go")
    mood(wrong={SIP: "other"})

    assert run(vectors, *options) == 0
    assert known.read_text().splitlines() == [
        f"{SIP}@go  # error: other  # ? the reference",
        f"{SIP}@strict  # error: no sip  # the reference",
    ]
    mood()
    assert run(vectors, *options) == 0
    assert known.read_text() == f"{SIP}@strict  # error: no sip  # the reference\n"


def test_update_known_of_a_case_keeps_the_others_of_a_wildcard(
    vectors: Path, tmp_path: Path
) -> None:
    known = tmp_path / "known.txt"
    known.write_text("kind.parse/s*p*  # error: no  # the reference\n")
    options = ("--known-failing", known, "--update-known")
    names = [
        each.id for each in load(vectors).vectors if fnmatch(each.id, "kind.parse/s*p*")
    ]
    mood(wrong=dict.fromkeys(names, "no"))

    assert run(vectors, *options, "--filter", SIP) == 0
    assert known.read_text() == "kind.parse/s*p*  # error: no  # the reference\n"
    mood(wrong=dict.fromkeys([each for each in names if each != SIP], "no"))
    assert run(vectors, *options, "--filter", SIP) == 0
    assert len(names) > 1
    assert known.read_text().splitlines() == [
        f"{name}  # error: no  # the reference" for name in names if name != SIP
    ]
    assert run(vectors, "--known-failing", known) == 0


# Nothing to judge.


@pytest.mark.parametrize(
    ("settings", "options", "why"),
    [
        ({"ops": ()}, [], "moody does not offer kind.parse, kind_details.parse"),
        (
            {"profiles": ("go",)},
            ["--profile", "strict"],
            "moody does not offer profile strict",
        ),
        ({"profiles": ()}, [], "moody offers no profile"),
    ],
)
def test_a_run_that_asked_nothing_is_not_clean(
    settings: dict[str, tuple[str, ...]],
    options: list[str],
    why: str,
    vectors: Path,
    capsys: Out,
) -> None:
    mood(**settings)

    assert run(vectors, *options) == 4
    err = capsys.readouterr().err
    assert err == f"lkproto-conformance: nothing was judged: {why}\n"


def test_a_case_that_is_declined_was_asked(vectors: Path) -> None:
    mood(declined={SIP})

    assert run(vectors, "--filter", SIP) == 0


def test_one_of_several_testees_may_have_nothing_to_answer(
    vectors: Path, capsys: Out
) -> None:
    mood(ops=())
    also = ["--testee", "python:tests.conformance.moody:also"]
    right = ["--filter", "kind.parse/number", "--testee", REJECT_ALL]

    assert run(vectors, *also) == 4
    err = capsys.readouterr().err
    assert err.count("moody does not offer kind.parse, kind_details.parse") == 2
    assert err.count("\n") == 1
    assert run(vectors, *right) == 1
    assert "nothing was judged" not in capsys.readouterr().err


def test_a_report_into_a_pipe_leaves_it_a_pipe(vectors: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text("utf-8")))
    reader.start()

    code = run(vectors, "--filter", SIP, "--output", pipe)

    reader.join(10)
    assert code == 0
    assert pipe.is_fifo()
    assert read[0].rstrip().endswith("}}")
