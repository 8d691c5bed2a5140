"""Writing the output: all or nothing, and nothing of others."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from lkproto_codegen import output
from lkproto_codegen.diagnostics import GenerationError
from lkproto_codegen.manifest import Manifest, digest, read_manifest
from lkproto_codegen.output import Written, write


def package(**files: str) -> dict[str, bytes]:
    """Files with their manifest, as the pipeline gives them."""
    data = {name.replace("__", "/"): text.encode() for name, text in files.items()}
    manifest = Manifest(
        "g", "p", "f", {path: digest(each) for path, each in data.items()}
    )
    return data | {"MANIFEST.json": manifest.to_json().encode()}


def content(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_new_folder_is_made_and_told(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"

    written = write(out, package(a="1", x__b="2"))

    assert written == Written(created=("MANIFEST.json", "a", "x/b"))
    assert content(out) | {"MANIFEST.json": ""} == {
        "a": "1",
        "x/b": "2",
        "MANIFEST.json": "",
    }
    assert [path.name for path in tmp_path.rglob(".*")] == []


def test_unchanged_files_are_not_touched(tmp_path: Path) -> None:
    write(tmp_path / "out", package(a="1", b="2"))
    os.utime(tmp_path / "out" / "a", (1, 1))

    written = write(tmp_path / "out", package(a="1", b="3"))

    assert (tmp_path / "out" / "a").stat().st_mtime == 1
    assert (written.changed, written.unchanged) == (("MANIFEST.json", "b"), 1)
    assert write(tmp_path / "out", package(a="1", b="3")).unchanged == 3


def test_files_no_longer_generated_are_deleted_with_empty_folders(
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    write(out, package(a="1", x__y__b="2", x__c="3"))
    (out / "x" / "y" / "__pycache__").mkdir()

    written = write(out, package(a="1", x__c="3"))

    assert written.deleted == ("x/y/b",)
    assert not (out / "x" / "y").exists()
    assert (out / "x" / "c").exists()


def test_files_of_others_stay(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, package(a="1", b="2"))
    (out / "mine.txt").write_text("mine")

    write(out, package(a="1"))

    assert content(out).keys() == {"a", "mine.txt", "MANIFEST.json"}


def test_hand_edited_files_are_named(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, package(a="1", b="2"))
    (out / "a").write_text("edited")
    (out / "b").write_text("edited")

    written = write(out, package(a="1"))

    assert (written.edited, written.kept, written.deleted) == (("a",), ("b",), ())
    assert content(out)["a"] == "1"
    assert content(out)["b"] == "edited"


@pytest.mark.parametrize("path", ["/etc/x", "../x", "a/../../x", "c:x", "a\\b", ""])
def test_paths_outside_are_refused(path: str, tmp_path: Path) -> None:
    with pytest.raises(
        GenerationError, match="is not a path inside the output directory"
    ):
        write(tmp_path / "out", {path: b""})
    assert content(tmp_path) == {}


def test_a_manifest_that_lists_paths_outside_is_refused(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("v")
    out = tmp_path / "out"
    write(out, package(a="1"))
    manifest = json.loads((out / "MANIFEST.json").read_text())
    manifest["files"] = {"../victim": digest(b"v")}
    (out / "MANIFEST.json").write_text(json.dumps(manifest))

    with pytest.raises(GenerationError, match="is not a path inside"):
        write(out, package(b="1"))
    assert (tmp_path / "victim").exists()


def test_a_folder_that_was_not_generated_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "precious").write_text("p")

    with pytest.raises(GenerationError, match=r"is not empty and has no MANIFEST.json"):
        write(tmp_path / "out", package(a="1"))
    assert content(tmp_path) == {"out/precious": "p"}
    (tmp_path / "empty").mkdir()
    assert write(tmp_path / "empty", package(a="1")).created


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    out = tmp_path / "out"
    write(out, package(a="1"))
    (out / "x").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "linked").symlink_to(out)

    with pytest.raises(GenerationError, match="is a link"):
        write(out, package(a="1", x__b="2"))
    with pytest.raises(GenerationError, match="is not a plain directory"):
        write(tmp_path / "linked", package(a="1"))
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_directory_in_the_way_and_a_file_as_target_are_refused(
    tmp_path: Path,
) -> None:
    write(tmp_path / "out", package(a="1"))
    (tmp_path / "out" / "b").mkdir()
    (tmp_path / "file").touch()

    with pytest.raises(GenerationError, match="is a directory where a file belongs"):
        write(tmp_path / "out", package(a="1", b="2"))
    with pytest.raises(GenerationError, match="is not a plain directory"):
        write(tmp_path / "file", package(a="1"))


@pytest.mark.parametrize("failing", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("interrupted", [False, True])
def test_a_failure_in_the_middle_changes_nothing(
    failing: int,
    interrupted: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = tmp_path / "out"
    write(out, package(a="1", b="2", old="3"))
    before = content(tmp_path)
    real, calls = os.replace, []

    def replace(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) == failing:
            if interrupted:
                raise KeyboardInterrupt
            raise OSError(28, "No space left on device", str(target))
        real(source, target)

    monkeypatch.setattr(output.os, "replace", replace)
    expected = KeyboardInterrupt if interrupted else GenerationError
    message = None if interrupted else "No space left on device; nothing was changed"
    with pytest.raises(expected, match=message):
        write(out, package(a="1", b="changed", new__deep="4"))

    assert content(tmp_path) == before
    assert not (out / "new").exists()


def test_an_unwritable_place_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object, **options: object) -> str:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(output.tempfile, "mkdtemp", refuse)
        with pytest.raises(
            GenerationError, match="cannot write to .*Permission denied"
        ):
            write(tmp_path / "out", package(a="1"))
    with monkeypatch.context() as patch:
        patch.setattr(output.os, "open", refuse)
        with pytest.raises(
            GenerationError, match="cannot write to .*Permission denied"
        ):
            write(tmp_path / "out", package(a="1"))
    with monkeypatch.context() as patch:
        write(tmp_path / "out", package(a="1"))
        patch.setattr(Path, "read_bytes", refuse)
        with pytest.raises(GenerationError, match="cannot read .*Permission denied"):
            write(tmp_path / "out", package(a="1"))


def test_two_runs_do_not_interleave(tmp_path: Path) -> None:
    lock = tmp_path / ".out.lkproto-lock"
    lock.write_text(str(os.getpid()))
    with pytest.raises(
        GenerationError, match=rf"another run \(process {os.getpid()}\)"
    ):
        write(tmp_path / "out", package(a="1"))

    lock.write_text("999999999")
    assert write(tmp_path / "out", package(a="1")).created
    assert not lock.exists()


NO_FILES = '{"generator": "g", "protoc": "p", "formatter": "f", "files": 3}'


@pytest.mark.parametrize("text", ["{", "[]", '{"x": 1}', '"a"', NO_FILES])
def test_a_broken_manifest_is_told(text: str, tmp_path: Path) -> None:
    (tmp_path / "MANIFEST.json").write_text(text)

    with pytest.raises(GenerationError, match="is not a manifest of this generator"):
        read_manifest(tmp_path)
    assert read_manifest(tmp_path / "MANIFEST.json") is None
