"""`combine` and `report`: reports that belong together are joined, others are refused."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from pathlib import Path

import pytest
from lkproto_conformance.cli import main
from lkproto_conformance.reports import lines
from lkproto_conformance.reports.model import Entry, Report, Section

from .moody import CONNECTOR, OPS, mood
from .reports import case, header, report, small

Out = pytest.CaptureFixture[str]


def saved(folder: Path, name: str, given: Report) -> str:
    stream = io.StringIO()
    lines.write(stream, given)
    path = folder / name
    path.write_text(stream.getvalue())
    return str(path)


def shard(place: str, *ids: str, profile: str = "go", **others: str) -> Report:
    entries = tuple(Entry(each, profile, "pass") for each in ids)
    return report(Section(header(shard=place, **others), entries))


def combined(folder: Path, *given: Report) -> tuple[int, Path]:
    paths = [saved(folder, f"{at}.ndjson", each) for at, each in enumerate(given)]
    output = folder / "joined.ndjson"
    return main(["combine", *paths, "--output", str(output)]), output


def test_shards_become_one_section_in_the_order_of_a_run(tmp_path: Path) -> None:
    first = report(
        Section(
            header(shard="1/2", begun=5),
            (
                Entry("a/c", "strict", "pass"),
                Entry("a/a", "go", "pass"),
                Entry("a/c", "go", "pass"),
            ),
            ("stale",),
        )
    )
    second = report(
        Section(
            header(shard="2/2", begun=3),
            (Entry("a/b", "strict", "pass"), Entry("a/b", "go", "error", "x")),
            ("stale", "other"),
        )
    )

    code, output = combined(tmp_path, second, first)
    assert code == 0
    (section,) = lines.read(output).sections
    assert [(each.profile, each.id) for each in section.entries] == [
        ("strict", "a/b"),
        ("strict", "a/c"),
        ("go", "a/a"),
        ("go", "a/b"),
        ("go", "a/c"),
    ]
    assert (section.header.shard, section.header.begun) == ("", 3)
    assert section.stale == ("stale", "other")


def test_different_testees_are_side_by_side(tmp_path: Path) -> None:
    ours = report(Section(header(), (Entry("a/b", "go", "pass"),)))
    theirs = report(Section(header("theirs"), (Entry("a/b", "go", "pass"),)))

    code, output = combined(tmp_path, ours, theirs)
    assert code == 0
    found = lines.read(output)
    assert [each.header.label for each in found.sections] == ["ours", "theirs"]
    assert list(found.cases) == ["a/b"]


def test_what_was_joined_is_counted_in_words(tmp_path: Path, capsys: Out) -> None:
    one = report(Section(header(), (Entry("a/b", "go", "pass"),)))
    two = report(Section(header("theirs"), (Entry("a/b", "go", "pass"),)))

    _, output = combined(tmp_path, one)
    assert capsys.readouterr().out == f"{output}: 1 testee, 1 result\n"
    combined(tmp_path, one, two)
    assert capsys.readouterr().out == f"{output}: 2 testees, 2 results\n"


def test_two_versions_of_one_implementation_are_two_testees(tmp_path: Path) -> None:
    about = {"name": "ours", "version": "2.0"}
    new = report(Section(header(implementation=about), ()))

    code, output = combined(tmp_path, report(Section(header(), ())), new)
    assert code == 0
    assert len(lines.read(output).sections) == 2


@pytest.mark.parametrize(
    ("second", "problem"),
    [
        (
            report(Section(header(digest="xyz"), ())),
            "different vectors: digest abc and xyz",
        ),
        (report(Section(header(upstream="v0"), ())), "different vectors: upstream"),
        (
            report(Section(header(suite="9"), ())),
            "different vectors: suite 1.2.3 and 9",
        ),
        (report(Section(header(), ())), "has results of ours, as"),
        (shard("1/2", "a/c"), "is shard 1/2, as"),
        (shard("2/3", "a/c"), "is shard 2/3, but another file is one of 2"),
        (shard("2/2", "a/b"), "has a result of a/b [go], as another shard has"),
        (shard("2/2", "a/c", filter="a"), "has another --filter than"),
        (shard("x", "a/c"), "'x' is not INDEX/NUMBER"),
    ],
)
def test_what_does_not_belong_together_is_refused(
    second: Report, problem: str, tmp_path: Path, capsys: Out
) -> None:
    code, output = combined(tmp_path, shard("1/2", "a/b"), second)

    assert code == 2
    assert problem in capsys.readouterr().err
    assert not output.exists()


def test_missing_shards_are_named(tmp_path: Path, capsys: Out) -> None:
    given = [shard(f"{place}/5", f"a/{place}") for place in (4, 2)]

    assert combined(tmp_path, *given)[0] == 2
    problem = "of ours these shards are missing: 1/5, 3/5, 5/5"
    assert problem in capsys.readouterr().err


def test_one_shard_alone_is_not_a_whole(tmp_path: Path, capsys: Out) -> None:
    assert combined(tmp_path, shard("1/200000", "a/b"))[0] == 2
    assert "missing: 2/200000, 3/200000" in capsys.readouterr().err


def test_a_part_of_the_shards_is_shown_where_that_is_asked_for(
    tmp_path: Path, capsys: Out
) -> None:
    lone = saved(tmp_path, "a.ndjson", shard("2/4", "a/b"))
    other = saved(tmp_path, "b.ndjson", shard("1/4", "a/c"))

    assert main(["report", lone]) == 2
    assert "`report --incomplete` shows what there is" in capsys.readouterr().err
    assert main(["report", "--incomplete", lone]) == 0
    out, err = capsys.readouterr()
    assert out == "exec:ours --testee: 1 pass\n"
    assert "ours: only shard 2/4; the others are missing" in err
    assert main(["report", "--incomplete", lone, other]) == 0
    out, err = capsys.readouterr()
    assert out == "exec:ours --testee: 2 pass\n"
    assert "ours: only shard 1/4, 2/4; the others are missing" in err


def test_a_case_with_two_descriptions_is_refused(tmp_path: Path, capsys: Out) -> None:
    first, second = shard("1/2", "a/b"), shard("2/2", "a/c")
    second = replace(second, cases={**second.cases, "a/b": case("a/b", comment="x")})
    stream = io.StringIO()
    lines.write_header(stream, second.sections[0].header)
    for each in second.cases.values():
        lines.write_case(stream, each)
    lines.write_footer(stream, {})
    (tmp_path / "b.ndjson").write_text(stream.getvalue())
    given = [saved(tmp_path, "a.ndjson", first), str(tmp_path / "b.ndjson")]

    assert main(["combine", *given, "--output", str(tmp_path / "c")]) == 2
    assert "describes a/b otherwise" in capsys.readouterr().err


def test_a_shard_that_did_not_start_is_not_forgotten(tmp_path: Path) -> None:
    broken = report(Section(header(shard="2/2", not_started="no port"), ()))

    code, output = combined(tmp_path, shard("1/2", "a/b"), broken)
    assert code == 0
    (section,) = lines.read(output).sections
    assert section.header.not_started == "shard 2/2: no port"
    assert len(section.entries) == 1


def test_an_incomplete_report_is_not_combined(tmp_path: Path, capsys: Out) -> None:
    incomplete = replace(shard("1/2", "a/b"), complete=False)

    assert combined(tmp_path, incomplete, shard("2/2", "a/c"))[0] == 2
    assert "no footer" in capsys.readouterr().err


def test_shards_of_a_run_are_the_run(tmp_path: Path) -> None:
    mood(wrong={"kind.parse/sip": "x"})
    paths = [tmp_path / f"{name}.ndjson" for name in ("1", "2", "3", "all")]
    shards = [["--shard", f"{at}/3"] for at in (1, 2, 3)]
    run = ["run", "--testee", CONNECTOR, "--filter", "kind"]
    for path, part in zip(paths, [*shards, []], strict=True):
        assert main([*run, "--output", str(path), *part]) in (0, 1)
    output = tmp_path / "joined.ndjson"
    *parts, whole = map(str, paths)

    assert main(["combine", *parts, "--output", str(output)]) == 0
    joined, ran = lines.read(output), lines.read(Path(whole))
    assert joined.cases == ran.cases
    assert set(OPS) == {each.op for each in joined.cases.values()}
    assert untimed(joined) == untimed(ran)
    mood()


def untimed(given: Report) -> list[Entry]:
    return [replace(each, milliseconds=0) for each in given.sections[0].entries]


# `report`.


def test_report_prints_text_or_writes_views(tmp_path: Path, capsys: Out) -> None:
    path = saved(tmp_path, "r.ndjson", small())
    names = {
        "markdown": "## Conf",
        "junit": "<?xml",
        "html": "<!doctype",
        "matrix": "| op",
    }
    options = [f"--{name}={tmp_path / name}" for name in names]

    assert main(["report", path, *options]) == 0
    assert capsys.readouterr().out == ""
    for name, start in names.items():
        assert (tmp_path / name).read_text().lower().startswith(start.lower())
    assert main(["report", path]) == 0
    assert "exec:theirs --testee: 1 pass\n" in capsys.readouterr().out
    assert main(["report", path, "--matrix", "-"]) == 0
    assert capsys.readouterr().out == (tmp_path / "matrix").read_text()


def test_a_view_may_be_written_into_a_pipe(tmp_path: Path) -> None:
    path, pipe = saved(tmp_path, "r.ndjson", small()), tmp_path / "pipe"
    os.mkfifo(pipe)
    # Both ends are open, so that nobody waits for the other.
    reader = os.open(pipe, os.O_RDWR)
    try:
        assert main(["report", path, "--matrix", str(pipe)]) == 0
        assert os.read(reader, 11) == b"| operation"
    finally:
        os.close(reader)


def test_report_joins_files(tmp_path: Path, capsys: Out) -> None:
    paths = [saved(tmp_path, each, shard(f"{each}/2", f"a/{each}")) for each in "12"]

    assert main(["report", *paths]) == 0
    assert capsys.readouterr().out == "exec:ours --testee: 2 pass\n"


def test_a_badge_of_several_testees_needs_a_choice(tmp_path: Path, capsys: Out) -> None:
    path = saved(tmp_path, "r.ndjson", small())

    assert main(["report", path, "--badge", "-"]) == 2
    assert "--badge: a badge is of one testee" in capsys.readouterr().err
    assert main(["report", path, "--badge", "-", "--only", "theirs"]) == 0
    assert capsys.readouterr().out.startswith("<svg")
    assert main(["report", path, "--only", "nobody"]) == 2
    assert "there are ours, theirs, absent" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "x", "{}\n", '{"header":{}}\n'])
def test_what_is_not_a_report_is_one_message(
    text: str, tmp_path: Path, capsys: Out
) -> None:
    (tmp_path / "x").write_text(text)

    assert main(["report", str(tmp_path / "x")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"lkproto-conformance: {tmp_path / 'x'}:")


def test_a_view_that_cannot_be_written_is_one_message(
    tmp_path: Path, capsys: Out
) -> None:
    path = saved(tmp_path, "r.ndjson", small())

    assert main(["report", path, "--markdown", str(tmp_path / "no" / "x")]) == 2
    assert "No such file or directory" in capsys.readouterr().err


def test_a_view_is_replaced_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path, "r.ndjson", small())
    target = tmp_path / "view.md"
    target.write_text("before")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", fail)
    assert main(["report", path, "--markdown", str(target)]) == 2
    assert target.read_text() == "before"
    assert {each.name for each in tmp_path.iterdir()} == {"r.ndjson", "view.md"}
