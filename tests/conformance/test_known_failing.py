"""Lists of known failures: their grammar, their discipline, and how they are updated."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from lkproto_conformance.judging.verdict import Verdict
from lkproto_conformance.running import known_failing
from lkproto_conformance.running.discipline import MAX_CASES, Discipline, Held
from lkproto_conformance.running.first_line import MAX_LENGTH, agrees, first_line
from lkproto_conformance.running.known_failing import KnownFailing, ListError
from lkproto_conformance.running.patterns import PatternError, parse_pattern
from lkproto_conformance.running.update_known import HEAD, Update
from lkproto_conformance.vectors import Vector

PASS = Verdict("pass")
SKIP = Verdict("skip", "not advertised")
BROKEN = Verdict("fail:mismatch", "claims differ")
LINE = "fail:mismatch: claims differ"
PATH = Path("list.txt")
LOCAL, TEMPORARY = "http://localhost", "/tmp"


def vector(name: str, *profiles: str) -> Vector:
    profiles = profiles or ("strict", "go")
    return Vector(name, "x", "", "required", "valid", (), profiles, {}, {}, "")


def suite(*names: str) -> list[Vector]:
    return [vector(name) for name in names]


def listed(*lines: str) -> KnownFailing:
    return known_failing.parse("".join(f"{line}\n" for line in lines), PATH)


def held_to(lines: list[str], names: list[str], *, whole: bool = True) -> Discipline:
    return Discipline(listed(*lines), suite(*names), whole=whole)


# Grammar.


def test_a_line_is_a_pattern_a_first_line_and_a_reason() -> None:
    (entry,) = listed("a/b@go  # error: #1 of 2  # the reference: auth.go#L3").entries

    assert (entry.pattern.name, entry.pattern.profile) == ("a/b", "go")
    assert entry.message == "error: #1 of 2"
    assert entry.why == "the reference: auth.go#L3"
    assert entry.is_explained


def test_comments_and_empty_lines_are_passed_over_and_lines_counted() -> None:
    found = listed("# one", "", "a/b  # error  # why", "# later", "", "a/c  # error")

    assert found.head == ("# one", "")
    assert found.later_comments == 1
    assert [entry.line for entry in found.entries] == [3, 6]


@pytest.mark.parametrize("why", ["", "# ", "# ?", "# ? perhaps", "#"])
def test_a_reason_may_be_missing_but_is_then_not_an_explanation(why: str) -> None:
    (entry,) = listed(f"a/b  # error  {why}").entries

    assert not entry.is_explained


def test_white_space_of_any_length_separates_and_line_ends_may_be_those_of_windows() -> (
    None
):
    (entry,) = known_failing.parse("a/b \t  # error   #  why\r\n", PATH).entries

    assert (entry.message, entry.why) == ("error", "why")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("a/b", "a/b lacks the first line of the failure"),
        ("a/b  # …  # why", "… would agree with any failure"),
        ("a/b # error # why", "a pattern is the id of a case, without spaces"),
        ("a b  # error", "a pattern is the id of a case, without spaces"),
        ("a/b@lenient  # error", "after @ is a profile: strict or go"),
        ("@go  # error", "a pattern is the id of a case"),
        ("*/*/*/*  # error", "a pattern has at most 3 wildcards"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(line: str, problem: str) -> None:
    with pytest.raises(ListError) as caught:
        listed("# head", line)
    assert str(caught.value).startswith(f"list.txt:2: {problem}")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"a/\xff", "is not UTF-8"),
        (b"#" * (known_failing.MAX_SIZE + 1), "more than 4194304 bytes"),
        (None, "No such file"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_message(
    data: bytes | None, problem: str, tmp_path: Path
) -> None:
    path = tmp_path / "known.txt"
    if data is not None:
        path.write_bytes(data)

    with pytest.raises(ListError, match=problem):
        known_failing.read(path)


# Patterns.


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("token.verify/exp", "token.verify/exp", True),
        ("token.verify/exp", "token.verify/exp-null", False),
        ("token.verify/*", "token.verify/exp", True),
        ("token.verify/exp-*", "token.verify/exp-null", True),
        ("token.verify/exp-*", "token.verify/exp", False),
        ("*/exp", "token.verify/exp", True),
        ("*", "token.verify/exp", False),
        ("**", "token.verify/exp", True),
        ("token.**", "token.verify/exp", True),
        ("**-null", "token.verify/exp-null", True),
        ("t*y/*p", "token.verify/exp", True),
        ("token?verify/exp", "token.verify/exp", False),
        ("token[.]verify/exp", "token.verify/exp", False),
    ],
)
def test_a_star_is_within_a_component_and_two_are_many(
    pattern: str, name: str, matches: bool
) -> None:
    assert parse_pattern(pattern).matches(name, "go") is matches


def test_a_pattern_for_a_profile_matches_that_profile_alone() -> None:
    pattern = parse_pattern("a/*@go")

    assert pattern.matches("a/b", "go")
    assert not pattern.matches("a/b", "strict")


def test_matching_a_hostile_name_takes_no_time() -> None:
    pattern = parse_pattern("*a*a*b")
    begun = time.process_time()

    assert not pattern.matches("a" * 200 + "c", "go")
    assert time.process_time() - begun < 1


def test_many_wildcards_are_refused_because_they_would_take_time() -> None:
    with pytest.raises(PatternError):
        parse_pattern("*a*a*a*a*a*b")


# First lines.


@pytest.mark.parametrize(
    ("detail", "line"),
    [
        ("", "error"),
        ("  \n ", "error"),
        ("first\nsecond", "error: first"),
        ("\n\nfirst", "error: first"),
        ("a \t b\x00\x1b[31m\u202e", "error: a b\\x00\\x1b[31m\\u202e"),
        (
            "dial tcp 127.0.0.1:43817: refused",
            "error: dial tcp 127.0.0.1:PORT: refused",
        ),
        (f"{LOCAL}:8080/x", f"error: {LOCAL}:PORT/x"),
        ("http://[::1]:8080/x", "error: http://[::1]:PORT/x"),
        ("<Room object at 0x7f3a2b1c>", "error: <Room object at 0xADDRESS>"),
        (f"open '{TEMPORARY}/go-build12/x': no", "error: open 'TEMPORARY': no"),
        (f"at /private{TEMPORARY}/zz/a_b/T/x.js:3", "error: at TEMPORARY:3"),
        ("2026-11-29T20:30:13.123456Z failed", "error: TIME failed"),
        ("goroutine 17 [running]", "error: goroutine N [running]"),
        ("exit of pid 4711", "error: exit of pid N"),
        ("after 1.2345 s", "error: after N s"),
    ],
)
def test_a_first_line_is_the_same_in_each_run(detail: str, line: str) -> None:
    assert first_line(Verdict("error", detail)) == line


@pytest.mark.parametrize(
    "detail",
    [
        "expected 1767225600, got 1767225601",
        "exp 2026-01-01T00:00:00Z",
        "canPublish: true",
        "0x7f",
        "10.5 s",
        "http://192.0.2.1:7880/twirp",
    ],
)
def test_what_vectors_determine_stays(detail: str) -> None:
    assert first_line(Verdict("error", detail)) == f"error: {detail}"


def test_a_first_line_has_a_length() -> None:
    line = first_line(Verdict("error", "x" * 8_000))

    assert len(line) == MAX_LENGTH
    assert line.endswith("…")


def test_the_beginning_of_a_first_line_is_enough_where_it_says_so() -> None:
    assert agrees("error: a…", "error: abc")
    assert not agrees("error: a", "error: abc")
    assert not agrees("error: b…", "error: abc")


# Discipline.


def test_a_listed_failure_is_known_and_has_its_reason() -> None:
    rules = held_to([f"a/b  # {LINE}  # the reference is wrong"], ["a/b"])

    assert rules.take("a/b", "go", BROKEN) == Held(known="the reference is wrong")
    assert list(rules.problems()) == []


def test_a_listed_failure_without_a_reason_says_so() -> None:
    rules = held_to([f"a/b  # {LINE}  # ?"], ["a/b"])

    assert rules.take("a/b", "go", BROKEN).known == "list.txt:1, which does not say why"


def test_a_failure_that_is_not_listed_is_a_failure() -> None:
    assert held_to([], ["a/b"]).take("a/b", "go", BROKEN) == Held()


def test_an_unexpected_pass_fails_the_run() -> None:
    rules = held_to([f"a/b  # {LINE}"], ["a/b"])

    assert rules.take("a/b", "go", PASS).stale == (
        "list.txt:1: the case passes; remove or narrow the entry, or run again with --update-known"
    )


def test_what_is_only_observed_cannot_be_a_known_failure() -> None:
    rules = held_to([f"a/b  # {LINE}"], ["a/b"])

    assert (
        "is only observed" in rules.take("a/b", "go", Verdict("observed", "ok")).stale
    )


def test_a_pass_in_the_other_profile_is_unexpected_without_a_profile_in_the_entry() -> (
    None
):
    both = held_to([f"a/b  # {LINE}"], ["a/b"])
    assert both.take("a/b", "go", BROKEN).known
    assert both.take("a/b", "strict", PASS).stale

    one = held_to([f"a/b@go  # {LINE}"], ["a/b"])
    assert one.take("a/b", "go", BROKEN).known
    assert one.take("a/b", "strict", PASS) == Held()


def test_a_changed_first_line_fails_the_run() -> None:
    rules = held_to([f"a/b  # {LINE}"], ["a/b"])

    assert rules.take("a/b", "go", Verdict("crash", "exit 2")).stale == (
        "list.txt:1: the failure is now `crash: exit 2`; correct the entry, "
        "or run again with --update-known"
    )


@pytest.mark.parametrize("verdict", [SKIP, Verdict("not_run", "broke")])
def test_what_did_not_run_says_nothing_about_the_list(verdict: Verdict) -> None:
    rules = held_to([f"a/b  # {LINE}"], ["a/b"])

    assert rules.take("a/b", "go", verdict) == Held()
    assert list(rules.problems()) == []


def test_a_pattern_without_a_match_fails_the_run() -> None:
    rules = held_to([f"a/gone  # {LINE}"], ["a/b"])

    assert list(rules.problems()) == [
        "list.txt:1: a/gone matches no case; remove it, or run again with --update-known"
    ]


def test_of_a_selection_only_patterns_that_the_suite_does_not_have_are_unmatched() -> (
    None
):
    lines = [f"a/gone  # {LINE}", f"a/b  # {LINE}"]

    (problem,) = held_to(lines, ["a/b"], whole=False).problems()
    assert problem.startswith("list.txt:1: a/gone")
    assert len(list(held_to(lines, ["a/b"]).problems())) == 2


def test_a_profile_that_no_vector_has_is_unmatched() -> None:
    rules = Discipline(
        listed(f"a/b@go  # {LINE}"), [vector("a/b", "strict")], whole=False
    )

    assert len(list(rules.problems())) == 1


def test_two_patterns_for_the_same_failure_fail_the_run() -> None:
    rules = held_to([f"a/b  # {LINE}", "a/c  # error", f"a/*  # {LINE}"], ["a/b"])

    assert rules.take("a/b", "go", BROKEN).known
    rules.take("a/b", "strict", BROKEN)
    assert list(rules.problems())[-1] == (
        "list.txt:3: matches the same failure as line 1, a/b; remove one of them, "
        "or run again with --update-known"
    )


@pytest.mark.parametrize(("cases", "problems"), [(MAX_CASES, 0), (MAX_CASES + 1, 1)])
def test_a_wildcard_over_many_cases_fails_the_run(cases: int, problems: int) -> None:
    names = [f"a/{number}" for number in range(cases)]
    rules = held_to([f"a/*  # {LINE}"], names, whole=False)

    found = list(rules.problems())
    assert len(found) == problems
    assert all("more than 20; name the cases" in each for each in found)


# Update.


def updated(
    folder: Path,
    lines: list[str],
    results: dict[tuple[str, str], Verdict],
    *,
    whole: bool = True,
    others: tuple[str, ...] = (),
) -> tuple[list[str], list[str]]:
    """The list after a run with these results, and what was said of the change."""
    path = folder / "known.txt"
    if lines:
        path.write_text("".join(f"{line}\n" for line in lines))
    found = known_failing.read(path) if lines else KnownFailing(path, ())
    names = sorted({name for name, _ in results} | {*others})
    rules = Discipline(found, suite(*names), whole=whole)
    update = Update(rules, ("strict", "go"))
    for (name, profile), verdict in results.items():
        rules.take(name, profile, verdict)
        update.take(name, ("strict", "go"), profile, verdict)
    said = list(update.write().lines)
    return path.read_text().splitlines() if path.exists() else [], said


def both(name: str, verdict: Verdict) -> dict[tuple[str, str], Verdict]:
    return {(name, profile): verdict for profile in ("strict", "go")}


def test_an_update_keeps_what_holds_and_asks_why_of_what_is_new(tmp_path: Path) -> None:
    lines = ["# ours", "", f"b/b  # {LINE}  # why", f"b/fixed  # {LINE}  # old"]
    results = {
        **both("b/b", BROKEN),
        **both("b/fixed", PASS),
        **both("a/new", Verdict("error", "x")),
    }

    text, said = updated(tmp_path, lines, results)
    assert text == ["# ours", "", "a/new  # error: x  # ?", f"b/b  # {LINE}  # why"]
    assert said == [
        f"- b/fixed  # {LINE}  # old",
        "+ a/new  # error: x  # ?",
        "1 added, 1 removed, 1 kept",
    ]


def test_a_new_list_says_what_its_lines_are(tmp_path: Path) -> None:
    text, _ = updated(tmp_path, [], both("a/b", BROKEN))

    assert text == [*HEAD, f"a/b  # {LINE}  # ?"]


def test_a_list_is_not_made_where_there_are_no_failures(tmp_path: Path) -> None:
    assert updated(tmp_path, [], both("a/b", PASS))[0] == []
    assert list(tmp_path.iterdir()) == []


def test_a_failure_of_one_profile_is_listed_for_that_profile(tmp_path: Path) -> None:
    results = {("a/b", "strict"): PASS, ("a/b", "go"): BROKEN}

    assert f"a/b@go  # {LINE}  # ?" in updated(tmp_path, [], results)[0]


def test_failures_that_differ_are_listed_for_each_profile(tmp_path: Path) -> None:
    results = {("a/b", "strict"): Verdict("error", "x"), ("a/b", "go"): BROKEN}

    text, _ = updated(tmp_path, [], results)
    assert text[2:] == [f"a/b@go  # {LINE}  # ?", "a/b@strict  # error: x  # ?"]


def test_what_people_said_of_a_failure_that_is_another_now_becomes_a_question(
    tmp_path: Path,
) -> None:
    text, _ = updated(tmp_path, ["a/b  # error: old  # why"], both("a/b", BROKEN))

    assert text == [f"a/b  # {LINE}  # ? why"]


def test_a_question_does_not_become_a_question_again(tmp_path: Path) -> None:
    text, _ = updated(tmp_path, ["a/b  # error: old  # ? why"], both("a/b", BROKEN))

    assert text == [f"a/b  # {LINE}  # ? why"]


def test_an_update_by_a_part_of_the_suite_leaves_the_rest(tmp_path: Path) -> None:
    lines = [f"a/gone  # {LINE}  # why", f"a/other  # {LINE}  # why"]

    text, _ = updated(
        tmp_path, lines, both("a/b", BROKEN), whole=False, others=("a/other",)
    )
    assert text == [f"a/b  # {LINE}  # ?", f"a/other  # {LINE}  # why"]


def test_a_wildcard_that_is_too_wide_becomes_cases(tmp_path: Path) -> None:
    results = {
        key: value
        for number in range(MAX_CASES + 1)
        for key, value in both(f"a/{number:02}", BROKEN).items()
    }

    text, _ = updated(tmp_path, [f"a/*  # {LINE}  # why"], results)
    assert text == [
        f"a/{number:02}  # {LINE}  # ? why" for number in range(MAX_CASES + 1)
    ]


def test_of_two_entries_for_a_failure_the_first_stays(tmp_path: Path) -> None:
    lines = [f"a/*  # {LINE}  # first", f"a/b  # {LINE}  # second"]

    assert updated(tmp_path, lines, both("a/b", BROKEN))[0] == lines[:1]


def test_comments_between_entries_are_not_lost_in_silence(tmp_path: Path) -> None:
    lines = [f"a/b  # {LINE}  # why", "# about the next"]

    _, said = updated(tmp_path, lines, both("a/b", BROKEN))
    assert "comments between entries are left out: 1" in said


def test_an_updated_list_holds_for_the_same_run_and_does_not_change_again(
    tmp_path: Path,
) -> None:
    results = {
        **both("a/long", Verdict("error", "x" * 8_000)),
        **both("a/hash", Verdict("error", "a  # b # c…")),
        **both("a/hostile", Verdict("error", "\ud800\x1b|`")),
        **both("a/empty", Verdict("error")),
        ("a/one", "go"): BROKEN,
        ("a/one", "strict"): PASS,
    }
    lines, _ = updated(tmp_path, [], results)

    rules = held_to(lines, ["a/long", "a/hash", "a/hostile", "a/empty", "a/one"])
    held = [
        rules.take(name, profile, each) for (name, profile), each in results.items()
    ]
    assert [each.stale for each in held] == [""] * len(held)
    assert sum(bool(each.known) for each in held) == len(held) - 1
    assert list(rules.problems()) == []
    assert updated(tmp_path, lines, results) == (lines, ["0 added, 0 removed, 5 kept"])


def test_a_file_is_replaced_whole_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "known.txt"
    path.write_text(f"a/b  # {LINE}\n")
    path.chmod(0o640)
    link = tmp_path / "link.txt"
    link.symlink_to(path)
    found = known_failing.read(link)
    rules = Discipline(found, suite("a/b"), whole=True)
    rules.take("a/b", "go", PASS)

    Update(rules, ("go",)).write()
    assert path.read_text() == ""
    assert path.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["known.txt", "link.txt"]


def test_a_report_of_json_never_has_a_line_of_the_list_with_half_a_character() -> None:
    line = first_line(Verdict("error", "\ud800"))

    assert json.dumps(line).encode().isascii()
    assert line.encode("utf-8")
