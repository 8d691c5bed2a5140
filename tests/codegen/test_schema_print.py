"""Printing a compiled schema: it compiles to the same descriptors, and keeps the comments."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from lkproto_codegen.diagnostics import GenerationError
from lkproto_codegen.read.compile import compile_protos
from lkproto_codegen.read.discover import find_protos
from lkproto_codegen.schema.canonical import canonical
from lkproto_codegen.schema.comments import Comments, stray_comments
from lkproto_codegen.schema.printer import print_file
from lkproto_codegen.schema.symbols import Symbols

from tests.codegen.hostile import HOSTILE
from tests.codegen.random_protos import random_protos
from tests.support import ROOT, write_protos

PROTOS = ROOT / "protobufs"


def compiled(folder: Path, files: list[str]) -> FileDescriptorSet:
    return canonical(compile_protos([folder], files, retain_options=True))


def printed(folder: Path) -> dict[str, str]:
    """The text of each file of a tree, printed with the comments it has."""
    files = find_protos(folder)
    found = compiled(folder, files)
    symbols = Symbols(found.file)
    own = [file for file in found.file if file.name in files]
    comments = Comments(own)
    texts = {file.name: print_file(file, symbols, comments) for file in own}
    assert comments.left() == []
    return texts


def descriptors(folder: Path) -> list[bytes]:
    """The descriptors of a tree as the compiler returns them, and with all options."""
    files = find_protos(folder)
    sets = compile_protos([folder], files), compiled(folder, files)
    for file in (file for found in sets for file in found.file):
        file.ClearField("source_code_info")
    return [found.SerializeToString() for found in sets]


def comments(folder: Path) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """All comments of a tree, sorted by place."""
    found: list[tuple[str, str, str, tuple[str, ...]]] = []
    for file in compiled(folder, find_protos(folder)).file:
        for place in file.source_code_info.location:
            said = (place.leading_comments, place.trailing_comments)
            detached = tuple(place.leading_detached_comments)
            if any(said) or detached:
                path = f"{file.name} {'.'.join(map(str, place.path))}"
                found.append((path, *said, detached))
    return sorted(found)


def reprinted(folder: Path, protos: Mapping[str, str]) -> dict[str, str]:
    """Print inline files, and check that descriptors, comments and a second print are the same."""
    before = write_protos(folder / "before", protos)
    texts = printed(before)
    after = write_protos(folder / "after", texts)
    assert descriptors(after) == descriptors(before)
    assert comments(after) == comments(before)
    assert printed(after) == texts
    return texts


@pytest.mark.slow
def test_the_livekit_tree_is_printed_as_it_is() -> None:
    """Importing the present schema changes nothing."""
    texts = printed(PROTOS)

    assert texts == {
        name: (PROTOS / name).read_text("utf-8") for name in find_protos(PROTOS)
    }


def test_a_set_without_source_info_gives_the_same_descriptors(tmp_path: Path) -> None:
    reference = ROOT / "tests" / "schema" / "livekit-protocol-v1.54.0.fds"
    found = FileDescriptorSet.FromString(reference.read_bytes())
    symbols = Symbols(found.file)
    own = [file for file in found.file if not file.name.startswith("google/")]

    write_protos(tmp_path, {file.name: print_file(file, symbols) for file in own})

    after = {
        file.name: file
        for file in compile_protos([tmp_path], find_protos(tmp_path)).file
    }
    for file in own:
        after[file.name].ClearField("source_code_info")
        assert after[file.name].SerializeToString() == file.SerializeToString()


def test_the_wellknown_types_survive(tmp_path: Path) -> None:
    """descriptor.proto among them: extension ranges, declarations, features, proto2."""
    names = [
        f"google/protobuf/{name}.proto"
        for name in (
            "descriptor",
            "any",
            "api",
            "struct",
            "type",
            "wrappers",
            "duration",
        )
    ]
    found = compiled(tmp_path, names)
    symbols = Symbols(found.file)
    texts = {file.name: print_file(file, symbols) for file in found.file}

    write_protos(tmp_path, texts)

    after = compiled(tmp_path, names)
    for each in (*found.file, *after.file):
        each.ClearField("source_code_info")
    assert list(after.file) == list(found.file)


def test_a_hostile_schema_survives(tmp_path: Path) -> None:
    before = write_protos(tmp_path / "before", HOSTILE)
    after = write_protos(tmp_path / "after", printed(before))

    assert descriptors(after) == descriptors(before)


OPTIONS = """
syntax = "proto2";
package opt;
import "google/protobuf/descriptor.proto";

