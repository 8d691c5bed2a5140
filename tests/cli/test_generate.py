"""`lkproto generate`: what it writes, what it prints, and what it does not repeat."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from .conftest import COMMAND, Done, Project

SILENCE = Done(0, "", "")


def written(folder: Path) -> dict[str, int]:
    """When each file of a folder was written."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_mtime_ns
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_in_a_pipe_it_says_nothing(project: Project) -> None:
    assert project.run("generate") == SILENCE
    assert "acme/hello_pb.py" in written(project.folder / "out")


@pytest.mark.slow
def test_on_a_terminal_it_says_what_it_did_and_how_long_it_took(
    project: Project,
) -> None:
    pty = pytest.importorskip("pty")

    def on_terminal(*words: str) -> str:
        ours, theirs = pty.openpty()
        done = subprocess.run(
            [*COMMAND, "generate", *words],
            cwd=project.folder,
            env=project.environment({}),
            stderr=theirs,
            check=False,
        )
        os.write(theirs, b".")  # so that there is always something to read
        shown = os.read(ours, 10_000).decode().replace("\r\n", "\n")
        os.close(ours)
        os.close(theirs)
        assert done.returncode == 0
        return shown.removesuffix(".")

    out = re.escape(str(project.folder / "out"))
    assert re.fullmatch(rf"{out}: \d\d new \(\d+\.\d\d s\)\n", on_terminal())
    assert re.fullmatch(
        rf"{out}: \d\d unchanged \(\d\.\d\d s\)\n", on_terminal("--force")
    )
    (project.folder / "protos" / "plain.proto").unlink()
    assert re.fullmatch(
        rf"{out}: \d changed, 2 deleted, \d\d unchanged \(\d+\.\d\d s\)\n",
        on_terminal(),
    )
    assert on_terminal("--force", "--quiet") == ""


@pytest.mark.slow
def test_json_output_has_everything(project: Project) -> None:
    first = json.loads(project.run("generate", "--json").out)
    (project.folder / "out" / "plain_pb.py").write_text("edited")
    second = json.loads(project.run("generate", "--json").out)

    assert first.keys() == second.keys()
    assert first["out"] == str(project.folder / "out")
    assert set(first["created"]) == written(project.folder / "out").keys()
    assert (second["created"], second["deleted"], second["kept"]) == ([], [], [])
    assert second["changed"] == second["edited"] == ["plain_pb.py"]
    assert second["unchanged"] == len(first["created"]) - 1
    assert 0 < second["seconds"] < 60


def test_a_second_run_neither_compiles_nor_writes(generated: Project) -> None:
    before = written(generated.folder)
    command = (COMMAND[0], "-X", "importtime", *COMMAND[1:])

    done = generated.run("generate", command=command)

    imported = {line.rpartition("|")[2].strip() for line in done.err.splitlines()}
    assert done.code == 0
    assert "lkproto_codegen.cache" in imported
    assert not {name for name in imported if name.startswith("google.protobuf")}
    assert not imported & {
        "jinja2",
        "lkproto_codegen.read.lower",
        "lkproto_codegen.read.compile",
    }
    assert written(generated.folder) == before


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    ["protos/plain.proto", "out/plain_pb.py", "out/MANIFEST.json", "cache"],
)
def test_a_second_run_does_the_work_if_anything_changed(
    change: str, generated: Project
) -> None:
    path = generated.folder / change
    if change == "cache":
        for note in path.rglob("*.json"):
            note.write_text("{")
    else:
        path.write_text(path.read_text() + "\n")

    report = json.loads(generated.run("generate", "--json").out)

    edited = [path.name] if change.startswith("out") else []
    assert report["changed"] == edited
    assert generated.run("check").code == 0


@pytest.mark.slow
def test_changed_options_count_as_a_change(generated: Project) -> None:

    report = json.loads(
        generated.run("generate", "--json", "--schema-version", "v2").out
    )

    assert report["changed"] == ["MANIFEST.json", "__init__.py"]


@pytest.mark.slow
def test_hand_edited_files_are_named_even_in_a_pipe(generated: Project) -> None:
    out = generated.folder / "out"
    (out / "acme" / "hello_pb.py").write_text("edited")
    (out / "plain_pb.py").write_text("edited")
    (generated.folder / "protos" / "plain.proto").unlink()

    done = generated.run("generate")

    assert done == Done(
        0,
        "",
        f"{out}/acme/hello_pb.py: was edited by hand; overwritten\n"
        f"{out}/plain_pb.py: is no longer generated, but was edited by hand; kept\n",
    )


@pytest.mark.slow
def test_files_are_named_relative_to_the_tree_or_by_their_path(
    project: Project,
) -> None:
    (project.folder / "pyproject.toml").unlink()
    absolute = project.folder / "protos"
    for include, name in (
        ("protos", "acme/hello.proto"),
        ("protos", "protos/acme/hello.proto"),
        (str(absolute), str(absolute / "acme" / "hello.proto")),
    ):
        done = project.run("list", "-I", include, name)
        assert done.out.splitlines()[-1] == "1 file: 2 messages, 2 enums, 1 service"


@pytest.mark.slow
def test_without_a_home_there_is_no_cache_and_no_error(generated: Project) -> None:
    code = (
        "import pathlib, sys\n"
        "def nowhere(): raise RuntimeError('Could not determine home directory.')\n"
        "pathlib.Path.home = nowhere\n"
        "from lkproto_cli import main; sys.exit(main())"
    )
    command = (COMMAND[0], "-c", code)

    for name in ("check", "generate"):
        done = generated.run(name, command=command, XDG_CACHE_HOME="")
        assert done == SILENCE


@pytest.mark.slow
def test_a_place_that_cannot_be_written_is_reported(project: Project) -> None:
    project.write("file", "")

    done = project.run("generate", "--out", "file/out")

    assert done.code == 2
    assert done.err.startswith("error: cannot write to ")
    assert not (project.folder / "out").exists()
