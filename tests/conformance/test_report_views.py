"""The views of a report: what they say, and that nothing a testee says acts on their readers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest
from lkproto_conformance.reports import html
from lkproto_conformance.reports.badge import BadgeError, badge
from lkproto_conformance.reports.junit import junit
from lkproto_conformance.reports.markdown import LIMIT, code, markdown, matrix_page
from lkproto_conformance.reports.matrix import matrix, short
from lkproto_conformance.reports.model import Entry, Report, Section
from lkproto_conformance.reports.standing import MAX_REASONS, OTHERS, Standing
from lkproto_conformance.reports.tally import KINDS, kind_of
from lkproto_conformance.reports.text import MAX_FAILURES, reproduce, text

from .reports import HOSTILE, case, header, hostile, report, small

VIEWS = [text, markdown, matrix_page, junit, html.page]


def many(number: int, detail: str = "x" * 8_000) -> Report:
    entries = (Entry(f"a/{each:05}", "go", "error", detail) for each in range(number))
    return report(Section(header(), tuple(entries)))


# Text.


def test_text_shows_failures_with_their_comment_and_the_command_to_try_again() -> None:
    assert text(small()) == """\
fail:mismatch: kind.parse/sip [go]: kind differs
    a comment
    lkproto-conformance run --testee 'exec:ours --testee' --profile go --filter kind.parse/sip
crash: keys.load/empty [go]: exit 2\\ntraceback
    a comment
    lkproto-conformance run --testee 'exec:ours --testee' --profile go --filter keys.load/empty
not_run: keys.load/list [go]: broke more than 10 times
    a comment
    lkproto-conformance run --testee 'exec:ours --testee' --profile go --filter keys.load/list
stale: keys.load/map [go]: known.txt:3: the case passes
    a comment
    lkproto-conformance run --testee 'exec:ours --testee' --profile go --filter keys.load/map
