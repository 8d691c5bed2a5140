"""What is selected: `--filter` in each command that has it, and wrong ones."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

import pytest
from lkproto_conformance.cli import main
from lkproto_conformance.commands.options import filter_of
from lkproto_conformance.reports import lines
from lkproto_conformance.vectors import load, suite_version, vectors_folder

from .moody import CONNECTOR, OPS

Out = pytest.CaptureFixture[str]
REJECT_ALL = "python:lkproto_conformance.miniatures:reject_all"
TWO = ["--filter", "kind.parse/sip", "--filter", "kind_details.parse/list-*"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The vectors of two operations."""
    made = tmp_path / "vectors"
    made.mkdir()
    for op in OPS:
        text = (vectors_folder() / f"{op}.json").read_bytes()
        (made / f"{op}.json").write_bytes(text)
    return made


def listed(folder: Path, capsys: Out) -> list[str]:
    assert main(["--vectors", str(folder), "list", *TWO]) == 0
    return [line.split()[0] for line in capsys.readouterr().out.splitlines()]


def test_several_filters_select_what_any_of_them_does(
    folder: Path, capsys: Out
) -> None:
    names = listed(folder, capsys)

    assert names[0] == "kind.parse/sip"
    assert len(names) > 2
    assert all(each.startswith("kind_details.parse/list-") for each in names[1:])


def test_a_run_asks_what_list_prints_and_its_report_says_so(
    folder: Path, tmp_path: Path, capsys: Out
) -> None:
    names, output = listed(folder, capsys), tmp_path / "report.ndjson"
    given = ["--testee", REJECT_ALL, "--profile", "go", "--output", str(output)]

    assert main(["--vectors", str(folder), "run", *given, *TWO]) == 1
    (section,) = lines.read(output).sections
    assert [each.id for each in section.entries] == names
    assert section.header.filter == "kind.parse/sip kind_details.parse/list-*"
    shown = capsys.readouterr().out
    assert "--profile go --filter kind.parse/sip\n" in shown


def test_emit_writes_what_list_prints(folder: Path, capfd: Out) -> None:
    names = listed(folder, capfd)

    assert main(["--vectors", str(folder), "emit", *TWO, "--profile", "go"]) == 0
    _, *asked, _ = map(json.loads, capfd.readouterr().out.splitlines())
    assert [each["case"] for each in asked] == names


@pytest.mark.parametrize("command", ["run", "list", "emit", "judge"])
@pytest.mark.parametrize(
    ("pattern", "hint"),
    [
        ("nope", "no vector matches nope\n"),
        ("kind.pars/", "no vector matches kind.pars/; perhaps kind.parse"),
        (
            "kind.parse/sipp",
            "no vector matches kind.parse/sipp; perhaps kind.parse/sip",
        ),
        ("kind.prse/*", "no vector matches kind.prse/*; perhaps kind.parse"),
    ],
)
def test_a_filter_without_a_match_is_a_mistake_everywhere(
    command: str, pattern: str, hint: str, folder: Path, capsys: Out
) -> None:
    others = {"run": ["--testee", CONNECTOR], "judge": ["/nowhere"]}.get(command, [])
    given = [*others, "--filter", "kind.parse/sip", "--filter", pattern]

    assert main(["--vectors", str(folder), command, *given]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert hint in err


def test_without_a_filter_a_report_says_that_everything_was_asked() -> None:
    assert filter_of(Namespace(filter=[])) == "*"


def test_the_version_has_the_suite_and_its_upstream(capsys: Out) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])

    assert ended.value.code == 0
    upstream = load(vectors_folder()).upstream
    shown = f"lkproto-conformance {suite_version()}, vectors of {upstream}\n"
    assert capsys.readouterr().out == shown


def test_the_version_of_a_folder_without_vectors_is_a_mistake(
    tmp_path: Path, capsys: Out
) -> None:
    assert main(["--vectors", str(tmp_path), "--version"]) == 2
    assert "no vector files" in capsys.readouterr().err