enum Level { LOW = 0; HIGH = 5; BELOW = -1; }
message Deep {
  optional string text = 1;
  optional bytes raw = 2;
  repeated int32 plain = 3;
  repeated int32 packed = 4 [packed = true];
  repeated double packed_doubles = 5 [packed = true];
  repeated Deep more = 6;
  optional Deep one = 7;
  optional Level level = 8;
  repeated Level levels = 9;
  map<string, Deep> by_name = 10;
  optional group Part = 11 { optional sint32 zigzag = 1; }
  optional float f = 12;
  optional double d = 13;
  optional bool b = 14;
  optional sfixed32 s32 = 15;
  optional sfixed64 s64 = 16;
  optional fixed64 u64 = 17;
  optional int64 i64 = 18;
  optional uint64 big = 19;
  extensions 100 to max;
}
extend Deep { optional string extra = 100; optional Deep extra_deep = 101; }
extend google.protobuf.FileOptions { optional string file = 50001; }
extend google.protobuf.MessageOptions { optional Deep message = 50001; repeated Deep many = 50002; }
extend google.protobuf.FieldOptions {
  optional float f = 50001; optional double d = 50002; optional sint64 z = 50003;
  optional int32 i = 50004; optional bytes raw = 50005; optional string text = 50006;
  repeated string texts = 50007; repeated Level levels = 50008; optional bool b = 50009;
  optional Deep deep = 50010; optional sfixed32 s = 50011; optional fixed32 u = 50012;
  repeated int32 ints = 50013 [packed = true];
  optional string gone = 50014 [retention = RETENTION_SOURCE, targets = TARGET_TYPE_FIELD];
}
extend google.protobuf.EnumOptions { optional string enum = 50001; }
extend google.protobuf.EnumValueOptions { optional string value = 50001; }
extend google.protobuf.OneofOptions { optional string oneof = 50001; }
extend google.protobuf.ServiceOptions { optional string service = 50001; }
extend google.protobuf.MethodOptions { optional Deep method = 50001; }
extend google.protobuf.ExtensionRangeOptions { optional string range = 50001; }
"""

OPTIONS_USED = r"""
syntax = "proto2";
package user.opt;
import "opt.proto";
option (.opt.file) = "here";
option java_package = "x";
message M {
  option (.opt.message) = {
    text: "a\"b\\\n\001" raw: "\377\000a" plain: 1 plain: [2, -3] packed: [1, -2]
    packed_doubles: [1.5, inf] more { text: "x" } more { } one { one { level: BELOW } }
    levels: [LOW, HIGH] by_name { key: "k" value { b: true } } Part { zigzag: -7 }
    f: 0.1 d: -1e300 s32: -2 s64: -3 u64: 18446744073709551615 i64: -9
    big: 18446744073709551615 [opt.extra]: "é" [opt.extra_deep] { text: "t" }
  };
  option (.opt.many) = { text: "1" };
  option (.opt.many) = {};
  option deprecated = true;
  optional int32 a = 1 [(.opt.z) = -4, (.opt.f) = 3.4028235e38, (.opt.d) = nan, deprecated = true];
  optional int32 b = 2 [(.opt.deep) = { text: "t" }, (.opt.raw) = "\000'\"", (.opt.i) = -1];
  optional int32 c = 3 [(.opt.deep).text = "t", (.opt.deep).one.level = HIGH, (.opt.texts) = "1",
    (.opt.texts) = "2", (.opt.levels) = HIGH, (.opt.levels) = LOW, (.opt.b) = false];
  optional int32 d = 4 [(.opt.deep) = { one { text: "only" } }];
  optional int32 e = 5 [(.opt.s) = -5, (.opt.u) = 5, (.opt.ints) = 1, (.opt.ints) = -1];
  optional int32 f = 6 [(.opt.gone) = "kept", (.opt.f) = -inf, (.opt.text) = ""];
  optional int32 g = 7 [(.opt.deep).(.opt.extra) = "e", (.opt.deep).f = 1];
  optional int32 h = 8 [(.opt.f) = 1e-45];
  oneof o { option (.opt.oneof) = "o"; int32 x = 10; }
  extensions 100 to 110 [(.opt.range) = "r", verification = UNVERIFIED];
  extensions 111, 120 to max;
}
enum E { option allow_alias = true; option (.opt.enum) = "e"; A = 0 [(.opt.value) = "v"]; B = 0; }
service S {
  option (.opt.service) = "s";
  rpc One(M) returns (stream M) { option (.opt.method) = { text: "m" }; option deprecated = true; }
  rpc Two(stream M) returns (M) {}
  rpc Three(M) returns (M);
}
"""


@pytest.mark.slow
def test_options_of_all_kinds_survive(tmp_path: Path) -> None:
    """Custom options, aggregates, options set part by part, options kept in source only."""
    texts = reprinted(tmp_path, {"opt.proto": OPTIONS, "used.proto": OPTIONS_USED})

    assert '(.opt.gone) = "kept"' in texts["used.proto"]
    assert "rpc Two(stream M) returns (M) {}" in texts["used.proto"]


STRUCTURE = r"""
syntax = "proto2";
package a.b;
import public "other.proto";
import weak "weak.proto";

