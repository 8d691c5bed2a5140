"""Our own testee, run on every vector; the expected answers are the Go reference's."""

from __future__ import annotations

import os
import sys

import pytest
from lkproto_conformance.connect import InProcessTestee, connect
from lkproto_conformance.protocol import PROFILES
from lkproto_conformance.runner import run
from lkproto_conformance.testees.lkproto import OPERATIONS, Lkproto
from lkproto_conformance.vectors import load, vectors_folder

VECTORS = [each for each in load(vectors_folder()).vectors if each.op in OPERATIONS]


@pytest.mark.slow
@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("op", OPERATIONS)
def test_lkproto_passes_every_vector(op: str, profile: str) -> None:
    vectors = [each for each in VECTORS if each.op == op]

    results = list(run(InProcessTestee(Lkproto()), vectors, profile))

    assert results
    assert [each for each in results if each.verdict.name != "pass"] == []


def test_the_testee_runs_as_a_process(monkeypatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    connection = connect(
        f"exec:{sys.executable} -m lkproto_conformance.testees.lkproto"
    )
    try:
        hello = connection.start()
        reply = connection.ask("kind.parse", {"claim": "AGENT"}, "")
    finally:
        connection.stop()

    assert hello.name.startswith("lkproto")
    assert hello.capabilities == {"clock.inject", *OPERATIONS}
    assert reply.body == {"kind": "AGENT"}


def test_the_testee_declines_what_it_does_not_offer() -> None:
    assert "unsupported" in Lkproto().answer("twirp.call", {})
