"""What we derive of a schema is what google's runtime derives, where that takes the schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from google.protobuf.descriptor_pool import DescriptorPool
from lkproto_codegen import ir
from lkproto_codegen.read.compile import compile_protos
from lkproto_codegen.read.discover import find_protos
from lkproto_codegen.read.lower import lower

from tests.support import ROOT, module_of, package_of, write_protos

from .hostile import HOSTILE

_SCALARS = ["double", "float", "int32", "uint64", "bool", "string", "bytes", "E"]
_KINDS = {11: "message", 10: "group", 14: "enum", 9: "string", 12: "bytes", 5: "int32"}
_BODY = (
    "message M { "
    + " ".join(
        f"repeated {kind} r{n} = {n};" for n, kind in enumerate([*_SCALARS, "M"], 1)
    )
    + " oneof o { int32 a = 21; M b = 22; } map<string, M> m = 23; extensions 100 to 200;"
    " message N { enum F { ZERO = 0; } F f = 1; repeated F g = 2; } }"
    " enum E { NONE = 0; } extend M { string x = 100; repeated E y = 101; M z = 102; }"
)
FEATURES = {
    "plain": "",
    "implicit": "option features.field_presence = IMPLICIT;",
    "closed": "option features.enum_type = CLOSED;",
    "expanded": "option features.repeated_field_encoding = EXPANDED;",
    "delimited": "option features.message_encoding = DELIMITED;",
    "unchecked": "option features.utf8_validation = NONE;",
    "legacy": "option features = { enum_type: CLOSED utf8_validation: NONE"
    " repeated_field_encoding: EXPANDED message_encoding: DELIMITED };",
}


def _trees() -> dict[str, dict[str, str]]:
    golden = ROOT / "tests" / "golden" / "protos"
    return {
        "editions": {
            f"{name}{edition}.proto": f'edition = "{edition}"; package {name}{edition};'
            f" {text} {_BODY}"
            for name, text in FEATURES.items()
            for edition in ("2023", "2024")
        },
        "hostile": HOSTILE,
        "golden": {
            path: (golden / path).read_text("utf-8") for path in find_protos(golden)
        },
    }


def _derived(field: ir.Field) -> tuple[Any, ...]:
    return (
        field.presence in ("explicit", "required"),
        field.presence == "required",
        field.packed,
        _kind(field.kind),
        field.default,
        field.oneof,
    )


def _kind(kind: str) -> str:
    return kind if kind in _KINDS.values() else "other"


def _googles(known: Any) -> tuple[Any, ...]:
    entry = known.message_type is not None and known.message_type.GetOptions().map_entry
    oneof = known.containing_oneof
    real = oneof is not None and not (
        len(oneof.fields) == 1
        and oneof.name.startswith("_")
        and oneof.name[1:] == known.name
    )
    return (
        known.has_presence,
        known.is_required,
        known.is_packed,
        "message" if entry else _KINDS.get(known.type, "other"),
        known.default_value if known.has_default_value else None,
        oneof.name if real else None,
    )


@pytest.mark.parametrize("name", _trees())
def test_features_are_those_google_derives(name: str, tmp_path: Path) -> None:
    tree = write_protos(tmp_path, _trees()[name])
    compiled = compile_protos([tree], find_protos(tree))
    pool = DescriptorPool()
    for file in compiled.file:
        pool.AddSerializedFile(file.SerializeToString())

    checked = 0
    for file in lower(compiled, (), {}).files:
        messages, enums, extensions = (
            list(file.messages),
            list(file.enums),
            list(file.extensions),
        )
        for message in messages:
            messages += message.messages
            enums += message.enums
            extensions += message.extensions
            known = pool.FindMessageTypeByName(message.full_name).fields_by_name
            for field in message.fields:
                assert _derived(field) == _googles(known[field.name]), field.full_name
                checked += 1
        for field in extensions:
            google = pool.FindExtensionByName(field.full_name)
            assert _derived(field) == _googles(google), field.full_name
        for enum in enums:
            google = pool.FindEnumTypeByName(enum.full_name)
            assert enum.closed == google.is_closed, enum.full_name
    assert checked > 30


P2, P3 = 'syntax = "proto2"; package p;', 'syntax = "proto3"; package p;'


def test_defaults_that_google_refuses(tmp_path: Path) -> None:
    text = (
        P2 + " message M { optional double tiny = 1 [default = 1e-310];"
        " optional float less = 2 [default = -1e-42]; optional float one = 3 [default = 0.1];"
        ' optional string raw = 4 [default = "\\xff"]; optional bool yes = 5 [default = true];'
        " optional float most = 6 [default = -inf]; optional uint64 n = 7 [default = 0xFF]; }"
    )
    package = package_of(tmp_path, {"a.proto": text})
    fields = package.fields_of(module_of(package, "p").M)

    assert [field.declared for field in fields] == [
        1e-310,
        -1.0005271035279194e-42,
        0.10000000149011612,
        "\udcff",
        True,
        float("-inf"),
        255,
    ]


def test_two_options_of_one_number(tmp_path: Path) -> None:
    google = 'import "google/protobuf/descriptor.proto";'
    option = "extend google.protobuf.FieldOptions {{ {} = 50001; }}"
    package = package_of(
        tmp_path,
        {
            "a.proto": f'syntax = "proto3"; package a; {google}{option.format("string label")}'
            " message A { string x = 1 [(label) = 'no.']; }",
            "b.proto": f'syntax = "proto3"; package b; {google}{option.format("bool secret")}'
            " message B { string x = 1 [(secret) = true]; }",
        },
        redact="b.secret",
    )
    a, b = module_of(package, "a"), module_of(package, "b")
    descriptors = module_of(package, "_runtime.reflection.descriptors")
    options_of_field = descriptors.field_options

    assert repr(b.B(x="hidden")) == "B(x=<redacted SENSITIVE>)"
    of_a, of_b = (options_of_field(cls, "x") for cls in (a.A, b.B))
    assert package.get_extension(of_a, a.label) == "no."
    assert package.get_extension(of_b, b.secret) is True
    registry = module_of(package, "_runtime.registry")
    assert registry.find_extension_by_name("a.label").name == "a.label"
    assert registry.find_extension_by_name("b.secret").name == "b.secret"


@pytest.mark.slow
def test_a_message_too_wide_for_google(tmp_path: Path) -> None:
    fields = "".join(f"string f{n} = {n};" for n in range(1, 4101))
    package = package_of(tmp_path, {"a.proto": f"{P3} message W {{ {fields} }}"})
    cls = module_of(package, "p").W
    message = cls(f1="a", f4100="b")

    assert cls.from_bytes(message.to_bytes()) == message
    assert cls.from_json(message.to_json()) == message


# Messages, each with the keys of its fields.
KEYS: list[tuple[str, dict[str, str]]] = [
    (
        P3 + ' message M { int32 left = 1 [json_name = "right"];'
        ' int32 right = 2 [json_name = "left"]; }',
        {"left": "right", "right": "left"},
    ),
    (
        P2 + " message M { optional int32 foo_bar = 1; optional int32 fooBar = 2;"
        " optional int32 foo__bar = 3; }",
        {"foo_bar": "foo_bar", "fooBar": "fooBar", "foo__bar": "foo__bar"},
    ),
    (
        P3 + " message M { option deprecated_legacy_json_field_conflicts = true;"
        " int32 user_id = 1; int32 userId = 2; }",
        {"user_id": "user_id", "userId": "userId"},
    ),
    (P3 + ' message M { int32 a = 1 [json_name = ""]; }', {"a": ""}),
    (P3 + ' message M { int32 a = 1 [json_name = "\\xe9"]; }', {"a": "é"}),
]


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A package of them, each in a package of its own."""
    texts = [text.replace("package p;", "package p%d;") for text, _ in KEYS]
    protos = {f"{n}.proto": text % n for n, text in enumerate(texts)}
    return package_of(tmp_path_factory.mktemp("keyed"), protos)


