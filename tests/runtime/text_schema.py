"""A schema with everything text format has a rule for: proto2, editions and proto3."""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pb2, text_format
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClassesForFiles

PROTOS = {
    "text.proto": """
syntax = "proto2";
package text;
import "google/protobuf/any.proto";
import "google/protobuf/empty.proto";
enum Color { RED = 1; GREEN = 2; CRIMSON = -1; }
enum Level { option allow_alias = true; ZERO = 0; ONE = 1; UNO = 1; }
message Inner { optional int32 a = 1; repeated int32 list = 2; optional Inner inner = 3; }
message Needy { required int32 id = 1; optional Needy needy = 2; }
message Text {
  reserved 90 to 99;
  reserved "old_name", "older";
  extensions 100 to 200;
  optional int32 i32 = 1;
  optional int64 i64 = 2;
  optional uint32 u32 = 3;
  optional uint64 u64 = 4;
  optional float f = 5;
  optional double d = 6;
  optional bool b = 7;
  optional string s = 8;
  optional bytes raw = 9;
  optional Color color = 10;
  repeated Color colors = 11;
  optional group Part = 12 { optional int32 x = 1; optional Part part = 2; }
  repeated group Item = 13 { optional string s = 1; }
  optional Inner inner = 14;
  repeated Inner inners = 15;
  repeated int32 ints = 16;
  repeated string strings = 17;
  map<int32, Level> by_number = 18;
  map<string, Inner> by_name = 19;
  map<bool, bytes> flags = 20;
  oneof choice {
    Inner first = 21;
    string second = 22;
    group Third = 23 { optional int32 y = 1; }
  }
  optional google.protobuf.Any any = 24;
  optional Needy needy = 25;
  repeated float floats = 26;
}
extend Text {
  optional string note = 100;
  repeated int32 marks = 101;
  optional Inner more = 102;
  optional group Extra = 103 { optional int32 z = 1; }
  optional Color tint = 104;
}
message Scope { extend Text { optional Inner scoped = 110; } }
message Loose { optional google.protobuf.Empty empty = 1; }
message Set { option message_set_wire_format = true; extensions 4 to max; }
message SetItem {
  extend Set { optional SetItem item = 1000; }
  optional string v = 1;
}
""",
    "edition.proto": """
edition = "2023";
package edition;
message Outer {
  message GroupLike { int32 x = 1; }
  GroupLike grouplike = 1 [features.message_encoding = DELIMITED];
  GroupLike not_like = 2 [features.message_encoding = DELIMITED];
  Elsewhere elsewhere = 3 [features.message_encoding = DELIMITED];
  string raw = 4 [features.utf8_validation = NONE];
  Kind kind = 5 [features.field_presence = IMPLICIT];
  Closed closed = 6;
}
message Elsewhere { int32 x = 1; }
enum Kind { A = 0; B = 1; }
enum Closed { option features.enum_type = CLOSED; C = 0; D = 1; }
""",
}


class Google:
    """google's runtime with the schema, in a separate pool."""

    def __init__(self, data: bytes) -> None:
        files = descriptor_pb2.FileDescriptorSet.FromString(data).file
        self.pool: Any = DescriptorPool()
        for file in files:
            self.pool.Add(file)
        self.classes = GetMessageClassesForFiles(
            [file.name for file in files], self.pool
        )

    def parse(self, name: str, text: str, **options: Any) -> Any:
        message: Any = self.classes[name]()
        return text_format.Parse(text, message, descriptor_pool=self.pool, **options)

    def print(self, message: Any, **options: Any) -> str:
        text = text_format.MessageToString(
            message, descriptor_pool=self.pool, **options
        )
        assert isinstance(text, str)
        return text
