"""The small testees of the tutorial answer as the libraries do that they execute."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from lkproto_conformance.connect import connect
from lkproto_conformance.running.runner import Result, run
from lkproto_conformance.vectors import Vector, load, vectors_folder

TESTEES = Path(__file__).parents[3] / "conformance" / "testees"
SMALL, FULL = TESTEES / "tutorial" / "javascript", TESTEES / "javascript"
VECTORS = load(vectors_folder()).vectors


def answered(command: str, vectors: Iterable[Vector]) -> dict[str, Result]:
    """The results of what a testee offers and does not decline."""
    results = run(connect(command), vectors)
    return {each.vector.id: each for each in results if each.verdict.name != "skip"}


def test_they_are_as_short_as_the_tutorial_says() -> None:
    for path in (SMALL / "testee.mjs", TESTEES / "tutorial" / "go" / "main.go"):
        assert len(path.read_text("utf-8").splitlines()) < 130, path


def test_the_small_testee_answers_as_the_full_one() -> None:
    chosen = [each for each in VECTORS if each.op in ("token.issue", "webhook.receive")]
    small = answered(f"exec:node {SMALL / 'testee.mjs'}", chosen)
    full = answered(f"exec:node {FULL / 'testee.mjs'}", chosen)

    different = {
        name: (result.verdict, full[name].verdict)
        for name, result in small.items()
        if result.verdict != full[name].verdict
    }

    assert different == {}
    passed = [name for name, each in small.items() if each.verdict.name == "pass"]
    assert len(passed) > 100


@pytest.mark.slow
def test_the_small_testee_in_go_passes_all_that_it_answers(tmp_path: Path) -> None:
    program = tmp_path / "testee"
    subprocess.run(
        ["go", "build", "-o", program, "."], cwd=TESTEES / "tutorial" / "go", check=True
    )

    results = answered(f"exec:{program}", VECTORS)

    assert [each for each in results.values() if each.verdict.failed] == []
    names = [each.verdict.name for each in results.values()]
    assert names.count("pass") > 1000
