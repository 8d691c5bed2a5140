"""The report as lines of JSON: written while the suite runs, and what all views are made of.

Each line is an object with one member: `header`, `case`, `result`, `stale` (an expectation of the
testee's lists that belongs to no result) or `footer`. All but `footer` and `case` belong to the
header before them. Members that have their default value are left out. Members that this version
does not know are passed over, because a later one may add some; a line that it does not know is
an error.

The lines are ASCII, so that no text of a testee, not even half a surrogate pair, makes a file that
cannot be read.
"""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any, TextIO

from .model import FORMAT, Case, Entry, Header, Report
from .reading import ReportError, read, required

__all__ = [
    "CUT",
    "MAX_REPLY",
    "ReportError",
    "read",
    "write",
    "write_case",
    "write_footer",
    "write_header",
    "write_result",
    "write_stale",
]

MAX_REPLY = 64 * 1024
"""Characters of JSON that are kept of a reply."""
CUT = "cut"
"""The one member of a reply's body that was not kept whole: the beginning of its JSON."""


def write_header(stream: TextIO, header: Header) -> None:
    """Begin a section: what is written next belongs to this testee."""
    _write(stream, "header", {"format": FORMAT, **_members(header)})


def write_case(stream: TextIO, case: Case) -> None:
    """Describe a case, once in a report, before its first result."""
    _write(stream, "case", _members(case))


def write_result(stream: TextIO, entry: Entry) -> None:
    """Add a result; of a reply longer than `MAX_REPLY` its beginning."""
    members = _members(entry)
    if entry.reply is not None:
        members["reply"] = _kept(entry.reply)
    if entry.milliseconds:
        members["milliseconds"] = round(entry.milliseconds, 3)
    _write(stream, "result", members)


def write_stale(stream: TextIO, why: str) -> None:
    """Add an expectation that does not hold and belongs to no result."""
    _write(stream, "stale", {"why": why})


def write_footer(stream: TextIO, counts: Mapping[str, int]) -> None:
    """End a report. `counts` are its results by verdict, of all sections."""
    counted = {name: number for name, number in sorted(counts.items()) if number}
    _write(stream, "footer", {"complete": True, "counts": counted})


def write(stream: TextIO, report: Report) -> None:
    """Write a whole report; each case before its first result."""
    known: set[str] = set()
    counts: Counter[str] = Counter()
    for section in report.sections:
        write_header(stream, section.header)
        for entry in section.entries:
            if entry.id not in known:
                known.add(entry.id)
                write_case(stream, report.cases[entry.id])
            write_result(stream, entry)
            counts[entry.verdict] += 1
        for why in section.stale:
            write_stale(stream, why)
    if report.complete:
        write_footer(stream, counts)


def _write(stream: TextIO, name: str, members: dict[str, Any]) -> None:
    stream.write(json.dumps({name: members}, separators=(",", ":")) + "\n")
    # A run that is killed leaves whole lines.
    stream.flush()


def _members(of: Header | Case | Entry) -> dict[str, Any]:
    """The members of an object that do not have their default value."""
    return {
        each.name: value
        for each in dataclasses.fields(of)
        if (value := getattr(of, each.name)) or required(each)
    }


def _kept(reply: dict[str, Any]) -> dict[str, Any]:
    """A reply, or the beginning of one that is long or that JSON cannot hold."""
    try:
        text = json.dumps(reply, allow_nan=False)
    except ValueError:
        text = json.dumps(reply)
    else:
        if len(text) <= MAX_REPLY:
            return reply
    return {name: {CUT: json.dumps(body)[:MAX_REPLY]} for name, body in reply.items()}
