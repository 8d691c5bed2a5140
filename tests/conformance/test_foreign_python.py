"""The foreign testees in Python: livekit-api, and google's runtime."""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from lkproto_conformance.connect.process import ProcessTestee
from lkproto_conformance.running.runner import run
from lkproto_conformance.vectors import load, vectors_folder

TESTEES = Path(__file__).parents[2] / "conformance" / "testees"
LIVEKIT = TESTEES / "livekit-api"
GOOGLE = TESTEES / "google-protobuf"
VECTORS = {each.id: each for each in load(vectors_folder()).vectors}


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    target = tmp_path_factory.mktemp("google") / "schema.binpb"
    command = [sys.executable, str(GOOGLE / "descriptors.py"), str(target)]
    subprocess.run(command, check=True)
    return target


@pytest.fixture(scope="module")
def livekit():
    if (
        find_spec("livekit") is None
    ):  # not imported: its files would be in the pool of all tests
        pytest.skip("needs livekit-api")
    return [sys.executable, str(LIVEKIT / "livekit_testee.py")]


@pytest.fixture(scope="module")
def google(schema):
    return [sys.executable, str(GOOGLE / "google_testee.py"), str(schema)]


def verdicts(command, *ids):
    results = run(ProcessTestee(command), [VECTORS[each] for each in ids], "go")
    return {result.vector.id: result.verdict for result in results}


def names(command, *ids):
    return {key: each.name for key, each in verdicts(command, *ids).items()}


def test_livekit_api_passes_what_it_does_as_the_reference(livekit):
    ids = [
        "token.issue/agent-admin",
        "token.issue/video-hidden",
        "token.verify/minimal",
        "token.verify/video-join",
        "token.verify/exp-now-minus-59",
        "token.verify/exp-now-minus-60",
        "token.verify/alg-hs512",
        "webhook.receive/event-unicode",
        "webhook.receive/no-header",
        "twirp.call/roomservice-listrooms-protobuf",
        "twirp.error/sent-get-participant-unknown",
        "wire.roundtrip/livekit-room",
    ]
    assert set(names(livekit, *ids).values()) == {"pass"}


def test_livekit_api_is_found_to_diverge_where_it_is_known_to(livekit):
    found = verdicts(
        livekit,
        "token.verify/padded-signature",
        "token.verify/snake-case-video",
        "token.verify/video-publish-denied",
        "token.verify/video-null",
        "token.verify/wrong-type-video-room-admin-1",
        "token.verify/kind-details-all",
        "token.issue/credentials",
        "token.issue/video-can-publish",
        "webhook.receive/hash-trailing-data",
        "webhook.receive/hash-unpadded",
        "twirp.call/incomplete-after-the-deadline",
    )
    assert {key.partition("/")[2]: each.name for key, each in found.items()} == {
        "padded-signature": "fail:accepted",
        "snake-case-video": "fail:mismatch",
        "video-publish-denied": "fail:mismatch",
        "video-null": "error",
        "wrong-type-video-room-admin-1": "fail:accepted",
        "kind-details-all": "fail:mismatch",
        "credentials": "fail:accepted",
        "video-can-publish": "fail:mismatch",
        "hash-trailing-data": "fail:accepted",
        "hash-unpadded": "error",
        "incomplete-after-the-deadline": "fail:accepted",
    }
    assert "canPublishData" in found["token.verify/video-publish-denied"].detail
    assert "AttributeError" in found["token.verify/video-null"].detail


def test_what_livekit_api_has_no_word_for_is_declined(livekit):
    found = verdicts(
        livekit,
        "token.mint/kind-details-all",
        "token.verify/issuer-second-key",
        "twirp.call/roomservice-createroom-json",
    )
    assert {each.name for each in found.values()} == {"skip"}
    assert all(each.detail.startswith("declined: ") for each in found.values())


def test_livekit_api_takes_nothing_from_the_environment(livekit, monkeypatch):
    monkeypatch.setenv("LIVEKIT_API_KEY", "APIconformance")
    monkeypatch.setenv("LIVEKIT_API_SECRET", "the secret of the conformance suite")
    ids = ["token.mint/no-key", "token.mint/no-secret"]
    assert set(names(livekit, *ids).values()) == {"pass"}


