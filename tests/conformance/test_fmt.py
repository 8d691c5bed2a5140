"""`fmt`: one layout, files whole, and nothing written that lint would refuse."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from lkproto_conformance.cli import main
from lkproto_conformance.lint.shape import of_document
from lkproto_conformance.vectors import vectors_folder
from lkproto_conformance.whole_files import write_whole

NAME = "kind.parse.json"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of vectors in another layout."""
    path = tmp_path / NAME
    path.write_text(json.dumps(json.loads((vectors_folder() / NAME).read_text())))
    return path


def test_a_file_gets_the_layout(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fmt", str(path)]) == 0

    assert capsys.readouterr().out == f"{path}\n"
    assert path.read_bytes() == (vectors_folder() / NAME).read_bytes()
    assert list(of_document(path)) == []


def test_a_file_in_its_layout_is_not_touched(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["fmt", str(path)])
    before = path.stat()
    capsys.readouterr()

    assert main(["fmt", "--check", str(path)]) == main(["fmt", str(path)]) == 0
    assert capsys.readouterr().out == ""
    assert path.stat().st_mtime_ns == before.st_mtime_ns


def test_check_writes_nothing_and_fails(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = path.read_bytes()

    assert main(["fmt", "--check", str(path.parent)]) == 1
    assert capsys.readouterr().out == f"{path}\n"
    assert path.read_bytes() == before


def test_the_folder_of_vectors_is_the_default(path: Path) -> None:
    assert main(["--vectors", str(path.parent), "fmt", "--check"]) == 1
    assert main(["fmt", "--check"]) == 0


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"count": 18', '"count": 17', "count is 17, not 18"),
        ('"level": "required"', '"level": "nice"', "level nice is not allowed"),
        ('"format": 1', '"format": 1, "format": 1', "an object has 'format' twice"),
        ('"claim": "sip"', '"claim": NaN', "NaN is not a number of JSON"),
        ('"format": 1', '"more": 1, "format": 1', "the file has unknown more"),
        ("{", "", "kind.parse.json: "),
    ],
)
def test_a_refused_file_stays_as_it_is(
    old: str, new: str, problem: str, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    before = path.read_bytes()

    assert main(["fmt", str(path)]) == 2

    assert problem in capsys.readouterr().err
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [NAME]


def test_a_refused_file_does_not_keep_others_from_their_layout(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (path.parent / "a.json").write_text("[")

    assert main(["fmt", str(path.parent)]) == 2
    out, err = capsys.readouterr()
    assert out == f"{path}\n"
    assert "a.json: " in err


@pytest.mark.parametrize("name", ["none.json", "nowhere/"])
def test_a_file_that_is_not_there_is_named(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fmt", str(tmp_path / name)]) == 2
    assert name.rstrip("/") in capsys.readouterr().err


def test_a_folder_without_vectors_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fmt", str(tmp_path)]) == 2
    assert "no vector files" in capsys.readouterr().err


def test_a_link_stays_a_link_and_the_mode_the_mode(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link" / NAME
    link.parent.mkdir()
    link.symlink_to(path)
    path.chmod(0o640)

    assert main(["fmt", str(link)]) == 0

    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert path.read_bytes() == (vectors_folder() / NAME).read_bytes()


def test_a_file_that_cannot_be_put_in_its_place_is_not_there_by_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x"
    path.write_text("old")

    def fail(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", fail)
    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="no space left"):
        write_whole(path, "new")
    assert [each.name for each in tmp_path.iterdir()] == ["x"]
    assert path.read_text() == "old"
