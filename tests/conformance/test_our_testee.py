"""Our own testee, run on every vector; the expected answers are the Go reference's."""

from __future__ import annotations

import os
import re
import sys

import pytest
from lkproto_conformance.cli import main
from lkproto_conformance.connect import InProcessTestee, connect
from lkproto_conformance.protocol import PROFILES
from lkproto_conformance.running.raw_client import address_of, listens
from lkproto_conformance.running.runner import run
from lkproto_conformance.testees import messages
from lkproto_conformance.testees.lkproto import OPERATIONS, Lkproto, async_testee
from lkproto_conformance.vectors import load, vectors_folder

DECLINED = [("notifier.run", "go")]  # the notifier has one behaviour
TWIRP = [
    "twirp.error",
    "twirp.map_error",
    "twirp.sip_status",
    "twirp.call",
    "twirp.serve",
]
ALL = [*OPERATIONS, *messages.OPERATIONS, *TWIRP]
VECTORS = [each for each in load(vectors_folder()).vectors if each.op in ALL]


@pytest.mark.slow
@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("op", ALL)
def test_lkproto_passes_every_vector(op: str, profile: str) -> None:
    vectors = [each for each in VECTORS if each.op == op]

    results = list(run(InProcessTestee(Lkproto()), vectors, profile))

    right = "skip" if (op, profile) in DECLINED else "pass"
    assert results
    judged = [each for each in results if each.vector.result != "unspecified"]
    assert [each for each in judged if each.verdict.name != right] == []
    assert not any(each.verdict.failed for each in results)


@pytest.mark.slow
def test_async_clients_pass_every_vector() -> None:
    vectors = [each for each in VECTORS if each.op == "twirp.call"]

    results = list(run(InProcessTestee(async_testee()), vectors, "strict"))

    assert {each.verdict.name for each in results} == {"pass", "observed"}


def test_calls_and_servers_of_twirp_pass_some_vectors() -> None:
    """In the quick run, too; those of one prefix, and both kinds of clients."""
    prefixes = ("twirp.call/roomservice-", "twirp.serve/egress-", "twirp.error/code-")
    vectors = [each for each in VECTORS if each.id.startswith(prefixes)]

    for testee in (Lkproto(), async_testee()):
        results = list(run(InProcessTestee(testee), vectors, "go"))

        assert {each.verdict.name for each in results} == {"pass"}


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
    assert hello.capabilities == {"clock.inject", "twirp.stop", *ALL}
    assert reply.body == {"kind": "AGENT"}


@pytest.fixture
def without_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment where PyYAML cannot be imported, as after a plain install."""
    monkeypatch.setitem(sys.modules, "yaml", None)


@pytest.mark.usefixtures("without_yaml")
def test_without_the_extra_yaml_key_files_are_not_offered_and_skips_name_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    testee = "python:lkproto_conformance.testees.lkproto:testee"

    assert Lkproto().hello()["unavailable"].keys() == {"keys.load"}
    assert "keys.load" not in Lkproto().hello()["capabilities"]
    assert main(["run", "--testee", testee, "--filter", "k*"]) == 0
    skip, summary = capsys.readouterr().out.splitlines()
    assert "keys.load needs PyYAML: pip install 'lkproto[yaml]'" in skip
    assert re.fullmatch(rf"{testee}: \d+ pass, \d+ skip", summary)


@pytest.mark.slow
@pytest.mark.usefixtures("without_yaml")
def test_every_vector_that_needs_the_extra_is_declined_without_it() -> None:
    needed = set()
    for vector in VECTORS:
        answer = Lkproto().answer(vector.op, {"profile": "go", **vector.args})
        if "PyYAML" in str(answer):
            assert "unsupported" in answer
            needed.add(vector.op)

    assert needed == {"keys.load"}


def test_with_the_extra_nothing_is_unavailable() -> None:
    assert Lkproto().hello()["unavailable"] == {}


def test_the_testee_declines_what_it_does_not_offer() -> None:
    assert "unsupported" in Lkproto().answer("no.operation", {})
    serve = {"service": "livekit.SIP", "behaviour": "sing"}
    assert "unsupported" in Lkproto().answer("twirp.serve", serve)


def test_what_the_library_refuses_to_make_is_a_reject() -> None:
    success = Lkproto().answer("twirp.sip_status", {"code": 200, "status": ""})
    wrong = {"service": "livekit.SIP", "behaviour": "error:nope"}

    assert success["reject"]["kind"] == "invalid_argument"
    assert "nope" in Lkproto().answer("twirp.serve", wrong)["reject"]["message"]


def test_a_new_server_ends_the_one_before() -> None:
    testee = Lkproto()
    serve = {"service": "livekit.SIP", "behaviour": "echo"}

    first, second = (
        testee.answer("twirp.serve", serve)["ok"]["base_url"] for _ in range(2)
    )
    address = address_of(first)

    assert first != second
    assert address is not None
    assert not listens(address)
    assert testee.answer("twirp.stop", {}) == testee.answer("twirp.stop", {})
