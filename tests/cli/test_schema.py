"""`lkproto schema import`: exit codes, output, and what it does not change."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from lkproto_cli.main import main

from tests.support import needs_buf, write_protos

OURS = {
    "a.proto": 'syntax = "proto3";\n\n// Ours.\nmessage M {\n  string gone = 1;\n}\n'
}
THEIRS = {
    "a.proto": 'syntax = "proto3"; message M { int32 n = 2; N m = 3; } message N {}'
}


@pytest.fixture(autouse=True)
def _tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project whose configuration names the tree, and an upstream."""
    write_protos(tmp_path / "schema", OURS)
    write_protos(tmp_path / "theirs", THEIRS)
    (tmp_path / "pyproject.toml").write_text('[tool.lkproto]\nprotos = ["schema"]\n')
    monkeypatch.chdir(tmp_path)


@needs_buf
def test_it_imports_into_the_configured_tree(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = main(["schema", "import", "theirs"])

    out = capsys.readouterr().out
    assert code == 0
    assert "  field M.n (a.proto)" in out
    assert "removed:\n  field M.gone (a.proto)\n" in out
    assert "breaks wire:\n  a.proto:4:1: Previously present field" in out
    assert "schema: 1 file written, 0 deleted; now run lkproto generate" in out
    assert Path("schema/a.proto").read_text() == (
        'syntax = "proto3";\n\n// Ours.\nmessage M {\n  int32 n = 2;\n  N m = 3;\n}\n\n'
        "message N {}\n"
    )


@pytest.mark.slow
def test_a_dry_run_reports_and_changes_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["schema", "import", "theirs", "--dry-run"]) == 1
    assert "written:\n  a.proto\n" in capsys.readouterr().out
    assert Path("schema/a.proto").read_text() == OURS["a.proto"]

    assert main(["schema", "import", "schema", "--dry-run"]) == 0
    assert "schema is up to date" in capsys.readouterr().out


@pytest.mark.slow
def test_json_has_all_of_the_report(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "import", "theirs", "--json"]) == 0

    report = json.loads(capsys.readouterr().out)
    assert (report["applied"], report["changes"]) == (True, True)
    assert report["written"] == ["a.proto"]
    assert report["needs_documentation"] == ["M.n", "M.m", "N"]
    assert report["difference"]["removed"][0]["name"] == "M.gone"
    assert report["breaks"][0]["level"] == "wire"


@pytest.mark.slow
@pytest.mark.parametrize("level", ["wire", "json", "source"])
def test_unwanted_breaks_stop_it(
    level: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["schema", "import", "theirs", "--fail-on", level]) == 1

    printed = capsys.readouterr()
    assert f"1 change breaks {level} or worse; nothing was changed" in printed.err
    assert "breaks wire:" in printed.out
    assert Path("schema/a.proto").read_text() == OURS["a.proto"]


@pytest.mark.slow
def test_lesser_breaks_do_not_stop_it() -> None:
    kept = 'syntax = "proto3"; message M { reserved 1; }'
    write_protos(Path("theirs"), {"a.proto": kept})

    assert main(["schema", "import", "theirs", "--fail-on", "wire"]) == 0
    assert "reserved 1;" in Path("schema/a.proto").read_text()


@pytest.mark.slow
def test_lost_comments_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    write_protos(Path("theirs"), {"a.proto": 'syntax = "proto3";'})

    assert main(["schema", "import", "theirs"]) == 0
    out = capsys.readouterr().out
    assert "comment without a place, of M:\n  // Ours.\n" in out
    assert "removed:\n  message M (a.proto)\n" in out
    assert "M.gone (a.proto)" not in out


def test_mistakes_are_one_message_and_code_2(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_protos(
        Path("theirs"), {"a.proto": 'syntax = "proto3"; message M { X x = 1; }'}
    )

    assert main(["schema", "import", "theirs"]) == 2
    err = capsys.readouterr().err
    assert err.startswith('theirs/a.proto:1:32: error: "X" is not defined.')
    assert main(["schema", "import", "nowhere"]) == 2
    assert "there is no directory nowhere" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], r": .*\baction\b.*\n  hint: "),
        (["improt"], r"'improt'.*\n  hint: "),
        (["import"], r": .*\bDIR\b.*\n  hint: "),
        (["import", "theirs", "--fail-on", "all"], r"--fail-on: .*'all'.*\n  hint: "),
        (["import", "theirs", "--dryrun"], r"did you mean --dry-run\?\n  hint: "),
    ],
)
def test_misspelled_commands_are_reported(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["schema", *words])

    assert caught.value.code == 2
    assert re.search(message, capsys.readouterr().err)


@pytest.mark.slow
def test_include_directories_override_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()

    assert main(["schema", "import", "theirs", "-I", "other"]) == 0
    assert Path("other/a.proto").is_file()
    assert Path("schema/a.proto").read_text() == OURS["a.proto"]


@pytest.mark.slow
def test_without_configuration_the_tree_is_protobufs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("pyproject.toml").unlink()
    Path("schema").rename("protobufs")

    assert main(["schema", "import", "theirs", "--config", "pyproject.toml"]) == 2
    assert main(["schema", "import", "theirs"]) == 0
    assert "int32 n = 2;" in Path("protobufs/a.proto").read_text()
