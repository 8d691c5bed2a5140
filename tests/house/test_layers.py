"""Import directions as DESIGN.md's table has them, and who may touch files and processes."""

from __future__ import annotations

import ast
import sys
from graphlib import TopologicalSorter

import pytest

from .tree import imports, parsed, python

pytestmark = pytest.mark.skipif(not python(""), reason="needs a git checkout")

STDLIB = sys.stdlib_module_names
# Folder: the packages beside the standard library that its modules may import.
MAY_IMPORT = {
    "runtime/core/": set[str](),
    "runtime/livekit/": set[str](),
    "generated/lkproto/": set[str](),
    "codegen/lkproto_codegen/": {"google", "jinja2"},
    "cli/lkproto_cli/": {"lkproto", "lkproto_codegen"},
    "conformance/lkproto_conformance/": {"lkproto"},
}
# Module: what an extra brings, which is imported inside functions alone.
EXTRAS = {"_keys.py": {"yaml"}}
# What modules of the generator call that changes files. Only two change the user's; the
# others write into a scratch directory of their own, or the cache.
MAY_WRITE = {
    "cache.py": {"mkdir", "write_text"},
    "compile.py": {"TemporaryDirectory"},
    "format.py": {"TemporaryDirectory", "mkdir", "write_text"},
    "lock.py": {"unlink"},
    "schema_buf.py": {"TemporaryDirectory", "write_bytes"},
    "schema_trees.py": {"mkdir", "write_bytes"},
}
WRITERS = {"output.py", "schema_import.py"}
WRITES = {
    "TemporaryDirectory",
    "copy",
    "copytree",
    "mkdir",
    "mkdtemp",
    "rename",
    "rmdir",
    "rmtree",
    "symlink_to",
    "touch",
    "unlink",
    "write_bytes",
    "write_text",
}


def calls(path: str) -> set[str]:
    """The names of the functions and methods that a module calls."""
    return {
        node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute | ast.Name)
    }


def name_of(path: str) -> str:
    return path.rpartition("/")[2]


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_a_folder_imports_only_what_it_may(folder: str) -> None:
    modules = python(folder)
    allowed = STDLIB | MAY_IMPORT[folder]

    assert modules
    for path in modules:
        absolute = {name for name in imports(path) if not name.startswith(".")}
        # Checkers know backports of typing; nothing of them is imported at run time.
        late = {"typing_extensions"} | EXTRAS.get(name_of(path), set())
        absolute -= late - set(imports(path, deferred=False))
        assert {name.partition(".")[0] for name in absolute} <= allowed, path


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_relative_imports_stay_inside_their_package(folder: str) -> None:
    for path in python(folder):
        depth = path.removeprefix(folder).count("/") + 1
        for name in imports(path):
            assert len(name) - len(name.lstrip(".")) <= depth, (path, name)


@pytest.mark.parametrize(
    "folder", ["runtime/core/", "codegen/lkproto_codegen/", "cli/lkproto_cli/"]
)
def test_modules_do_not_import_each_other_in_a_circle(folder: str) -> None:
    modules = {path.removeprefix(folder).removesuffix(".py") for path in python(folder)}
    graph = {
        module: {
            name.lstrip(".").partition(".")[0]
            for name in imports(f"{folder}{module}.py", deferred=False)
            if name.startswith(".")
        }
        & modules
        for module in modules
    }

    assert any(graph.values())
    tuple(TopologicalSorter(graph).static_order())  # raises CycleError


def test_the_dispatcher_imports_nothing_but_the_standard_library() -> None:
    found = set(imports("cli/lkproto_cli/main.py", deferred=False))

    assert {name.partition(".")[0] for name in found} <= STDLIB


def test_only_the_output_writes_the_users_files() -> None:
    for path in python("codegen/", "cli/"):
        name = name_of(path)
        if name not in WRITERS:
            assert calls(path) & WRITES <= MAY_WRITE.get(name, set()), path


def test_only_the_compiler_stage_runs_protoc_and_only_the_formatter_ruff() -> None:
    for path in python("codegen/", "cli/"):
        texts = {
            node.value
            for node in ast.walk(parsed(path))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        if "subprocess" in set(imports(path)):
            assert name_of(path) in {"compile.py", "format.py", "schema_buf.py"}
        if name_of(path) != "compile.py":
            assert "grpc_tools.protoc" not in texts, path


def test_only_rendering_knows_templates() -> None:
    for path in python("codegen/"):
        names = {name.partition(".")[0] for name in imports(path)}
        assert ("jinja2" in names) == (name_of(path) == "render.py"), path
