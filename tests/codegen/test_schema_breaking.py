"""Breaking changes: found by buf, whose verdict is the reference, and by our own comparison."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from lkproto_codegen.read.compile import compile_protos
from lkproto_codegen.read.discover import find_protos
from lkproto_codegen.schema import buf as running_buf
from lkproto_codegen.schema.breaking import Break, Level, at_least, own_breaks
from lkproto_codegen.schema.buf import BufError, buf_breaks, find_buf
from lkproto_codegen.schema.canonical import canonical
from lkproto_codegen.schema.difference import Version, find_difference

from tests.support import json_says, needs_buf, write_protos

OLD = """
syntax = "proto3";
package p;
message M {
  string a = 1;
  int32 b = 2;
  repeated string c = 3;
  E e = 4;
  N n = 5;
  oneof o { string x = 6; string y = 7; }
  sint32 z = 8;
}
message N {}
message Other {}
enum E { ZERO = 0; ONE = 1; TWO = 2; }
service S { rpc R(M) returns (N); rpc Q(M) returns (N); }
"""


def compiled(folder: Path, text: str) -> FileDescriptorSet:
    write_protos(folder, {"p.proto": text})
    return canonical(compile_protos([folder], find_protos(folder)))


def two(tmp_path: Path, new: str, old: str = OLD) -> tuple[FileDescriptorSet, ...]:
    return compiled(tmp_path / "old", old), compiled(tmp_path / "new", new)


def found_by_us(before: FileDescriptorSet, after: FileDescriptorSet) -> list[Break]:
    versions = Version(before.file, {"p.proto"}), Version(after.file, {"p.proto"})
    return own_breaks(*versions, find_difference(*versions))


def breaks(tmp_path: Path, new: str) -> tuple[list[Break], list[Break]]:
    """The breaking changes between two texts that buf finds, and those that we find."""
    before, after = two(tmp_path, new)
    buf = find_buf()
    assert buf is not None
    return buf_breaks(buf, before, after), found_by_us(before, after)


CASES: list[tuple[str, str, Level]] = [
    ("string a = 1;", "", "wire"),
    ("string a = 1;", "reserved 1;", "json"),
    ("string a = 1;", 'reserved 1; reserved "a";', "source"),
    ("string a = 1;", "string a = 9;", "wire"),
    ("string a = 1;", "string renamed = 1;", "json"),
    ("string a = 1;", "int32 a = 1;", "wire"),
    ("string a = 1;", "repeated string a = 1;", "wire"),
    ("string a = 1;", "optional string a = 1;", "source"),
    ("string a = 1;", 'string a = 1 [json_name = "other"];', "json"),
    ("int32 b = 2;", "int64 b = 2;", "json"),
    ("sint32 z = 8;", "int32 z = 8;", "wire"),
    ("N n = 5;", "Other n = 5;", "wire"),
    ("string x = 6; string y = 7; }", "string y = 7; } string x = 6;", "wire"),
    ("ONE = 1;", "", "wire"),
    ("ONE = 1;", "reserved 1;", "json"),
    ("ONE = 1;", 'reserved 1; reserved "ONE";', "source"),
    ("ONE = 1;", "ONE = 7;", "wire"),
    ("ONE = 1;", "UN = 1;", "json"),
    ("message Other {}", "", "source"),
    ("rpc Q(M) returns (N);", "", "source"),
    ("rpc Q(M) returns (N);", "rpc Q(N) returns (N);", "wire"),
    ("rpc Q(M) returns (N);", "rpc Q(stream M) returns (N);", "wire"),
    ("package p;", "package q;", "wire"),
]


@pytest.mark.slow
@needs_buf
@pytest.mark.parametrize(("old", "new", "level"), CASES)
def test_our_comparison_judges_like_buf(
    old: str, new: str, level: Level, tmp_path: Path
) -> None:
    by_buf, own = breaks(tmp_path, OLD.replace(old, new))

    assert by_buf[0].level == level
    assert own[0].level == level


@pytest.mark.slow
@needs_buf
def test_compatible_changes_break_nothing(tmp_path: Path) -> None:
    new = OLD.replace("message N {}", "message N { int32 new = 1; }").replace(
        "TWO = 2;", "TWO = 2; THREE = 3;"
    )

    assert breaks(tmp_path, new) == ([], [])
    assert breaks(tmp_path, OLD) == ([], [])


@needs_buf
def test_each_break_is_reported_once_with_its_worst_level_and_place(
    tmp_path: Path,
) -> None:
    new = (
        OLD.replace("string a = 1;", "")
        .replace("ONE = 1;", "")
        .replace("int32 b", "string b")
    )

    by_buf, own = breaks(tmp_path, new)

    assert sorted((each.level, each.rule) for each in by_buf) == [
        ("wire", "ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED"),
        ("wire", "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED"),
        ("wire", "FIELD_WIRE_COMPATIBLE_TYPE"),
    ]
    changed = next(each for each in by_buf if each.rule == "FIELD_WIRE_COMPATIBLE_TYPE")
    assert str(changed).startswith(
        'p.proto:6:3: Field "2" with name "b" on message "M"'
    )
    assert sorted(str(each) for each in own) == [
        "field p.M.a was removed, its number not reserved",
        "field p.M.b changed type: int32 → string",
        "value p.E.ONE was removed, its number not reserved",
    ]


def test_extensions_are_compared(tmp_path: Path) -> None:
    old = """syntax = "proto2"; package p;
    message M { extensions 100 to 200; }
    extend M { optional int32 a = 100; optional int32 b = 101; }"""
    new = old.replace("= 100;", "= 102;").replace("optional int32 b = 101;", "")

    own = found_by_us(*two(tmp_path, new, old))

    assert sorted(map(str, own)) == [
        "extension p.a changed",
        "extension p.b was removed",
    ]


def test_an_element_that_moves_to_another_file_breaks_sources(tmp_path: Path) -> None:
    head = 'syntax = "proto2"; package p;'
    whole = compiled(tmp_path / "old", f"{head} message M {{}} message N {{}}")
    write_protos(tmp_path / "new", {"q.proto": f"{head} message N {{}}"})
    both = compiled(tmp_path / "new", f"{head} message M {{}}")
    before, after = Version(whole.file, {"p.proto"}), Version(
        both.file, {"p.proto", "q.proto"}
    )

    found = own_breaks(before, after, find_difference(before, after))

    assert [(each.level, str(each)) for each in found] == [
        ("source", "message p.N moved to q.proto")
    ]


def test_levels_are_nested() -> None:
    found = [Break("wire", "w"), Break("json", "j"), Break("source", "s")]

    assert [at_least(found, level) for level in ("wire", "json", "source")] == [
        found[:1],
        found[:2],
        found,
    ]


def fake_buf(folder: Path, body: str) -> str:
    """An executable that behaves as a test needs."""
    path = folder / "buf"
    path.write_text(f"#!{sys.executable}\nimport sys\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("sys.exit('no good')", "no good"),
        ("sys.exit(3)", "exit code 3"),
        ("print('no JSON'); sys.exit(100)", json_says("no JSON")),
        pytest.param(
            "import time; time.sleep(60)", "timed out", marks=pytest.mark.slow
        ),
    ],
)
def test_a_buf_that_fails_is_an_error(
    body: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if message == "timed out":  # the others may start as slowly as a busy machine wants
        monkeypatch.setattr(running_buf, "_TIMEOUT", 2)
    buf = fake_buf(tmp_path, body)

    with pytest.raises(BufError, match=message):
        buf_breaks(buf, FileDescriptorSet(), FileDescriptorSet())


def test_buf_is_looked_for_next_to_python_and_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = fake_buf(tmp_path, "")
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_buf() == here

    monkeypatch.setenv("PATH", "")
    assert find_buf() is None

    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert find_buf() == here


def test_findings_without_a_place_or_known_rule_are_reported(tmp_path: Path) -> None:
    finding = json.dumps({"type": "NEW_RULE", "message": "File gone."})
    body = f"sys.argv[1] == 'config' or print({finding!r}); sys.exit(0)"

    found = buf_breaks(
        fake_buf(tmp_path, body), FileDescriptorSet(), FileDescriptorSet()
    )

    assert list(map(str, found)) == ["File gone. [NEW_RULE]"]
    assert found[0].level == "source"
