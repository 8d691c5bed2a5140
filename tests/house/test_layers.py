"""The directions of imports in DESIGN.md: between folders, and between layers of the runtime."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache

import pytest

from .tree import ROOT, imports, modules_of, parsed, python, resolved

pytestmark = pytest.mark.skipif(not python(""), reason="needs a git checkout")

STDLIB = sys.stdlib_module_names
# Folder: the packages outside the standard library that its modules may import.
MAY_IMPORT = {
    "runtime/core/": set[str](),
    "runtime/http/": set[str](),
    "runtime/livekit/": set[str](),
    "generated/lkproto/": set[str](),
    "codegen/lkproto_codegen/": {"google", "jinja2"},
    "cli/lkproto_cli/": {"lkproto", "lkproto_codegen"},
    "conformance/lkproto_conformance/": {"lkproto"},
}
IMPORTING = [
    # It takes seconds to read all that is generated.
    pytest.param(each, marks=pytest.mark.slow) if "generated" in each else each
    for each in MAY_IMPORT
]
# Module: packages of an extra, which it may import, but only inside functions.
EXTRAS = {
    "_aiohttp.py": {"aiohttp", "multidict", "yarl"},
    "_config.py": {"yaml"},
    "_prometheus.py": {"prometheus_client"},
    "_pyreqwest.py": {
        "pyreqwest",
        "pyreqwest.client",
        "pyreqwest.exceptions",
        "pyreqwest.proxy",
    },
    "_redis.py": {"redis", "redis.backoff", "redis.retry"},
    "_yaml_keys.py": {"yaml"},
    "database.py": {"redis", "redis.exceptions"},
    "find.py": {"lkproto_native"},
    "fuzz.py": {"hypothesis.database"},
    "lk_config.py": {"yaml"},
    "progress.py": {"rich.console", "rich.markup", "rich.progress"},
    "validate.py": {"jsonschema", "referencing", "referencing.jsonschema"},
}

RUNTIME = "runtime/core/"
MODULES = modules_of(RUNTIME)
FOLDERS = {name for name, path in MODULES.items() if path.endswith("__init__.py")}
# Only these modules may list the kinds of proto: users import specifiers by name.
LISTS_KINDS = {"kinds", "specifiers", "pb", "layout"}


@cache
def layers() -> dict[str, tuple[str, ...]]:
    """The layers of DESIGN.md with their modules, in order."""
    text = (ROOT / "DESIGN.md").read_text("utf-8")
    section = text.partition("## The runtime in layers\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (\d [\w -]+) \| (.*) \|$", section, re.MULTILINE)
    return {name: tuple(re.findall(r"`([\w/]+)`", cell)) for name, cell in rows}


def order() -> list[str]:
    """Every module of the runtime, from the ground up."""
    return [module for layer in layers().values() for module in layer]


def forbidden(module: str, tree: ast.Module | None = None) -> Iterator[str]:
    """The imports of a module that are not of earlier modules, or that bypass the seam."""
    place = {each: at for at, each in enumerate(order())}
    for target in resolved(MODULES[module], RUNTIME, tree=tree):
        later = place.get(target, len(place)) >= place[module]
        if later or not may_know(module, target):
            yield target


def may_know(module: str, target: str) -> bool:
    """Whether a module may import one of a fast codec.

    The seam may, and the codec itself. The native one leaves some classes to the straight-line one.
    """
    knows = {"straight": {"straight", "native"}, "native": {"native"}}
    folder = target.partition("/")[0]
    return module == "codec" or module.partition("/")[0] in knows.get(
        folder, {module.partition("/")[0]}
    )


def _is_drawn(path: str) -> bool:
    folder = path.removeprefix("conformance/lkproto_conformance/").partition("/")[0]
    return folder in ("strategies", "suites")


def name_of(path: str) -> str:
    return path.rpartition("/")[2]


@pytest.mark.parametrize("folder", IMPORTING)
def test_a_folder_imports_only_what_it_may(folder: str) -> None:
    modules = python(folder)
    allowed = STDLIB | MAY_IMPORT[folder]

    assert modules
    for path in modules:
        absolute = {name for name in imports(path) if not name.startswith(".")}
        # Glue is imported only by who has the framework that it is named after; Flask
        # brings Werkzeug.
        glue = {name_of(path)[:-3]} if "/webhook/adapters/" in path else set[str]()
        glue |= {"werkzeug"} if "flask" in glue else set()
        # Whoever imports a strategy or a law has hypothesis.
        glue |= {"hypothesis"} if _is_drawn(path) else set()
        glue |= {"pytest"} if name_of(path) == "pytest_plugin.py" else set()
        # Type checkers know backports of typing, which are never imported at run time.
        late = {"typing_extensions"} | EXTRAS.get(name_of(path), set())
        absolute -= late - set(imports(path, deferred=False))
        assert {name.partition(".")[0] for name in absolute} <= allowed | glue, path


@pytest.mark.parametrize("folder", IMPORTING)
def test_relative_imports_stay_inside_their_package(folder: str) -> None:
    for path in python(folder):
        depth = path.removeprefix(folder).count("/") + 1
        for name in imports(path):
            assert len(name) - len(name.lstrip(".")) <= depth, (path, name)


def test_design_has_every_module_of_the_runtime_in_one_layer() -> None:
    assert len(layers()) == 8
    assert sorted(order()) == sorted(MODULES.keys() - FOLDERS)


@pytest.mark.parametrize("module", sorted(MODULES.keys() - FOLDERS))
def test_modules_of_the_runtime_import_only_earlier_ones(module: str) -> None:
    assert list(forbidden(module)) == []


@pytest.mark.parametrize("folder", sorted(FOLDERS))
def test_folders_of_the_runtime_import_nothing(folder: str) -> None:
    assert list(imports(MODULES[folder])) == []


@pytest.mark.parametrize(
    ("module", "planted", "found"),
    [
        ("message", "from .straight import encode", "straight/encode"),
        ("message", "def late():\n    from .straight import codec", "straight/codec"),
        ("layout", "from . import message", "message"),
        ("construct", "def late():\n    from .message import Message", "message"),
        ("json/any", "def late():\n    from .encode import Printer", "json/encode"),
        ("json/any", "async def late():\n    from . import decode", "json/decode"),
        ("binary/wire", "class C:\n    from ..table import table_of", "table"),
        ("errors", "from .json.syntax import place", "json/syntax"),
        ("straight/function", "from ..codec import use", "codec"),
        ("straight/codec", "from ..native.find import found", "native/find"),
        ("message", "def late():\n    from .native import codec", "native/codec"),
        ("table", "if 1:\n    from .table import Field", "table"),
        ("table", "from . import json", "json"),
    ],
)
def test_a_planted_arrow_is_seen(module: str, planted: str, found: str) -> None:
    tree = parsed(MODULES[module])
    tree = ast.Module([*tree.body, *ast.parse(planted).body], [])

    assert list(forbidden(module, tree)) == [found]


@pytest.mark.parametrize(
    ("module", "planted"),
    [
        ("table", "if TYPE_CHECKING:\n    from .message import Message"),
        ("json/any", "from .scalars import check_text"),
        ("codec", "def late():\n    from .straight import codec"),
        ("straight/decode", "from ..binary.wire import tag"),
        ("native/codec", "from ..straight import codec"),
        ("codec", "def late():\n    from .native.choice import native_codec"),
    ],
)
def test_earlier_modules_may_be_imported(module: str, planted: str) -> None:
    assert list(forbidden(module, ast.parse(planted))) == []


def test_lazy_exports_name_modules_of_the_runtime() -> None:
    modules = {
        value.value.replace(".", "/")
        for module in ("public", "pb")
        for node in ast.walk(parsed(MODULES[module]))
        if isinstance(node, ast.Dict)
        for value in node.values
        if isinstance(value, ast.Constant)
    }

    assert len(modules) > 5
    assert modules <= MODULES.keys()


def test_one_module_executes_text() -> None:
    users = {
        path
        for path in python("runtime/")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("exec", "eval")
    }

    assert users == {MODULES["codewriter"]}


def test_kinds_are_listed_in_one_place() -> None:
    rare = {"sint32", "sint64", "sfixed32", "sfixed64", "fixed32", "fixed64"}
    users = {
        module
        for module, path in MODULES.items()
        if len(rare & set(re.findall(r"\w+", (ROOT / path).read_text("utf-8")))) > 3
    }

    assert users == LISTS_KINDS


def test_the_dispatcher_imports_nothing_but_the_standard_library() -> None:
    found = set(imports("cli/lkproto_cli/main.py", deferred=False))

    assert {name.partition(".")[0] for name in found} <= STDLIB
