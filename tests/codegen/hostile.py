"""A schema that tries to break the generator: names, comments, options and defaults."""

from __future__ import annotations

HOSTILE = {
    "hostile.proto": r'''
syntax = "proto2";
// """ triple \ quotes {{ jinja }} {% raw %} """"
package class.def;
import "hostile/nested-dir/other.file.proto";

/* A comment with NUL-free horrors: ' " \ \" \N{BULLET} ‮ bidi  line\
   """ + __import__('os').system('true') + """ ends with a quote" */
message M {
  // pb
  optional string pb = 1;
  optional string self = 2;
  optional string Message = 3;
  optional bytes bytes = 4;
  repeated string list = 5;
  map<string, int32> dict = 6;
  repeated bytes more_bytes = 7;
  optional int32 int = 8;
  repeated int32 ints = 9;
  optional string str = 10 [default = "\"\"\"\\ \n\001{{x}}"];
  optional string type = 11;
  optional string field = 12;
  optional string TYPE_CHECKING = 13;
  optional string to_bytes = 14;
  optional string which = 15;
  optional string from = 16 [json_name = "a\"b\n'\\"];
  optional string from_ = 17;
  optional string _x = 18;
  optional string pb__x = 19;
  optional string __class__ = 20;
  optional string None = 21;
  optional string builtins = 22;
  optional M M = 23;
  repeated M ms = 24;
  optional Other Other = 25;
  optional class.def.Other again = 26;
  optional float float = 27 [default = -inf];
  optional bool bool = 28 [default = true];
  optional string typing = 29;
  optional string annotations = 30;
  optional string __init__ = 31;
  optional string __slots__ = 32;
  optional string _c_o = 33;
  optional string _unknown = 34;
  oneof oneof { string property = 35; bytes print = 36; int32 super = 37; }
  oneof _o { string a = 38; Kind b = 39; }
  optional bytes data = 40 [default = "\377\"'\\"];
  message Inner { message M { optional class.def.M m = 1; optional Inner i = 2; } }
  optional Inner.M deep = 41;
  optional string mro = 42;
  optional string tuple = 43;
  enum Kind {
    name = 0; value = 1; real = 2; mro_ = 3; None_ = 4; from_bytes = 5; __members__ = 6;
    _ignore_ = 7; _order_ = 8; import = 9; self_ = 10;
  }
}
enum Other { option allow_alias = true; ONE = 1; UN = 1; MINUS = -1; }
message import { optional string lambda = 1; }
message list { optional import i = 1; repeated import more = 2; }
message __dunder { }
// """ {{ jinja }} \ ends with a quote"
service for {
  // Returns:
  // """ + __import__('os').system('true') + """ {% raw %}"
  rpc while(M) returns (M);
  rpc str(import) returns (class.def.pb) { option deprecated = true; }
  rpc Self(class.def.pb) returns (Call);
  rpc None(Call) returns (class.def.pb);
  rpc __init__(M.Inner.M) returns (M);
  rpc _call(M_Inner.M) returns (M);
  rpc pb(class.def.pb) returns (class.def.pb);
  rpc overload(class.def.pb) returns (class.def.pb);
}
// A service and its names, all of which are taken.
service str { option deprecated = true; rpc Protocol(M) returns (M); }
service setattr { rpc Bool(M) returns (stream M); }
service bool { rpc Set(list) returns (list); }
message boolClient { }
message BOOL_SERVICE { }
message Asyncbool { }
service Async { }
service AsyncFoo { }
service FooClient { rpc close(pb) returns (pb); }
service Foo { rpc close(pb) returns (pb); }
message pb { }
message M_Inner { message M { optional string m = 1; } }
message Call {
  optional string call = 1; optional string request = 2; optional string fields = 3;
  optional string _t = 4; optional string __x = 5; repeated int32 int = 6; repeated int32 keys = 7;
}
extend M2 { optional string class = 100; }
message M2 { extensions 100 to 200; extend M2 { optional M m = 101; } }
''',
    "hostile/nested-dir/other.file.proto": 'syntax = "proto3"; package class.def.if;'
    " message __all__ { string __all__ = 1; } message __getattr__ { }",
    "same.proto": 'syntax = "proto3"; message Same { string a = 1; } message Field { int32 i = 1; }'
    " message SCHEMA_VERSION { } message annotations { } message replace { Field f = 1; }",
    "same/deep.proto": 'syntax = "proto3"; package same; message x { }',
    "nothing.proto": 'syntax = "proto3";',
}
