"""A small schema with everything LiveKit's lacks: proto2, groups, extensions, defaults."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from lkproto._runtime import codec

from tests.support import module_of, package_of, write_protos

from .text_schema import PROTOS, Google

LEGACY = """
syntax = "proto2";
package legacy;
import "google/protobuf/any.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/wrappers.proto";

enum Color { RED = 1; GREEN = 2; }
enum Level { LOW = 0; HIGH = 1; }
message Inner { optional int32 a = 1; repeated int32 list = 2; }
message Legacy {
  extensions 100 to 200;
  enum Shape { ROUND = 5; SQUARE = 6; None = 7; name = 8; }
  required int32 id = 1;
  optional string text = 2 [default = "say \\"hi\\""];
  optional Color color = 3 [default = GREEN];
  repeated Color colors = 4;
  repeated Color packed_colors = 5 [packed = true];
  optional group Part = 6 { optional int32 x = 1; optional Part next = 2; }
  repeated group Item = 7 { optional string s = 1; }
  optional Inner inner = 8;
  map<int32, Level> by_number = 9;
  map<string, Inner> by_name = 10;
  optional double ratio = 11 [default = -inf];
  optional bytes raw = 12 [default = "\\001\\xff"];
  oneof choice { Inner first = 13; string second = 14; Color third = 15; }
  optional Shape shape = 16;
  repeated sint32 zigzags = 17 [packed = true];
  repeated fixed64 fixed = 18;
  optional float single = 19;
  map<bool, bytes> flags = 20;
}
message Loose { optional int32 id = 1; }
message Special {
  optional google.protobuf.Any any = 1;
  optional google.protobuf.FieldMask mask = 2;
  optional google.protobuf.Struct struct = 3;
  optional google.protobuf.Value value = 4;
  optional google.protobuf.ListValue list = 5;
  optional google.protobuf.Int64Value wrapped = 6;
  optional google.protobuf.NullValue null = 7;
  repeated google.protobuf.Value values = 8;
  optional Special deeper = 9;
  optional google.protobuf.BoolValue wrapped_bool = 10;
  oneof pick { google.protobuf.NullValue nothing = 11; int32 something = 12; }
}
extend Legacy {
  optional string note = 100;
  repeated int32 marks = 101;
  optional Inner more = 102;
}
message Scope { extend Legacy { optional Color tint = 110; } }
"""


@pytest.fixture(scope="module")
def python_codec() -> Iterator[None]:
    """Tests of the straight-line codec use it, whatever is installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LKPROTO_CODEC", "python")
        codec.use(None)
        yield
    codec.use(None)


@pytest.fixture(scope="session")
def legacy(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The module of the schema above that users import from."""
    folder = tmp_path_factory.mktemp("legacy")
    return module_of(package_of(folder, {"legacy.proto": LEGACY}), "legacy")


@pytest.fixture(scope="session")
def legacy_root(legacy: Any) -> Any:
    """The root of that package."""
    return importlib.import_module(legacy.__name__.partition(".")[0])


@pytest.fixture(scope="session")
def text_package(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The root of a package with everything text format has a rule for."""
    return package_of(tmp_path_factory.mktemp("text"), PROTOS)


@pytest.fixture(scope="session")
def google_text(tmp_path_factory: pytest.TempPathFactory) -> Google:
    """The same schema in google's runtime."""
    tree = write_protos(tmp_path_factory.mktemp("google_text"), PROTOS)
    out = tree / "set"
    command = [sys.executable, "-m", "grpc_tools.protoc", "-I", str(tree)]
    command += ["--include_imports", f"--descriptor_set_out={out}", *PROTOS]
    subprocess.run(command, check=True)
    return Google(out.read_bytes())