stale: known.txt:9: a/* matches no case
skip: 1 not advertised
exec:ours --testee: 1 crash, 1 fail:mismatch, 1 known, 1 not_run, 1 observed, 1 pass, 1 skip, 1 stale
exec:theirs --testee: 1 pass
exec:absent --testee: did not start: No such file

                 ours  theirs  absent
kind.parse        1/3     1/1       -
keys.load         0/2       -       -
redact.url    skipped       -       -
twirp.error  observed       -       -
all               1/5     1/1       -
"""


def test_text_has_request_reply_and_expectation_where_it_is_to_be_verbose() -> None:
    lines = text(small(), verbose=True).splitlines()

    assert lines[2:5] == [
        '    request: {"op": "kind.parse", "args": {"claim": "sip"}}',
        '    reply: {"ok": {"kind": "AGENT"}}',
        '    expected: {"valid": {"kind": "SIP"}}',
    ]


def test_every_view_says_what_a_wrong_answer_means() -> None:
    made = report(Section(header(), (Entry("a/b", "go", "fail:accepted", "x"),)))
    note = {"description": "exp is absent", "effect": "token never expires"}
    notes = {
        "NoExpiry": {**note, "kind": "AUTH_BYPASS"},
        "Plain": {**note, "kind": "BASIC", "effect": "nothing works"},
        "Odd": "no note",
    }
    made.cases["a/b"] = case("a/b", notes=notes)

    for view in (text(made), text(made, verbose=True), markdown(made), junit(made)):
        assert "a comment [AUTH_BYPASS: token never expires]" in view
        assert "nothing works" not in view


def test_all_views_count_alike() -> None:
    """Of eight results of each kind five were judged, and one passed: observed is neither."""
    made = small()
    assert {kind_of(each) for each in made.sections[0].entries} == set(KINDS)

    last = text(made).splitlines()[-1].split()
    row = next(
        each for each in markdown(made).splitlines() if each.startswith("| all |")
    )
    page = html.page(made)
    cell = re.search(r"All operations, ours: .*?</td>", page, re.DOTALL)

    assert last == ["all", "1/5", "1/1", "-"]
    assert row.startswith("| all | **1/5** (1 known, 1 skipped, 1 not run) | 1/1 |")
    assert cell
    assert '<span class="count">1<i>/5</i></span>' in cell[0]
    assert '<span class="observed">1 observed</span>' in cell[0]


def test_text_shows_the_first_failures_and_counts_the_rest() -> None:
    lines = text(many(MAX_FAILURES + 7)).splitlines()

    assert sum(line.startswith("error: ") for line in lines) == MAX_FAILURES
    assert "… and 7 more failures; --verbose shows all" in lines
    assert max(map(len, lines)) < 1_100
    assert "… and 1 more failure; --verbose" in text(many(MAX_FAILURES + 1))
    assert "more failures" not in text(many(MAX_FAILURES + 7), verbose=True)


def test_text_says_that_a_report_is_incomplete() -> None:
    section = Section(header(), ())

    assert text(report(section, complete=False)).endswith(
        "incomplete: the run that wrote this report did not end\n"
    )


def test_a_command_to_try_again_is_quoted_for_a_shell() -> None:
    given = header(connector="exec:sh -c 'rm -rf $HOME'; `x`")

    assert reproduce(given, Entry("a/$(b)", "go", "error"), "my vectors") == (
        "lkproto-conformance --vectors 'my vectors' run "
        """--testee 'exec:sh -c '"'"'rm -rf $HOME'"'"'; `x`' --profile go --filter 'a/$(b)'"""
    )


def test_reasons_of_skips_take_bounded_memory() -> None:
    standing = Standing()
    for number in range(10_000):
        standing.add(Entry("a/b", "go", "skip", f"{number} " + "x" * 5_000))

    assert len(standing.reasons) == MAX_REASONS + 1
    assert standing.reasons[OTHERS] == 10_000 - MAX_REASONS
    assert max(map(len, standing.reasons)) <= 200


# The matrix.


def test_the_matrix_has_operations_in_the_order_of_the_documentation() -> None:
    found = matrix(
        report(
            Section(
                header(),
                tuple(
                    Entry(f"{name}/x", "go", "pass")
                    for name in (
                        "zz.other",
                        "twirp.error",
                        "aa.other",
                        "wire.roundtrip",
                    )
                ),
            )
        )
    )

    names = [row.operation for row in found.rows]
    assert names == ["wire.roundtrip", "twirp.error", "aa.other", "zz.other"]


def test_a_cell_counts_only_what_was_judged() -> None:
    found = matrix(small())

    assert {row.operation: short(row.cells[0]) for row in found.rows} == {
        "kind.parse": "1/3",
        "keys.load": "0/2",
        "redact.url": "skipped",
        "twirp.error": "observed",
    }
    assert [short(cell) for cell in found.total.cells] == ["1/5", "1/1", ""]


def test_testees_of_one_name_have_numbers() -> None:
    entries = (Entry("a/b", "go", "pass"),)
    sections = [Section(header(connector=f"exec:{each}"), entries) for each in "xy"]

    assert matrix(report(*sections)).testees == ("ours", "ours 2")


def test_the_matrix_for_documentation_says_versions_and_no_time_nor_machine() -> None:
    assert matrix_page(small()) == """\
| operation | `ours` | `theirs` | `absent` |
| --- | --: | --: | --: |
| `kind.parse` | **1/3** (1 known) | 1/1 | \N{EN DASH} |
| `keys.load` | **0/2** (1 not run) | \N{EN DASH} | \N{EN DASH} |
| `redact.url` | \N{EN DASH} | \N{EN DASH} | \N{EN DASH} |
| `twirp.error` | observed | \N{EN DASH} | \N{EN DASH} |
| all | **1/5** (1 known, 1 skipped, 1 not run) | 1/1 | \N{EN DASH} |

Cases that passed of those that were judged; \N{EN DASH} where an operation is not offered. Versions:

- `ours`: `ours 1.0`, `python`
- `theirs`: `theirs 1.0`, `python`
- `absent`: `absent 1.0`, `python`
"""


# Markdown.


def test_markdown_is_a_comment_with_counts_matrix_and_folded_failures() -> None:
    page = markdown(small())

    assert page.startswith("## Conformance: `livekit/protocol v1.54.0`\n")
    assert (
        "- `ours 1.0`: 1 passed, 2 failed, 1 stale, 1 not run, 1 known, 1 observed, 1 skipped\n"
        "- `theirs 1.0`: 1 passed, 0 failed\n"
        "- `absent 1.0` did not start: `No such file`\n"
    ) in page
    assert "| `kind.parse` | **1/3** (1 known) | 1/1 |" in page
    assert "- `known.txt:9: a/* matches no case`\n" in page
    assert "<details><summary><code>ours 1.0</code>: 3 failures</summary>\n\n" in page
    assert "- `fail:mismatch` `kind.parse/sip [go]`\n  <br>`a comment`\n" in page
    assert "a reason" not in page


@pytest.mark.parametrize("number", [3, 200, 20_000])
def test_markdown_fits_a_comment_and_counts_what_it_leaves_out(number: int) -> None:
    page = markdown(many(number, detail="`|" * 4_000))

    assert len(page) <= LIMIT
    shown = page.count("- `error`")
    more = re.search(r"and ([\d,]+) more", page)
    assert shown + (int(more[1].replace(",", "")) if more else 0) == number
    assert page.count("<details>") == page.count("</details>") == 1


def test_markdown_fits_a_comment_with_any_number_of_testees_and_operations() -> None:
    sections = [
        Section(
            header(f"{each}" + "`" * 200),
            tuple(Entry(f"op{op}/x", "go", "error", "x") for op in range(50)),
            tuple("s" * 500 for _ in range(50)),
        )
        for each in range(100)
    ]

    page = markdown(report(*sections))
    assert len(page) <= LIMIT
    assert "(too long to be shown)" in page


@pytest.mark.parametrize(
    ("given", "span"),
    [
        ("a", "`a`"),
        ("a`b", "``a`b``"),
        ("`a``", "``` `a`` ```"),
        ("a|b", "`a\\|b`"),
        ("a\nb\x1b", "`a\\nb\\x1b`"),
        ("", "`  `"),
        (" ", "`   `"),
    ],
)
def test_a_code_span_holds_any_text(given: str, span: str) -> None:
    assert code(given) == span


def without_code(page: str) -> str:
    """Markdown without its code, of which spans are found as CommonMark finds them."""
    page = re.sub(r"<code>[^<>]*</code>", "CODE", page)
    return re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "CODE", page)


@pytest.mark.parametrize("view", [markdown, matrix_page])
def test_in_markdown_all_that_a_testee_says_is_code(
    view: Callable[[Report], str],
) -> None:
    rest = without_code(view(hostile()))

    for sign in ("script", "@team", "www.", "http:", "![", "#1", "-->"):
        assert sign not in rest
    assert rest.count("</details>") == rest.count("<details>")
    rows = [line for line in rest.splitlines() if line.startswith("|")]
    assert len({row.count("|") for row in rows}) == 1


def test_expectations_that_do_not_hold_are_counted_beyond_some() -> None:
    for number, more in ((20, 0), (21, 1), (3, 0)):
        stale = tuple(f"s{each}" for each in range(number))
        page = markdown(report(Section(header(), (), stale)))

        assert page.count("- `s") == number - more
        assert ("- … and 1 more" in page) is bool(more)


@pytest.mark.parametrize("view", [markdown, matrix_page])
def test_a_reader_of_markdown_finds_only_what_the_view_means(
    view: Callable[[Report], str],
) -> None:
    markdown_it = pytest.importorskip("markdown_it")
    reader = markdown_it.MarkdownIt("gfm-like", {"html": True, "linkify": False})

    tokens = reader.parse(view(hostile()))
    found = {each.type for token in tokens for each in [token, *(token.children or ())]}
    raw = [
        each.content
        for token in tokens
        for each in [token, *(token.children or ())]
        if each.type.startswith("html")
    ]
    assert not found & {
        "link_open",
        "image",
        "em_open",
        "s_open",
        "fence",
        "code_block",
    }
    for each in raw:
        assert re.fullmatch(
            r"<br>|</details>\n?|<details><summary><code>[^<>]*</code>[^<>]*</summary>\n?",
            each,
        )


# JUnit.


def test_junit_has_a_suite_for_each_testee_and_operation() -> None:
    root = ET.fromstring(junit(small()))
    suites = {
        suite.get("name"): [
            suite.get(key) for key in ("tests", "failures", "errors", "skipped")
        ]
        for suite in root
    }

    assert suites == {
        "ours / kind.parse": ["3", "1", "0", "1"],
        "ours / keys.load": ["3", "1", "2", "0"],
        "ours / redact.url": ["1", "0", "0", "1"],
        "ours / twirp.error": ["1", "0", "0", "0"],
        "ours / lists": ["1", "1", "0", "0"],
        "theirs / kind.parse": ["1", "0", "0", "0"],
        "absent / start": ["1", "0", "1", "0"],
    }


def test_junit_says_of_a_failure_what_and_how_to_try_again() -> None:
    root = ET.fromstring(junit(small()))
    test = root.find("./testsuite/testcase[@name='sip [go]']")
    assert test is not None
    failure = test.find("failure")
    assert failure is not None

    assert test.attrib == {
        "classname": "ours.kind.parse",
        "name": "sip [go]",
        "time": "0.000250",
    }
    assert failure.attrib == {"type": "fail:mismatch", "message": "kind differs"}
    assert (failure.text or "").splitlines() == [
        "a comment",
        "kind differs",
        "lkproto-conformance run --testee 'exec:ours --testee' --profile go "
        "--filter kind.parse/sip",
    ]


def test_junit_skips_known_failures_with_what_the_list_says() -> None:
    root = ET.fromstring(junit(small()))
    skipped = root.find("./testsuite/testcase[@name='zero [go]']/skipped")

    assert skipped is not None
    assert skipped.get("message") == "known failure: a reason"


def test_junit_is_xml_whatever_a_testee_says() -> None:
    root = ET.fromstring(junit(hostile()).encode())

    assert {element.tag for element in root.iter()} == {
        *("testsuites", "testsuite", "testcase", "failure", "error", "skipped")
    }
    detail = "".join(root.itertext())
    assert "\\x1b[31m\\u202e" in detail
    assert "\\x00\\x0b\\ufffe\\ud800" in detail


# The badge.


@pytest.mark.parametrize(
    ("entries", "stale", "value", "color"),
    [
        ([Entry("a/b", "go", "pass")], (), "1/1", "#2c7d3a"),
        ([Entry("a/b", "go", "error", known="x")], (), "0/1", "#8a6a00"),
        ([Entry("a/b", "go", "error")], (), "0/1", "#b3261e"),
        ([Entry("a/b", "go", "pass", stale="x")], (), "0/1", "#b3261e"),
        ([Entry("a/b", "go", "pass")], ("x",), "1/1", "#b3261e"),
        ([Entry("a/b", "go", "not_run")], (), "incomplete", "#5f6368"),
        ([], (), "incomplete", "#5f6368"),
    ],
)
def test_a_badge_counts_and_its_color_says_whether_all_is_right(
    entries: list[Entry], stale: tuple[str, ...], value: str, color: str
) -> None:
    root = ET.fromstring(badge(report(Section(header(), tuple(entries), stale))))

    texts = [element.text for element in root.iter() if element.tag.endswith("text")]
    assert texts == ["conformance", value]
    assert color in badge(report(Section(header(), tuple(entries), stale)))


def test_a_badge_is_of_one_testee() -> None:
    with pytest.raises(BadgeError, match="choose with --only: ours, theirs, absent"):
        badge(small())


def test_a_badge_loads_nothing() -> None:
    drawn = badge(report(Section(header(HOSTILE), (Entry("a/b", "go", "pass"),))))

    assert not re.search(
        r"href|<script|<image|@import|https?://(?!www\.w3\.org/2000/svg)", drawn
    )


# All views.


@pytest.mark.parametrize("view", VIEWS)
def test_no_view_has_a_character_that_a_terminal_or_an_editor_acts_on(
    view: Callable[[Report], str],
) -> None:
    shown = view(hostile())

    acting = {sign for sign in shown if unicodedata.category(sign)[0] == "C"} - {"\n"}
    assert acting == set()
    assert shown.encode("utf-8")


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_of_the_same_report_is_the_same(view: Callable[[Report], str]) -> None:
    assert view(hostile()) == view(hostile())


@pytest.mark.parametrize("view", VIEWS)
def test_a_report_without_results_has_all_views(view: Callable[[Report], str]) -> None:
    assert view(report(Section(header(), ())))
