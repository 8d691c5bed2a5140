"""The report's file: what is written is read, and what is not a report is refused by line."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from lkproto_conformance.protocol import MAX_LINE
from lkproto_conformance.reports import lines
from lkproto_conformance.reports.model import Case, Entry, Header, Report, Section

HEADER = Header("1.2.3", "livekit/protocol v1.54.0", "abc", "ours")
HOSTILE = "<script>\x1b[31m\u202e`|]]>\ud800\x00\u2028"


def case(name: str, **others: Any) -> Case:
    given: dict[str, Any] = {
        "id": name,
        "op": "kind.parse",
        "comment": "a kind",
        "level": "required",
        "result": "valid",
        "flags": ("Basic",),
        "profiles": ("strict", "go"),
        "spec": (),
        "oracle": "executed",
        "args": {"claim": "sip"},
        "expect": {"kind": "SIP"},
    }
    return Case(**{**given, **others})


def report() -> Report:
    """Two testees, with every member of the model set somewhere."""
    first = Header(
        "1.2.3",
        "livekit/protocol v1.54.0",
        "abc",
        label=HOSTILE,
        implementation={"name": "x", "version": HOSTILE},
        capabilities=("kind.parse",),
        profiles=("go",),
        unavailable={"redact.url": HOSTILE},
        filter="kind.",
        shard="1/2",
        connector="exec:a 'b'",
        begun=1_767_225_600,
    )
    entries = (
        Entry("kind.parse/a", "go", "pass", milliseconds=0.125),
        Entry(
            "kind.parse/b", "go", "fail:mismatch", HOSTILE, {"ok": {HOSTILE: [None]}}
        ),
        Entry("kind.parse/b", "strict", "error", "x", {"error": {}}, known="an entry"),
        Entry("kind.parse/a", "strict", "pass", stale="known-failing.txt:3: passes"),
    )
    second = Header("1", "u", "abc", "other", not_started="no such file")
    notes = {"Basic": {"kind": "BASIC", "description": HOSTILE, "effect": ""}}
    cases = (case("kind.parse/a"), case("kind.parse/b", comment=HOSTILE, notes=notes))
    return Report(
        (Section(first, entries, ("no vector is called a/*",)), Section(second, ())),
        {each.id: each for each in cases},
    )


def written(given: Report) -> str:
    stream = io.StringIO()
    lines.write(stream, given)
    return stream.getvalue()


def as_file(folder: Path, text: str | bytes) -> Path:
    path = folder / "report.ndjson"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    assert lines.read(as_file(tmp_path, written(report()))) == report()


def test_a_file_is_ascii_whatever_a_testee_says() -> None:
    assert written(report()).isascii()


def test_members_with_their_default_are_left_out() -> None:
    stream = io.StringIO()
    lines.write_result(stream, Entry("a/b", "go", "pass"))

    expected = {"result": {"id": "a/b", "profile": "go", "verdict": "pass"}}
    assert json.loads(stream.getvalue()) == expected


def test_every_line_is_flushed() -> None:
    class Stream(io.StringIO):
        flushed = ""

        def flush(self) -> None:
            self.flushed = self.getvalue()

    stream = Stream()
    lines.write_header(stream, HEADER)

    assert stream.flushed == stream.getvalue() != ""


@pytest.mark.parametrize(
    ("reply", "kept"),
    [
        ({"ok": {"json": "é" * 20_000}}, '{"json": "\\u00e9'),
        ({"ok": {"x": float("nan")}}, '{"x": NaN}'),
        ({"ok": {"x": [float("-inf")]}}, '{"x": [-Infinity]}'),
    ],
)
def test_of_a_reply_that_is_long_or_no_json_the_beginning_is_kept(
    reply: dict[str, Any], kept: str, tmp_path: Path
) -> None:
    section = Section(HEADER, (Entry("a/b", "go", "error", reply=reply),))
    path = as_file(tmp_path, written(Report((section,), {"a/b": case("a/b")})))

    (entry,) = lines.read(path).sections[0].entries
    assert entry.reply is not None
    assert entry.reply["ok"][lines.CUT].startswith(kept)
    assert len(entry.reply["ok"][lines.CUT]) <= lines.MAX_REPLY


HEAD = '{"header":{"format":1,"suite":"","upstream":"","digest":"","label":""}}\n'
CASE = json.dumps(
    {
        "case": {
            **dict.fromkeys(("op", "comment", "level", "result", "oracle"), ""),
            **dict.fromkeys(("flags", "profiles", "spec"), ()),
            **{key: {} for key in ("args", "expect")},
            "id": "a/b",
        }
    }
)
RESULT = '{"result":{"id":"a/b","profile":"go","verdict":"pass"}}\n'
FOOTER = '{"footer":{"complete":true,"counts":{"pass":1}}}\n'
GOOD = f"{HEAD}{CASE}\n{RESULT}{FOOTER}"


def test_the_smallest_report_is_read(tmp_path: Path) -> None:
    assert lines.read(as_file(tmp_path, GOOD)).complete


@pytest.mark.parametrize(
    ("text", "at", "problem"),
    [
        ("", 0, "no footer"),
        (f"{HEAD}{CASE}\n{RESULT}", 0, "no footer: the run that wrote it did not end"),
        (GOOD[:-1], 4, "is cut"),
        (GOOD[: len(HEAD) + 20], 2, "is cut"),
        (GOOD.replace('"format":1', '"format":2'), 1, "has format 2; this version"),
        (GOOD.replace('"format":1,', ""), 1, "has format null"),
        (RESULT, 1, "is before the first header"),
        (FOOTER, 1, "is before the first header"),
        (HEAD + RESULT, 2, "is about a/b, which is not described before"),
        (GOOD.replace(RESULT, RESULT * 2), 4, "has a second result of a/b [go]"),
        (f"{HEAD}{CASE}\n{CASE}\n", 3, "describes a/b again"),
        (GOOD + RESULT, 5, "follows the footer; join reports with `combine`"),
        (GOOD + GOOD, 5, "follows the footer"),
        (GOOD.replace(RESULT, ""), 3, "counts other results than the report has"),
        (GOOD.replace("true", "false"), 4, "does not say that the report is complete"),
        (HEAD + "\n", 2, "is not JSON"),
        (HEAD + "{\n", 2, "is not JSON"),
        (HEAD + '{"result":NaN}\n', 2, "is not JSON"),
        (HEAD + '{"result":1e999}\n', 2, "is not JSON"),
        (HEAD + '{"result":' + "9" * 5_000 + "}\n", 2, "is not JSON"),
        (HEAD.replace("}}", ',"begun":253402300800}}'), 1, "has a begun that is not a"),
        (HEAD.encode() + b'{"result":"\xff"}\n', 2, "is not JSON"),
        (HEAD + '{"result":' * 90_000 + "\n", 2, "is not JSON"),
        (HEAD + "[" * 500 + "]" * 500 + "\n", 2, "nests deeper than 104 levels"),
        (HEAD + "[]\n", 2, "is not an object with one of header, case, result, stale"),
        (HEAD + '{"other":{}}\n', 2, "is not an object with one of header"),
        (HEAD + '{"result":[]}\n', 2, "is not an object with one of header"),
        (HEAD + '{"result":{},"case":{}}\n', 2, "is not an object with one of header"),
        (HEAD + '{"stale":{}}\n', 2, "not a text"),
        (HEAD + '{"result":{"profile":"go"}}\n', 2, "lacks id"),
        (HEAD.replace('"label":""', '"label":1'), 1, "has a label that is not a text"),
    ],
)
def test_what_is_not_a_report_is_refused_with_its_line(
    text: str | bytes, at: int, problem: str, tmp_path: Path
) -> None:
    path = as_file(tmp_path, text)

    with pytest.raises(lines.ReportError) as caught:
        lines.read(path)
    place = f"{path}:{at}: the line " if at else f"{path}: "
    assert str(caught.value).startswith(place + problem)


@pytest.mark.parametrize(
    ("member", "value", "problem"),
    [
        ("verdict", None, "not a text"),
        ("reply", {}, "not an outcome with an object"),
        ("reply", {"ok": 1}, "not an outcome with an object"),
        ("reply", {"ok": {}, "error": {}}, "not an outcome with an object"),
        ("milliseconds", "1", "not a whole number"),
        ("milliseconds", -1.5, "not a whole number"),
        ("milliseconds", 10**4000, "not a whole number"),
        ("milliseconds", True, "not a whole number"),
    ],
)
def test_members_of_another_type_are_refused(
    member: str, value: object, problem: str, tmp_path: Path
) -> None:
    result = json.loads(RESULT)
    result["result"][member] = value
    path = as_file(tmp_path, f"{HEAD}{CASE}\n{json.dumps(result)}\n")

    with pytest.raises(lines.ReportError, match=f":3: .* {member} that is {problem}"):
        lines.read(path)


def test_a_line_that_is_too_long_is_not_read_whole(tmp_path: Path) -> None:
    path = as_file(tmp_path, HEAD + " " * MAX_LINE + FOOTER)

    with pytest.raises(lines.ReportError, match=r":2: the line is longer than"):
        lines.read(path)


def test_what_a_later_version_adds_is_passed_over(tmp_path: Path) -> None:
    later = GOOD.replace('"profile"', '"machine":{"cpu":[1]},"profile"')

    assert lines.read(as_file(tmp_path, later)) == lines.read(as_file(tmp_path, GOOD))


@pytest.mark.parametrize("cut", [1, len(FOOTER), len(FOOTER) + 5])
def test_an_interrupted_report_can_be_read_as_far_as_it_goes(
    cut: int, tmp_path: Path
) -> None:
    path = as_file(tmp_path, GOOD[:-cut])

    found = lines.read(path, incomplete=True)
    assert not found.complete
    assert list(found.cases) == ["a/b"]
    assert len(found.sections[0].entries) == (cut <= len(FOOTER))


def test_a_file_that_is_not_there_is_one_clear_message(tmp_path: Path) -> None:
    with pytest.raises(lines.ReportError, match=r"none: No such file or directory"):
        lines.read(tmp_path / "none")
