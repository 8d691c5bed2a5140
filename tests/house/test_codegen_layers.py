"""The stages of the generator: what each may import, and what only it may do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter

import pytest

from .tree import imports, modules_of, parsed, python, resolved

pytestmark = pytest.mark.skipif(not python(""), reason="needs a git checkout")

CODEGEN = "codegen/lkproto_codegen/"
CLI = "cli/lkproto_cli/"
MODULES = modules_of(CODEGEN)
# From the ground up, as in DESIGN.md: a module imports from its own line and those before it. A
# folder means all modules in it, and "" means `__init__`, which has the version.
STAGES = (
    ("", "ir", "diagnostics", "toml", "options", "resources"),
    ("read",),
    ("plan",),
    ("write",),
    ("schema",),
    ("pipeline",),
    ("cache", "plugin"),
)
# Functions that change files. Only two modules change the user's files; the others write into
# their own temporary directory, or the cache.
MAY_WRITE = {
    "cache": {"mkdir", "write_text"},
    "read/protoc": {"TemporaryDirectory", "mkdir", "symlink_to", "write_bytes"},
    "schema/buf": {"TemporaryDirectory", "write_bytes"},
    "schema/trees": {"mkdir", "write_bytes"},
    "write/format": {"TemporaryDirectory", "mkdir", "write_text"},
    "write/lock": {"unlink"},
}
WRITERS = {"schema/importer", "write/journal", "write/output", "write/paths"}
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
RUN_PROCESSES = {"read/protoc", "schema/buf", "write/format"}


def stage(module: str) -> int:
    """The number of a module's stage."""
    part = module.partition("/")[0]
    return next(number for number, stage in enumerate(STAGES) if part in stage)


def backward(module: str, tree: ast.Module | None = None) -> Iterator[str]:
    """The imports of a module from later stages, deferred or not."""
    for target in resolved(MODULES[module], CODEGEN, tree=tree):
        if stage(target) > stage(module):
            yield target


def everything() -> dict[str, str]:
    """Paths of the modules of the generator and the command line, by name."""
    return MODULES | {f"cli:{name}": path for name, path in modules_of(CLI).items()}


def calls(path: str) -> set[str]:
    """The names of the functions and methods that a module calls."""
    return {
        node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute | ast.Name)
    }


def texts(path: str) -> set[str]:
    """The text literals of a module."""
    return {
        node.value
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@pytest.mark.parametrize("module", MODULES)
def test_no_arrow_leads_to_a_later_stage(module: str) -> None:
    assert list(backward(module)) == []


@pytest.mark.parametrize("folder", [CODEGEN, CLI])
def test_modules_do_not_import_each_other_in_a_circle(folder: str) -> None:
    graph = {
        module: set(resolved(path, folder))
        for module, path in modules_of(folder).items()
    }

    assert any(graph.values())
    tuple(TopologicalSorter(graph).static_order())  # raises CycleError


def test_folders_import_nothing() -> None:
    """So that a command pays only for the modules it names."""
    folders = [path for path in python(CODEGEN) if path.endswith("/__init__.py")]

    assert len(folders) == 5
    assert [path for path in folders if set(imports(path))] == []


@pytest.mark.parametrize(
    ("module", "planted", "found"),
    [
        ("ir", "from . import pipeline", "pipeline"),
        ("options", "from .read.roles import Roles", "read/roles"),
        ("read/lower", "from ..plan.names import identifier", "plan/names"),
        ("read/lower", "from ..plan import names as naming", "plan/names"),
        ("read/lower", "def late():\n    from .. import plan", "plan"),
        ("plan/names", "class C:\n    from ..write import literal", "write/literal"),
        ("write/output", "def late():\n    from ..cache import remember", "cache"),
        ("write/output", "async def late():\n    from .. import schema", "schema"),
        ("pipeline", "if 1:\n    from .cache import up_to_date", "cache"),
    ],
)
def test_a_planted_arrow_is_seen(module: str, planted: str, found: str) -> None:
    tree = parsed(MODULES[module])
    tree = ast.Module([*tree.body, *ast.parse(planted).body], [])

    assert list(backward(module, tree)) == [found]


@pytest.mark.parametrize(
    "planted",
    [
        "if TYPE_CHECKING:\n    from ..plan import names",
        "if typing.TYPE_CHECKING:\n    from ..plan import names",
        "from ..ir import Location",
        "from . import comments",
        "from plan import names",
    ],
)
def test_allowed_arrows_pass(planted: str) -> None:
    assert list(backward("read/lower", ast.parse(planted))) == []


def test_deferred_imports_can_be_left_out() -> None:
    tree = ast.parse(
        "from .. import ir, __version__\n"
        "from .comments import Path\n"
        "def late():\n    from ..plan.types import Plan\n"
        "if TYPE_CHECKING:\n    from . import dump\n"
        "else:\n    from . import roles\n"
    )
    path = MODULES["read/lower"]
    top = ["ir", "", "read/comments", "read/roles"]

    assert list(resolved(path, CODEGEN, deferred=False, tree=tree)) == top
    assert set(resolved(path, CODEGEN, tree=tree)) == {*top, "plan/types"}


def test_only_the_output_writes_the_users_files() -> None:
    for name, path in everything().items():
        if name not in WRITERS:
            assert calls(path) & WRITES <= MAY_WRITE.get(name, set()), path


def test_every_permission_to_write_is_used() -> None:
    assert {name: calls(MODULES[name]) & WRITES for name in MAY_WRITE} == MAY_WRITE


def test_only_the_compiler_stage_runs_protoc_and_only_the_formatter_ruff() -> None:
    found = everything()

    assert {
        name for name, path in found.items() if "subprocess" in set(imports(path))
    } == RUN_PROCESSES
    for program, module in (
        ("grpc_tools", "read/protoc"),
        ("ruff", "write/format"),
        ("buf", "schema/buf"),
    ):
        users = {name for name in RUN_PROCESSES if program in texts(found[name])}
        assert users == {module}


def test_only_rendering_knows_templates() -> None:
    users = {
        name
        for name, path in MODULES.items()
        if "jinja2" in {each.partition(".")[0] for each in imports(path)}
    }

    assert users == {"write/render"}
