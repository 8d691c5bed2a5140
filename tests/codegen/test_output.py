"""Writing the output: all or nothing, and files of others are not touched."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from lkproto_codegen.diagnostics import GenerationError
from lkproto_codegen.write import lock as locking
from lkproto_codegen.write import output
from lkproto_codegen.write.drift import find_drift
from lkproto_codegen.write.lock import locked
from lkproto_codegen.write.manifest import Manifest, digest, read_manifest
from lkproto_codegen.write.output import Written, write

from tests.support import ROOT


def package(**files: str) -> dict[str, bytes]:
    """Files with their manifest, as the pipeline returns them."""
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


def test_a_new_folder_is_made_and_reported(tmp_path: Path) -> None:
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


@pytest.mark.parametrize("path", ["../victim", "/victim", "a\0b", "\ud800", ""])
def test_a_manifest_that_lists_paths_outside_is_refused(
    path: str, tmp_path: Path
) -> None:
    (tmp_path / "victim").write_text("v")
    out = tmp_path / "out"
    write(out, package(a="1"))
    manifest = json.loads((out / "MANIFEST.json").read_text())
    manifest["files"] = {path: digest(b"v")}
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


@pytest.mark.parametrize(
    ("owner", "name", "message"),
    [
        (output.os, "open", "cannot write to .*Permission denied"),
        (Path, "mkdir", "cannot write .*Permission denied"),
        (Path, "write_bytes", "cannot write .*Permission denied; nothing was changed"),
        (Path, "read_bytes", "cannot read .*Permission denied"),
    ],
)
def test_an_unwritable_place_is_reported(
    owner: object,
    name: str,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*arguments: object, **options: object) -> str:
        raise PermissionError(13, "Permission denied")

    write(tmp_path / "out", package(a="1"))
    before = content(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, refuse)
        with pytest.raises(GenerationError, match=message):
            write(tmp_path / "out", package(a="2"))

    assert content(tmp_path) == before


def test_all_work_is_done_in_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be a mount: files cannot be moved into it, and the folder above may be read-only."""
    out = tmp_path / "out"
    out.mkdir()
    real = os.replace

    def replace(source: Path, target: Path) -> None:
        if not (source.is_relative_to(out) and target.is_relative_to(out)):
            raise OSError(18, "Invalid cross-device link", str(source))
        real(source, target)

    monkeypatch.setattr(output.os, "replace", replace)
    tmp_path.chmod(0o500)
    try:
        write(out, package(a="1", x__b="2"))
        assert write(out, package(a="2")).deleted == ("x/b",)
    finally:
        tmp_path.chmod(0o700)


RUN = """
import os, signal, sys
from pathlib import Path
from lkproto_codegen.write.output import swap, write
steps = 0
def killed(*paths, real=os.replace):
    global steps
    steps += 1
    if steps == int(sys.argv[1]):
        os.kill(os.getpid(), signal.SIGKILL)
    real(*paths)
os.replace = killed
out = Path(sys.argv[2])
"""


def run_killed(code: str, step: int, out: Path) -> None:
    command = [sys.executable, "-c", RUN + code, str(step), str(out)]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "codegen")}
    done = subprocess.run(command, env=environment, check=False)
    assert done.returncode == -signal.SIGKILL


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_changes_of_a_killed_run_are_undone(step: int, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, package(a="1", b="2", old="3"))
    before = content(out)
    code = "write(out, {'a': b'x', 'new/deep': b'4', 'MANIFEST.json': b'{}'})"

    run_killed(code, step, out)

    assert set(find_drift(out, {}).extra) <= {*before, "new/deep"}
    written = write(out, package(a="1", b="2", old="3"))
    assert written == Written(unchanged=4)
    assert content(out) == before
    assert not (out / "new").exists()


def test_a_plan_made_on_half_a_tree_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.proto").write_text("1")
    run_killed("swap(out, {'a.proto': b'2', 'b.proto': b'3'}, [])", 2, tmp_path)
    assert [each.name for each in tmp_path.rglob("*.proto")] == []

    with pytest.raises(GenerationError, match="killed.*undone now\n  hint: run this"):
        output.swap(tmp_path, {"b.proto": b"3"}, [])

    assert content(tmp_path) == {"a.proto": "1"}
    output.swap(tmp_path, {"b.proto": b"3"}, [])
    assert content(tmp_path) == {"a.proto": "1", "b.proto": "3"}


