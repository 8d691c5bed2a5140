"""`info`: what people read about the suite, an operation, a case and a testee."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from lkproto_conformance import schemas
from lkproto_conformance.cli import main
from lkproto_conformance.commands import info
from lkproto_conformance.operations import BY_NAME
from lkproto_conformance.running.runner import select
from lkproto_conformance.vectors import Suite, load, vectors_folder

OURS = "python:lkproto_conformance.testees.lkproto:testee"


@pytest.fixture(scope="module")
def suite() -> Suite:
    """The vectors of the project."""
    return load(vectors_folder())


@pytest.fixture(autouse=True)
def _once(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the vectors once for all tests."""
    monkeypatch.setattr(info, "load", lambda _: suite)


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """The lines that `info` prints."""
    assert main(["info", *arguments]) == 0
    return capsys.readouterr().out.splitlines()


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["info", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    return err


def test_the_suite_has_a_version_an_upstream_and_a_digest(
    suite: Suite, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, *_ = shown(capsys)

    assert first.startswith("lkproto-conformance ")
    assert second == f"vectors of livekit/protocol v1.54.0, digest {suite.digest}"


def test_vectors_are_counted_by_operation_result_and_level(
    suite: Suite, capsys: pytest.CaptureFixture[str]
) -> None:
    vectors = suite.vectors

    lines = shown(capsys)
    rows = {line.split()[0]: line.split()[1:] for line in lines[3:] if line}

    head = rows["vectors"]
    assert head == [
        "valid",
        "invalid",
        "unspecified",
        "required",
        "recommended",
        "informational",
    ]
    mine = [each for each in vectors if each.op == "twirp.call"]
    counts = dict(zip(["vectors", *head], map(int, rows["twirp.call"]), strict=True))
    assert counts["vectors"] == len(mine)
    assert counts["invalid"] == len([each for each in mine if each.result == "invalid"])
    assert counts["recommended"] == len(
        [each for each in mine if each.level == "recommended"]
    )
    assert int(rows["all"][0]) == len(vectors)
    assert rows["profiles"][0] == "strict"
    expected = [each for each in vectors if each.expect.get("kind") == "too_large"]
    assert f"too_large {len(expected)}" in lines[-1]


@pytest.mark.parametrize("name", BY_NAME)
def test_an_operation_has_its_members_and_vectors(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = shown(capsys, name)

    assert lines[0].startswith(f"{name}: ")
    for member in [*BY_NAME[name].args, *BY_NAME[name].result]:
        optional = " (optional)" if member.endswith("?") else ""
        start = f"  {member.removesuffix('?')}{optional}: "
        assert any(line.startswith(start) for line in lines), member
    assert any(re.match(r"vectors: \d+", line) for line in lines)
    assert not any("`" in line or "](" in line for line in lines)


def test_an_operation_says_how_it_is_refused_and_who_gets_a_profile(
    capsys: pytest.CaptureFixture[str],
) -> None:
    verify = shown(capsys, "token.verify")
    service = shown(capsys, "token.service")

    assert any(line.startswith("rejects: ") and "expired" in line for line in verify)
    assert any("once for each profile" in line for line in verify)
    assert "  egress: egress_id, room" in service
    assert not any("profile" in line for line in service)


def test_an_operation_has_a_schema(capsys: pytest.CaptureFixture[str]) -> None:
    text = "\n".join(shown(capsys, "token.verify", "--schema"))

    assert json.loads(text) == schemas.load("operations/token.verify")


def test_a_case_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, "token.verify/no-exp-claim")

    assert lines[0] == "token.verify/no-exp-claim: exp is absent"
    assert lines[1] == "required, invalid, profiles strict, go"
    text = "\n".join(lines)
    assert "oracle: livekit/protocol v1.54.0 auth.ParseAPIToken and Verify" in text
    assert "spec: auth/verifier.go" in text
    assert "NoExpiry: exp is absent (AUTH_BYPASS); if wrong: a token that never" in text
    assert "  now: 1767225600" in text
    assert '  kind: "missing_claim"' in text


@pytest.mark.parametrize(
    "name", ["token.verify/no-exp-claim", "token.verify/header-crit-b64"]
)
def test_the_line_of_a_case_runs_it_alone(
    name: str, suite: Suite, capsys: pytest.CaptureFixture[str]
) -> None:
    *_, last = shown(capsys, name)
    pattern = shlex.split(last)[-1]

    assert last.startswith("run: lkproto-conformance run --testee CONNECTOR --filter ")
    assert pattern == name
    assert [each.id for each in select(suite.vectors, pattern)] == [name]


def test_long_values_are_cut_and_the_request_is_whole(
    capsys: pytest.CaptureFixture[str],
) -> None:
    name = "token.verify/size-64-kib"
    (line,) = (each for each in shown(capsys, name) if each.startswith("  token:"))
    (request,) = shown(capsys, name, "--request")

    assert re.search(r"… \(\d{5} characters\)$", line)
    sent: dict[str, Any] = json.loads(request)
    assert (sent["op"], sent["case"]) == ("token.verify", name)
    assert len(sent["args"]["token"]) > 65536
    assert sent["args"]["profile"] == "strict"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("token.verifi", "token.verifi is not an operation; perhaps token.verify"),
        ("token.verify/no-exp-clam", "perhaps token.verify/no-exp-claim"),
        ("zzz", "zzz is not an operation"),
        ("x/\x1b", "no vector is called x/\\x1b"),
    ],
)
def test_what_is_not_there_is_named_with_what_may_be_meant(
    name: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hint in refused(capsys, name)


def test_write_needs_operations(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "--write needs --operations" in refused(
        capsys, "--write", str(tmp_path / "x")
    )


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--schema"], "--schema needs an operation"),
        (["token.verify/no-exp-claim", "--schema"], "--schema needs an operation"),
        (["--request"], "--request needs a case"),
        (["token.issue", "--request"], "--request needs a case"),
        (["token.issue", "--testee", OURS], "--testee goes without token.issue"),
        (["--schema", "--testee", OURS], "--testee goes without --schema"),
        (["--operations", "--testee", OURS], "--operations goes without --testee"),
        (["token.issue", "--operations"], "--operations goes without token.issue"),
    ],
)
def test_options_that_do_not_fit_are_refused_with_one_line(
    arguments: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    err = refused(capsys, *arguments)

    assert problem in err
    assert err.count("\n") == 1


def test_a_testee_says_who_it_is_and_what_it_offers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = shown(capsys, "--testee", OURS)

    assert lines[0].startswith("lkproto ")
    assert "profiles: strict, go" in lines
    assert "clock: can be set" in lines
    assert "Messages: wire.roundtrip, json.parse, json.print" in lines


def odd() -> Any:
    """A testee that offers little, and says so with signs that control a terminal."""

    class Odd:
        def hello(self) -> dict[str, Any]:
            return {
                "protocol": 1,
                "implementation": {"name": "odd\x1b[31m", "homepage": {"a": 1}},
                "capabilities": ["kind.parse"],
                "unavailable": {"keys.load": "needs \x1b yaml"},
            }

        def answer(self, op: str, args: dict[str, Any]) -> dict[str, Any]:
            raise AssertionError("`info` asks hello alone")

    return Odd()


def test_what_a_testee_does_not_offer_has_its_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = shown(capsys, "--testee", f"python:{__name__}:odd")

    assert lines[0] == "odd\\x1b[31m"
    assert '  homepage: {"a": 1}' in lines
    assert "profiles: go" in lines
    assert "clock: no clock.inject" in lines
    assert "Keys: none" in lines
    assert "  not keys.load: needs \\x1b yaml" in lines
    assert "  not token.mint" in lines


def test_a_testee_that_does_not_start_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["info", "--testee", "exec:/nowhere"]) == 3
    assert "No such file" in capsys.readouterr().err
