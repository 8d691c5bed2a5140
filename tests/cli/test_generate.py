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


@pytest.mark.slow
def test_in_a_pipe_it_says_nothing(project: Project) -> None:
    assert project.run("generate", command=COMMAND) == SILENCE
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
    use = "from out.acme import Hello\n"

    def work(files: int, modules: str) -> str:
        return (
            f"compiling {files} .proto files …\nrendering {modules} modules …\n"
            r"formatting \d+ files …\n"
        )

    assert re.fullmatch(
        work(2, "7 of 7") + rf"{out}: \d+ new \(\d+\.\d\d s\)\n{use}", on_terminal()
    )
    assert re.fullmatch(
        work(2, "7 of 7") + rf"{out}: \d+ unchanged \(\d+\.\d\d s\)\n{use}",
        on_terminal("--force"),
    )
    assert re.fullmatch(rf"{out}: \d+ unchanged \(\d\.\d\d s\)\n{use}", on_terminal())
    (project.folder / "protos" / "plain.proto").unlink()
    assert re.fullmatch(
        work(1, "0 of 5")
        + rf"{out}: \d changed, 2 deleted, \d+ unchanged \(\d+\.\d\d s\)\n{use}",
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
def test_what_is_made_of_services_can_be_chosen(generated: Project) -> None:
    module = generated.folder / "out" / "acme" / "hello_twirp.py"
    assert "class AsyncGreeterClient" in module.read_text()

    words = ["generate", "--twirp", "client", "--twirp", "server"]
    assert generated.run(*words).code == 0
    assert "class GreeterClient" in module.read_text()
    assert "class AsyncGreeterClient" not in module.read_text()
    assert generated.run("check", "--no-cache", *words[1:]).code == 0
    assert generated.run("check").code == 1

    assert generated.run("generate", "--twirp", "none").code == 0
    assert "class GreeterClient" not in module.read_text()
    assert not (generated.folder / "out" / "_runtime" / "twirp").exists()
    done = generated.run("generate", "--twirp", "servers")
    assert (done.code, done.out) == (2, "")
    assert "invalid choice: 'servers'" in done.err
    done = generated.run("generate", "--twirp", "none", "--twirp", "client")
    assert (done.code, "none" in done.err) == (2, True)


def test_the_services_file_is_read_by_all_commands(project: Project) -> None:
    project.write("s.toml", '["acme.Greeter"]\ntransport = "grpc"\n')
    project.write("bad.toml", "")

    for command in ("list", "ir"):
        assert "grpc" in project.run(command, "--services", "s.toml").out
    for command in ("list", "ir", "generate", "check"):
        assert project.run(command, "--services", "bad.toml") == Done(
            2,
            "",
            "protos/acme/hello.proto:10:1: error: the service acme.Greeter is not in "
            'bad.toml\n  hint: add it there: ["acme.Greeter"]\n',
        )


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


@pytest.mark.slow
def test_an_unchanged_part_is_not_rendered_again_and_the_output_is_the_same(
    project: Project,
) -> None:
    """A template that fails shows what is rendered: it is one that only messages use."""
    assert project.run("generate").code == 0
    hello = project.folder / "protos" / "acme" / "hello.proto"
    hello.write_text(
        hello.read_text().replace("message Hello", "// New.\nmessage Hello")
    )
    plain = project.folder / "out" / "plain_pb.py"
    plain.write_text(plain.read_text() + "# edited\n")

    report = json.loads(project.run("generate", "--json").out)

    assert report["changed"] == ["MANIFEST.json", "acme/hello_pb.py", "plain_pb.py"]
    assert report["edited"] == ["plain_pb.py"]
    assert project.run("check", "--no-cache").code == 0
    report = json.loads(project.run("generate", "--json", "--redact", "x.y").out)
    assert "errors" in report
    note = next((project.folder / "cache").rglob("*.json"))
    note.write_text(note.read_text().replace('"parts": {', '"parts": {"x": 1, '))
    hello.write_text(hello.read_text().replace("New.", "Newer."))
    assert json.loads(project.run("generate", "--json").out)["changed"] == [
        "MANIFEST.json",
        "acme/hello_pb.py",
    ]


@pytest.mark.parametrize(
    ("name", "near"),
    [("o-hyphen", "o_hyphen"), ("class", "class_"), ("1", "_1")],
)
def test_a_folder_that_no_import_can_name_is_refused(
    name: str, near: str, project: Project
) -> None:
    assert project.run("generate", "--out", f"x/{name}") == Done(
        2,
        "",
        f"error: x/{name} would be a package called {name!r}, which cannot be imported\n"
        f"  hint: name the folder as Python names a module, such as --out x/{near}\n",
    )
    assert not (project.folder / "x").exists()


def test_options_of_protoc_are_understood_or_named(project: Project) -> None:
    done = project.run("generate", "--proto_path=protos", "-o", "elsewhere")
    assert done == SILENCE
    assert (project.folder / "elsewhere" / "plain_pb.py").exists()
    for word, advice in (
        ("--python_out=x", "name the folder of the generated package with --out"),
        ("--pyi_out=x", "leave it out: the types are in the package"),
    ):
        done = project.run("generate", word)
        assert done.err == (
            f"lkproto: error: unknown argument {word!r}; {advice}\n"
            "  hint: see lkproto generate --help\n"
        )


def test_a_path_as_argument_works_with_settings(project: Project) -> None:
    for word in (
        "acme/hello.proto",
        "protos/acme/hello.proto",
        "acme",
        "protos/acme/*",
    ):
        shown = project.run("list", word).out
        assert shown.startswith("acme/hello.proto (package acme)\n"), word
        assert shown.endswith("1 file: 2 messages, 2 enums, 1 service\n")
    inner = Project(project.folder / "protos" / "acme")
    assert inner.run("list", "hello.proto").out.startswith("acme/hello.proto")


def test_exclude_leaves_files_out(project: Project) -> None:
    project.write("protos/third/x.proto", "?")
    config = project.folder / "pyproject.toml"
    assert project.run("list").code == 2
    assert project.run("list", "--exclude", "third").code == 0
    config.write_text(config.read_text() + 'exclude = ["third"]\n')
    assert project.run("list").code == 0
