"""The committed package is what command and plugin generate, and documents the schema."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import lkproto
import pytest
from google.protobuf.compiler.plugin_pb2 import (
    CodeGeneratorRequest,
    CodeGeneratorResponse,
)
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from lkproto_codegen.read.compile import compile_protos
from lkproto_codegen.options import read_config
from lkproto_codegen.pipeline import proto_files
from lkproto_codegen.plugin import respond

from tests.support import ROOT

OPTIONS = read_config(ROOT / "pyproject.toml")
FILES = proto_files(OPTIONS)


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def compiled() -> FileDescriptorSet:
    """The schema as compiled by protoc, with comments."""
    return compile_protos(OPTIONS.protos, FILES)


@pytest.mark.slow
def test_the_command_writes_the_committed_package(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "lkproto_cli", "generate", "--out", "out"]
    command += ["--config", str(ROOT / "pyproject.toml")]
    paths = os.pathsep.join([str(ROOT / "codegen"), str(ROOT / "cli")])
    environment = os.environ | {"PYTHONPATH": paths, "XDG_CACHE_HOME": str(tmp_path)}

    subprocess.run(command, cwd=tmp_path, env=environment, check=True)

    assert files_of(tmp_path / "out") == files_of(OPTIONS.out)


@pytest.mark.slow
def test_the_plugin_answers_with_the_committed_package(
    compiled: FileDescriptorSet,
) -> None:
    named = {
        role: name if isinstance(name, str) else ":".join(name)
        for role, name in OPTIONS.roles.items()
    }
    roles = ",".join(f"{role}={name}" for role, name in named.items())
    files = f"include={OPTIONS.include[0]},services={OPTIONS.services}"
    request = CodeGeneratorRequest(
        file_to_generate=reversed(FILES),
        parameter=f"schema_version={OPTIONS.schema_version},{roles},{files}",
        proto_file=compiled.file,
    )

    response = CodeGeneratorResponse.FromString(respond(request.SerializeToString()))

    assert response.error == ""
    written = {file.name: file.content.encode() for file in response.file}
    assert written == files_of(OPTIONS.out)


def comments(file: FileDescriptorProto) -> dict[str, str]:
    """The comment of each message and enum of a file, by full name."""
    places = {tuple(each.path): each for each in file.source_code_info.location}
    found: dict[str, str] = {}

    def note(path: tuple[int, ...], name: str) -> None:
        place = places[path]
        found[name] = place.leading_comments or place.trailing_comments

    def visit(message: Any, path: tuple[int, ...], prefix: str) -> None:
        name = f"{prefix}{message.name}"
        note(path, name)
        for index, each in enumerate(message.enum_type):
            note((*path, 4, index), f"{name}.{each.name}")
        for index, each in enumerate(message.nested_type):
            if not each.options.map_entry:
                visit(each, (*path, 3, index), f"{name}.")

    prefix = f"{file.package}." if file.package else ""
    for index, enum in enumerate(file.enum_type):
        note((5, index), prefix + enum.name)
    for index, message in enumerate(file.message_type):
        visit(message, (4, index), prefix)
    return found


@pytest.mark.parametrize("path", FILES)
def test_classes_carry_the_comments_of_the_schema(
    path: str, compiled: FileDescriptorSet
) -> None:
    (file,) = (each for each in compiled.file if each.name == path)
    for name, comment in comments(file).items():
        cls = lkproto.find_message(name) or lkproto.find_enum(name)
        assert cls is not None
        assert cls.__doc__
        # Paragraphs are wrapped again, so words are compared, not lines.
        words = " ".join(cls.__doc__.split())
        assert words.startswith(
            " ".join(comment.split()) or f"The {kind(cls)} `{name}`."
        )


def kind(cls: type[lkproto.Message] | type[lkproto.Enum]) -> str:
    return "message" if issubclass(cls, lkproto.Message) else "enum"
