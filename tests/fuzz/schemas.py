"""The schemas under test, as our classes and google's: LiveKit's, and one with all features."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import lkproto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from lkproto_codegen.read.compile import compile_protos, find_protos

from tests.support import ROOT, module_of, package_of, write_protos

KEYS = (
    *("int32", "int64", "uint32", "uint64", "sint32", "sint64"),
    *("fixed32", "fixed64", "sfixed32", "sfixed64", "bool", "string"),
)
KINDS = (*KEYS, "bytes", "float", "double")


def _numbered(first: int, lines: list[str]) -> str:
    """Fields, with their numbers in place of `#`."""
    return "\n".join(
        "  " + line.replace("#", str(first + at)) for at, line in enumerate(lines)
    )


PROTOS = {
    "fuzz/proto2.proto": f"""
syntax = "proto2";
package fuzz;
enum Color {{ RED = 1; GREEN = 2; CRIMSON = -1; }}
enum Level {{ option allow_alias = true; ZERO = 0; ONE = 1; UNO = 1; }}
message Inner {{
  optional int32 a = 1;
  repeated int32 list = 2;
  optional Inner inner = 3;
  optional string s = 4;
}}
message Needy {{ required int32 id = 1; optional Needy needy = 2; repeated Needy more = 3; }}
message Scalars {{
{_numbered(1, [f"optional {kind} {kind}_ = #;" for kind in KINDS])}
  optional Color color = 20;
  optional int32 with_default = 21 [default = -7];
  optional string text_default = 22 [default = "x"];
}}
message Lists {{
{_numbered(1, [f"repeated {kind} {kind}_ = #;" for kind in KINDS])}
{_numbered(21, [f"repeated {kind} packed_{kind} = # [packed = true];" for kind in KINDS if kind not in ("string", "bytes")])}
  repeated Color color = 40;
  repeated Color packed_color = 41 [packed = true];
  repeated Inner inner = 42;
  repeated group Item = 43 {{ optional string s = 1; repeated group Deep = 2 {{ optional int32 x = 1; }} }}
}}
message Maps {{
{_numbered(1, [f"map<{key}, {value}> by_{key} = #;" for key, value in zip(KEYS, KINDS[3:], strict=True)])}
  map<string, Level> colors = 20;
  map<int32, Inner> inners = 21;
  map<string, Needy> needies = 22;
  map<bool, Level> levels = 23;
}}
message Groups {{
  optional group Part = 6 {{ optional int32 x = 1; optional Part part = 2; optional Inner inner = 3; }}
  repeated group Many = 17 {{ optional string s = 1; optional Groups groups = 2; }}
  oneof choice {{
    Inner first = 21;
    string second = 22;
    group Third = 23 {{ optional int32 y = 1; }}
    Color fourth = 24;
    bytes fifth = 2300;
  }}
  required int32 last = 30;
}}
message Extended {{
  extensions 100 to 200;
  extensions 5000 to max;
  optional int32 a = 1;
  optional Extended extended = 2;
}}
extend Extended {{
  optional string note = 100;
  repeated int32 marks = 101;
  repeated sint64 packed_marks = 102 [packed = true];
  optional Inner more = 103;
  optional group Extra = 104 {{ optional int32 z = 1; }}
  optional Color tint = 105;
  repeated Inner rest = 106;
  optional Extended far = 536870911;
}}
message Set {{ option message_set_wire_format = true; extensions 4 to max; }}
message Item {{ extend Set {{ optional Item item = 1000; }} optional string v = 1; optional Set set = 2; }}
message Other {{ extend Set {{ optional Other other = 77; }} optional Item item = 1; }}
message Holder {{ optional Set set = 1; repeated Set sets = 2; }}
""",
    "fuzz/edition.proto": """
