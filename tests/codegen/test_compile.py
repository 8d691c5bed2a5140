"""Running protoc: its messages, which of its errors are real, versions."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from lkproto_codegen import resources
from lkproto_codegen.diagnostics import Diagnostic, GenerationError, failure, nearest
from lkproto_codegen.ir import Location
from lkproto_codegen.read import protoc as compiling
from lkproto_codegen.read.compile import compile_protos
from lkproto_codegen.read.discover import find_protos
from lkproto_codegen.write import format as formatting

from tests.support import write_protos

P3 = 'syntax = "proto3";\n'


def test_missing_files_are_reported(tmp_path: Path) -> None:
    with pytest.raises(
        GenerationError, match=r"nope.proto.*\n  hint: check the file's name"
    ):
        compile_protos([tmp_path], ["nope.proto"])
    with pytest.raises(GenerationError, match="there are no .proto files to compile"):
        compile_protos([tmp_path], [])


def test_warnings_are_not_errors(tmp_path: Path) -> None:
    protos = {"a.proto": P3 + 'import "b.proto";\n', "b.proto": P3}
    tree = write_protos(tmp_path, protos)

    compiled = compile_protos([tree], ["a.proto"])

    assert [file.name for file in compiled.file] == ["b.proto", "a.proto"]


def descriptors(folder: Path, names: list[str], out: Path) -> bytes:
    """The descriptors of files, without comments."""
    protoc = [sys.executable, "-I", "-m", "grpc_tools.protoc"]
    words = [f"-I{folder}", f"--descriptor_set_out={out}", *names]
    subprocess.run([*protoc, *words], check=True)
    return out.read_bytes()


def test_files_of_google_are_ours_and_as_the_pinned_compiler_has_them(
    tmp_path: Path,
) -> None:
    theirs, ours = compiling.installed() / "_proto", resources.google_protos_dir()
    names = sorted(compiling.bundled_google_files())

    assert names == sorted(find_protos(theirs))
    assert descriptors(ours, names, tmp_path / "o") == descriptors(
        theirs, names, tmp_path / "t"
    )


def test_files_of_google_have_no_comments_but_their_licence() -> None:
    for name in compiling.bundled_google_files():
        text = (resources.google_protos_dir() / name).read_text("utf-8")
        head, _, rest = text.partition("\n\n")
        assert "Copyright" in head, name
        assert not re.search(r"^\s*//|[;{]\s*//|/\*", rest, re.MULTILINE), name


def test_files_of_google_are_not_looked_for_in_the_compiler(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imports = P3 + 'import "google/protobuf/any.proto";\n'
    tree = write_protos(tmp_path / "tree", {"a.proto": imports})
    google = tmp_path / "google_protos"
    shutil.copytree(resources.google_protos_dir(), google)
    file = google / "google" / "protobuf" / "any.proto"
    file.write_text(file.read_text() + "message OfOurs {}\n")
    monkeypatch.setattr(compiling, "google_protos_dir", lambda: google)

    compiled = compile_protos([tree], ["a.proto"])

    names = [each.name for each in compiled.file[0].message_type]
    assert names == ["Any", "OfOurs"]


def test_versions_are_those_of_distributions(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    for module, found in ((compiling, "grpcio-tools 1."), (formatting, "ruff 0.")):
        version = getattr(module, "protoc_version", None) or module.formatter_version
        assert version().startswith(found)
        monkeypatch.setattr(module, "version", missing)
        assert version.__wrapped__() == "none"


def test_diagnostics_are_sorted_and_unique() -> None:
    place = Location("a.proto", 3, 1)
    error = GenerationError(
        [Diagnostic("z", place), Diagnostic("no place"), Diagnostic("z", place)]
    )

    assert str(error) == "error: no place\na.proto:3:1: error: z"
    assert failure("x", hint="y").diagnostics == (Diagnostic("x", None, "y"),)


def test_nearest_names_one_or_lists_a_few() -> None:
    assert nearest("redct", ["redact", "out"]) == "did you mean 'redact'?"
    assert nearest("xyz", ["redact", "out"]) == "known: out, redact"
    assert nearest("xyz", []) is None


def test_files_for_the_lite_runtime_compile_among_others(tmp_path: Path) -> None:
    lite = P3 + "option optimize_for = LITE_RUNTIME;\n"
    protos = {
        "a.proto": lite + "message A { int32 i = 1; }",
        "b.proto": lite + 'import "a.proto"; message B { A a = 1; }',
        "c.proto": P3 + "message C {}",
    }
    tree = write_protos(tmp_path, protos)

    compiled = compile_protos([tree], ["a.proto", "b.proto", "c.proto"])

    assert [file.name for file in compiled.file] == ["a.proto", "b.proto", "c.proto"]
