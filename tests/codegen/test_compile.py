"""Bad .proto input: every mistake of a run, one message each, with its place and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from lkproto_codegen import compile as compiling
from lkproto_codegen.compile import compile_protos, find_protos
from lkproto_codegen.diagnostics import Diagnostic, GenerationError, failure, nearest
from lkproto_codegen.ir import Location

from tests.support import write_protos

P3 = 'syntax = "proto3";\n'
CASES: dict[str, tuple[Mapping[str, str], str]] = {
    "missing import": (
        {"a.proto": P3 + 'import "nope.proto";\n'},
        'a.proto:2:1: error: Import "nope.proto" was not found or had errors.\n'
        "  hint: mend the imported file first; its own errors are listed too\n"
        "nope.proto:1:1: error: File not found.\n"
        "  hint: check the import's spelling, or add the directory that holds it with -I",
    ),
    "duplicate number": (
        {"a.proto": P3 + "message A {\n  string x = 1;\n  string y = 1;\n}\n"},
        'a.proto:4:14: error: Field number 1 has already been used in "A" by field "x". '
        "Next available field number is 2.\n"
        "  hint: give one of the fields another number",
    ),
    "reserved number and name": (
        {
            "a.proto": P3 + 'message A {\n  reserved 2;\n  reserved "z";\n'
            "  int32 y = 2;\n  int32 z = 3;\n}\n"
        },
        'a.proto:3:12: error: Field "y" uses reserved number 2.\n'
        "  hint: take a number outside the message's reserved ranges\n"
        'a.proto:6:9: error: Field name "z" is reserved.\n'
        "  hint: take a name that the message does not reserve",
    ),
    "syntax error": (
        {"a.proto": P3 + "message A {\n  string x = 1\n}\n"},
        'a.proto:4:1: error: Expected ";".\n'
        "  hint: the text before this place is incomplete or misspelled",
    ),
    "undefined type": (
        {"a.proto": P3 + "message A {\n  Nope x = 1;\n}\n"},
        'a.proto:3:3: error: "Nope" is not defined.\n'
        "  hint: check the type's spelling and that its file is imported",
    ),
    "unknown option": (
        {"a.proto": P3 + "message A {\n  int32 x = 1 [(nope) = 3];\n}\n"},
        'a.proto:3:16: error: Option "(nope)" unknown. Ensure that your proto definition '
        "file imports the proto which defines the option (i.e. via import option after "
        "edition 2024).\n"
        "  hint: check the option's spelling and that its file is imported",
    ),
    "duplicate symbol": (
        {"a.proto": P3 + "message A {}\nmessage A {}\n"},
        'a.proto:3:9: error: "A" is already defined.\n  hint: rename one of the two',
    ),
    "two files with errors": (
        {
            "a.proto": P3 + "message A { X x = 1; }\n",
            "b.proto": P3 + "message B { Y y = 1; }\n",
        },
        'a.proto:2:13: error: "X" is not defined.\n'
        "  hint: check the type's spelling and that its file is imported\n"
        'b.proto:2:13: error: "Y" is not defined.\n'
        "  hint: check the type's spelling and that its file is imported",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_mistakes_are_told_with_place_and_hint(name: str, tmp_path: Path) -> None:
    protos, expected = CASES[name]
    tree = write_protos(tmp_path, protos)

    with pytest.raises(GenerationError) as caught:
        compile_protos([tree], find_protos(tree))

    assert str(caught.value) == expected


def test_cyclic_imports_are_told(tmp_path: Path) -> None:
    tree = write_protos(
        tmp_path,
        {"a.proto": P3 + 'import "b.proto";\n', "b.proto": P3 + 'import "a.proto";\n'},
    )

    with pytest.raises(
        GenerationError, match="recursively imports itself: a.proto -> b.proto"
    ):
        compile_protos([tree], ["a.proto"])


def test_files_that_are_not_there_are_told(tmp_path: Path) -> None:
    with pytest.raises(
        GenerationError, match=r"nope.proto.*\n  hint: check the file's name"
    ):
        compile_protos([tmp_path], ["nope.proto"])
    with pytest.raises(GenerationError, match="there are no .proto files to compile"):
        compile_protos([tmp_path], [])


def test_warnings_are_no_errors(tmp_path: Path) -> None:
    protos = {"a.proto": P3 + 'import "b.proto";\n', "b.proto": P3}
    tree = write_protos(tmp_path, protos)

    compiled = compile_protos([tree], ["a.proto"])

    assert [file.name for file in compiled.file] == ["b.proto", "a.proto"]


def test_a_missing_compiler_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str) -> None:
        return None

    monkeypatch.setattr(compiling, "find_spec", nothing)

    with pytest.raises(GenerationError, match=r"pip install 'lkproto\[codegen\]'"):
        compile_protos([Path()], ["a.proto"])
    assert compiling.bundled_google_files() == frozenset()


def test_versions_are_those_of_distributions(monkeypatch: pytest.MonkeyPatch) -> None:
    assert compiling.protoc_version().startswith("grpcio-tools 1.")


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
