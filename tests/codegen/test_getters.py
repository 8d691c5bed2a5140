"""Getters of optional bools, which the role `unset` declares."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest
from lkproto_codegen.diagnostics import GenerationError

from tests.support import generate, module_of, package_of

OPTIONS = """
    syntax = "proto3";
    package o;
    import "google/protobuf/descriptor.proto";
    extend google.protobuf.FieldOptions { Unset unset = 50001; }
    message Unset { oneof meaning { bool value = 1; string same_as = 2; } }
"""


@pytest.fixture(autouse=True)
def in_the_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in the tree, because paths in errors are relative to the current directory."""
    (tmp_path / "protos").mkdir()
    monkeypatch.chdir(tmp_path / "protos")


def protos(body: str) -> dict[str, str]:
    """A schema with one file of messages that can use the option."""
    head = 'syntax = "proto3"; package p; import "o.proto"; '
    return {"o.proto": OPTIONS, "p.proto": head + body}


GRANT = protos("""
    message Grant {
      optional bool a = 1 [(o.unset) = { value: true }];
      optional bool b = 2 [(o.unset) = { same_as: "a" }];
      optional bool c = 3 [(o.unset) = { same_as: "b" }];
      optional bool d = 4 [(o.unset) = { value: false }];
      optional bool from = 5 [(o.unset) = { value: true }];
      optional bool plain = 6;
      bool bool = 7;
    }
    """)


def test_getters_return_defaults_and_follow_other_fields(tmp_path: Path) -> None:
    grant: Any = module_of(package_of(tmp_path, GRANT, unset="o.unset"), "p").Grant

    for a, b, c, d in product((None, False, True), repeat=4):
        message = grant(a=a, b=b, c=c, d=d)
        effective_a = True if a is None else a
        effective_b = effective_a if b is None else b
        assert message.get_a() is effective_a
        assert message.get_b() is effective_b
        assert message.get_c() is (effective_b if c is None else c)
        assert message.get_d() is (False if d is None else d)
    assert grant().get_from() is True
    assert grant(from_=False).get_from() is False
    assert not hasattr(grant, "get_plain")


def test_getters_are_documented_and_typed_around_shadows(tmp_path: Path) -> None:
    text = generate(tmp_path, GRANT, unset="o.unset")["p_pb.py"]

    assert "    def get_b(self) -> _builtins.bool:\n" in text
    assert '"""`b`, or the effective `a` where it is not set."""' in text
    assert '"""`d`, or False where it is not set."""' in text


def test_without_the_role_there_are_no_getters(tmp_path: Path) -> None:
    assert "def get_" not in generate(tmp_path, GRANT)["p_pb.py"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (
            "bool a = 1 [(o.unset) = { value: true }];",
            "`unset` is for optional bool fields, and p.M.a is not one\n"
            "  hint: declare the field as `optional bool`, or remove the option",
        ),
        (
            "optional string a = 1 [(o.unset) = { value: true }];",
            "`unset` is for optional bool fields, and p.M.a is not one\n"
            "  hint: declare the field as `optional bool`, or remove the option",
        ),
        (
            "optional bool a = 1 [(o.unset) = {}];",
            "`unset` of p.M.a does not say what unset means\n  hint: give it either `value` or `same_as`",
        ),
        (
            'optional bool a = 1 [(o.unset) = { same_as: "b" }];',
            "`unset` of p.M.a does not lead to a value\n  hint: let `same_as` name "
            "another field of the message that has `unset`",
        ),
        (
            'optional bool a = 1 [(o.unset) = { same_as: "a" }];',
            "`unset` of p.M.a does not lead to a value\n  hint: let `same_as` name "
            "another field of the message that has `unset`",
        ),
    ],
)
def test_options_that_make_no_getter_are_reported(
    body: str, error: str, tmp_path: Path
) -> None:
    with pytest.raises(GenerationError) as caught:
        generate(tmp_path, protos(f"message M {{\n  {body}\n}}"), unset="o.unset")

    assert str(caught.value) == f"p.proto:2:3: error: {error}"


def test_every_mistake_is_reported_at_any_depth(tmp_path: Path) -> None:
    body = """
        message M {
          optional bool a = 1 [(o.unset) = { value: true }];
          string get_a = 2;
          message N {
            optional bool b = 1 [(o.unset) = { value: true }];
            enum get_b { X = 0; }
            bool c = 2 [(o.unset) = { value: true }];
          }
        }
    """

    with pytest.raises(GenerationError) as caught:
        generate(tmp_path, protos(body), unset="o.unset")

    assert [str(each).splitlines()[0] for each in caught.value.diagnostics] == [
        "p.proto:4:11: error: the getter of p.M.a would have the name of another member, "
        "'get_a'",
        "p.proto:7:13: error: the getter of p.M.N.b would have the name of another "
        "member, 'get_b'",
        "p.proto:8:13: error: `unset` is for optional bool fields, and p.M.N.c is not one",
    ]


def test_a_role_that_is_not_a_message_makes_no_getter(tmp_path: Path) -> None:
    text = """
        syntax = "proto3";
        import "google/protobuf/descriptor.proto";
        extend google.protobuf.FieldOptions { string s = 50001; }
        message M { optional bool a = 1 [(s) = "x"]; }
    """

    with pytest.raises(
        GenerationError, match="`unset` of M.a does not say what unset means"
    ):
        generate(tmp_path, {"p.proto": text}, unset="s")
