"""What fields grant and what limits that, as the roles `grants` and `limited_by` have it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from lkproto_codegen.diagnostics import GenerationError

from tests.support import generate

OPTIONS = """
    syntax = "proto3";
    package o;
    import "google/protobuf/descriptor.proto";
    extend google.protobuf.FieldOptions {
      string opens = 50001;
      repeated Limit limited_by = 50002;
      Limit once = 50003;
      repeated string words = 50004;
      Unset unset = 50005;
    }
    message Limit { string field = 1; bool needed = 2; string lifted_by = 3; }
    message Unset { bool value = 1; string same_as = 2; }
"""
ROLES = {"grants": "o.opens", "limited_by": "o.limited_by"}


@pytest.fixture(autouse=True)
def in_the_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths in errors are relative to where the user is."""
    (tmp_path / "protos").mkdir()
    monkeypatch.chdir(tmp_path / "protos")


def protos(body: str) -> dict[str, str]:
    """A schema with one message that may use the options."""
    head = 'syntax = "proto3"; package p; import "o.proto"; message M {\n'
    return {"o.proto": OPTIONS, "p.proto": f"{head}{body}}}\n"}


def docs(tmp_path: Path, body: str, **roles: str) -> dict[str, str]:
    """The docstrings of the fields; the class's has to have the same."""
    source = generate(tmp_path, protos(body), **roles)["p_pb.py"]
    (cls,) = (each for each in ast.parse(source).body if isinstance(each, ast.ClassDef))
    found = {
        field.target.id: doc.value.value
        for field, doc in zip(cls.body, cls.body[1:], strict=False)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(doc, ast.Expr)
        and isinstance(doc.value, ast.Constant)
        and isinstance(doc.value.value, str)
    }
    whole = " ".join((ast.get_docstring(cls) or "").split())
    for name, text in found.items():
        assert f"{name}: {' '.join(text.split())}" in whole
    return {name: " ".join(text.split()) for name, text in found.items()}


def test_fields_say_what_they_grant_and_what_limits_that(tmp_path: Path) -> None:
    body = """
      // Everywhere.
      bool create = 1 [(o.opens) = "create and\\n delete rooms."];
      bool admin = 2 [
        (o.opens) = "manage a room",
        (o.limited_by) = { field: "from" needed: true lifted_by: "all" }
      ];
      bool join = 3 [
        (o.opens) = "join",
        (o.limited_by) = { field: "from" },
        (o.limited_by) = { field: "where" },
        (o.limited_by) = { field: "key" needed: true }
      ];
      bool lone = 4 [(o.limited_by) = { field: "from" }];
      // Name of the room.
      string from = 5;
      string where = 6;
      string key = 7;
      bool all = 8 [(o.opens) = ""];
    """

    assert docs(tmp_path, body, **ROLES) == {
        "create": "Grants the right to create and delete rooms. Everywhere.",
        "admin": "Grants the right to manage a room; needs `from_` or `all`.",
        "join": "Grants the right to join; needs `key`; limited by `from_` and `where` "
        "where set.",
        "lone": "Limited by `from_` where set.",
        "from_": "Name of the room. Limits `admin`, `join` and `lone`.",
        "where": "Limits `join`.",
        "key": "Limits `join`.",
    }


def test_a_limit_need_not_be_repeated(tmp_path: Path) -> None:
    body = 'bool a = 1 [(o.once) = { field: "b" }]; string b = 2;'

    assert docs(tmp_path, body, limited_by="o.once") == {
        "a": "Limited by `b` where set.",
        "b": "Limits `a`.",
    }


def test_a_field_says_what_unset_means(tmp_path: Path) -> None:
    body = """
      // Whether to publish.
      optional bool a = 1 [(o.unset) = { value: true }];
      optional bool b = 2 [(o.opens) = "send", (o.unset) = { same_as: "a" }];
    """

    assert docs(tmp_path, body, unset="o.unset", grants="o.opens") == {
        "a": "Whether to publish. Unset means True.",
        "b": "Grants the right to send. Unset means the effective `a`.",
    }


def test_without_the_roles_nothing_is_said(tmp_path: Path) -> None:
    body = 'bool a = 1 [(o.opens) = "b", (o.limited_by) = { field: "nope" }];'

    assert docs(tmp_path, body) == {}


@pytest.mark.parametrize(
    ("limit", "error"),
    [
        (
            '{ field: "c" }',
            "`limited_by` of p.M.a names 'c', which is not a field of p.M\n"
            "  hint: known: a, b",
        ),
        (
            '{ field: "b" needed: true lifted_by: "bb" }',
            "`limited_by` of p.M.a names 'bb', which is not a field of p.M\n"
            "  hint: did you mean 'b'?",
        ),
        (
            "{ needed: true }",
            "`limited_by` of p.M.a does not say what limits it\n"
            "  hint: give it `field`, the name of another field of the message",
        ),
    ],
)
def test_limits_that_name_no_field_are_reported(
    limit: str, error: str, tmp_path: Path
) -> None:
    body = f"  bool a = 1 [(o.limited_by) = {limit}];\n  string b = 2;\n"

    with pytest.raises(GenerationError) as caught:
        generate(tmp_path, protos(body), **ROLES)

    assert str(caught.value) == f"p.proto:2:3: error: {error}"


@pytest.mark.parametrize(
    ("role", "option", "expected"),
    [
        ("grants", "o.words", "a string"),
        ("grants", "o.once", "a string"),
        ("limited_by", "o.opens", "a message"),
    ],
)
def test_options_of_another_type_cannot_play_the_role(
    role: str, option: str, expected: str, tmp_path: Path
) -> None:
    with pytest.raises(GenerationError) as caught:
        generate(tmp_path, protos("bool a = 1;"), **{role: option})

    assert str(caught.value) == (
        f"error: {role} names the option '{option}', which is not {expected}\n"
        "  hint: name another option, or change its type"
    )
