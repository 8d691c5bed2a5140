"""`promote`: a request that a search found becomes a vector, as if it had always been generated."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lkproto_conformance.cli import main as cli
from lkproto_conformance.commands import promote as command
from lkproto_conformance.vectors import load, vectors_folder
from vectorgen import MODULES, promote, promoted
from vectorgen.promotable import problems

# Wherever Go is not at hand our own testee stands for the reference: it passes all vectors.
REFERENCE = "python:lkproto_conformance.testees.lkproto:testee"
CASE: dict[str, Any] = {
    "op": "kind.parse",
    "args": {"claim": "aGeNt"},
    "name": "mixed-case-agent",
    "comment": "a kind in mixed case",
    "found_by": "fuzz, seed 7",
}
Promote = Callable[..., int]
COMMITTED = promoted.read()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of vectors, and a list of promoted cases next to it."""
    folder = tmp_path / "vectors"
    folder.mkdir()
    for name in ("kind.parse", "token.verify", "json.parse"):
        shutil.copy(vectors_folder() / f"{name}.json", folder)
    shutil.copy(promoted.FILE, tmp_path / "promoted.json")
    monkeypatch.setattr(promote, "FOLDER", folder)
    monkeypatch.setattr(promoted, "FILE", tmp_path / "promoted.json")
    return folder


@pytest.fixture
def run(folder: Path) -> Promote:
    """Promotes a case, and returns the exit code."""

    def run(case: Any, *options: str, reference: str = REFERENCE) -> int:
        path = folder.parent / "case.json"
        path.write_text(case if isinstance(case, str) else json.dumps(case))
        return promote.main([str(path), "--reference", reference, *options])

    return run


def listed(folder: Path) -> list[dict[str, Any]]:
    return promoted.read(folder.parent / "promoted.json")


