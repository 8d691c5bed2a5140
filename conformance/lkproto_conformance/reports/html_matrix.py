"""The part of the page that is plain HTML: the summary, what is to be looked at, the matrix."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from urllib.parse import urlencode

from ..operations import Operation
from ..values import counted
from .html_text import encodable, text
from .model import Report
from .tally import KINDS, UNJUDGED, Testee, judged

NARROWEST = 3.0
"""Percent of a bar for what is bad: one failure in a thousand has to be seen."""
BAD = ("failed", "stale", "known", "not run")
BAR = ("passed", "observed", "known", "failed", "stale", "not run", "skipped")
_MORE = re.compile(r"[;:,] ")


def summary(report: Report, testees: Sequence[Testee]) -> str:
    """What was run: the suite, its vectors, how many results, when."""
    headers = [section.header for section in report.sections]
    results = sum(len(each.entries) for each in testees)
    facts = {
        "Vectors of": {each.upstream for each in headers},
        "Suite": {each.suite for each in headers},
        "Digest": {each.digest[:12] for each in headers},
        "Selection": {each.filter for each in headers if each.filter != "*"},
        "Shards": {each.shard for each in headers if each.shard},
        "Run": {_day(each.begun) for each in headers if each.begun > 0},
        "Cases": {f"{len(report.cases):,}"},
        "Results": {f"{results:,}"},
    }
    return "".join(
        f"<div><dt>{name}</dt><dd>{text(', '.join(sorted(values)))}</dd></div>"
        for name, values in facts.items()
        if values
    )


def _day(seconds: int) -> str:
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"
    except (ValueError, OverflowError, OSError):
        return "at no time"


def alerts(report: Report, testees: Iterable[Testee]) -> str:
    """What makes a run fail or incomplete without being in a cell, as a list; empty if nothing."""
    lines = [line for each in testees for line in _alerts(each)]
    if not report.complete:
        lines.insert(0, "The report has no footer: the run did not end.")
    items = "".join(f"<li>{line}</li>" for line in lines)
    return f'<ul class="alerts">{items}</ul>' if items else ""


def _alerts(testee: Testee) -> Iterator[str]:
    name = f"<strong>{text(testee.key)}</strong>"
    for section in testee.sections:
        if section.header.not_started:
            yield f"{name} did not start: {text(section.header.not_started)}"
    for stale in testee.stale:
        yield f"{name} has an expectation that does not hold: {text(stale)}"
    number = testee.total["not run"]
    if number:
        yield f"{name} was not asked {counted(number, 'case')}: the run is incomplete"


def matrix(
    testees: Sequence[Testee], subjects: Mapping[str, Iterable[Operation]]
) -> str:
    """The table of operations and implementations."""
    parts = [f"<thead><tr>{''.join(_heads(testees))}</tr></thead>", _totals(testees)]
    ops = {op for each in testees for op in each.counts}
    for subject, operations in subjects.items():
        shown = {each.name: each.does for each in operations if each.name in ops}
        parts.append(_body(subject, shown, testees))
        ops -= set(shown)
    parts.append(_body("Others", dict.fromkeys(sorted(ops), ""), testees))
    return f'<table class="matrix">{"".join(parts)}</table>'


def _heads(testees: Iterable[Testee]) -> Iterator[str]:
    yield '<th scope="col" class="op">Operation</th>'
    for testee in testees:
        about = testee.header.implementation
        name = str(about.get("name", ""))
        facts = [name if name != testee.key else "", about.get("version", "")]
        facts.append(about.get("language", ""))
        small = " · ".join(text(each) for each in facts if each)
        shown = text(testee.key).replace("/", "/<wbr>")
        yield (
            f'<th scope="col"><span class="name">{shown}</span>'
            f'<span class="about">{small}</span></th>'
        )


def _totals(testees: Sequence[Testee]) -> str:
    """Rows of all results, and of each profile if there are several."""
    rows = [_row("All operations", "", [each.total for each in testees], testees, {})]
    profiles = list(dict.fromkeys(_profiles(testees)))
    for name in profiles if len(profiles) > 1 else []:
        cells = [each.by_profile.get(name, Counter[str]()) for each in testees]
        rows.append(_row(f"Profile {name}", "", cells, testees, {"profile": name}))
    return f'<tbody class="totals">{"".join(rows)}</tbody>'


def _profiles(testees: Iterable[Testee]) -> Iterator[str]:
    for testee in testees:
        yield from testee.by_profile


def _body(subject: str, shown: Mapping[str, str], testees: Sequence[Testee]) -> str:
    """The rows of a subject."""
    if not shown:
        return ""
    head = f'<th scope="rowgroup" colspan="{len(testees) + 1}">{text(subject)}</th>'
    rows = [
        _row(
            name,
            does,
            [each.counts.get(name, Counter[str]()) for each in testees],
            testees,
            {"op": name},
        )
        for name, does in shown.items()
    ]
    return f'<tbody><tr class="subject">{head}</tr>{"".join(rows)}</tbody>'


def _row(
    name: str,
    does: str,
    counts: Iterable[Counter[str]],
    testees: Iterable[Testee],
    where: dict[str, str],
) -> str:
    short = _MORE.split(does)[0].replace("`", "")
    about = f"<small>{text(short)}</small>" if short else ""
    cells = [
        _cell(name, count, testee, where)
        for count, testee in zip(counts, testees, strict=True)
    ]
    link = f'<a href="{_link(where)}">{text(name)}</a>'
    return f'<tr><th scope="row">{link}{about}</th>{"".join(cells)}</tr>'


def _cell(name: str, count: Counter[str], testee: Testee, where: dict[str, str]) -> str:
    total = count.total()
    if not total:
        return '<td class="none"><span class="hidden">no cases</span></td>'
    label = text(f"{name}, {testee.key}: {words(count)}")
    link = f'<a href="{_link({**where, "in": testee.key})}" aria-label="{label}">'
    if total == count["skipped"]:
        return f'<td class="none">{link}<span class="count">&ndash;</span></a></td>'
    return f"<td>{link}{bar(count)}{_numbers(count)}</a></td>"


def _numbers(count: Counter[str]) -> str:
    """The numbers of a cell: what passed, of how many that were judged, and what did not."""
    good, of = count["passed"], judged(count)
    shown = f"{good:,}" if good == of else f"{good:,}<i>/{of:,}</i>"
    shown = shown if of else "&ndash;"
    notes = (
        f'<span class="{class_of(kind)}">{count[kind]:,} {kind}</span>'
        for kind in dict.fromkeys((*BAD, *UNJUDGED))
        if count[kind]
    )
    return f'<span class="count">{shown}</span> <span class="note">{" ".join(notes)}</span>'


def class_of(kind: str) -> str:
    """The class of a kind of results in the style."""
    return kind.replace(" ", "-")


def words(count: Counter[str]) -> str:
    """The numbers of a cell in a sentence."""
    return ", ".join(f"{count[kind]:,} {kind}" for kind in KINDS if count[kind])


def bar(count: Counter[str]) -> str:
    """The shares of a cell as a picture; the numbers say the same."""
    shares = {kind: count[kind] / count.total() * 100 for kind in BAR if count[kind]}
    widths = {
        kind: max(share, NARROWEST if kind in BAD else 0.0)
        for kind, share in shares.items()
    }
    scale, left = 100 / sum(widths.values()), 0.0
    parts: list[str] = []
    for kind, width in widths.items():
        place = f'x="{left:.2f}" width="{width * scale:.2f}" height="1"'
        parts.append(f'<rect class="{class_of(kind)}" {place}/>')
        left += width * scale
    picture = 'viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"'
    return f'<svg class="bar" {picture}>{"".join(parts)}</svg>'


def _link(where: Mapping[str, str]) -> str:
    """The address of the cases of a cell, within the page."""
    query = urlencode({name: encodable(value) for name, value in where.items()})
    return escape("#cases" + (f"&{query}" if query else ""))
