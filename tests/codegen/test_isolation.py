"""A tree is read and never obeyed: no name of a file is an argument, no file near it is run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from lkproto_codegen.diagnostics import GenerationError
from lkproto_codegen.options import Options
from lkproto_codegen.pipeline import build, lowered
from lkproto_codegen.read import protoc
from lkproto_codegen.read.compile import compile_protos
from lkproto_codegen.read.complaints import mistakes
from lkproto_codegen.schema.buf import find_buf

from tests.quick import protoc_in_a_process
from tests.support import ROOT, write_protos

P3 = 'syntax = "proto3";\n'


@pytest.fixture(autouse=True)
def _processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """How protoc is started is the subject here, in the quick run, too."""
    monkeypatch.setattr(protoc, "_started", protoc_in_a_process)


def test_file_names_are_not_arguments_of_protoc(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    run = tmp_path / "run.sh"
    run.write_text(f"#!/bin/sh\ntouch {ran}\n")
    run.chmod(0o755)
    tree = write_protos(
        tmp_path / "protos",
        {
            "args.proto": f"--plugin=protoc-gen-e={run}\n--e_out=.\n",
            "@protos/args.proto": "",
            "@args.proto": P3 + "message A {}",
            f"--plugin=protoc-gen-e={run}/x.proto": P3 + "message B {}",
            "-x.proto": P3 + "message C {}",
        },
    )

    with pytest.raises(GenerationError, match=r"args.proto:1:1: error: Expected"):
        build(Options(protos=(tree,)))
    (tree / "args.proto").unlink()
    files = build(Options(protos=(tree,)))

    assert not ran.exists()
    assert {"_x2dx_pb.py", "_x40args_pb.py"} <= {
        name.removeprefix("pb_") for name in files
    }


@pytest.mark.parametrize(
    "name",
    ["@a.proto", "-a.proto", "a:b.proto", "a\nb.proto", "a b.proto", 'a"b.proto'],
)
def test_whatever_a_file_is_called_its_errors_have_their_place(
    name: str, tmp_path: Path
) -> None:
    tree = write_protos(tmp_path, {name: P3 + "message M { Nope x = 1; }"})

    with pytest.raises(GenerationError) as caught:
        compile_protos([tree], [name])

    (problem,) = caught.value.diagnostics
    assert problem.location
    assert (problem.location.file, problem.location.line) == (name, 2)
    assert problem.message == '"Nope" is not defined.'


@pytest.mark.parametrize(
    "folder",
    [
        "a:b",
        *(
            pytest.param(each, marks=pytest.mark.slow)
            for each in ("a=b", "@x", "-x", "a\nb", "a;b")
        ),
    ],
)
def test_an_include_directory_may_have_any_name(folder: str, tmp_path: Path) -> None:
    protos = {"a.proto": P3 + 'import "b.proto"; message A { Nope x = 1; }'}
    tree = write_protos(tmp_path / folder, protos)
    other = write_protos(tmp_path / f"{folder}2", {"b.proto": P3 + "message B {}"})

    compiled = compile_protos([tree, other], ["b.proto"])
    with pytest.raises(GenerationError) as caught:
        compile_protos([tree, other], ["a.proto"])

    assert [file.name for file in compiled.file] == ["b.proto"]
    assert str(caught.value).startswith('a.proto:2:31: error: "Nope" is not defined.')


SHADOWS = ("types.py", "enum.py", "json.py", "runpy.py", "sysconfig.py", "ruff.py")
INSIDE = (
    "grpc_tools/__init__.py",
    "grpc_tools/protoc.py",
    "ruff/__init__.py",
    "ruff/__main__.py",
)
CODE = "open({!r}, 'a').write(__name__ + chr(10))\nraise SystemExit(0)\n"


@pytest.mark.parametrize(
    "as_module", [pytest.param(False, marks=pytest.mark.slow), True]
)
def test_modules_of_the_working_directory_are_not_run(
    as_module: bool, tmp_path: Path
) -> None:
    """By no child; our own process is started as the console script is, without it.

    As a module it is started with it, so only what Python itself does not import is there.
    """
    ran = tmp_path / "ran"
    shadows = INSIDE if as_module else (*SHADOWS, *INSIDE)
    write_protos(tmp_path, dict.fromkeys(shadows, CODE.format(str(ran))))
    write_protos(tmp_path, {"protos/a.proto": P3 + "message M { int32 x = 1; }"})
    paths = [str(ROOT / name) for name in ("codegen", "cli", "generated")]
    start = f"import sys; sys.path[:0] = {paths!r}; import lkproto_cli as c; sys.exit(c.main())"
    python = ["-m", "lkproto_cli"] if as_module else ["-I", "-c", start]
    environment = {"PYTHONPATH": os.pathsep.join([*paths, str(tmp_path)])}

    done = subprocess.run(
        [sys.executable, *python, "generate", "-I", "protos", "--out", "out"],
        cwd=tmp_path,
        env=os.environ | environment | {"XDG_CACHE_HOME": str(tmp_path)},
        check=False,
    )

    assert not ran.exists(), ran.read_text()
    assert done.returncode == 0
    assert "x: int = pb.int32(1, default=0)" in (tmp_path / "out/a_pb.py").read_text()


def test_protocs_own_failure_is_not_an_error_of_the_schema(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        protoc, "_PROGRAM", protoc._PROGRAM.replace("import protoc", "import nothing")
    )
    tree = write_protos(tmp_path, {"a.proto": P3})

    with pytest.raises(GenerationError) as caught:
        compile_protos([tree], ["a.proto"])

    (problem,) = caught.value.diagnostics
    first, *rest = problem.message.splitlines()
    assert first.startswith(
        "the protobuf compiler itself failed, with exit code 70: ImportError: cannot import"
    )
    assert rest[0] == "  | Traceback (most recent call last):"
    assert problem.hint == (
        "the schema is not to blame; install grpcio-tools again, or report this"
    )


def test_lines_that_continue_an_error_belong_to_it() -> None:
    said = (
        "/t/a.proto:3:4: the option is\n  wrong, and\nthis is why\n"
        "/t/b.proto: Suggested field numbers for M: 2\n"
        "nope.proto: File not found.\n"
        "something\nelse\n"
    )

    first, second = mistakes(said, ["/t"], [])

    assert first.message == "the option is\n  wrong, and\nthis is why"
    assert second.message == "File not found.\nsomething\nelse"
    (unplaced,) = mistakes("Killed\nby a signal\n", ["/t"], [])
    assert (unplaced.message, unplaced.location) == ("Killed\nby a signal", None)
    assert (
        unplaced.hint == "these are protoc's words; if the schema is right, report this"
    )


def test_a_folder_may_be_called_like_a_file(tmp_path: Path) -> None:
    tree = write_protos(tmp_path, {"d.proto/x.proto": P3 + "message M {}"})

    assert [file.path for file in lowered(Options(protos=(tree,))).files] == [
        "d.proto/x.proto"
    ]


def test_buf_is_not_taken_from_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "buf").write_text("#!/bin/sh\n")
    (tmp_path / "buf").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")

    monkeypatch.setenv("PATH", os.pathsep.join(["", ".", "./"]))
    assert find_buf() is None
    monkeypatch.setenv("PATH", f".{os.pathsep}{tmp_path}")
    assert find_buf() == str(tmp_path / "buf")