def test_a_case_becomes_a_vector_with_the_answer_of_the_reference(
    run: Promote, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(CASE) == 0

    name = "kind.parse/mixed-case-agent"
    assert capsys.readouterr().out == f'{name}: valid {{"kind": "AGENT"}}\n'
    (vector,) = (each for each in load(folder).vectors if each.id == name)
    assert vector.expect == {"kind": "AGENT"}
    assert vector.comment == "a kind in mixed case (found by fuzz, seed 7)"
    assert vector.profiles == ("strict", "go")
    assert vector.flags == ("Found",)
    assert vector.oracle.endswith("auth.ClaimGrants.GetParticipantKind, executed")
    assert CASE in listed(folder)


def test_promoted_cases_are_generated_like_all_others(
    run: Promote, folder: Path
) -> None:
    run(CASE)
    run({**CASE, "args": {"claim": "sIp"}, "name": "a-first"})

    (area,) = promoted.areas_of(
        each for each in listed(folder) if each["op"] == "kind.parse"
    )
    assert [case.name for case in area.cases] == ["a-first", "mixed-case-agent"]
    assert area.source == "promoted"
    document = json.loads((folder / "kind.parse.json").read_text())
    assert document["groups"][-1]["source"]["name"] == "vectorgen/promoted.py"
    assert [each["id"] for each in document["groups"][-1]["tests"]] == [
        "kind.parse/a-first",
        "kind.parse/mixed-case-agent",
    ]
    assert MODULES[-1] is promoted


def test_the_list_has_no_expectations_and_one_layout(
    run: Promote, folder: Path
) -> None:
    run(CASE)

    text = (folder.parent / "promoted.json").read_text()
    assert "AGENT" not in text
    assert promoted.text(listed(folder)) == text
    committed = Path(promoted.__file__).with_name("promoted.json")
    assert promoted.text(COMMITTED) == committed.read_text("utf-8")


def test_a_dry_run_writes_nothing(
    run: Promote, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in folder.parent.rglob("*.json")}

    assert run(CASE, "--dry-run") == 0

    assert "valid" in capsys.readouterr().out
    after = {path: path.read_bytes() for path in folder.parent.rglob("*.json")}
    assert {path for path in after if after[path] != before.get(path)} == {
        folder.parent / "case.json"
    }


TOKEN: dict[str, Any] = {
    "op": "token.verify",
    "name": "found-it",
    "comment": "c",
    "args": {"token": "x.y", "keys": {"k": "s"}, "now": 1},
}


def test_with_a_policy_there_are_two_vectors(run: Promote, folder: Path) -> None:
    from vectorgen.forge import KEY, NOW, SECRET, with_text

    args = {
        "token": with_text("iat", str(NOW + 9999)),
        "keys": {KEY: SECRET},
        "now": NOW,
    }

    assert run({**TOKEN, "args": args}, "--policy", "FUTURE") == 0

    found = {each.id: each for each in load(folder).vectors if "found-it" in each.id}
    strict, executed = found["token.verify/found-it"], found["token.verify/found-it-go"]
    assert (strict.result, strict.profiles) == ("invalid", ("strict",))
    assert strict.expect == {"kind": "not_yet_valid"}
    assert "policy of lkproto" in strict.oracle
    assert (executed.result, executed.profiles) == ("valid", ("go",))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"op": "no.such"}, "no.such is not an operation"),
        ({"op": "twirp.stop", "args": {}}, "twirp.stop has no vectors: the vectors of"),
        ({"op": 1}, "`op` has to be a text"),
        ({"name": "Not Kebab"}, "not in kebab case"),
        ({"name": "sip"}, "kind.parse/sip is in use"),
        ({"name": "gone"}, "kind.parse/gone is retired"),
        ({"comment": ""}, "`comment` has to say"),
        ({"comment": None}, "`comment` has to be a text"),
        ({"found_by": 1}, "`found_by` has to be a text"),
        ({"args": []}, "`args` has to be an object"),
        ({"args": {"claim": 1}}, "args: $.claim: 1 is not of type 'string'"),
        ({"args": {"claim": "", "more": 1}}, "args: $: Additional properties"),
        ({"args": {"claim": "agent"}}, "kind.parse/agent has the same request"),
        ({"profiles": []}, "`profiles` has to be a list of strict and go"),
        ({"profiles": [["go"]]}, "`profiles` has to be a list of strict and go"),
        ({"profiles": ["strict"]}, "leave `profiles` out if its answer holds for both"),
        ({"policy": "NO_SUCH"}, "no policy NO_SUCH in vectorgen/policies.py; there"),
        ({"policy": []}, "no policy [] in vectorgen/policies.py"),
        ({"verdict": "pass"}, "unknown members verdict; known are op, name"),
        (
            {
                "op": "json.parse",
                "args": {"message": "x.Y", "json": "{}", "ignore_unknown": True},
            },
            "args: x.Y is not a type of message",
        ),
        (
            {"op": "token.verify", "args": {**TOKEN["args"], "profile": "go"}},
            "args have no `profile`",
        ),
    ],
)
def test_a_case_is_refused(
    change: dict[str, Any],
    problem: str,
    run: Promote,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (folder / "retired.toml").write_text('ids = ["kind.parse/gone"]\n')

    assert run({**CASE, **change}) == 2

    assert problem in capsys.readouterr().err
    assert listed(folder) == COMMITTED


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "not one JSON object"),
        ("[]", "not a JSON object"),
        ("{} {}", "not one JSON object"),
        ('{"op": NaN}', "NaN is not JSON"),
        ("[" * 100_000, "not one JSON object"),
    ],
)
def test_what_is_not_a_case_is_refused(
    text: str, problem: str, run: Promote, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(text) == 2
    assert problem in capsys.readouterr().err


def test_a_policy_for_what_the_reference_refuses_is_refused(
    run: Promote, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(TOKEN, "--policy", "SIZE") == 2
    assert "the reference refuses it too" in capsys.readouterr().err
    assert listed(folder) == COMMITTED


@pytest.mark.parametrize("text", ["<<<<<<< HEAD", "{}", "[]", "1"])
def test_a_list_of_promoted_cases_that_cannot_be_read_is_named(
    text: str, run: Promote, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder.parent / "promoted.json").write_text(text)

    assert run(CASE) == 2
    assert "promoted.json cannot be read" in capsys.readouterr().err
    assert (folder.parent / "promoted.json").read_text() == text


class Unable:
    """A reference that declines, or breaks."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self._answer = answer

    def hello(self) -> dict[str, Any]:
        return {"protocol": 1, "capabilities": []}

    def answer(self, op: str, args: dict[str, Any]) -> dict[str, Any]:
        del op, args
        return self._answer


def declining() -> Unable:
    return Unable({"unsupported": {"reason": "no"}})


def breaking() -> Unable:
    return Unable({"error": {"message": "panic: \x1b"}})


def test_what_breaks_the_reference_becomes_a_vector_of_strict_alone(
    run: Promote, folder: Path
) -> None:
    case = {**TOKEN, "profiles": ["strict"]}
    broken = f"python:{__name__}:breaking"

    assert run(case, "--policy", "SIZE", reference=broken) == 0

    (vector,) = (each for each in load(folder).vectors if "found-it" in each.id)
    assert (vector.result, vector.profiles) == ("invalid", ("strict",))
    assert vector.expect == {"kind": "too_large"}


@pytest.mark.parametrize("name", ["declining", "breaking"])
def test_a_reference_without_an_answer_gives_no_vector(
    name: str, run: Promote, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(CASE, reference=f"python:{__name__}:{name}") == 3

    error = capsys.readouterr().err
    assert "no expectation from the reference: kind.parse/mixed-case-agent" in error
    assert "\x1b" not in error
    assert listed(folder) == COMMITTED


def test_a_reference_that_does_not_start_is_named(
    run: Promote, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(CASE, reference="exec:/nowhere") == 3
    assert "No such file" in capsys.readouterr().err


def test_a_case_that_no_miniature_fails_gets_a_warning(
    run: Promote, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from lkproto_conformance import miniatures

    monkeypatch.setattr(miniatures, "ALL", ())

    assert run(CASE) == 0
    assert "warning: kind.parse/mixed-case-agent: no broken" in capsys.readouterr().err


def test_the_operations_have_areas_that_promoted_cases_are_like() -> None:
    assert promoted.model("twirp.call").refusal({"headers": {}}, _REJECT) == {
        "meta": {},
        "message": "m",
        "requests": [],
    }
    with pytest.raises(KeyError):
        promoted.model("no.such")


_REJECT = {"meta": {}, "message": "m", "requests": []}


def test_the_cases_that_are_committed_are_right() -> None:
    for case in COMMITTED:
        assert list(problems(case)) == []


def test_the_command_starts_vectorgen_in_a_checkout(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "case.json"
    path.write_text(json.dumps({**CASE, "name": "only-tried"}))

    assert cli(["promote", str(path), "--reference", REFERENCE, "--dry-run"]) == 0
    assert 'kind.parse/only-tried: valid {"kind": "AGENT"}' in capfd.readouterr().out


def test_the_command_needs_a_checkout_and_a_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("LKPROTO_REFERENCE", raising=False)
    assert cli(["promote", "x"]) == 2
    assert "--reference is missing" in capsys.readouterr().err

    monkeypatch.setattr(command, "CHECKOUT", tmp_path)
    assert cli(["promote", "x", "--reference", "y"]) == 2
    assert "in a checkout of lkproto" in capsys.readouterr().err