def test_googles_runtime_passes_and_diverges_as_known(google):
    found = names(
        google,
        "wire.roundtrip/livekit-room",
        "json.parse/livekit-room",
        "json.print/livekit-room",
        "json.parse/livekit-nodestats",
        "json.parse/room-array",
        "json.print/any-unknown-type",
    )
    assert found == {
        "wire.roundtrip/livekit-room": "pass",
        "json.parse/livekit-room": "pass",
        "json.print/livekit-room": "pass",
        "json.parse/livekit-nodestats": "fail:over-strict",
        "json.parse/room-array": "fail:accepted",
        "json.print/any-unknown-type": "error",
    }


@pytest.mark.parametrize("which", ["livekit", "google"])
def test_they_speak_the_protocol(which, request):
    testee = ProcessTestee(request.getfixturevalue(which))
    hello = testee.start()
    try:
        assert hello.profiles == ("go",)
        assert "wire.roundtrip" in hello.capabilities
        reply = testee.ask("no.such", {}, "no.such/case")
        assert reply.outcome == "unsupported"
        reply = testee.ask("wire.roundtrip", {"message": "x.Y", "input": ""}, "a/b")
        assert reply.outcome == "unsupported"
        reply = testee.ask("wire.roundtrip", {}, "a/b")
        assert reply.outcome == "error"
        assert "KeyError" in reply.body["message"]
    finally:
        testee.stop()


@pytest.mark.parametrize("which", ["livekit", "google"])
def test_they_end_when_their_input_ends(which, request):
    command = request.getfixturevalue(which)
    done = subprocess.run(
        command, check=False, input=b"", capture_output=True, timeout=30
    )
    assert (done.returncode, done.stdout) == (0, b"")
    bye = b'{"id":1,"op":"bye"}\n'
    done = subprocess.run(
        command, check=False, input=bye, capture_output=True, timeout=30
    )
    assert (done.returncode, done.stdout) == (0, b"")


def test_a_clock_that_a_request_sets_does_not_stay(livekit):
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import clock, time, datetime\n"
        "with clock.at(1767225600.5):\n"
        "    assert time.time() == 1767225600.5\n"
        "    now = datetime.datetime.now(datetime.timezone.utc)\n"
        "    assert now.timestamp() == 1767225600.5\n"
        "a = time.time(); time.sleep(0.01); assert time.time() > a != 1767225600.5\n"
    )
    subprocess.run([sys.executable, "-c", script, str(LIVEKIT)], check=True)


@pytest.mark.parametrize("folder", [LIVEKIT, GOOGLE], ids=lambda each: each.name)
def test_adapters_import_nothing_of_ours(folder):
    for module in folder.glob("*.py"):
        assert not re.search(
            r"^\s*(from|import) lkproto", module.read_text(), re.MULTILINE
        )


@pytest.mark.parametrize("folder", [LIVEKIT, GOOGLE], ids=lambda each: each.name)
def test_each_known_failure_says_which_side_is_right_by_which_source(folder):
    lines = (folder / "known-failing.txt").read_text().splitlines()
    entries = [line for line in lines if line and not line.startswith("#")]
    assert entries
    for line in entries:
        pattern, message, why = line.split("  # ", 2)
        assert pattern in VECTORS or "*" in pattern, line
        assert message.strip(), line
        assert re.match(
            r"(the (reference|library) is right|either may be|neither is (right|wrong)): \S",
            why,
        ), line


@pytest.mark.parametrize("folder", [LIVEKIT, GOOGLE], ids=lambda each: each.name)
def test_requirements_are_exact_versions_and_said_in_the_readme(folder):
    lines = (folder / "requirements.txt").read_text().splitlines()
    assert all(re.fullmatch(r"[\w-]+==[\d.]+", line) for line in lines)
    assert lines[0].partition("==")[2] in (folder / "README.md").read_text()
