"""What protoc accepts, the import prints and reads back, whatever a descriptor pool says of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from lkproto_codegen.read.compile import compile_protos
from lkproto_codegen.read.discover import find_protos
from lkproto_codegen.schema.canonical import canonical
from lkproto_codegen.schema.importer import apply, plan_import

from tests.support import sampled, write_protos

from .random_protos import random_protos

P2, P3 = 'syntax = "proto2"; package p;', 'syntax = "proto3"; package p;'
GOOGLE = 'import "google/protobuf/descriptor.proto";'


def option(kind: str, number: int = 50001) -> str:
    return f"extend google.protobuf.FieldOptions {{ {kind} = {number}; }}"


def nested(depth: int, head: str, inner: str) -> str:
    """Messages or groups inside each other; `N` in the head is the level."""
    return (
        "".join(head.replace("<N>", str(n)) for n in range(depth)) + inner + "}" * depth
    )


def entries(count: int) -> str:
    """Entries of a map, in no order."""
    keys = (n * 7 % (count + 1) for n in range(count))
    return " ".join(f'm {{ key: "k{key}" value: {key} }}' for key in keys)


REFUSED_BY_GOOGLE = {
    "one number for two options": {
        "a.proto": f'syntax = "proto3"; package a; {GOOGLE} {option("string label")}'
        " message A { string x = 1 [(label) = 'no.']; }",
        "b.proto": f'syntax = "proto3"; package b; {GOOGLE} {option("bool secret")}'
        " message B { string x = 1 [(secret) = true]; }",
        "c.proto": 'syntax = "proto3"; package c; import "a.proto"; import "b.proto";'
        " message C { string x = 1 [(a.label) = 'u']; string y = 2 [(b.secret) = true]; }",
    },
    "one number for a string and a message": {
        "a.proto": f'syntax = "proto3"; package a; {GOOGLE} {option("string label")}'
        " message A { string x = 1 [(label) = 'no.']; }",
        "b.proto": f'syntax = "proto3"; package b; {GOOGLE} {option("O part")}'
        " message O { string a = 1; repeated int32 b = 2; }"
        " message B { string x = 1 [(part).a = 'x', (part).b = 1, (part).b = -1]; }",
    },
    "swapped names in JSON": {
        "a.proto": P3 + ' message M { int32 left = 1 [json_name = "right"];'
        ' int32 right = 2 [json_name = "left"]; }'
    },
    "equal names in JSON": {
        "a.proto": P2 + " message M { optional int32 foo_bar = 1;"
        " optional int32 fooBar = 2; optional int32 foo__bar = 3; }"
    },
    "legacy conflicts in JSON": {
        "a.proto": P3
        + " message M { option deprecated_legacy_json_field_conflicts = true;"
        " int32 user_id = 1; int32 userId = 2; }"
    },
    "strange names in JSON": {
        "a.proto": P3 + ' message M { int32 a = 1 [json_name = ""];'
        ' int32 b = 2 [json_name = "\\xe9"]; int32 c = 3 [json_name = "é\\n\\""]; }'
    },
    "defaults": {
        "a.proto": f"{P2} {GOOGLE} {option('optional string label')} message M {{"
        " optional double tiny = 1 [default = 1e-310, (label) = 'x'];"
        " optional float less = 2 [default = -1e-42]; optional float o = 3 [default = 1e39];"
        ' optional string raw = 4 [default = "\\xff\\n\\"\\\\"]; }'
    },
    "a wide message": {
        "a.proto": P3
        + f" message W {{ {''.join(f'string f{n} = {n};' for n in range(1, 4101))} }}"
    },
    "reserved names that are not UTF-8": {
        "a.proto": P2 + ' message M { reserved "a\\xe9b"; }'
        ' enum E { A = 0; reserved "\\xe9", "y"; }'
    },
    "the lite runtime": {
        "a.proto": P3 + "option optimize_for = LITE_RUNTIME; message M { int32 x = 1; }"
    },
}
OF_ALL_KINDS = {
    "kept in source only": {
        "a.proto": f"{P2} {GOOGLE} {option('optional O o')} message O {{"
        " optional int32 a = 1 [retention = RETENTION_SOURCE]; repeated O o = 2;"
        " map<string, int32> m = 3; optional group Grp = 4 {"
        " optional int32 z = 1; repeated fixed32 f = 2; } }"
        " message M { optional int32 x = 1 [(o).a = 1, (o).o = { a: 2 },"
        ' (o).m = { key: "b" value: 1 }, (o).m = { key: "a" value: 2 },'
        " (o).o = { a: 3 o { a: 4 } }, (o).grp = { z: 5 f: [1, 2] }, deprecated = true]; }"
    },
    "maps": {
        "a.proto": f"{P3} {GOOGLE} {option('O o')}"
        " message O { map<string, int32> m = 3; map<int32, O> n = 4; }"
        f" message M {{ int32 x = 1 [(o) = {{ {entries(30)}"
        ' n { key: -1 value { m { key: "" value: 0 } } } n { key: 1 } }]; }'
    },
    "message sets": {
        "a.proto": f"{P2} {GOOGLE} {option('optional S s')} message S {{"
        " option message_set_wire_format = true; extensions 4 to max; }"
        " message I { extend S { optional I i = 100; } optional int32 q = 1; }"
        " message M { optional int32 x = 1 [(s) = { [p.I.i] { q: 3 } }]; }"
    },
    "packed": {
        "a.proto": f"{P2} {GOOGLE} {option('repeated sint32 q = 50001 [packed = true]; repeated double d', 50002)}"
        " message M { optional int32 x = 1 [(q) = -1, (q) = 2, (d) = 5e-324, (d) = nan]; }"
    },
    "public imports": {
        "a.proto": 'syntax = "proto3"; import public "o.proto"; import public "q.proto";',
        "o.proto": f'syntax = "proto3"; package o; {GOOGLE} {option("int64 v")}',
        "q.proto": f'syntax = "proto3"; package q; {GOOGLE} {option("fixed64 v", 50002)}',
        "u.proto": 'syntax = "proto3"; import "a.proto"; message M { string s = 1'
        " [(o.v) = -5]; string t = 2 [(q.v) = 18446744073709551615]; }",
    },
    "edition 2024": {
        "a.proto": 'edition = "2024"; package p; import option "o.proto"; export message M {'
        " int32 a = 1 [(o.x) = 's']; local message N {} local enum E { E_ZERO = 0; } }",
        "o.proto": f'edition = "2024"; package o; {GOOGLE} {option("string x")}',
    },
    "features of a language": {
        "a.proto": 'edition = "2023"; package p; import "google/protobuf/cpp_features.proto";'
        " option features.(pb.cpp).legacy_closed_enum = true;"
        " option features.field_presence = IMPLICIT;"
        " message M { int32 a = 1 [features.field_presence = EXPLICIT]; }"
    },
}
WITHOUT_OPTIONS = {
    "as many messages inside each other as protoc takes": {
        "a.proto": P3
        + nested(
            31,
            "message L<N> { oneof o { L<N> a = 1; int32 b = 2; } ",
            "enum E { Z = 0; }",
        )
    },
    "as many groups": {
        "a.proto": P2
        + "message L { extensions 10 to 999; "
        + nested(
            30,
            "optional group G<N> = 1 { extend L { optional int32 x<N> = 1<N>; } ",
            "optional int32 a = 1;",
        )
        + " }"
    },
}
TREES = REFUSED_BY_GOOGLE | OF_ALL_KINDS | WITHOUT_OPTIONS


@pytest.mark.parametrize("name", sampled([*TREES]))
def test_an_imported_tree_is_imported_again_as_it_is(name: str, tmp_path: Path) -> None:
    theirs = write_protos(tmp_path / "theirs", TREES[name])
    ours = tmp_path / "ours"
    ours.mkdir()

    apply(plan_import(theirs, [ours]))

    assert sorted(TREES[name]) == find_protos(ours)
    assert plan_import(theirs, [ours]).empty
    assert plan_import(ours, [ours]).empty


def test_of_options_with_one_number_each_file_has_its_own(tmp_path: Path) -> None:
    tree = REFUSED_BY_GOOGLE["one number for two options"]
    (tmp_path / "ours").mkdir()

    apply(plan_import(write_protos(tmp_path / "theirs", tree), [tmp_path / "ours"]))

    texts = {path.name: path.read_text() for path in (tmp_path / "ours").iterdir()}
    assert 'string x = 1 [(label) = "no."];' in texts["a.proto"]
    assert "string x = 1 [(secret) = true];" in texts["b.proto"]
    assert 'string x = 1 [(a.label) = "u"];' in texts["c.proto"]
    assert "string y = 2 [(b.secret) = true];" in texts["c.proto"]


def googles(compiled: FileDescriptorSet) -> bytes:
    """A set as google's runtime writes it, which knows all its options."""
    pool = DescriptorPool()
    for file in compiled.file:
        pool.Add(file)
    cls = GetMessageClass(
        pool.FindMessageTypeByName("google.protobuf.FileDescriptorSet")
    )
    known = cls.FromString(compiled.SerializeToString())
    written: bytes = known.SerializeToString(deterministic=True)
    return written


@pytest.mark.parametrize(
    "tree", [*OF_ALL_KINDS.values(), random_protos(4), random_protos(5)]
)
def test_the_form_of_options_means_what_was_compiled(
    tree: dict[str, str], tmp_path: Path
) -> None:
    folder = write_protos(tmp_path, tree)
    compiled = compile_protos([folder], find_protos(folder), retain_options=True)

    assert googles(canonical(compiled)) == googles(compiled)
    assert canonical(canonical(compiled)) == canonical(compiled)


def test_a_default_is_shown_alike_on_any_python(tmp_path: Path) -> None:
    """U+1FAE8 is a character since Unicode 15, and Python's tables are older or newer."""
    text = P2 + ' message M { optional string a = 1 [default = "\U0001fae8\u2028"]; }'
    theirs = write_protos(tmp_path / "theirs", {"a.proto": text})
    (tmp_path / "ours").mkdir()

    apply(plan_import(theirs, [tmp_path / "ours"]))

    shown = (tmp_path / "ours" / "a.proto").read_text("utf-8")
    assert '[default = "\U0001fae8\\342\\200\\250"]' in shown
