"""Name mapping: every proto name has a Python name, and no two share one."""

from __future__ import annotations

import builtins
import keyword
from typing import get_args

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from lkproto_codegen.plan import names
from lkproto_codegen.plan.places import Places

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

    assert Places([path], {}).module(path, "pb") == expected


def test_packages_and_qualified_names() -> None:
    places = Places(["a.proto"], {"": [], "livekit.agent": ["A"], "acme.class.v1": []})
    assert places.package("") == ""
    assert places.package("livekit.agent") == "livekit.agent"
    assert places.package("acme.class.v1") == "acme.class_.v1"
    assert names.qualified(["Room", "from"]) == "Room.from_"
    assert places.module("a.proto", "twirp") == "a_twirp"


# Few words, so that many of them are alike.
FOLDERS = st.lists(
    st.sampled_from(["a", "A", "a_", "A__", "b_pb", "label"]), max_size=3
)
FILES = st.builds(
    lambda folders, file: "/".join([*folders, file]),
    FOLDERS,
    st.sampled_from(["a.proto", "A.proto", "a_.proto", "A_.proto", "b.proto"]),
)
EXPORTS = st.lists(
    st.sampled_from(["a", "a_", "A", "a_pb", "a__pb", "label", "label__", "Message"])
)


@given(
    st.lists(FILES, unique=True),
    st.dictionaries(st.builds(".".join, FOLDERS), EXPORTS),
)
@example(["a.proto", "A.proto"], {})
@example(["Orders/Orders.proto"], {"orders": ["Order"]})
@example([], {"Acme.V1": ["A"], "acme.v1": ["B"]})
@example(["acme/label/b.proto", "acme/label_/b.proto"], {"acme": ["label", "label_"]})
@example(["services/a.proto"], {"services": ["Ping"], "": []})
def test_no_two_places_share_a_file_or_the_name_of_something_else(
    files: list[str], exports: dict[str, list[str]]
) -> None:
    places = Places(files, exports, {"services", "Message"})

    modules = [places.module(path, "pb") for path in files]
    packages = [places.package(name) for name in exports]
    assert len({each.lower() for each in modules}) == len(files)
    assert len({each.lower() for each in packages}) == len(exports)
    taken = {
        f"{places.package(name)}.{each}".strip(".")
        for name, names_ in exports.items()
        for each in names_
    } | {"services", "Message"}
    parents = {
        ".".join(each.split(".")[:depth])
        for each in [*modules, *packages]
        for depth in range(1, each.count(".") + 2)
    }
    assert not taken & parents


def test_names_that_are_taken_or_alike_in_a_small_tree() -> None:
    places = Places(
        ["services/a.proto", "Orders/Orders.proto", "acme/label/b.proto", "B.proto"],
        {
            "services": ["Ping"],
            "orders": ["Order"],
            "acme": ["label", "label_", "b_pb"],
        },
        {"services"},
    )

    assert places.package("services") == "services_"
    assert places.package("orders") == "orders"
    assert places.module("services/a.proto", "pb") == "services_.a_pb"
    assert places.module("Orders/Orders.proto", "pb") == "pb__x4frders.Orders_pb"
    assert places.module("acme/label/b.proto", "desc") == "acme.label__.b_desc"
    assert places.module("B.proto", "pb") == "B_pb"  # alone, a capital stays


def test_long_names_fit_a_file_system_and_stay_apart() -> None:
    first, second = ("\u7528" * 21 + end for end in "\u6237\u7528")
    paths = [f"{first}/{first}.proto", f"{first}/{second}.proto"]
    places = Places(paths, {})

    mapped = [places.module(path, "desc") for path in paths]
    assert len({*mapped}) == 2
    assert all(len(part) <= 200 for each in mapped for part in each.split("."))
    assert all(part.isidentifier() for each in mapped for part in each.split("."))


def test_names_of_enum_values_do_not_depend_on_the_python_that_generates() -> None:
    """`int.is_integer` is new in 3.12; an attribute of a later Python has to be listed, too."""
    public = {name for name in dir(int) if not name.startswith("_")}

    assert names.identifier("is_integer", "value") == "is_integer_"
    assert {names.identifier(name, "value") for name in public} == {
        f"{name}_" for name in public
    }
