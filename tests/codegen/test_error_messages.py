"""The full text of errors for users: all mistakes of a run.

Each mistake has one message, with its place and what to do about it. protoc's own messages are
those of the pinned version.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from lkproto_codegen.diagnostics import GenerationError
from lkproto_codegen.options import Options
from lkproto_codegen.pipeline import build
from lkproto_codegen.read import protoc as compiling
from lkproto_codegen.write.output import write

from tests.support import write_protos

P3 = 'syntax = "proto3";\n'
CASES: dict[str, tuple[Mapping[str, str], str]] = {
    "missing import": (
        {"a.proto": P3 + 'import "nope.proto";\n'},
        'a.proto:2:1: error: Import "nope.proto" was not found or had errors.\n'
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
        "  hint: use a number outside the ranges that are reserved\n"
        'a.proto:6:9: error: Field name "z" is reserved.\n'
        "  hint: use a name that the message does not reserve",
    ),
    "syntax error": (
        {"a.proto": P3 + "message A {\n  string x = 1\n}\n"},
        'a.proto:4:1: error: Expected ";".\n'
        "  hint: the text before this place is incomplete or misspelled",
    ),
    "too many levels": (
        {"a.proto": P3 + "message A {\n" * 32 + "}" * 32},
        "a.proto:33:1: error: Reached maximum recursion limit for nested messages.\n"
        "  hint: move the inner ones out: protoc takes 31 levels, and a map counts as one",
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
    "proto2 features in proto3": (
        {
            "a.proto": P3 + "message A {\n  int32 x = 1 [default = 3];\n"
            "  required int32 y = 2;\n}\n"
        },
        "a.proto:3:26: error: Explicit default values are not allowed in proto3.\n"
        "  hint: leave it out, or write the file in proto2\n"
        "a.proto:4:12: error: Required fields are not allowed in proto3.\n"
        "  hint: leave it out, or write the file in proto2",
    ),
    # Without `syntax`, protoc also logs a warning, which is not an error.
    "brackets and quotes": (
        {
            "a.proto": "message A {}\n}\n",
            "b.proto": "message B {\n",
            "c.proto": 'import "c\n',
        },
        'a.proto:2:1: error: Expected top-level statement (e.g. "message").\n'
        "  hint: the text before this place is incomplete or misspelled\n"
        'a.proto:2:1: error: Unmatched "}".\n'
        "  hint: there is one bracket too many\n"
        "b.proto:2:1: error: Reached end of input in message definition (missing '}').\n"
        "  hint: a bracket is opened but not closed\n"
        'c.proto:1:10: error: Multiline strings are not allowed. Did you miss a "?.\n'
        "  hint: close the quote on the line that opens it\n"
        'c.proto:2:1: error: Expected ";".\n'
        "  hint: the text before this place is incomplete or misspelled",
    ),
    "numbers": (
        {
            "a.proto": P3 + "message A {\n  int32 x = 0;\n  int32 y = 536870912;\n}\n",
            "b.proto": P3 + "enum B {\n  ONE = 1;\n}\n",
            "c.proto": P3 + "enum C {\n  X = 0;\n  Y = 0;\n}\n",
        },
        "a.proto:3:13: error: Field numbers must be positive integers.\n"
        "  hint: use a number from 1 to 536870911\n"
        "a.proto:4:13: error: Field numbers cannot be greater than 536870911.\n"
        "  hint: use a number from 1 to 536870911\n"
        "b.proto:3:9: error: The first enum value must be zero for open enums.\n"
        "  hint: put a value with the number 0 first\n"
        'c.proto:4:7: error: "Y" uses the same enum value as "X". If this is intended, set '
        "'option allow_alias = true;' to the enum definition. The next available enum "
        "value is 1.\n"
        "  hint: give one of the two another number",
    ),
    "values of options": (
        {"a.proto": P3 + "message A {\n  int32 x = 1 [deprecated = 3];\n}\n"},
        "a.proto:3:29: error: Value must be identifier for boolean option "
        '"google.protobuf.FieldOptions.deprecated".\n'
        "  hint: give the option a value of its type",
    ),
    "cyclic import": (
        {"a.proto": P3 + 'import "b.proto";\n', "b.proto": P3 + 'import "a.proto";\n'},
        "a.proto:2:1: error: File recursively imports itself: a.proto -> b.proto -> "
        "a.proto\n"
        "  hint: move what both files share into a third one",
    ),
    # All errors in b and c follow from the one mistake in a, except the last.
    "mistakes in an imported file": (
        {
            "a.proto": P3 + "package a;\nmessage A { X x = 1; }\nmessage B {}\n",
            "b.proto": P3 + 'import "a.proto";\nmessage C { a.B b = 1; a.A a = 2; }\n',
            "c.proto": P3 + 'import "b.proto";\nmessage D { C c = 1; int32 d = 1; }\n',
        },
        'a.proto:3:13: error: "X" is not defined.\n'
        "  hint: check the type's spelling and that its file is imported\n"
        'c.proto:3:32: error: Field number 1 has already been used in "D" by field "c". '
        "Next available field number is 2.\n"
        "  hint: give one of the fields another number",
    ),
    "less common mistakes": (
        {
            "a.proto": P3 + "message A {\n  string a;\n}\n",
            "b.proto": P3 + "import 'p2.proto';\nmessage B {\n  P p = 1;\n}\n",
            "c.proto": 'syntax = "proto2";\nmessage C {\n  map<int32, P> p = 1;\n'
            "  enum P { ONE = 1; }\n}\n",
            "d.proto": 'syntax = "proto2";\nmessage D {\n  extensions 9 to 3;\n}\n',
            "e.proto": P3 + "message Ä {}\n",
            "f.proto": P3
            + "message F {\n  option message_set_wire_format = true;\n}\n",
            "h.proto": 'edition = "2023";\nmessage H {\n  E e = 1 '
            "[features.field_presence = IMPLICIT];\n  enum E { option features.enum_type = "
            "CLOSED; ONE = 1; }\n}\n",
            "g.proto": P3 + "package g;\npackage h;\n",
            "p2.proto": 'syntax = "proto2";\nenum P { ONE = 1; }\n',
        },
        "a.proto:3:11: error: Missing field number.\n"
        "  hint: give each field a number: string name = 1;\n"
        'b.proto:4:3: error: Enum type "P" is not an open enum, but is used in "B" which is a proto3 message type.\n'
        "  hint: use an enum of a proto3 file, whose first value is 0\n"
        "c.proto:3:3: error: Enum value in map must define 0 as the first value.\n"
        "  hint: put a value with the number 0 first\n"
        "d.proto:3:14: error: Extension range end number must be greater than start number.\n"
        "  hint: end the range at its first number or a higher one\n"
        "e.proto:2:9: error: Expected message name.\n"
        "  hint: the text before this place is incomplete or misspelled\n"
        "e.proto:2:9: error: Interpreting non ascii codepoint 195.\n"
        "  hint: names and keywords are ASCII; put other text into quotes\n"
        "e.proto:2:10: error: Interpreting non ascii codepoint 132.\n"
        "  hint: names and keywords are ASCII; put other text into quotes\n"
        "f.proto:2:9: error: MessageSet is not supported in proto3.\n"
        "  hint: write the file in proto2\n"
        "g.proto:3:1: error: Multiple package definitions.\n"
        "  hint: keep only one `package` in the file\n"
        "h.proto:3:5: error: Implicit presence enum fields must always be open.\n"
        "  hint: make the field optional, or the enum open",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_mistakes_are_reported_with_place_and_hint(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    protos, expected = CASES[name]
    monkeypatch.chdir(tmp_path)

    with pytest.raises(GenerationError) as caught:
        build(Options(protos=(write_protos(tmp_path, protos),)))

    assert str(caught.value) == expected
    assert all(each.hint for each in caught.value.diagnostics)


def test_options_that_play_a_role_must_exist(tmp_path: Path) -> None:
    tree = write_protos(
        tmp_path,
        {
            "a.proto": P3 + 'import "google/protobuf/descriptor.proto";\n'
            "extend google.protobuf.FieldOptions { string secret = 50000; }"
        },
    )

    with pytest.raises(GenerationError) as caught:
        build(Options(protos=(tree,), redact="secrt", redact_format="x.y"))

    assert str(caught.value) == (
        "error: redact names the option 'secrt', which no file declares for fields\n"
        "  hint: did you mean 'secret'?\n"
        "error: redact_format names the option 'x.y', which no file declares for fields\n"
        "  hint: known: secret"
    )


def test_a_target_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "precious").touch()
    expected = {
        "file": f"error: {tmp_path}/file is not a plain directory\n"
        "  hint: name another directory with --out",
        "full": f"error: {tmp_path}/full is not empty and has no MANIFEST.json, so it was not "
        "generated here\n  hint: name an empty or new directory with --out",
        "file/out": f"error: cannot write to {tmp_path}/file: Not a directory\n"
        "  hint: name another directory with --out",
    }

    for out, message in expected.items():
        with pytest.raises(GenerationError) as caught:
            write(tmp_path / out, {"a": b""})
        assert str(caught.value) == message


def test_a_compiler_that_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiling, "find_spec", lambda name: None)

    with pytest.raises(GenerationError) as caught:
        build(Options(protos=(write_protos(tmp_path, {"a.proto": P3}),)))

    assert str(caught.value) == (
        "error: the protobuf compiler is not installed\n"
        "  hint: pip install 'lkproto[codegen]'"
    )
