"""The page of a report, without a browser: its parts, what it lets nobody do, what it escapes."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import shutil
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from lkproto_conformance.reports.html import page
from lkproto_conformance.reports.html_text import LONGEST, encodable
from lkproto_conformance.reports.model import Report

from .browser import __main__ as browser
from .page_reports import ATTACK, MISSING_EXP, full, header, hostile, small

VOID = {"meta", "link", "rect", "wbr"}


class Read(HTMLParser):
    """The elements of a page: their attributes and texts. Fails if they do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in self.open[-1:]:
            self.texts.setdefault(tag, []).append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def tables(text: str) -> Any:
    """What the script of a page gets."""
    [coded] = re.findall(r'id="data">([A-Za-z0-9+/=]*)</script>', text)
    return json.loads(gzip.decompress(base64.b64decode(coded)))


def policy(text: str) -> dict[str, list[str]]:
    """The page's Content-Security-Policy."""
    [content] = [
        each["content"]
        for each in Read(text).all("meta")
        if each.get("http-equiv") == "Content-Security-Policy"
    ]
    parts = [part.split() for part in str(content).split("; ")]
    return {name: values for name, *values in parts}


@pytest.fixture(scope="module")
def ordinary() -> str:
    return page(small())


@pytest.fixture(scope="module")
def attacked() -> str:
    return page(hostile())


