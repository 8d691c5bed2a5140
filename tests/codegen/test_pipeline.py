"""The whole pipeline: golden tree, determinism, templates, formatting, drift."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from jinja2 import Environment
from lkproto_codegen.diagnostics import GenerationError
from lkproto_codegen.options import Options
from lkproto_codegen.pipeline import build, proto_files
from lkproto_codegen.write import drift as drifting
from lkproto_codegen.write import format as formatting
from lkproto_codegen.write.drift import find_drift
from lkproto_codegen.write.format import format_sources
from lkproto_codegen.write.output import write

from tests.quick import ruff_in_a_process
from tests.support import ROOT, generate, write_protos

from .hostile import HOSTILE

GOLDEN = ROOT / "tests" / "golden"
OWN = {"MANIFEST.json", "py.typed"}


def golden_files() -> dict[str, bytes]:
    """The output for the golden protos, without the runtime, google's files and the manifest."""
    options = Options(
        protos=(GOLDEN / "protos",),
        redact="example.sensitivity",
        services=GOLDEN / "services.toml",
    )
    files = build(options)
    return {
        path: data
        for path, data in files.items()
        if not path.startswith(("_runtime/", "google/", "_descriptors/google"))
        and path not in (*OWN, "http.py")  # the runtime's, too
    }


def test_the_golden_tree_is_what_is_generated(request: pytest.FixtureRequest) -> None:
    files = golden_files()
    if request.config.getoption("--update-golden"):
        for path, data in files.items():
            target = GOLDEN / "expected" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    stored = {
        path.relative_to(GOLDEN / "expected").as_posix(): path.read_bytes()
        for path in (GOLDEN / "expected").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert files.keys() == stored.keys()
    for path, data in files.items():
        assert data.decode() == stored[path].decode(), path


@pytest.mark.slow
def test_output_is_the_same_under_any_hash_seed_and_directory(tmp_path: Path) -> None:
    tree = write_protos(tmp_path / "protos", HOSTILE)
    script = (
        "import sys, hashlib; from pathlib import Path\n"
        "from lkproto_codegen.options import Options\n"
        "from lkproto_codegen.pipeline import build\n"
        "files = build(Options(protos=(Path(sys.argv[1]),), files=tuple(sys.argv[2:])))\n"
        "print(hashlib.sha256(repr(files).encode()).hexdigest())\n"
    )
    seen = set()
    names = proto_files(Options(protos=(tree,)))
    for seed, cwd, files in (
        ("0", ROOT, []),
        ("1", tmp_path, names),
        ("42", tree, names[::-1]),
    ):
        environment = os.environ | {
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": str(ROOT / "codegen"),
        }
        command = [sys.executable, "-c", script, str(tree), *files]
        done = subprocess.run(
            command,
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        seen.add(done.stdout)

    assert len(seen) == 1


def test_a_user_can_override_one_template(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "plain_init.py.j2").write_text('"""Mine."""\n')

    files = generate(
        tmp_path, {"x/a.proto": 'syntax = "proto3";'}, templates=tmp_path / "mine"
    )

    assert files["x/__init__.py"].endswith('# fmt: off\n"""Mine."""\n')


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            b"\n{{ nope }}",
            "^mine/plain_init.py.j2:2:1: error: a template does not render: 'nope' is undef",
        ),
        (
            b"{% if %}",
            "^mine/plain_init.py.j2:1:1: error: a template does not render: Exp",
        ),
        (b"\n\n{{ 1/0 }}", "^mine/plain_init.py.j2:3:1: error: .* ZeroDivisionError"),
        (b"\n\xff", "^mine/plain_init.py.j2:2:1: error: a template is not UTF-8: "),
        (b"{% include 'x' %}", "^mine/plain_init.py.j2:1:1: error: .*: x\n"),
        (b"{% include '_x.j2' %}", "^mine/_x.j2:1:1: error: .*'zzz' is undefined"),
        (b"def broken(:\n", r"generated module .*__init__.py is not valid Python"),
    ],
)
def test_a_broken_template_is_reported(
    text: bytes, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "_x.j2").write_text("{{ zzz }}")
    (tmp_path / "mine" / "plain_init.py.j2").write_bytes(text)

    with pytest.raises(GenerationError, match=message):
        generate(
            tmp_path, {"x/a.proto": 'syntax = "proto3";'}, templates=tmp_path / "mine"
        )


