"""The report as Markdown: a comment of a pull request, and the matrix for documentation.

What testees and files say is in code spans, where nothing is a link, a mention or HTML.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape

from ..values import counted, printable
from .entries import version_of
from .matrix import Matrix, matrix, short
from .model import Entry, Header, Report, Section
from .standing import Standing
from .tally import judged, kind_of, testees
from .text import about, cut, reproduce

LIMIT = 65_000
"""Characters of a comment; GitHub takes 65,536."""
MAX_NAME = 60
MAX_DETAIL = 300
MAX_ALERTS = 20
NOT_OFFERED = "\N{EN DASH}"
LEGEND = (
    "Cases that passed of those that were judged; "
    f"{NOT_OFFERED} where an operation is not offered."
)


def markdown(report: Report, limit: int = LIMIT) -> str:
    """The report in at most `limit` characters: what stands where, the matrix, the failures."""
    blocks = [*_heading(report), _table(matrix(report)), *_alerts(report)]
    page = _fitting(blocks, limit)
    for section in report.sections:
        page += _details(section, report, limit - len(page))
    return page


def matrix_page(report: Report) -> str:
    """The matrix alone, with the versions of testees; of the same results the same text."""
    versions = [
        f"- {code(each.key)}: {_versions(each.header)}" for each in testees(report)
    ]
    return (
        f"{_table(matrix(report))}\n{LEGEND} Versions:\n\n" + "\n".join(versions) + "\n"
    )


def code(text: str, limit: int = MAX_NAME) -> str:
    """A code span that holds any text, also within a table."""
    line = printable(cut(text, limit)).replace("|", "\\|")
    fence = "`" * (max(map(len, re.findall("`+", line)), default=0) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") or not line.strip() else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def _heading(report: Report) -> Iterator[str]:
    upstream = dict.fromkeys(each.header.upstream for each in report.sections)
    yield f"## Conformance: {', '.join(map(code, upstream))}\n"
    if not report.complete:
        yield "**Incomplete: the run that wrote this report did not end.**\n"
    yield "\n".join(f"- {line}" for line in map(_standing, report.sections)) + "\n"


def _standing(section: Section) -> str:
    name = code(version_of(section.header))
    if why := section.header.not_started:
        return f"{name} did not start: {code(why, MAX_DETAIL)}"
    standing = Standing()
    for entry in section.entries:
        standing.add(entry)
    return f"{name}: {_counts(standing)}"


def _counts(standing: Standing) -> str:
    total = sum(standing.counts.values(), Counter[str]())
    order = ("passed", "failed", "stale", "not run", "known", "observed", "skipped")
    words = [
        f"{total[kind]:,} {kind}" for kind in order if total[kind] or kind == "failed"
    ]
    return ", ".join(words)


def _alerts(report: Report) -> Iterator[str]:
    lines = [
        f"- {code(why, MAX_DETAIL)}" for each in report.sections for why in each.stale
    ]
    if rest := len(lines) - MAX_ALERTS:
        lines[MAX_ALERTS:] = [f"- … and {rest:,} more"] if rest > 0 else []
    if lines:
        yield "Expectations that do not hold:\n\n" + "\n".join(lines) + "\n"


def _table(found: Matrix) -> str:
    names = [code(name) for name in found.testees]
    lines = [_row(["operation", *names]), _row(["---", *("--:" for _ in names)])]
    lines += [_row([code(row.operation), *map(_cell, row.cells)]) for row in found.rows]
    lines.append(_row(["all", *map(_cell, found.total.cells)]))
    return "\n".join(lines) + "\n"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Counter[str]) -> str:
    if not judged(cell):
        return NOT_OFFERED if short(cell) in ("", "skipped") else short(cell)
    failing = cell["failed"] + cell["stale"]
    figure = f"**{short(cell)}**" if failing else short(cell)
    more = [
        f"{cell[kind]} {kind}" for kind in ("known", "skipped", "not run") if cell[kind]
    ]
    return f"{figure} ({', '.join(more)})" if more else figure


def _versions(header: Header) -> str:
    about = header.implementation
    spoken = " ".join(
        str(about[key]) for key in ("language", "language_version") if key in about
    )
    return ", ".join(code(each) for each in (version_of(header), spoken) if each)


def _details(section: Section, report: Report, room: int) -> str:
    """The failures of a testee, folded, as many as there is room for."""
    failing = [
        each for each in section.entries if each.fails and kind_of(each) != "not run"
    ]
    if not failing:
        return ""
    name = escape(printable(cut(version_of(section.header), MAX_NAME)))
    summary = f"<code>{name}</code>: {counted(len(failing), 'failure')}"
    opening = f"\n<details><summary>{summary}</summary>\n\n"
    closing = "\n</details>\n"
    last = f"- … and {len(failing):,} more\n"
    room -= len(opening) + len(closing) + len(last)
    items: list[str] = []
    for entry in failing:
        item = _item(entry, section.header, report)
        room -= len(item)
        if room < 0:
            break
        items.append(item)
    if not items:
        return ""
    rest = len(failing) - len(items)
    return (
        opening
        + "".join(items)
        + (f"- … and {rest:,} more\n" if rest else "")
        + closing
    )


def _item(entry: Entry, header: Header, report: Report) -> str:
    verdict = "stale" if entry.stale else entry.verdict
    lines = [f"- {code(verdict)} {code(f'{entry.id} [{entry.profile}]', MAX_DETAIL)}"]
    detail = entry.stale or entry.detail
    texts = (about(report.cases[entry.id]), detail, reproduce(header, entry))
    lines += [f"  <br>{code(text, MAX_DETAIL)}" for text in texts if text]
    return "\n".join(lines) + "\n"


def _fitting(blocks: Iterable[str], limit: int) -> str:
    """The blocks, of which those that would be too long are left out."""
    page = ""
    for block in blocks:
        if len(page) + len(block) + 50 < limit:
            page += block + "\n"
        else:
            page += "(too long to be shown)\n\n"
    return page
