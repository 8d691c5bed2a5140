"""A page of documentation gets a new matrix, and keeps the rest."""

import re
from collections import Counter
from fnmatch import fnmatchcase

import pytest
from lkproto_conformance.cli import main
from lkproto_conformance.reports.within import BEGIN, END, within
from lkproto_conformance.vectors import load, vectors_folder

from .test_foreign_python import TESTEES

FINDINGS = TESTEES.parents[1] / "docs" / "judge" / "findings.md"


def written(path, text):
    path.write_text(text, "utf-8", newline="")
    return path


def test_the_matrix_goes_between_the_lines_and_the_rest_stays(tmp_path):
    page = written(tmp_path / "a.md", f"# Über\r\n{BEGIN}\nold\n{END}\nafter\n")

    assert (
        within(page, "| new |\n") == f"# Über\r\n{BEGIN}\n\n| new |\n\n{END}\nafter\n"
    )


def test_a_matrix_that_is_put_twice_is_there_once(tmp_path):
    page = written(tmp_path / "a.md", f"before\n{BEGIN}\n{END}\nafter\n")
    once = within(page, "| a |\n")

    assert within(written(page, once), "| a |\n") == once


def test_a_testee_whose_name_ends_the_matrix_leaves_no_rest(tmp_path):
    page = written(tmp_path / "a.md", f"{BEGIN}\n{END}\nafter\n")
    hostile = within(page, f"| `{END}` |\n")

    assert (
        within(written(page, hostile), "| x |") == f"{BEGIN}\n\n| x |\n\n{END}\nafter\n"
    )


@pytest.mark.parametrize("text", ["", "prose", BEGIN, f"{END}{BEGIN}"])
def test_a_file_without_the_lines_gets_the_matrix_alone(tmp_path, text):
    assert within(written(tmp_path / "a.md", text), "| a |\n") == "| a |\n"


def test_a_file_that_is_not_there_gets_the_matrix_alone(tmp_path):
    assert within(tmp_path / "none.md", "| a |\n") == "| a |\n"


def test_the_command_keeps_the_page(tmp_path, capsys):
    lines = tmp_path / "run.ndjson"
    ours = "python:lkproto_conformance.testees.lkproto:testee"
    run = ["run", "--testee", ours, "--filter", "kind.parse/s*", "--output", str(lines)]
    assert main(run) == 0
    page = written(tmp_path / "page.md", f"# Kept\n{BEGIN}\n{END}\nkept too\n")

    assert main(["report", str(lines), "--matrix", str(page)]) == 0
    assert page.read_text("utf-8").startswith(f"# Kept\n{BEGIN}\n\n| operation |")
    assert page.read_text("utf-8").endswith(f"\n\n{END}\nkept too\n")

    page.write_bytes(b"\xff" + page.read_bytes())
    before = page.read_bytes()
    assert main(["report", str(lines), "--matrix", str(page)]) == 2
    assert "is not UTF-8" in capsys.readouterr().err
    assert page.read_bytes() == before


def test_the_page_of_findings_has_a_place_for_the_matrix_with_all_testees():
    page = FINDINGS.read_text("utf-8")
    matrix = page.partition(BEGIN)[2].partition(END)[0]

    for folder in ("javascript", "livekit-api", "google-protobuf"):
        assert f"`{folder}`" in matrix


def test_every_case_that_the_page_names_is_a_known_failure_of_a_testee():
    known = [
        line.split("  # ")[0]
        for path in TESTEES.glob("*/known-failing.txt")
        for line in path.read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    named = re.findall(r"\[`([a-z]+\.[a-z]+/[^`]+)`\]", FINDINGS.read_text("utf-8"))

    assert named
    for pattern in named:
        assert any(fnmatchcase(each, pattern) for each in known), pattern


def test_the_matrix_is_of_the_vectors_that_there_are():
    matrix = FINDINGS.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]
    row = r"^\| `([\w.]+)` \| \d+/(\d+)(?: \((\d+) skipped\))? \|"
    ours = {
        operation: int(judged) + int(skipped or 0)
        for operation, judged, skipped in re.findall(row, matrix, re.MULTILINE)
    }
    cases = Counter(
        vector.op
        for vector in load(vectors_folder()).vectors
        for _ in vector.profiles
        if vector.result != "unspecified"
    )

    assert ours == cases