def test_a_template_that_replaces_none_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "plain_init.j2").touch()

    with pytest.raises(GenerationError) as caught:
        generate(
            tmp_path, {"a.proto": 'syntax = "proto3";'}, templates=tmp_path / "mine"
        )

    assert str(caught.value) == (
        "error: mine/plain_init.j2 replaces no template\n"
        "  hint: did you mean 'plain_init.py.j2'?"
    )


def test_missing_places_are_reported(tmp_path: Path) -> None:
    with pytest.raises(
        GenerationError, match=r"there is no directory .*\n  hint: name the dir"
    ):
        build(Options(protos=(tmp_path / "nope",)))
    with pytest.raises(GenerationError, match=r"there are no \.proto files below"):
        build(Options(protos=(tmp_path,)))
    with pytest.raises(GenerationError, match="for `templates`"):
        generate(
            tmp_path, {"a.proto": 'syntax = "proto3";'}, templates=tmp_path / "nope"
        )


def test_formatter_problems_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    assert format_sources({"a.txt": " x ", "b.py": "x = 'a'"}) == {
        "a.txt": " x ",
        "b.py": 'x = "a"\n',
    }
    monkeypatch.setattr(formatting, "_program", ruff_in_a_process)
    with monkeypatch.context() as patch:
        patch.setattr(formatting.sys, "executable", "/bin/false")
        with pytest.raises(GenerationError, match="the formatter failed"):
            format_sources({"b.py": "x = 1"})
    monkeypatch.setattr(formatting, "find_spec", lambda name: None)
    with pytest.raises(GenerationError, match="the formatter is not installed"):
        format_sources({"b.py": "x = 1"})


def test_drift_names_differences_and_tools_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    protos = {"a.proto": 'syntax = "proto3"; message A { int32 x = 1; }'}
    tree = write_protos(tmp_path / "protos", protos)
    expected = build(Options(protos=(tree,)))
    out = tmp_path / "out"
    write(out, expected)
    assert find_drift(out, expected).clean
    (out / "a_pb.py").write_text("changed\n" * 40)
    (out / "_index.py").unlink()
    (out / "stray.py").touch()
    monkeypatch.setattr(drifting, "__version__", "9.9")

    drift = find_drift(out, expected)

    assert not drift.clean
    lines = str(drift).splitlines()
    assert lines[:4] == [
        "generator differs: the output was written with lkproto 0.1.0, this is lkproto 9.9",
        "missing: _index.py",
        "extra: stray.py",
        "changed: a_pb.py",
    ]
    assert lines[4] == "--- a_pb.py (on disk)"
    assert lines[-1] == "…"
    assert find_drift(tmp_path / "nope", expected).missing


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ cycler.__init__.__globals__.os.system('false') }}",
        "{{ (package|attr('__class__')) }}",
        "{{ '{0.__class__}'.format(package) }}",
        "{{ package.exports.append(1) }}",
    ],
)
def test_templates_of_users_run_in_a_sandbox(attack: str, tmp_path: Path) -> None:
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "root_init.py.j2").write_text(f"{attack}\n")

    with pytest.raises(
        GenerationError, match=r"root_init.py.j2:1:1: error: a template"
    ):
        generate(tmp_path, {"a.proto": 'syntax = "proto3";'}, templates=templates)


def test_our_templates_are_compiled_once_in_a_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = generate(tmp_path, {"a.proto": 'syntax = "proto3"; message M {}'})
    monkeypatch.setattr(Environment, "compile", lambda *given: pytest.fail(str(given)))

    assert generate(tmp_path, {}) == first


@pytest.mark.slow
def test_the_sandbox_changes_nothing_for_our_templates(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    tree = GOLDEN / "protos"

    plain = build(Options(protos=(tree,)))

    assert build(Options(protos=(tree,), templates=tmp_path / "templates")) == plain
