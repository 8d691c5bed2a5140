"""Name mapping: every proto name has a Python name, and no two share one."""

from __future__ import annotations

import builtins
import keyword
from typing import get_args

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from lkproto_codegen.plan import names

SCOPES = get_args(names.Scope)
HARD = [
    *keyword.kwlist,
    *dir(builtins),
    *names.METHODS,
    *(name for name in dir(int) if not name.startswith("_")),
    *[
        "pb",
        "self",
        "name",
        "value",
        "mro",
        "_x",
        "__x__",
        "pb_",
        "pb_x",
        "from_",
        "from__",
        "_t",
        "_builtins",
        "cls",
    ],
]
IDENTIFIERS = st.from_regex(
    r"[A-Za-z_][A-Za-z0-9_]{0,12}", fullmatch=True
) | st.sampled_from(HARD)
TAILS = st.text("_", max_size=3)
WORDS = st.builds(lambda base, tail: base + tail, IDENTIFIERS, TAILS)
PARTS = (
    st.text(min_size=1, max_size=6)
    | IDENTIFIERS
    | st.sampled_from(["a-b", "a.b", "_x2d"])
)


@pytest.mark.slow
@given(WORDS, WORDS, st.sampled_from(SCOPES))
@example("from", "from_", "member")
@example("_x", "pb__x", "member")
def test_identifiers_are_injective(first: str, second: str, scope: names.Scope) -> None:
    assume(first != second)

    assert names.identifier(first, scope) != names.identifier(second, scope)


@given(WORDS, st.sampled_from(SCOPES))
def test_identifiers_are_valid_and_leave_the_generators_names_free(
    name: str, scope: names.Scope
) -> None:
    mapped = names.identifier(name, scope)

    assert mapped.isidentifier()
    assert not keyword.iskeyword(mapped)
    assert not mapped.startswith("_")
    assert mapped not in {"pb", "self"}
    if scope == "member":
        assert mapped not in names.METHODS
    if scope == "value":
        assert mapped not in {"name", "value", "mro", "real", "to_bytes"}


@given(PARTS, PARTS)
@example("a-b", "a_x2db")
@example("_x2d", "-")
@example("import", "import_")
@example("x_pb", "x_pb_")
def test_path_segments_are_injective(first: str, second: str) -> None:
    assume(first != second)

    assert names.segment(first) != names.segment(second)


@given(PARTS)
def test_path_segments_are_module_names_other_than_the_generators(part: str) -> None:
    mapped = names.segment(part)

    assert mapped.isidentifier()
    assert not keyword.iskeyword(mapped)
    assert not mapped.startswith("_")
    assert not mapped.endswith(("_pb", "_twirp", "_desc"))


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("livekit_models.proto", "livekit_models_pb"),
        ("rpc/egress.proto", "rpc.egress_pb"),
        ("my-service/v1.2.proto", "my_x2dservice.v1_x2e2_pb"),
        ("class/import.proto", "class_.import__pb"),
        ("2fast.proto", "_x32fast_pb"),
        ("_private.proto", "pb__private_pb"),
    ],
)
def test_modules_of_files(path: str, module: str) -> None:
    expected = module if not module.startswith("_") else "pb_" + module

    assert names.module(path, "pb") == expected


def test_packages_and_qualified_names() -> None:
    assert names.package("") == ""
    assert names.package("livekit.agent") == "livekit.agent"
    assert names.package("acme.class.v1") == "acme.class_.v1"
    assert names.qualified(["Room", "from"]) == "Room.from_"
    assert names.module("a.proto", "twirp") == "a_twirp"
