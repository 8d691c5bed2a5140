"""`list`, `ir` and `plugin`, and the configuration that all commands read."""

from __future__ import annotations

import json
import sys

import pytest
from google.protobuf.compiler.plugin_pb2 import (
    CodeGeneratorRequest,
    CodeGeneratorResponse,
)
from lkproto_codegen.options import Options
from lkproto_codegen.pipeline import build, lowered
from lkproto_codegen.read.compile import compile_protos
from lkproto_codegen.read.dump import dump

from tests.support import said

from .conftest import COMMAND, PROTOS, Done, Project


def test_list_shows_what_the_tree_declares(project: Project) -> None:
    assert project.run("list") == Done(
        0,
        "acme/hello.proto (package acme)\n"
        "  message acme.Hello\n"
        "  message acme.Hello.Inner\n"
        "  enum acme.Mood\n"
        "  enum acme.Hello.Inner.Kind\n"
        "  service acme.Greeter (twirp, 1 method)\n"
        "plain.proto (package -)\n"
        "  message Plain\n"
        "2 files: 3 messages, 2 enums, 1 service\n",
        "",
    )


def test_list_as_json_has_the_same(project: Project) -> None:
    done = project.run("list", "--json", "acme/hello.proto")

    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out) == {
        "files": [
            {
                "path": "acme/hello.proto",
                "package": "acme",
                "messages": ["acme.Hello", "acme.Hello.Inner"],
                "enums": ["acme.Mood", "acme.Hello.Inner.Kind"],
                "services": [
                    {
                        "name": "acme.Greeter",
                        "transport": "twirp",
                        "methods": [
                            {
                                "name": "Greet",
                                "input": "acme.Hello",
                                "output": "acme.Hello",
                                "client_streaming": False,
                                "server_streaming": False,
                            }
                        ],
                    }
                ],
            }
        ]
    }


def test_ir_is_the_intermediate_form(project: Project) -> None:
    tree = Options(protos=(project.folder / "protos",))

    assert project.run("ir") == Done(0, dump(lowered(tree)), "")


def test_plugin_answers_on_stdout(project: Project) -> None:
    tree = project.folder / "protos"
    request = CodeGeneratorRequest(file_to_generate=PROTOS)
    request.proto_file.extend(compile_protos([tree], list(PROTOS)).file)

    message = request.SerializeToString()
    done = project.run("plugin", command=COMMAND, stdin=message)

    assert (done.code, done.err) == (0, "")
    response = CodeGeneratorResponse.FromString(
        done.out.encode(errors="surrogateescape")
    )
    files = {file.name: file.content.encode() for file in response.file}
    assert files == build(Options(protos=(tree,)))


def test_the_plugin_is_a_module_to_run(project: Project) -> None:
    command = (sys.executable, "-m", "lkproto_cli.plugin")

    assert project.run(command=command, stdin=b"hello\n").code == 2
    assert project.run("--version", command=command).out == "protoc-gen-lkproto 0.1.0\n"


def test_the_plugin_run_by_hand_says_who_should_run_it(project: Project) -> None:
    assert project.run("plugin", stdin=b"hello\n") == Done(
        2,
        "",
        "error: the input is not a CodeGeneratorRequest\n"
        "  hint: the plugin is run by protoc or buf, not by hand\n",
    )


NO_DIRECTORY = (
    "error: there is no directory {}\n"
    "  hint: name the directory of your .proto files with -I, or set `protos` in "
    "[tool.lkproto] of pyproject.toml\n"
)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["generate", "check", "ir", "list"])
def test_a_missing_directory_is_named(command: str, project: Project) -> None:
    assert project.run(command, "-I", "nope") == Done(
        2, "", NO_DIRECTORY.format("nope")
    )


def test_every_include_directory_must_exist(project: Project) -> None:
    assert project.run("list", "-I", "protos", "-I", "also", "plain.proto") == Done(
        2, "", NO_DIRECTORY.format("also")
    )


def test_a_directory_without_protos_is_named(project: Project) -> None:
    (project.folder / "empty").mkdir()

    assert project.run("list", "-I", "empty") == Done(
        2, "", "error: there are no .proto files below empty\n"
    )


