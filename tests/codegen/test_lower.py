"""Lowering: the intermediate form of each feature of the language."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lkproto_codegen import ir
from lkproto_codegen.diagnostics import GenerationError
from lkproto_codegen.read.compile import compile_protos
from lkproto_codegen.read.discover import find_protos
from lkproto_codegen.read.dump import dump
from lkproto_codegen.read.lower import lower

from tests.support import ROOT, module_of, package_of, write_protos


def lowered(folder: Path, text: str, **roles: str | tuple[str, ...]) -> ir.File:
    """The IR of one file; roles by name."""
    tree = write_protos(folder, {"t.proto": text})
    schema = lower(compile_protos([tree], ["t.proto"]), ["t.proto"], roles)
    return schema.files[-1]


def fields(message: ir.Message, attribute: str) -> dict[str, Any]:
    return {field.name: getattr(field, attribute) for field in message.fields}


def test_proto3_presence_and_packing(tmp_path: Path) -> None:
    file = lowered(
        tmp_path,
        'syntax = "proto3"; message M { int32 a = 1; optional int32 b = 2; M c = 3;'
        " repeated int32 d = 4; repeated int32 e = 5 [packed = false];"
        " map<string, M> f = 6; oneof o { int32 g = 7; string h = 8; } }",
    )
    message = file.messages[0]

    assert file.edition == "proto3"
    assert fields(message, "presence") == {
        "a": "implicit",
        "b": "explicit",
        "c": "explicit",
        "d": "repeated",
        "e": "repeated",
        "f": "map",
        "g": "explicit",
        "h": "explicit",
    }
    assert fields(message, "packed")["d"] is True
    assert fields(message, "packed")["e"] is False
    assert message.fields[5].map == ir.MapEntry("string", "message", "M")
    assert [(o.name, o.fields) for o in message.oneofs] == [("o", ("g", "h"))]
    assert message.messages == ()


def test_proto2_features(tmp_path: Path) -> None:
    file = lowered(
        tmp_path,
        'syntax = "proto2"; package p; message M { required int32 a = 1;'
        ' optional string b = 2 [default = "x\\n"]; optional bytes c = 3 [default = "\\377"];'
        " optional group G = 4 { } optional E d = 5 [default = TWO]; extensions 10 to 20;"
        " optional double e = 6 [default = inf]; repeated int32 f = 7; }"
        " enum E { ONE = 1; TWO = 2; } extend M { optional int32 x = 10; }"
        " message S { option message_set_wire_format = true; extensions 4 to max; }",
    )
    message = file.messages[0]

    assert file.edition == "proto2"
    assert fields(message, "presence")["a"] == "required"
    assert fields(message, "default") == {
        "a": None,
        "b": "x\n",
        "c": b"\xff",
        "g": None,
        "d": 2,
        "e": float("inf"),
        "f": None,
    }
    assert fields(message, "kind")["g"] == "group"
    assert fields(message, "packed")["f"] is False
    assert fields(message, "utf8")["b"] is False
    assert message.extension_ranges == ((10, 21),)
    assert file.enums[0].closed
    assert (file.extensions[0].full_name, file.extensions[0].extendee) == ("p.x", "p.M")
    assert file.messages[1].message_set


def test_edition_2023_features(tmp_path: Path) -> None:
    file = lowered(
        tmp_path,
        'edition = "2023"; option features.field_presence = IMPLICIT;'
        " message M { int32 a = 1; int32 b = 2 [features.field_presence = LEGACY_REQUIRED];"
        " int32 c = 3 [features.field_presence = EXPLICIT, default = 5];"
        " repeated int32 d = 4 [features.repeated_field_encoding = EXPANDED];"
        " M e = 5 [features.message_encoding = DELIMITED];"
        " string f = 6 [features.utf8_validation = NONE]; string g = 7;"
        " map<string, bool> h = 8 [features.utf8_validation = NONE];"
        " map<bool, string> i = 9; }"
        " enum E { option features.enum_type = CLOSED; ONE = 1; } enum O { ZERO = 0; }",
    )
    message = file.messages[0]

    assert file.edition == "2023"
    assert list(fields(message, "presence").values())[:3] == [
        "implicit",
        "required",
        "explicit",
    ]
    assert fields(message, "default")["c"] == 5
    assert fields(message, "packed")["d"] is False
    assert fields(message, "kind")["e"] == "group"
    utf8 = fields(message, "utf8")
    assert [utf8[name] for name in "fghi"] == [False, True, False, True]
    assert [enum.closed for enum in file.enums] == [True, False]


def test_comments_become_docs_and_places_are_kept(tmp_path: Path) -> None:
    file = lowered(
        tmp_path,
        'syntax = "proto3";\n// About the file.\npackage p;\n\n'
        "// detached\n\n// First line.\n//   indented\n// last.\nmessage M {\n"
        "  int32 a = 1; // trailing\n  /* block\n   * two */\n  int32 b = 2;\n}\n"
        "// The enum.\nenum E {\n  // Zero.\n  Z = 0;\n}\n"
        "// The service.\nservice S {\n  // The call.\n  rpc Call(M) returns (stream M);\n}\n",
    )
    message, enum, service = file.messages[0], file.enums[0], file.services[0]

    assert file.doc == "About the file."
    assert message.doc == "First line.\n  indented\nlast."
    assert message.location == ir.Location("t.proto", 10, 1)
    assert list(fields(message, "doc").values()) == ["trailing", "block\ntwo"]
    assert (enum.doc, enum.values[0].doc) == ("The enum.", "Zero.")
    assert (service.doc, service.methods[0].doc) == ("The service.", "The call.")
    assert (
        service.methods[0].client_streaming,
        service.methods[0].server_streaming,
    ) == (
        False,
        True,
    )


def test_custom_json_names_and_deprecation(tmp_path: Path) -> None:
    file = lowered(
        tmp_path,
        'syntax = "proto3"; message M { option deprecated = true;'
        ' int32 foo_bar = 1; int32 b = 2 [json_name = "é\\"\\n", deprecated = true]; }',
    )
    message = file.messages[0]

    assert fields(message, "json_name") == {"foo_bar": "fooBar", "b": 'é"\n'}
    assert fields(message, "json_name_is_default") == {"foo_bar": True, "b": False}
    assert message.deprecated
    assert fields(message, "deprecated")["b"]


ROLES = (
    'syntax = "proto3"; package r; import "google/protobuf/descriptor.proto";'
    " enum Level { LEVEL_NONE = 0; LEVEL_HIGH = 1; OTHER = 2; }"
    " extend google.protobuf.FieldOptions { Level level = 50000; string shown = 50001; }"
    ' message M { int32 a = 1 [(level) = LEVEL_HIGH, (shown) = "x"];'
    " int32 b = 2 [(level) = LEVEL_NONE]; int32 c = 3 [(level) = OTHER]; int32 d = 4; }"
)


def test_roles_are_read_from_the_options_that_play_them(tmp_path: Path) -> None:
    file = lowered(tmp_path, ROLES, redact="r.level", redact_format="r.shown")

    assert fields(file.messages[0], "roles") == {
        "a": (("redact", "HIGH"), ("redact_format", "x")),
        "b": (),
        "c": (("redact", "OTHER"),),
        "d": (),
    }


def test_fields_are_sensitive_by_configuration_where_their_options_do_not_say(
    tmp_path: Path,
) -> None:
    names = ("r.M.c", "r.M.d")
    file = lowered(tmp_path, ROLES, redact="r.level", redact_fields=names)

    assert fields(file.messages[0], "roles") == {
        "a": (("redact", "HIGH"),),
        "b": (),
        "c": (("redact", "OTHER"),),
        "d": (("redact", "SECRET"),),
    }


def test_a_list_of_sensitive_fields_names_fields(tmp_path: Path) -> None:
    with pytest.raises(GenerationError) as caught:
        lowered(tmp_path, ROLES, redact_fields=("r.M.aa", "r.Other.x"))

    text = str(caught.value)
    assert "redact_fields lists 'r.M.aa', which is not a field of the schema" in text
    assert "did you mean 'r.M.a'?" in text
    assert "write the full name: package, message and field" in text


def test_a_field_in_the_list_is_hidden_in_repr(tmp_path: Path) -> None:
    text = 'syntax = "proto3"; package r; message M { repeated string urls = 1; }'
    package = package_of(tmp_path, {"a.proto": text}, redact_fields=("r.M.urls",))
    message = module_of(package, "a_pb").M(urls=["rtmp://u:p@h"])

    assert repr(message) == "M(urls=<redacted SECRET>)"


SWITCHES = (
    'syntax = "proto3"; package r; import "google/protobuf/descriptor.proto";'
    " extend google.protobuf.FieldOptions { bool secret = 50000; int32 level = 50001;"
    " repeated string words = 50002; }"
    " message M { string a = 1 [(secret) = true]; string b = 2 [(secret) = false];"
    " string c = 3 [debug_redact = true]; }"
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("option", "marked"),
    [("r.secret", "a"), ("google.protobuf.FieldOptions.debug_redact", "c")],
)
def test_a_switch_marks_a_field_as_sensitive(
    option: str, marked: str, tmp_path: Path
) -> None:
    package = package_of(tmp_path, {"a.proto": SWITCHES}, redact=option)
    message = module_of(package, "a_pb").M(**{marked: "hidden"})

    assert repr(message) == f"M({marked}=<redacted SENSITIVE>)"
    roles = fields(lowered(tmp_path, SWITCHES, redact=option).messages[0], "roles")
    assert {name for name, each in roles.items() if each} == {marked}


def test_options_that_all_fields_have_need_no_import(tmp_path: Path) -> None:
    text = 'syntax = "proto3"; message M { string a = 1 [debug_redact = true]; }'
    name = "google.protobuf.FieldOptions.debug_redact"

    file = lowered(tmp_path, text, redact=name)

    assert fields(file.messages[0], "roles") == {"a": (("redact", "SENSITIVE"),)}
    with pytest.raises(GenerationError, match="no file declares"):
        lowered(tmp_path, text, redact=name + "ed")


@pytest.mark.parametrize(
    ("role", "option", "expected"),
    [
        ("redact", "r.level", "an enum, a string or a bool"),
        ("redact", "r.words", "an enum, a string or a bool"),
        ("redact_format", "r.secret", "a string"),
    ],
)
def test_an_option_of_a_type_that_cannot_play_its_role_is_reported(
    role: str, option: str, expected: str, tmp_path: Path
) -> None:
    with pytest.raises(GenerationError) as caught:
        lowered(tmp_path, SWITCHES, **{role: option})

    assert str(caught.value) == (
        f"error: {role} names the option {option!r}, which is not {expected}\n"
        "  hint: name another option, or change its type"
    )


def test_a_role_of_an_unnamed_number_is_the_number(tmp_path: Path) -> None:
    """A .proto file cannot express it, but a compiler with a newer schema can send it."""
    tree = write_protos(tmp_path, {"t.proto": ROLES})
    compiled = compile_protos([tree], ["t.proto"])
    options = compiled.file[-1].message_type[0].field[0].options
    options.MergeFromString(b"\x80\xb5\x18\x63")  # 50000: 99

    schema = lower(compiled, ["t.proto"], {"redact": "r.level"})

    assert fields(schema.files[-1].messages[0], "roles")["a"] == (("redact", "99"),)


def test_a_role_of_an_unknown_option_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(
        GenerationError, match=r"'r.levle', .*\n  hint: did you mean 'r.level'"
    ):
        lowered(tmp_path, ROLES, redact="r.levle")
    with pytest.raises(
        GenerationError, match="no file of the tree declares a field option"
    ):
        lowered(tmp_path, 'syntax = "proto3";', redact="r.level")


def test_googles_comments_are_left_out(tmp_path: Path) -> None:
    tree = write_protos(
        tmp_path, {"t.proto": 'syntax = "proto3"; import "google/protobuf/any.proto";'}
    )
    schema = lower(compile_protos([tree], ["t.proto"]), ["t.proto"], {})

    google = next(
        file for file in schema.files if file.path == "google/protobuf/any.proto"
    )
    assert google.messages[0].doc == ""
    assert not google.requested


def test_the_dump_is_deterministic_json(tmp_path: Path) -> None:
    tree = write_protos(
        tmp_path,
        {
            "t.proto": 'syntax = "proto2"; message M { optional float f = 1 [default = nan]; }'
        },
    )
    texts = {
        dump(lower(compile_protos([tree], ["t.proto"]), ["t.proto"], {})) for _ in "ab"
    }

    assert len(texts) == 1
    found = json.loads(texts.pop())["files"][0]
    assert found["messages"][0]["fields"][0]["default"] == "nan"
    assert isinstance(found["descriptor"], str)


def test_all_of_livekits_schema_is_lowered() -> None:
    tree = ROOT / "protobufs"
    files = [
        path
        for path in find_protos(tree)
        if path != "options.proto" and not path.startswith("lkproto/")
    ]
    schema = lower(
        compile_protos([tree], files), files, {"redact": "logger.sensitivity"}
    )
    ours = [file for file in schema.files if file.requested]
    messages: list[ir.Message] = [each for file in ours for each in file.messages]
    for message in messages:
        messages += message.messages
    every = [field for message in messages for field in message.fields]
    services = [service for file in ours for service in file.services]
    enums = [
        *(e for file in ours for e in file.enums),
        *(e for m in messages for e in m.enums),
    ]

    counts = {
        "files": len(ours),
        "messages": len(messages),
        "fields": len(every),
        "enums": len(enums),
        "values": sum(len(enum.values) for enum in enums),
        "services": len(services),
        "methods": sum(len(service.methods) for service in services),
        "oneofs": sum(len(message.oneofs) for message in messages),
        "maps": sum(field.map is not None for field in every),
        "deprecated": sum(field.deprecated for field in every),
        "sensitive": sum(bool(field.roles) for field in every),
    }
    assert counts == {
        "files": 43,
        "messages": 643,
        "fields": 2977,
        "enums": 112,
        "values": 607,
        "services": 30,
        "methods": 152,
        "oneofs": 73,
        "maps": 75,
        "deprecated": 122,
        "sensitive": 148,
    }
