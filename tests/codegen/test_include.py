"""Modules written by hand that are copied into a package."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from lkproto_codegen import resources
from lkproto_codegen.cache import inputs_digest
from lkproto_codegen.diagnostics import GenerationError
from lkproto_codegen.options import Options
from lkproto_codegen.pipeline import build
from lkproto_codegen.write.drift import find_drift
from lkproto_codegen.write.manifest import read_manifest
from lkproto_codegen.write.output import write

from tests.support import package_of, write_protos

PROTOS = {"a/x.proto": 'syntax = "proto3"; package a; message M {}'}
SOURCES = {
    "own/__init__.py": "from ..a import M\r\n\r\n\r\nclass   Own: made = M()\n",
    "own/deep/more.py": "",
    "single.py": "é = 1\n",
    "own/notes.txt": "not a module\n",
}


@pytest.fixture
def options(tmp_path: Path) -> Options:
    sources = tmp_path / "sources"
    for path, text in SOURCES.items():
        (sources / path).parent.mkdir(parents=True, exist_ok=True)
        (sources / path).write_bytes(text.encode())
    tree = write_protos(tmp_path / "protos", PROTOS)
    return Options(protos=(tree,), out=tmp_path / "out", include=(sources,))


def test_modules_are_copied_as_they_are(options: Options) -> None:
    files = build(options)

    for path, text in SOURCES.items():
        if path.endswith(".py"):
            assert files[path] == text.encode()
    assert "own/notes.txt" not in files


def test_they_use_the_generated_modules(options: Options, tmp_path: Path) -> None:
    package = package_of(tmp_path / "used", PROTOS, include=options.include)

    own = importlib.import_module(f"{package.__name__}.own")
    assert own.Own.made == own.M()


@pytest.mark.slow
def test_they_are_part_of_the_manifest_and_watched(options: Options) -> None:
    write(options.out, build(options))

    manifest = read_manifest(options.out)
    assert manifest is not None
    assert "single.py" in manifest.files
    assert find_drift(options.out, build(options)).clean
    before = inputs_digest(options)
    (options.include[0] / "single.py").write_text("changed = 1\n")
    assert find_drift(options.out, build(options)).changed == (
        "MANIFEST.json",
        "single.py",
    )
    assert inputs_digest(options) != before


@pytest.mark.slow
@pytest.mark.parametrize("path", ["a/x_pb.py", "a.py", "a/__init__.py", "_index.py"])
def test_names_that_are_already_used_are_reported(options: Options, path: str) -> None:
    root = options.include[0]
    (root / path).parent.mkdir(exist_ok=True)
    (root / path).write_text("")

    with pytest.raises(GenerationError) as caught:
        build(options)

    assert str(caught.value) == (
        f"error: {path} below {root} has the name of a module of the generator\n"
        "  hint: rename it"
    )


def test_two_directories_cannot_have_the_same_module(
    options: Options, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "own.py").write_text("")
    both = Options(protos=options.protos, include=(*options.include, other))

    with pytest.raises(GenerationError, match=r"own\.py below .*other has the name of"):
        build(both)


def test_a_missing_directory_is_reported(options: Options, tmp_path: Path) -> None:
    missing = tmp_path / "missing"

    with pytest.raises(GenerationError) as caught:
        build(Options(protos=options.protos, include=(missing,)))

    assert str(caught.value) == (
        f"error: there is no directory {missing} for `include`"
    )


# --- parts of the runtime that are copied where they are imported


def http_files(options: Options) -> set[str]:
    files = build(options)
    return {each for each in files if each.startswith(("_runtime/http/", "http.py"))}


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("single.py", "from ._runtime.http import Request"),
        ("single.py", "from ._runtime import pb, http as _http"),
        ("single.py", "def late():\n    from ._runtime.http._urls import target_of"),
        ("own/deep/more.py", "from ..._runtime.http import Request"),
        ("own/__init__.py", "if TYPE_CHECKING:\n    from .._runtime import http"),
    ],
)
def test_the_part_for_http_is_copied_where_it_is_imported(
    options: Options, path: str, code: str
) -> None:
    (options.include[0] / path).write_text(code)
    found = http_files(options)

    names = {each.name for each in resources.runtime_dir("http").glob("*.py")}
    private = {f"_runtime/http/{name}" for name in names - {"face.py"}}
    assert found == {*private, "http.py"}
    assert "_runtime/http/__init__.py" in found


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("single.py", ""),
        ("single.py", "# from ._runtime.http import Request"),
        ("single.py", "text = 'from ._runtime.http import Request'"),
        ("single.py", "from ._runtime import pb"),
        ("single.py", "from http import HTTPStatus\nimport http.client"),
        ("single.py", "from .http import Request"),
        ("single.py", "from _runtime.http import Request"),
        ("single.py", "from ._runtime.https import Request"),
        ("single.py", "from .._runtime.http import Request"),
        ("own/deep/more.py", "from ._runtime.http import Request"),
        ("single.py", "this is not Python: from ._runtime.http import Request"),
        ("single.py", "\0"),
    ],
)
def test_the_part_for_http_is_not_copied_elsewhere(
    options: Options, path: str, code: str
) -> None:
    (options.include[0] / path).write_text(code)

    assert http_files(options) == set()


def test_the_part_for_http_works_in_any_package(
    options: Options, tmp_path: Path
) -> None:
    source = options.include[0] / "own/sender.py"
    source.write_text("from .._runtime.http import Request, StdlibTransport\n")
    package = package_of(tmp_path / "sends", PROTOS, include=options.include)
    sender = importlib.import_module(f"{package.__name__}.own.sender")
    http = importlib.import_module(f"{package.__name__}._runtime.http")

    with sender.StdlibTransport() as transport, pytest.raises(http.TransportError):
        transport.send(sender.Request("GET", "http://127.0.0.1:1/"))