message Order {
  message First {}
  map<string, Second> by_name = 1;
  message Second { optional First b = 1; }
  optional group Grouped = 2 [deprecated = true] {
    optional int32 x = 1;
    map<int32, Second> m = 2;
    message Third {}
    repeated group Inner = 3 { required int32 y = 1; }
    extend Order { optional group Ext = 1000 { optional int32 e = 1; } optional int32 more = 1001; }
    enum In { IN = 0; }
  }
  message Fourth {}
  oneof choice {
    Second one = 3;
    group Two = 4 { optional int32 z = 1; }
    group Three = 5 { optional int32 z = 1; }
  }
  message Fifth {}
  optional string last = 6;
  repeated int32 plain = 7 [packed = false];
  extensions 1000 to 1999;
  extensions 2000 to max;
  reserved 50 to 60, 70, 80 to 90;
  reserved "gone", "also\"gone";
  extend Order { repeated Order nested = 1002; }
}
message Set { option message_set_wire_format = true; extensions 4 to max; }
extend Order { optional int32 top = 1003; }
extend c.Other { optional group TopGroup = 100 { optional int32 v = 1; } }
extend Order { optional int32 after = 1004; }
message End { reserved 100 to max; }
enum E { reserved -10 to -5, 7, 100 to max; reserved "OLD"; ONE = 1; MINUS = -1; UN = 2; }
message Defaults {
  optional string s = 1 [default = "q\"\\\n\t\r\001\177é\360\237\230\200", json_name = "S-\"x"];
  optional bytes by = 2 [default = "\000\377'\"\\x"];
  optional float f = 3 [default = 1.5e10];
  optional float inf = 4 [default = -inf];
  optional double nan = 5 [default = nan];
  optional E e = 6 [default = MINUS];
  optional bool b = 7 [default = true];
  optional int64 i = 8 [default = -9223372036854775808];
  optional uint64 u = 9 [default = 18446744073709551615];
  required string r = 10 [default = ""];
}
service Empty {}
"""


@pytest.mark.slow
def test_structures_of_all_kinds_survive(tmp_path: Path) -> None:
    """Groups and maps between messages, extensions, ranges, defaults, imports."""
    other = 'syntax = "proto2"; package c; message Other { extensions 100 to 200; }'
    weak = 'syntax = "proto3"; enum Weak { W = 0; }'
    reprinted(
        tmp_path, {"order.proto": STRUCTURE, "other.proto": other, "weak.proto": weak}
    )


NAMES = """
syntax = "proto3";
package livekit.rpc;
import "outer.proto";

