"""Vector files: their shape and layout, and what lint finds in them."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lkproto_conformance import vectors
from lkproto_conformance.lint import lint
from lkproto_conformance.vectors import VectorError, canonical, vectors_folder

from tests.support import json_says

TEST: dict[str, Any] = {
    "id": "kind.parse/sip",
    "comment": "a name",
    "level": "required",
    "result": "valid",
    "flags": ["Case"],
    "spec": ["auth/grants.go"],
    "profiles": ["strict", "go"],
    "args": {"claim": "SIP"},
    "expect": {"kind": "SIP"},
}
DOCUMENT: dict[str, Any] = {
    "format": 1,
    "area": "kind.parse",
    "upstream": "livekit/protocol v1.54.0",
    "notes": {"Case": {"kind": "EDGE_CASE", "description": "d", "effect": "e"}},
    "count": 1,
    "groups": [
        {
            "source": {"name": "vectorgen/x.py", "version": "1", "oracle": "executed"},
            "params": {"claim": "none"},
            "tests": [TEST],
        }
    ],
}


def problems(folder: Path, document: dict[str, Any], text: str = "") -> list[str]:
    """What lint reports about one file, without all the vectors that are not there."""
    (folder / "kind.parse.json").write_text(text or canonical(document))
    return [
        each for each in lint(folder) if not each.startswith(("no vector", "no valid"))
    ]


def changed(
    change: Callable[[dict[str, Any], dict[str, Any]], object],
) -> dict[str, Any]:
    """The document with a change made to it, or to its test."""
    document = copy.deepcopy(DOCUMENT)
    change(document, document["groups"][0]["tests"][0])
    return document


def test_the_vectors_of_the_project_are_in_order() -> None:
    assert list(lint(vectors_folder())) == []


def test_a_right_file_has_no_problems(tmp_path: Path) -> None:
    assert problems(tmp_path, DOCUMENT) == []


def test_params_are_arguments_that_a_test_may_replace(tmp_path: Path) -> None:
    problems(tmp_path, DOCUMENT)

    (vector,) = vectors.load(tmp_path).vectors

    assert vector.args == {"claim": "SIP"}
    assert vector.oracle == "executed"
    assert vector.op == "kind.parse"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda d, _: d.update(count=2), "count is 2, not 1"),
        (lambda d, _: d.update(format=2), "format 2, not 1"),
        (lambda d, _: d.update(area="sip.parse"), "area sip.parse is not an operation"),
        (lambda d, _: d["notes"].clear(), "flag Case is not declared"),
        (lambda _, t: t["flags"].clear(), "flag Case is not used"),
        (lambda d, _: d["notes"]["Case"].update(kind="ODD"), "kind ODD"),
        (lambda _, t: t.update(id="kind.parse/Sip"), "in kebab case"),
        (lambda _, t: t.update(id="other/sip"), "the id is not kind.parse/"),
        (lambda _, t: t.update(result="maybe"), "result maybe"),
        (lambda _, t: t.update(level="nice"), "level nice"),
        (lambda _, t: t.update(profiles=[]), "profiles []"),
        (lambda _, t: t.update(profiles=["lax"]), "profiles ['lax']"),
        (lambda _, t: t.update(comment=""), "no comment"),
        (lambda _, t: t.update(result="invalid"), "'SIP' is not a reject kind"),
        (lambda _, t: t.update(result="unspecified"), "without a flag or a reason"),
        (lambda d, t: d["groups"][0]["tests"].append(t), "2 vectors have this id"),
        (lambda d, _: d["groups"][0]["source"].update(oracle=""), "has no oracle"),
        (
            lambda _, t: t.update(verdict="good"),
            "test kind.parse/sip has unknown verdict",
        ),
        (lambda _, t: t.pop("spec"), "test kind.parse/sip lacks spec"),
        (lambda d, _: d.pop("notes"), "the file lacks notes"),
        (lambda d, _: d["notes"].update(X=1), "note X is not an object"),
        (lambda _, t: t["args"].update(claims=[]), "args: claims is not in the list"),
        (
            lambda d, t: (d["groups"][0]["params"].clear(), t["args"].clear()),
            "args: claim is missing",
        ),
        (lambda _, t: t["expect"].clear(), "expect: kind is missing"),
        (lambda _, t: t["expect"].update(name=""), "expect: name is not in the list"),
    ],
)
def test_lint_finds(change: Any, problem: str, tmp_path: Path) -> None:
    assert any(problem in each for each in problems(tmp_path, changed(change)))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda d, odd: d.update(area=odd), "the file: area"),
        (lambda d, odd: d["notes"]["Case"].update(links=odd), "note Case: links"),
        (lambda d, odd: d.update(notes=odd), "the file: notes"),
        (lambda d, odd: d.update(groups=odd), "the file: groups"),
        (lambda d, odd: d["groups"][0].update(params=odd), "group 0: params"),
        (lambda d, odd: d["groups"][0].update(tests=odd), "group 0: tests"),
        *(
            (
                lambda d, odd, key=key: d["groups"][0]["tests"][0].update({key: odd}),
                f": {key} is of another type",
            )
            for key in ("id", "comment", "result", "flags", "profiles", "args")
        ),
    ],
)
def test_values_of_another_type_are_named(
    change: Any, problem: str, tmp_path: Path
) -> None:
    for odd in (None, 1, [[]] if "s" not in problem[-3:] else True):
        document = copy.deepcopy(DOCUMENT)
        change(document, odd)
        assert problem in problems(tmp_path, document)[0]
        with pytest.raises(VectorError, match=problem):
            vectors.load(tmp_path)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"\xff", "codec can't decode"),
        (b"[" * 100_000, "nests deeper than 100 levels"),
        (b"[" * 200 + b"]" * 200, "nests deeper than 100 levels"),
    ],
)
def test_files_that_cannot_be_read_are_named(
    data: bytes, problem: str, tmp_path: Path
) -> None:
    (tmp_path / "kind.parse.json").write_bytes(data)

    for found in (next(lint(tmp_path)), str(loading(tmp_path))):
        assert found.startswith("kind.parse.json: ")
        assert problem in found


def loading(folder: Path) -> VectorError:
    with pytest.raises(VectorError) as caught:
        vectors.load(folder)
    return caught.value


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda t: t["args"].clear(), "kind.parse/sip: args lacks claim"),
        (lambda t: t["expect"].clear(), "kind.parse/sip: expect lacks kind"),
        (
            lambda t: t.update(result="invalid", expect={"kind_required": True}),
            "kind.parse/sip: expect lacks kind",
        ),
    ],
)
def test_vectors_without_what_the_judge_reads_are_not_loaded(
    change: Any, problem: str, tmp_path: Path
) -> None:
    def both(document: Any, test: Any) -> None:
        document["groups"][0]["params"].clear()
        change(test)

    problems(tmp_path, changed(both))

    assert str(loading(tmp_path)) == problem


def test_lint_finds_a_layout_that_is_not_canonical(tmp_path: Path) -> None:
    found = problems(tmp_path, DOCUMENT, json.dumps(DOCUMENT))

    (problem,) = found
    assert problem.startswith("kind.parse.json: the layout is not canonical")


def test_lint_finds_a_file_that_is_not_json_and_an_empty_folder(tmp_path: Path) -> None:
    assert "no vector files" in next(lint(tmp_path))
    assert f"kind.parse.json: {json_says('{')}" in problems(tmp_path, DOCUMENT, "{")[0]


@pytest.mark.parametrize(
    ("text", "problem"), [("ids = 1\n", "a list of ids"), ("ids", "Expected '='")]
)
def test_a_bad_list_of_retired_ids_is_named(
    text: str, problem: str, tmp_path: Path
) -> None:
    (tmp_path / "retired.toml").write_text(text)

    (found,) = problems(tmp_path, DOCUMENT)
    assert found.startswith("retired.toml: ")
    assert problem in found


def test_lint_finds_a_retired_id(tmp_path: Path) -> None:
    (tmp_path / "retired.toml").write_text(
        'ids = ["kind.parse/sip", "kind.parse/gone"]\n'
    )

    assert problems(tmp_path, DOCUMENT) == ["kind.parse/sip: a retired id"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"a": {"b": 1, "b": 2}}', "an object has 'b' twice"),
        ('{"a": NaN}', "NaN is not a number of JSON"),
        ('{"a": -Infinity}', "-Infinity is not a number of JSON"),
        ('{"a": 1e999}', "1e999 is not a number of JSON, or too large"),
        ("{", "x.json: "),
    ],
)
def test_files_that_change_when_they_are_read_and_written_are_named(
    text: str, problem: str
) -> None:
    with pytest.raises(VectorError, match=re.escape(problem)):
        vectors.unambiguous(text, "x.json")

    vectors.unambiguous('{"a": 1.5e300, "b": {"a": 12345678901234567890}}', "x.json")


def test_two_vectors_of_one_name_are_not_loaded(tmp_path: Path) -> None:
    problems(tmp_path, changed(lambda d, t: d["groups"][0]["tests"].append(t)))

    with pytest.raises(VectorError, match="two vectors are called kind.parse/sip"):
        vectors.load(tmp_path)


def test_canonical_layout_does_not_depend_on_the_order_of_keys() -> None:
    reversed_ = json.loads(
        json.dumps(DOCUMENT), object_pairs_hook=lambda p: dict(p[::-1])
    )

    assert canonical(reversed_) == canonical(DOCUMENT)
    assert json.loads(canonical(DOCUMENT)) == DOCUMENT


def test_the_digest_changes_with_any_file(tmp_path: Path) -> None:
    problems(tmp_path, DOCUMENT)
    before = vectors.load(tmp_path).digest
    problems(tmp_path, changed(lambda _, t: t.update(comment="other")))

    assert vectors.load(tmp_path).digest != before
