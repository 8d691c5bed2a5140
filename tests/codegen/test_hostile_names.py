"""Every kind of thing may have every name: it is generated, imported and round-trips."""

from __future__ import annotations

import importlib
import keyword
import pkgutil
from pathlib import Path
from typing import Any

import pytest

from tests.support import module_of, package_of

NAMES = [
    *(name for name in keyword.kwlist if name not in ("None", "True", "False")),
    *keyword.softkwlist,
    *[
        "None",
        "True",
        "pb",
        "self",
        "cls",
        "mro",
        "name",
        "value",
        "real",
        "is_integer",
    ],
    *[
        "_runtime",
        "_index",
        "_descriptors",
        "MANIFEST",
        "SCHEMA_VERSION",
        "TYPE_CHECKING",
    ],
    *[
        "__init__",
        "__class__",
        "__slots__",
        "__all__",
        "__getattr__",
        "__dataclass_fields__",
    ],
    *["_specifiers", "_unknown", "_fill", "_table", "pb_", "pb__x", "_x", "a_pb", "_t"],
    *[
        "Message",
        "Enum",
        "replace",
        "services",
        "find_message",
        "annotations",
        "typing",
    ],
    *["to_bytes", "from_json", "which", "merge_from", "copy", "int", "list", "dict"],
    *["str", "bytes", "property", "super", "con", "nul", "aux", "x", "X", "google"],
]
NAMES = list(dict.fromkeys(NAMES))
P3 = 'syntax = "proto3";'
CONFLICTS = "option deprecated_legacy_json_field_conflicts = true;"


def each(template: str, start: int = 1) -> str:
    """A declaration for each name: `N` is the name, `I` a number of its own."""
    numbered = enumerate(NAMES, start)
    return " ".join(
        template.replace("<N>", name).replace("<I>", str(number))
        for number, name in numbered
    )


KINDS = {
    "fields": f"message M {{ {CONFLICTS} {each('string <N> = <I>;')} }}",
    "fields of a oneof": f"message M {{ {CONFLICTS} oneof o {{ {each('M <N> = <I>;')} }} }}",
    "oneofs": f"message M {{ {each('oneof <N> { string f<I> = <I>; }')} }}",
    "messages": each(
        "message <N> { string a = 1; message In { .p.<N> b = 1; } In c = 2; }"
    ),
    "nested messages": "message M { "
    + each("message <N> { map<string, .p.M.<N>> a = 1; } .p.M.<N> f<I> = <I>;")
    + " }",
    "enums": each("enum <N> { V<I> = 0; } message M<I> { repeated .p.<N> a = 1; }"),
    "values": f"message M {{ enum E {{ {CONFLICTS} {each('<N> = <I>;', 0)} }} optional E e = 1; }}",
    "services": f"message M {{}} {each('service <N> { rpc <N>(M) returns (M); }')}",
}


def proto2(kind: str) -> str:
    """In proto2, extensions may have every name; conflicts of values are allowed there."""
    return f'syntax = "proto2"; package p; {kind}'


EXTENSIONS = (
    f"message M {{ extensions 1 to 999; }} extend M {{ {each('optional string <N> = <I>;')} }}"
    f" message H {{ extend M {{ {each('optional int32 <N> = <I>;', 500)} }} }}"
)


def check(package: Any) -> int:
    """Import every module, and send every type through its formats; returns how many."""
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if "._runtime" not in found.name:
            importlib.import_module(found.name)
    types = [
        name
        for name in module_of(package, "_index").TYPES
        if not name.startswith("google.protobuf.")
    ]
    descriptor_of = module_of(package, "_runtime.reflection.descriptors").descriptor_of
    registry = module_of(package, "_runtime.registry")
    for name in types:
        cls: Any = registry.find_message(name) or registry.find_enum(name)
        assert descriptor_of(cls).name == name.rpartition(".")[2]
        if registry.find_message(name):
            round_trip(cls)
        else:
            for value in descriptor_of(cls).value:
                assert cls[value.name].value == (value.number or 0)
    return len(types)


def round_trip(cls: Any) -> None:
    values: dict[str, Any] = {}
    for name, specifier in cls._specifiers.items():
        values[name] = "text" if specifier[0] == "string" else None
        if specifier[3].get("oneof") and any(list(values.values())[:-1]):
            values[name] = None  # the first of a oneof
    message = cls(**{name: value for name, value in values.items() if value})
    assert cls.from_bytes(message.to_bytes()) == message
    assert cls.from_json(message.to_json()) == message
    assert cls.from_text(message.to_text()) == message


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_every_name_is_possible_for_every_kind(kind: str, tmp_path: Path) -> None:
    text = KINDS[kind]
    flavour = proto2(text) if kind == "values" else f"{P3} package p; {text}"
    assert check(package_of(tmp_path, {"a.proto": flavour})) >= 1


@pytest.mark.slow
def test_every_name_is_possible_for_extensions(tmp_path: Path) -> None:
    package = package_of(tmp_path, {"a.proto": proto2(EXTENSIONS)})
    cls = module_of(package, "p").M

    assert check(package) == 2
    by_name = module_of(package, "_runtime.registry").find_extension_by_name
    message = cls()
    for name in NAMES:
        package.set_extension(message, by_name(f"p.{name}"), name)
    for name in NAMES:
        assert package.get_extension(message, by_name(f"p.{name}")) == name


@pytest.mark.slow
@pytest.mark.parametrize("where", ["", "a."])
def test_every_name_is_possible_for_packages_files_and_folders(
    where: str, tmp_path: Path
) -> None:
    text = P3 + " package {}{}; message M{} {{ string s = 1; }}"
    package = package_of(
        tmp_path,
        {
            f"{name}/{name}.proto": text.format(where, name, number)
            for number, name in enumerate(NAMES)
        },
    )

    assert check(package) == len(NAMES)
