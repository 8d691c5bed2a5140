"""A hostile schema still gives a package that compiles, imports, type-checks and works."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import typing
from pathlib import Path
from typing import Any

import pytest

from tests.support import module_of, package_of

from .hostile import HOSTILE


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return package_of(tmp_path_factory.mktemp("hostile"), HOSTILE)


@pytest.fixture(scope="module")
def package(hostile: Any) -> Any:
    return module_of(hostile, "class_.def_")


def test_every_field_has_a_name_of_its_own_and_round_trips(package: Any) -> None:
    names = [field.name for field in dataclasses.fields(package.M)]
    assert len(set(names)) == len(names)
    given = {
        "pb_": "1",
        "self_": "2",
        "Message": "3",
        "bytes": b"4",
        "list": ["5"],
        "dict": {"6": 6},
        "more_bytes": [b"7"],
        "from_": "16",
        "from__": "17",
        "pb__x": "18",
        "pb_pb__x": "19",
        "None_": "21",
        "pb__unknown": "34",
        "pb___slots__": "32",
        "super": 37,
        "b": package.M.Kind.name_,
    }
    message = package.M(**given)

    assert package.M.from_bytes(message.to_bytes()) == message
    assert package.M.from_json(message.to_json()) == message
    assert message.to_dict()["a\"b\n'\\"] == "16"
    assert message.which("oneof") == ("super", 37)
    assert message.which("_o") == ("b", 0)
    for name, value in given.items():
        assert getattr(message, name) == value


def test_annotations_mean_what_they_say_at_run_time(package: Any) -> None:
    hints = typing.get_type_hints(package.M)

    assert hints["bytes"] == bytes | None
    assert hints["more_bytes"] == list[bytes]
    assert hints["ms"] == list[package.M]
    assert hints["M"] == package.M | None
    assert hints["again"] == package.Other | None
    assert hints["dict"] == dict[str, int]
    assert typing.get_type_hints(package.M.Inner.M)["m"] == package.M | None
    assert typing.get_type_hints(package.list)["more"] == list[package.import_]


def test_defaults_survive(hostile: Any, package: Any) -> None:
    fields = {field.proto_name: field for field in hostile.fields_of(package.M)}

    assert fields["str"].declared == '"""\\ \n\x01{{x}}'
    assert fields["data"].declared == b"\xff\"'\\"
    assert fields["float"].declared == float("-inf")


def test_enum_values_with_names_of_ints(package: Any) -> None:
    kind = package.M.Kind

    assert [each.name for each in kind][:3] == ["name", "value", "real"]
    assert (kind.name_.value, kind.real_.value, kind.from_bytes_.value) == (0, 2, 5)
    assert kind["__members__"] == 6
    assert package.Other.UN is package.Other.ONE
    assert list(package.Other) == [1, -1]


def test_modules_with_the_same_alias_are_distinguished(tmp_path: Path) -> None:
    package = package_of(
        tmp_path,
        {
            "a/b_c.proto": 'syntax = "proto3"; package x; message One { int32 a = 1; }',
            "a_b/c.proto": 'syntax = "proto3"; package y; message Two { int32 b = 1; }',
            "user.proto": 'syntax = "proto3"; import "a/b_c.proto"; import "a_b/c.proto";'
            " message User { x.One one = 1; y.Two two = 2; }",
        },
    )

    one, two = module_of(package, "x").One, module_of(package, "y").Two
    assert typing.get_type_hints(package.User) == {"one": one | None, "two": two | None}
    assert package.User(one=one(a=1), two=two(b=1)).to_dict() == {
        "one": {"a": 1},
        "two": {"b": 1},
    }


def test_files_without_package_are_in_the_root(hostile: Any) -> None:
    assert hostile.Same(a="x").to_dict() == {"a": "x"}
    assert hostile.Field_(i=1).i == 1
    assert hostile.replace_(f=hostile.Field_(i=2)).f.i == 2
    assert hostile.replace(hostile.Same(a="x"), a="y").a == "y"
    assert module_of(hostile, "same").x() is not None
    assert (
        module_of(hostile, "class_.def_.if_").pb___all__(pb___all__="x").pb___all__
        == "x"
    )