@pytest.mark.parametrize("number", range(len(KEYS)))
def test_every_field_has_a_key_of_its_own_in_json(number: int, keyed: Any) -> None:
    keys = KEYS[number][1]
    cls = module_of(keyed, f"p{number}").M
    message = cls(**{name: number for number, name in enumerate(keys, 1)})

    expected = {key: number for number, key in enumerate(keys.values(), 1)}
    assert message.to_dict() == expected
    assert cls.from_json(message.to_json()) == message
    assert cls.from_dict(expected) == message


@pytest.mark.parametrize(
    ("comment", "shown"),
    [("Größe".encode("latin-1"), "Größe"), ("Größe".encode(), "Größe")],
)
def test_comments_that_are_not_utf8(comment: bytes, shown: str, tmp_path: Path) -> None:
    (tmp_path / "a.proto").write_bytes(
        b'syntax = "proto3";\n// ' + comment + b"\nmessage M {}\n"
    )

    (file,) = lower(compile_protos([tmp_path], ["a.proto"]), (), {}).files
    assert file.messages[0].doc == shown


def test_as_many_messages_inside_each_other_as_protoc_takes(tmp_path: Path) -> None:
    depth = 31
    text = P3 + "".join(
        f" message L{n} {{ oneof o {{ string a = 1; L{n} b = 2; }}"
        for n in range(depth)
    )
    package = package_of(
        tmp_path, {"a.proto": text + " enum E { Z = 0; }" + "}" * depth}
    )

    inner = module_of(package, "p").L0
    for n in range(1, depth):
        inner = getattr(inner, f"L{n}")
    assert inner.from_bytes(inner(a="x").to_bytes()) == inner(a="x")