message Room { .livekit.Room outer = 1; Room inner = 2; .livekit.Kind kind = 3; }
message livekit { string x = 1; }
message Hidden {
  message Room { .livekit.Room a = 1; .livekit.rpc.Room b = 2; Room c = 3; Kind Kind = 4; }
  message Deep { enum Deeper { DEEPER = 0; } }
  Kind Kind = 1;
  Hidden.Room other = 2;
  Deep.Deeper deep = 3;
}
service Service { rpc Room(.livekit.rpc.Room) returns (.livekit.Room); }
"""


@pytest.mark.slow
def test_references_mean_the_same_whatever_hides_them(tmp_path: Path) -> None:
    """Other packages, messages, fields and methods of the same name."""
    outer = 'syntax = "proto3"; package livekit; message Room {} enum Kind { K = 0; }'
    texts = reprinted(tmp_path, {"names.proto": NAMES, "outer.proto": outer})

    assert "  Kind kind = 3;" in texts["names.proto"]


EDITION = """
edition = "2023";
package ed;
import "google/protobuf/cpp_features.proto";
option features.field_presence = IMPLICIT;
option features.utf8_validation = NONE;
option features.(pb.cpp).string_type = VIEW;
message M {
  string a = 1;
  string b = 2 [features.field_presence = EXPLICIT, default = "x"];
  M delimited = 3 [features.message_encoding = DELIMITED];
  M required = 4 [features.field_presence = LEGACY_REQUIRED];
  repeated int32 expanded = 5 [features.repeated_field_encoding = EXPANDED, deprecated = true];
  map<string, M> by_name = 6 [features.utf8_validation = VERIFY];
  message Nested {}
  oneof o { string x = 7; Nested nested = 8; }
  reserved gone, away;
  reserved 100 to max;
}
enum Closed { option features.enum_type = CLOSED; reserved OLD; ONE = 1; }
service S { rpc R(M) returns (M) { option idempotency_level = IDEMPOTENT; } }
"""

EDITION_2024 = """
edition = "2024";
package ed;
import option "opt.proto";
option features.default_symbol_visibility = LOCAL_ALL;
export message Shown { Hidden hidden = 1 [(opt.text) = "t"]; local enum E { ZERO = 0; } }
local message Hidden {}
local enum HiddenEnum { NONE = 0; }
message Plain {}
"""


@pytest.mark.slow
@pytest.mark.parametrize("text", [EDITION, EDITION_2024], ids=["2023", "2024"])
def test_editions_survive(text: str, tmp_path: Path) -> None:
    reprinted(tmp_path, {"edition.proto": text, "opt.proto": OPTIONS})


COMMENTS = """
// Copyright line
// Licensed line

// Another, detached.

// Before the syntax.
syntax = "proto2";

// About the file.
//
//   indented,  spaced
package p;

// Why it is imported.
import "google/protobuf/descriptor.proto"; // after it

// Of the option.
option java_package = "x";

// Detached from all.

// Extensions, all of them.
extend google.protobuf.FieldOptions {
  // Of the extension.
  optional string ext = 50001;
}

// The service.
service S { // after the brace
  // Of a method.
  rpc M(Msg) returns (Msg);
  // Of a method with a body.
  rpc N(Msg) returns (Msg) {
    // Of its option.
    option deprecated = true;
  }
}

// The enum.
enum E {
  // Of the aliases.
  option allow_alias = true;
  // Of the numbers.
  reserved 5;
  // Of the names.
  reserved "X";
  // Of the value.
  A = 0; // after
  B = 0;
  // After, and long,
  // of two lines.

  C = 2;
}

// The message.
message Msg {
  // After the brace, and long,
  // of two lines.

  // Of the option.
  option deprecated = true;
  // Of the reserved.
  reserved 10;
  // Of the reserved names.
  reserved "gone";
  // Of the range.
  extensions 100 to 200;
  // Nested.
  message Nested {
    optional int32 b = 2; // of b
    // Detached in a message.

    // A field.
    optional int32 a = 1;
  }

  // A group.
  optional group Part = 1 { // after
    // In the group.
    optional int32 x = 1;
  }
  // A oneof.
  oneof choice {
    // Of it.
    int32 y = 2; // after
  }
  // A map.
  map<string, int32> m = 3;

  // Nested extensions.
  extend Msg {
    // One.
    optional int32 z = 100;
  }
}

message Nothing { // at all
}
""".lstrip()


@pytest.mark.slow
def test_comments_stay_where_they_are(tmp_path: Path) -> None:
    texts = reprinted(tmp_path, {"c.proto": COMMENTS})

    assert texts["c.proto"] == COMMENTS


def test_comments_that_belong_to_nothing_are_found(tmp_path: Path) -> None:
    text = """syntax = "proto3";
// The message. "quoted // not
message M {
  string a = 1 [
    // in brackets
    deprecated = true
  ];
  string b /* before = */ = 2; // "after"
  /* A block,
   * decorated.
   */
  string c = 3 [json_name = "// no comment"];

  // not the field's

  // before the brace
}
"""
    tree = write_protos(tmp_path, {"m.proto": text})
    (file,) = compiled(tree, ["m.proto"]).file

    found = [
        (place.line, place.column, said) for place, said in stray_comments(text, file)
    ]

    assert found == [
        (5, 5, "in brackets"),
        (8, 12, "before ="),
        (14, 3, "not the field's"),
        (16, 3, "before the brace"),
    ]


def test_an_option_without_declaration_is_an_error() -> None:
    file = FileDescriptorProto(name="x.proto")
    file.options.MergeFromString(b"\x8a\xb5\x18\x01x")

    with pytest.raises(GenerationError, match="option 50001 of .*FileOptions is set"):
        print_file(file, Symbols([file]))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_random_schemas_survive(seed: int, tmp_path: Path) -> None:
    reprinted(tmp_path, random_protos(seed))