def test_extensions_with_hard_names(hostile: Any, package: Any) -> None:
    message = package.M2()
    hostile.set_extension(message, package.class_, "x")

    assert hostile.get_extension(message, package.class_) == "x"
    assert package.M2.m.name == "class.def.M2.m"


def test_comments_are_docs_and_nothing_else(package: Any) -> None:
    assert "__import__('os').system('true')" in package.M.__doc__
    assert "ends with a quote" in package.M.__doc__


def test_every_class_is_listed(hostile: Any) -> None:
    for name in module_of(hostile, "_index").TYPES:
        assert hostile.find_message(name) or hostile.find_enum(name)
    assert hostile.service_of("class.def.for").methods[0].name == "while"


def test_services_with_hard_names(hostile: Any, package: Any) -> None:
    assert [each.python_name for each in hostile.service_of("class.def.for")] == [
        *("while_", "str", "self", "none", "pb___init__", "pb__call", "pb", "overload")
    ]
    assert package.for_.__doc__.startswith(
        "What a server of `class.def.for` implements."
    )
    assert package.boolClient_.set.__doc__.startswith("Calls `class.def.bool/Set`")
    assert issubclass(package.boolClient, hostile.Message)
    assert package.BOOL_SERVICE_ is hostile.service_of("class.def.bool")
    assert "{% raw %}" in package.forClient.while_.__doc__
    for name in module_of(hostile, "_index").TABLES:
        assert hostile.service_of(name).name == name
    for name in package.__all__:
        assert getattr(package, name)


@pytest.mark.slow
def test_mypy_and_black_accept_it(hostile: Any) -> None:
    folder = Path(hostile.__file__).parent
    black = [sys.executable, "-m", "black", "--check", "--quiet", str(folder)]
    assert subprocess.run(black, check=False).returncode == 0
    mypy = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", folder.name]
    done = subprocess.run(
        mypy, cwd=folder.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_names_of_the_root_and_names_alike_do_not_stop_or_replace_anything(
    tmp_path: Path,
) -> None:
    p3 = 'syntax = "proto3";'
    google = 'import "google/protobuf/descriptor.proto";'
    package = package_of(
        tmp_path,
        {
            "services/a.proto": f"{p3} package services; message Ping {{ string id = 1; }}",
            "replace.proto": f"{p3} package replace; message R {{ string id = 1; }}",
            "m.proto": f"{p3} package Message; message M {{ string id = 1; }}",
            "root.proto": f"{p3} message acme {{ services.Ping p = 1; }}"
            ' import "services/a.proto";',
            "Orders/Orders.proto": f"{p3} package orders; message Order {{ string id = 1; }}",
            "one.proto": f"{p3} package X.V1; message A {{ string id = 1; }}",
            "One.proto": f"{p3} package x.v1; message B {{ string id = 1; }}",
            "y/label/b.proto": f"{p3} package y.labels; message B {{ string id = 1; }}",
            "y/o.proto": f"{p3} package y; {google}"
            " extend google.protobuf.FieldOptions { string label = 50001; }",
        },
    )

    for name in module_of(package, "_index").TYPES:
        assert package.find_message(name) or package.find_enum(name)
    message = module_of(package, "services_").Ping(id="a")
    assert package.acme(p=message).to_dict() == {"p": {"id": "a"}}
    assert package.replace(message, id="b").id == "b"
    assert package.services() == ()
    assert issubclass(module_of(package, "Message_").M, package.Message)
    assert module_of(package, "y").label.name == "y.label"
    assert package.descriptor_of(module_of(package, "orders").Order).name == "Order"


def test_values_with_names_of_the_runtime_stay_values(tmp_path: Path) -> None:
    """Up to Python 3.11, an enum has its members' names as attributes, whatever else they are."""
    own = ["_specifiers", "__proto_name__", "_closed_", "_member_map_", "__getattr__"]
    values = " ".join(f"{name} = {number};" for number, name in enumerate(own))
    package = package_of(
        tmp_path, {"a.proto": f'syntax = "proto2"; enum E {{ {values} }}'}
    )

    assert package.find_message("E") is None
    assert package.find_enum("E") is package.E
    assert [each.name for each in package.descriptor_of(package.E).value] == own
    assert [package.E[name].value for name in own] == [0, 1, 2, 3, 4]
    with pytest.raises(AttributeError, match="type object 'E' has no attribute '_spec"):
        package.E._specifiers  # noqa: B018