def test_the_policy_allows_the_one_script_and_the_one_style_by_their_hashes(
    ordinary: str,
) -> None:
    allowed = policy(ordinary)
    for tag, name in (("script", "script-src"), ("style", "style-src")):
        [text] = re.findall(rf"<{tag}>(.*?)</{tag}>", ordinary, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert allowed[name] == [f"'sha256-{digest}'"]
    assert allowed["default-src"] == allowed["base-uri"] == ["'none'"]
    assert allowed["form-action"] == ["'none'"]
    assert allowed["require-trusted-types-for"] == ["'script'"]
    assert allowed["trusted-types"] == ["'none'"]


def test_the_policy_precedes_all_that_it_is_about(ordinary: str) -> None:
    assert ordinary.index("Content-Security-Policy") < ordinary.index("<style>")


@pytest.mark.parametrize("report", [small, hostile])
def test_nothing_is_loaded_and_nothing_runs_from_an_attribute(report: Any) -> None:
    for tag, attributes in Read(page(report())).found:
        assert not [
            name for name in attributes if name.startswith("on") or name == "style"
        ]
        assert "src" not in attributes
        assert tag not in {"iframe", "object", "embed", "base", "form", "img"}
        address = attributes.get("href", "")
        assert address is not None
        assert address.startswith(("#", "data:,")) or address == ""


def test_the_same_report_makes_the_same_page(ordinary: str) -> None:
    assert page(small()) == ordinary


def test_a_cell_has_the_numbers_of_an_operation_and_an_implementation(
    ordinary: str,
) -> None:
    labels = [each.get("aria-label") for each in Read(ordinary).all("a")]
    assert "token.verify, ours: 7 passed" in labels
    assert "token.verify, theirs: 3 passed, 1 failed" in labels
    assert "wire.roundtrip, theirs: 1 known" in labels
    assert "kind.parse, theirs: 1 stale" in labels
    assert "notifier.run, theirs: 1 not run" in labels
    assert "twirp.serve, theirs: 1 skipped" in labels
    assert "json.parse, ours: 2 observed" in labels
    assert (
        "All operations, theirs: 5 passed, 1 observed, 1 known, 1 failed, 1 stale, "
        "1 not run, 1 skipped"
    ) in labels


def test_operations_are_below_their_subjects_in_the_order_of_the_documentation(
    ordinary: str,
) -> None:
    rows = re.findall(
        r'scope="rowgroup"[^>]*>([^<]*)|#cases&amp;op=([\w.]+)">', ordinary
    )
    assert [subject or op for subject, op in rows] == [
        "Messages",
        "wire.roundtrip",
        "json.parse",
        "Tokens",
        "token.verify",
        "Grants",
        "kind.parse",
        "Keys",
        "keyset.sign",
        "Webhooks",
        "webhook.receive",
        "notifier.run",
        "Twirp",
        "twirp.serve",
    ]


def test_an_operation_that_this_version_does_not_know_is_shown_too() -> None:
    report = small()
    [entry] = [each for each in report.sections[0].entries if each.id == MISSING_EXP][
        :1
    ]
    later = replace(report.sections[0], entries=(replace(entry, id="new.thing/x"),))
    text = page(Report((later,), report.cases))
    assert 'aria-label="new.thing, ours: 1 passed"' in text


def test_what_fails_a_run_outside_of_all_cells_is_said(ordinary: str) -> None:
    [items] = re.findall(r'<ul class="alerts">(.*?)</ul>', ordinary)
    assert re.findall(r"<li>(.*?)</li>", items) == [
        "<strong>theirs</strong> has an expectation that does not hold: no case is called x.y/*",
        "<strong>theirs</strong> was not asked 1 case: the run is incomplete",
        "<strong>absent</strong> did not start: no such file",
    ]


def test_a_report_without_its_end_is_not_shown_as_a_whole_one(ordinary: str) -> None:
    assert "no footer" not in ordinary
    assert "no footer" in page(replace(small(), complete=False))


def test_shards_of_a_testee_are_one_column_and_two_of_a_name_are_two() -> None:
    report = small()
    ours = report.sections[0]
    first = replace(ours, header=header("ours", shard="1/2"), entries=ours.entries[:5])
    second = replace(ours, header=header("ours", shard="2/2"), entries=ours.entries[5:])
    other = replace(ours, header=header("ours", connector="exec:./fork"))
    text = page(Report((first, second, other), report.cases))
    assert [each["key"] for each in tables(text)["testees"]] == ["ours", "ours 2"]
    assert text.count('aria-label="token.verify, ours: 7 passed"') == 1
    assert text.count('aria-label="token.verify, ours 2: 7 passed"') == 1


def test_texts_of_a_testee_are_escaped_and_its_marks_of_direction_are_spelled_out(
    attacked: str,
) -> None:
    shown = "".join(text for texts in Read(attacked).texts.values() for text in texts)
    assert "<script>alert(1)</script>" in shown  # as text
    assert "\\x1b[31mred\\x1b[0m \\u202edesrever\\u202c" in shown
    assert attacked.count("<script") == 2
    assert not {"\x1b", "\u202e", "\u202c", "\u2028", "\u2029"} & set(attacked)
    attacked.encode()


def test_placeholders_in_the_texts_of_a_testee_are_only_text(attacked: str) -> None:
    assert "{{data}}" in attacked
    assert len(re.findall('id="data"', attacked)) == 1


def test_the_script_gets_texts_as_they_are_and_long_ones_cut(attacked: str) -> None:
    found = tables(attacked)
    assert encodable(ATTACK) in found["texts"]
    longest = max(found["texts"], key=len)
    assert len(longest) < LONGEST + 100
    assert "1,000,000 characters" in next(
        t for t in found["texts"] if t.startswith("xxx")
    )
    assert json.dumps("nests deeper than 120 levels") in found["texts"]


def test_numbers_and_keys_reach_the_script_as_they_were_written(ordinary: str) -> None:
    found = tables(ordinary)
    at = found["cases"]["args"][_number(found, "keyset.sign/claims-big-number")]
    assert '"claims":{"a":9007199254740993}' in found["texts"][at]


def _number(found: Any, name: str) -> int:
    ids = [found["texts"][each] for each in found["cases"]["id"]]
    return ids.index(name)


def test_results_keep_reply_detail_and_time(ordinary: str) -> None:
    found = tables(ordinary)
    [theirs] = [each for each in found["testees"] if each["key"] == "theirs"]
    rows = list(zip(*theirs["results"], strict=True))
    [row] = [each for each in rows if each[0] == _number(found, MISSING_EXP)]
    texts = found["texts"]
    assert found["kinds"][row[2]] == "failed"
    assert [texts[row[1]], texts[row[3]], texts[row[4]]] == [
        "go",
        "fail:accepted",
        "expected missing_claim",
    ]
    assert json.loads(texts[row[7]]) == {
        "ok": {"identity": "alice", "big": 9007199254740993}
    }
    assert row[8] == 2
    assert theirs["connector"] == "'exec:./theirs --serve'"


def test_a_report_without_testees_or_cases_is_a_page() -> None:
    assert tables(page(Report((), {})))["testees"] == []
    alone = small().sections[2:]
    assert "did not start" in page(Report(alone, {}))


def test_a_full_report_is_small_enough_to_be_opened() -> None:
    report = full()
    assert sum(len(each.entries) for each in report.sections) > 60_000
    assert len(page(report).encode()) < 5_000_000


PICTURE = Path(__file__).parents[2] / "docs" / "pictures" / "report.png"


def test_the_picture_of_docs_is_sharp_and_small() -> None:
    data = PICTURE.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(data[16:20], "big") == 2 * 1280
    assert len(data) < 300_000


def test_the_browser_test_says_what_is_missing_and_fails_for_it_in_ci_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(sys, "argv", ["browser"])
    monkeypatch.delenv("CI", raising=False)
    assert browser.main() == 0
    assert (
        capsys.readouterr().out
        == "skipped: node is missing: install Node.js 20 or later\n"
    )
    monkeypatch.setenv("CI", "true")
    assert browser.main() == 1