def test_unknown_keys_are_reported_with_file_line_and_column(project: Project) -> None:
    project.write(
        "pyproject.toml",
        '[project]\nname = "x"\n\n[tool.lkproto]\nprotos = ["protos"]\n'
        '  shema_version = "v1"\nzzz = 1\nout = ["out"]\n',
    )

    assert project.run("list") == Done(
        2,
        "",
        "pyproject.toml:6:3: error: unknown option 'shema_version'\n"
        "  hint: did you mean 'schema_version'?\n"
        "pyproject.toml:7:1: error: unknown option 'zzz'\n"
        "  hint: known: exclude, files, grants, include, limited_by, out, protos, redact, "
        "redact_fields, redact_format, schema_version, services, templates, twirp, unset\n"
        "pyproject.toml:8:1: error: option 'out' takes a string\n",
    )


def test_a_configuration_that_cannot_be_read_is_named(project: Project) -> None:
    config = project.folder / "pyproject.toml"
    assert project.run("list", "--config", "protos") == Done(
        2, "", "error: cannot read protos: Is a directory\n"
    )
    config.write_bytes(b"[tool.lkproto]\nout = '\xff'\n")
    assert project.run("list") == Done(
        2,
        "",
        f"error: {config} is not UTF-8: {said(config.read_bytes().decode)}\n",
    )
    config.write_text("[tool.lkproto]\nout = \n")
    done = project.run("list")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("pyproject.toml:2:7: error: not TOML: ")


def test_flags_win_over_the_configuration(project: Project) -> None:
    project.write("other/b.proto", 'syntax = "proto3";\n')

    done = project.run("list", "-I", "other")

    assert done.out == "b.proto (package -)\n1 file: 0 messages, 0 enums, 0 services\n"


@pytest.mark.slow
def test_mistakes_in_several_files_are_reported_together(project: Project) -> None:
    project.write("protos/a.proto", 'syntax = "proto3";\nmessage A { X x = 1; }\n')
    project.write("protos/b.proto", 'syntax = "proto3";\nmessage B { Y y = 1; }\n')

    assert project.run("generate") == Done(
        2,
        "",
        'protos/a.proto:2:13: error: "X" is not defined.\n'
        "  hint: check the type's spelling and that its file is imported\n"
        'protos/b.proto:2:13: error: "Y" is not defined.\n'
        "  hint: check the type's spelling and that its file is imported\n",
    )
    assert not (project.folder / "out").exists()


@pytest.mark.slow
@pytest.mark.parametrize("command", ["generate", "check", "list", "schema import up"])
def test_mistakes_are_json_where_json_is_asked_for(
    command: str, project: Project
) -> None:
    project.write("protos/a.proto", 'syntax = "proto3";\nmessage A { X x = 1; }\n')
    project.write("up/b.proto", 'syntax = "proto3";\n')

    done = project.run(*command.split(), "--json")

    assert (done.code, done.err) == (2, "")
    assert json.loads(done.out) == {
        "errors": [
            {
                "message": '"X" is not defined.',
                "file": "protos/a.proto",
                "line": 2,
                "column": 13,
                "hint": "check the type's spelling and that its file is imported",
            }
        ]
    }


def test_errors_without_a_place_are_json_too(project: Project) -> None:
    (project.folder / "protos" / "gone.proto").symlink_to("nowhere")

    done = project.run("check", "--json")

    (error,) = json.loads(done.out)["errors"]
    assert error["message"].endswith("gone.proto: No such file or directory")
    assert {error[key] for key in ("file", "line", "column", "hint")} == {None}


def test_settings_above_the_working_directory_name_no_templates(
    project: Project,
) -> None:
    """A pyproject.toml in a folder above may be anyone's."""
    config = project.folder / "pyproject.toml"
    config.write_text(config.read_text() + 'templates = "templates"\n')
    (project.folder / "templates").mkdir()
    inner = Project(project.folder / "inner")
    inner.folder.mkdir()

    refused = inner.run("generate")

    assert refused == Done(
        2,
        "",
        f"error: {config}, above the working directory, names templates, which run code\n"
        f"  hint: if they are yours, add --config {config}\n",
    )
    for allowed in (["--config", str(config)], ["--templates", "../templates"]):
        assert inner.run("check", *allowed).code == 1
    assert inner.run("list").code == 2
    assert project.run("list").code == 0
