"""The baseline: what is left out and was not before is a regression; what is back is a note."""

from __future__ import annotations

from pathlib import Path

import pytest
from lkproto_conformance.running import baseline
from lkproto_conformance.running.baseline import Baseline, Skips, layout
from lkproto_conformance.running.known_failing import MAX_SIZE, ListError

PATH = Path("baseline.json")
BOTH = ("strict", "go")


def skips(stored: Baseline | None, *, whole: bool = True) -> Skips:
    return Skips(stored, whole, BOTH)


def test_an_operation_that_is_not_offered_any_more_is_one_regression() -> None:
    found = skips(Baseline(PATH))
    found.not_offered("keys.load", "needs PyYAML")
    found.not_offered("keys.load", "needs PyYAML")

    assert list(found.problems()) == [
        "baseline.json: keys.load was offered before (needs PyYAML); --update-baseline accepts it"
    ]


def test_an_operation_that_was_never_offered_is_not() -> None:
    found = skips(Baseline(PATH, {"keys.load": "another reason"}))
    found.not_offered("keys.load", "needs PyYAML")

    assert list(found.problems()) == []


def test_a_case_that_is_declined_now_is_a_regression() -> None:
    found = skips(Baseline(PATH, {}, {"a/b@go": ""}))

    assert found.declined("a/b", BOTH, "go", "no") == ""
    assert "was not declined before" in found.declined("a/b", BOTH, "strict", "no")


def test_a_new_case_that_is_declined_is_a_regression_too() -> None:
    assert skips(Baseline(PATH)).declined("a/new", BOTH, "go", "no")


def test_without_a_baseline_nothing_is_a_regression() -> None:
    found = skips(None)
    found.not_offered("keys.load", "")

    assert found.declined("a/b", BOTH, "go", "no") == ""
    assert [*found.problems(), *found.notes()] == []


def test_what_is_back_is_a_note_and_not_a_regression() -> None:
    found = skips(Baseline(PATH, {"a": "", "c": ""}, {"a/b": "", "a/c": ""}))
    found.ran("a", "a/b", "go")

    assert list(found.problems()) == []
    assert list(found.notes()) == [
        "baseline.json: a is offered now; --update-baseline removes it",
        "baseline.json: a/b [go] is not declined any more; --update-baseline removes it",
    ]


def test_a_file_is_written_with_a_line_for_each_skip_and_read_again(
    tmp_path: Path,
) -> None:
    path = tmp_path / "baseline.json"
    found = skips(None)
    found.not_offered("twirp.call", "")
    found.not_offered("keys.load", "needs PyYAML")
    for profile in BOTH:
        found.declined("a/both", BOTH, profile, "n\no")
    found.declined("a/one", BOTH, "go", "é\ud800")

    assert list(found.write(path)) == [
        "+ not offered: keys.load",
        "+ not offered: twirp.call",
        "+ declined: a/both",
        "+ declined: a/one@go",
    ]
    assert path.read_text() == (
        "{\n"
        '  "format": 1,\n'
        '  "profiles": [\n    "strict",\n    "go"\n  ],\n'
        '  "not_offered": {\n'
        '    "keys.load": "needs PyYAML",\n'
        '    "twirp.call": ""\n'
        "  },\n"
        '  "declined": {\n'
        '    "a/both": "n o",\n'
        '    "a/one@go": "\\u00e9\\ud800"\n'
        "  }\n"
        "}\n"
    )
    assert layout(baseline.read(path)) == path.read_text()


def test_an_update_by_the_whole_suite_replaces_it(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    found = skips(Baseline(path, {"old": ""}, {"a/old": ""}))
    found.declined("a/new", BOTH, "go", "no")

    assert list(found.write(path)) == [
        "- not offered: old",
        "- declined: a/old",
        "+ declined: a/new@go",
    ]


def test_an_update_by_a_part_of_the_suite_leaves_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    stored = Baseline(path, {"ran": "", "other": ""}, {"a/ran": "", "a/other@go": ""})
    found = skips(stored, whole=False)
    found.ran("ran", "a/ran", "go")

    assert list(found.write(path)) == ["- not offered: ran", "- declined: a/ran"]
    assert baseline.read(path) == Baseline(
        path, {"other": ""}, {"a/other@go": ""}, BOTH
    )


def test_a_profile_that_is_not_offered_any_more_is_a_regression() -> None:
    found = Skips(Baseline(PATH, profiles=BOTH), True, ("go",))

    assert [each.partition(": ")[2] for each in found.problems()] == [
        f"the profile strict was offered before; {baseline.UPDATE}"
    ]
    assert not list(skips(Baseline(PATH, profiles=BOTH)).problems())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "is not an object with format, not_offered, declined"),
        ('{"format": 1, "declined": {}}', "is not an object with format"),
        (
            '{"format": 2, "not_offered": {}, "declined": {}}',
            "has another format than 1",
        ),
        (
            '{"format": 1, "not_offered": [], "declined": {}}',
            "not_offered is not an object with reasons",
        ),
        (
            '{"format": 1, "not_offered": {}, "declined": {"a": 1}}',
            "declined is not an object with reasons",
        ),
        (" " * (MAX_SIZE + 1), "more than"),
    ],
)
def test_a_file_that_is_not_a_baseline_is_refused(
    text: str, problem: str, tmp_path: Path
) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(text)

    with pytest.raises(ListError) as caught:
        baseline.read(path)
    assert str(caught.value).startswith(f"{path}: {problem}")


def test_a_reason_is_kept_in_part_if_it_is_long(tmp_path: Path) -> None:
    found = skips(None)
    found.not_offered("a", "x" * 100_000)
    list(found.write(tmp_path / "baseline.json"))

    reason = baseline.read(tmp_path / "baseline.json").not_offered["a"]
    assert len(reason) == baseline.MAX_REASON