edition = "2023";
package fuzz.edition;
message Outer {
  message GroupLike { int32 x = 1; Outer outer = 2; }
  GroupLike grouplike = 1 [features.message_encoding = DELIMITED];
  GroupLike not_like = 2 [features.message_encoding = DELIMITED];
  string raw = 4 [features.utf8_validation = NONE];
  string checked = 5;
  Kind kind = 6 [features.field_presence = IMPLICIT];
  Closed closed = 7;
  int32 must = 8 [features.field_presence = LEGACY_REQUIRED];
  repeated int32 expanded = 9 [features.repeated_field_encoding = EXPANDED];
  repeated int32 packed = 10;
  repeated Closed closed_list = 11;
  map<string, Closed> closed_map = 12;
  map<int32, GroupLike> map = 13;
  repeated GroupLike likes = 14 [features.message_encoding = DELIMITED];
}
enum Kind { A = 0; B = 1; }
enum Closed { option features.enum_type = CLOSED; C = 0; D = 1; }
""",
    "fuzz/proto3.proto": f"""
syntax = "proto3";
package fuzz.proto3;
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
enum Kind {{ A = 0; B = 1; MINUS = -1; }}
message Scalars {{
{_numbered(1, [f"{kind} {kind}_value = #;" for kind in KINDS])}
  Kind kind = 20;
  optional Kind maybe_kind = 21;
  optional string maybe_text = 22;
  optional double maybe_double = 23;
}}
message Lists {{
{_numbered(1, [f"repeated {kind} {kind}_values = #;" for kind in KINDS])}
  repeated Kind kinds = 20;
  repeated Scalars scalars = 21;
  repeated google.protobuf.Value values = 22;
  repeated google.protobuf.Any anys = 23;
  repeated google.protobuf.NullValue nulls = 24;
}}
message Maps {{
{_numbered(1, [f"map<{key}, {value}> by_{key} = #;" for key, value in zip(KEYS, reversed(KINDS[3:]), strict=True)])}
  map<string, Kind> kinds = 20;
  map<string, Scalars> scalars = 21;
  map<bool, google.protobuf.Value> values = 22;
}}
message Known {{
  google.protobuf.Any any = 1;
  google.protobuf.Duration duration = 2;
  google.protobuf.Timestamp timestamp = 3;
  google.protobuf.FieldMask field_mask = 4;
  google.protobuf.Struct struct = 5;
  google.protobuf.Value value = 6;
  google.protobuf.ListValue list = 7;
  google.protobuf.NullValue null = 8;
  google.protobuf.Empty empty = 9;
{_numbered(10, [f"google.protobuf.{kind}Value {kind.lower()} = #;" for kind in ("Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes")])}
  oneof pick {{
    google.protobuf.NullValue nothing = 20;
    google.protobuf.Value anything = 21;
    Known known = 22;
    string text = 23;
    uint64 number = 24 [json_name = "renamed"];
  }}
}}
""",
}


class Schema:
    """A package of ours and the same schema in google's runtime."""

    def __init__(self, package: Any, tree: Path) -> None:
        self.package = package
        self.pool: Any = DescriptorPool()
        for file in compile_protos([tree], find_protos(tree)).file:
            self.pool.Add(file)
        self.codecs = Codecs(package)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The full names of all messages, except those of descriptor.proto."""
        types = module_of(self.package, "_index").TYPES
        return tuple(
            name
            for name, path in types.items()
            if "descriptor_pb" not in path and self.package.find_message(name)
        )

    def ours(self, name: str) -> Any:
        return self.package.find_message(name)

    def theirs(self, name: str) -> Any:
        return GetMessageClass(self.pool.FindMessageTypeByName(name))


class Codecs:
    """The functions of a package's exact codec."""

    def __init__(self, package: Any) -> None:
        def of(module: str, name: str) -> Any:
            return getattr(module_of(package, f"_runtime.{module}"), name)

        self.decode = of("binary.decode", "decode")
        self.encode = of("binary.encode", "encode")
        self.from_json = of("json.decode", "from_json")
        self.reader = of("json.decode", "Reader")
        self.to_json = of("json.encode", "to_json")


def livekit() -> Schema:
    """LiveKit's schema."""
    return Schema(lkproto, ROOT / "protobufs")


def inline(folder: Path, protos: Mapping[str, str] = PROTOS) -> Schema:
    """The schema above, generated into a folder."""
    return Schema(package_of(folder, protos), write_protos(folder / "theirs", protos))