def test_two_runs_do_not_interleave(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with (
        locked(tmp_path),
        pytest.raises(GenerationError, match=r"another run .* \S+/\.lkproto-lock\n"),
    ):
        write(tmp_path, package(a="1"))
    out.mkdir()
    (out / ".lkproto-lock").write_text(f"{os.getpid()}")  # from a run that was killed

    assert write(out, package(a="1")).created
    assert content(tmp_path).keys() == {"out/a", "out/MANIFEST.json"}


def test_a_lock_that_is_removed_while_we_wait_is_taken_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise two runs would hold locks on two files with the same name."""
    real, opened = os.open, []

    def slow(path: Path, flags: int) -> int:
        opened.append(real(path, flags))
        if len(opened) == 1:
            path.unlink()
        return opened[-1]

    monkeypatch.setattr(locking.os, "open", slow)
    with locked(tmp_path):
        assert os.path.samestat(
            (tmp_path / ".lkproto-lock").stat(), os.fstat(opened[-1])
        )

    assert len(opened) == 2


NO_FILES = '{"generator": "g", "protoc": "p", "formatter": "f", "files": 3}'


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"generator": 1, "protoc": "", "formatter": "", "files": {}}',
        '{"generator": "", "protoc": "", "formatter": "", "files": {"a": []}}',
        "{",
        "[]",
        '{"x": 1}',
        '"a"',
        NO_FILES,
    ],
)
def test_a_broken_manifest_is_reported(text: str, tmp_path: Path) -> None:
    (tmp_path / "MANIFEST.json").write_text(text)

    with pytest.raises(GenerationError, match="is not a manifest of this generator"):
        read_manifest(tmp_path)
    assert read_manifest(tmp_path / "MANIFEST.json") is None


JOURNALS = [
    '[["helpers.py", false]]',
    '{"stamp": 0, "steps": [["helpers.py", false, null]]}',
    '{"stamp": 1, "steps": [["helpers.py", false, null]]}',
    '{"steps": [["../x", false, null]]}',
    "[1]",
    "{",
    '{"stamp": 1, "steps": 3}',
    "[" * 100_000,
    None,
]


@pytest.mark.parametrize("text", JOURNALS)
def test_a_journal_that_came_with_the_folder_does_nothing(
    text: str | None, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    write(out, package(a="1"))
    (out / "helpers.py").write_text("mine")
    work = out / ".lkproto-work"
    work.mkdir()
    (work / "stamp").touch()
    if text is None:
        (work / "journal.json").mkdir()
    else:
        (work / "journal.json").write_text(text)

    assert write(out, package(a="2")).changed == ("MANIFEST.json", "a")

    assert content(out).keys() == {"MANIFEST.json", "a", "helpers.py"}
    assert (out / "helpers.py").read_text() == "mine"


def killed_run(out: Path) -> None:
    write(out, package(a="1", old="3"))
    run_killed("write(out, {'a': b'x', 'b': b'4', 'MANIFEST.json': b'{}'})", 4, out)


def test_a_journal_that_was_copied_is_put_aside_with_its_files(tmp_path: Path) -> None:
    killed_run(tmp_path / "out")
    shutil.copytree(tmp_path / "out", tmp_path / "copy")
    before = content(tmp_path / "copy" / ".lkproto-work")
    (tmp_path / "copy" / "b").write_text("not what was generated")

    written = write(tmp_path / "copy", package(a="2"))

    aside = tmp_path / "copy" / ".lkproto-work-1"
    assert written.aside == str(aside)
    assert content(aside) == before
    assert (tmp_path / "copy" / "b").read_text() == "not what was generated"
    assert write(tmp_path / "copy", package(a="2")) == Written(unchanged=2)
    work = tmp_path / "copy" / ".lkproto-work"
    work.mkdir()
    (work / "0.old").touch()
    with pytest.raises(GenerationError, match=r"is now in .*/\.lkproto-work-2\n"):
        output.swap(tmp_path / "copy", {"b": b"3"}, [])


def test_undoing_leaves_what_somebody_changed_since(tmp_path: Path) -> None:
    out = tmp_path / "out"
    killed_run(out)
    (out / "a").write_text("repaired by hand")
    (out / "b").write_text("mine")

    write(out, package(a="1", old="3"))

    assert content(out)["b"] == "mine"


@pytest.mark.parametrize("name", [".lkproto-work", ".lkproto-lock"])
def test_links_with_our_names_are_removed_and_not_followed(
    name: str, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "journal.json").write_text("{}")
    out = tmp_path / "out"
    write(out, package(a="1"))
    (out / name).symlink_to(tmp_path / "elsewhere")

    assert write(out, package(a="2")).changed

    assert content(tmp_path / "elsewhere") == {"journal.json": "{}"}
    assert content(out).keys() == {"MANIFEST.json", "a"}
