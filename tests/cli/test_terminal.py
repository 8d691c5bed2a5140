"""What a terminal gets to see: names of others move nothing, and readers may leave."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest
from lkproto_cli.using import import_line
from lkproto_codegen.diagnostics import Diagnostic, visible
from lkproto_codegen.ir import Location

from .conftest import COMMAND, Project

RED = "\x1b[31m"
HOSTILE = f"{RED}\x9b2J\u202eevil\r\n.proto"
SHOWN = "\\x1b[31m\\x9b2J\\u202eevil\\r\\n.proto"


def test_what_a_terminal_obeys_is_escaped_and_all_else_stays() -> None:
    assert visible("a\tb\nä 漢 👩 \\x") == "a\tb\nä 漢 👩 \\x"
    hidden = "\0\a\b\x1b\x7f\x85\x9b\u200b\u2028\u202e\u2066\ufeff\udce4\r"
    assert visible(hidden) == (
        "\\x00\\x07\\x08\\x1b\\x7f\\x85\\x9b\\u200b\\u2028\\u202e\\u2066\\ufeff\\udce4\\r"
    )
    problem = Diagnostic(f"what\nis {RED}", Location("a\n\x1b", 1, 2), f"{RED}hint")
    assert str(problem) == (
        "a\\n\\x1b:1:2: error: what\nis \\x1b[31m\n  hint: \\x1b[31mhint"
    )


def test_names_of_files_are_shown_escaped(project: Project) -> None:
    good = 'syntax = "proto3"; message Red {}'
    project.write(f"protos/{HOSTILE}", good)

    assert f"\n{SHOWN} (package -)\n" in "\n" + project.run("list").out
    assert project.run("generate").code == 0
    (project.folder / "out" / HOSTILE).touch()
    (project.folder / "out" / "plain_pb.py").write_text(RED)
    checked = project.run("check").out

    assert f"extra: {SHOWN}\n" in checked
    assert f"-{visible(RED)}\n" in checked
    assert "\x1b" not in checked
    project.write(f"protos/{HOSTILE}", "?")
    error = project.run("list").err
    assert f"protos/{SHOWN}:1:1: error: " in error
    assert "\x1b" not in error


def test_names_that_are_not_utf8_are_shown(project: Project) -> None:
    try:
        (project.folder / "protos" / os.fsdecode(b"\xe4.proto")).touch()
    except OSError:  # this file system takes UTF-8 only
        return
    out = project.folder / "out"

    done = project.run("list")
    assert (done.code, done.out) == (2, "")
    assert "protos/\\udce4.proto: the name of a .proto file has to be UTF-8" in done.err
    assert project.run("generate", "--exclude", "*\udce4*").code == 0
    Path(out, os.fsdecode(b"\xe4.txt")).touch()
    assert project.run("check", "--exclude", "*\udce4*").out.startswith(
        "extra: \\udce4.txt\n"
    )


JUDGE = (sys.executable, "-m", "lkproto_conformance")


@pytest.mark.parametrize(
    "command",
    [
        (*COMMAND, "list"),
        *[
            pytest.param(each, marks=pytest.mark.slow)
            for each in (
                (*COMMAND, "--help"),
                (*COMMAND, "--version"),
                (*COMMAND, "ir"),
                (*COMMAND, "check"),
                (*COMMAND, "check", "--json", "-I", "nope"),
                (*COMMAND, "generate", "--help"),
                (*COMMAND, "token", "--help"),
                (*JUDGE, "--help"),
                (*JUDGE, "info", "--operations"),
            )
        ],
        (*JUDGE, "list"),
    ],
    ids=lambda command: " ".join(command[2:]),
)
def test_no_command_ends_in_a_traceback_when_its_reader_leaves(
    command: tuple[str, ...], project: Project
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    paths = project.environment({})["PYTHONPATH"]
    conformance = str(Path(__file__).parents[2] / "conformance")

    done = subprocess.run(
        command,
        cwd=project.folder,
        env=project.environment({"PYTHONPATH": paths + os.pathsep + conformance}),
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)

    assert done.stderr == b""
    assert done.returncode in (0, 1, 2, 4)


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-", ">/dev/full"])
@pytest.mark.parametrize("words", ["--help", "list", "plugin", "token inspect x"])
@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="needs sh")
def test_no_command_ends_in_a_traceback_where_streams_are_closed(
    words: str, closed: str, project: Project
) -> None:
    done = subprocess.run(
        ["sh", "-c", f"{shlex.join([*COMMAND, *words.split()])} {closed}"],
        cwd=project.folder,
        env=project.environment({}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )

    assert b"Traceback" not in done.stderr
    assert b"internal error" not in done.stderr
    assert done.returncode in (0, 1, 2)


def test_errors_of_the_system_are_escaped(project: Project) -> None:
    name = f"{RED}.proto"
    path = project.write(f"protos/{name}", 'syntax = "proto3";')
    error = PermissionError(13, "Permission denied", str(path))

    with mock.patch("lkproto_cli.list.options_from", side_effect=error):
        done = project.run("list")

    assert "\\x1b[31m.proto: Permission denied" in done.err
    assert "\x1b" not in done.err


@pytest.mark.parametrize(
    ("out", "line"),
    [
        ("out", "from out.acme import Hello"),
        pytest.param(
            "src/pkg",
            "from pkg.acme import Hello  # found with src on PYTHONPATH",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "app/deep/pkg",
            "from app.deep.pkg.acme import Hello",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_the_import_line_works_as_it_is(
    out: str, line: str, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("app", "app/deep"):
        (project.folder / folder).mkdir(parents=True)
        (project.folder / folder / "__init__.py").touch()
    assert project.run("generate", "--out", out).code == 0
    monkeypatch.chdir(project.folder)

    assert import_line(Path(out)) == line
    subprocess.run(
        [sys.executable, "-c", f"{line}\nassert Hello(name='x').to_bytes()"],
        check=True,
        env=project.environment({"PYTHONPATH": "src"}),
    )


def test_types_without_a_package_are_imported_from_the_root(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.folder)
    project.write("own/z.proto", 'syntax = "proto3"; message Plain {}')
    assert project.run("generate", "-I", "own", "--out", "new").code == 0

    assert import_line(Path("new")) == "from new import Plain"
    assert import_line(Path("nothing")) is None
    project.write("empty/z.proto", 'syntax = "proto3";')
    assert project.run("generate", "-I", "empty", "--out", "none").code == 0
    assert import_line(Path("none")) is None
