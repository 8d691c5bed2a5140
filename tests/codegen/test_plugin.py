"""The plugin of protoc and buf, which writes the same bytes as the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf.compiler.plugin_pb2 import (
    CodeGeneratorRequest,
    CodeGeneratorResponse,
)
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from lkproto_codegen.options import Options
from lkproto_codegen.pipeline import build
from lkproto_codegen.plugin import respond
from lkproto_codegen.read.compile import compile_protos
from lkproto_codegen.read.lower import lower
from lkproto_codegen.schema.buf import find_buf

from tests.support import ROOT, needs_buf, write_protos

PROTOS = {
    "a.proto": 'syntax = "proto3"; package p; import "sub/b.proto";'
    ' import "google/protobuf/timestamp.proto";'
    " // A message.\nmessage A { p.B b = 1; google.protobuf.Timestamp t = 2; }",
    "sub/b.proto": 'syntax = "proto3"; package p; message B { int32 x = 1; }',
}


def request(tree: Path, *files: str, parameter: str = "") -> CodeGeneratorResponse:
    """The plugin's response to a request to generate files."""
    message = CodeGeneratorRequest(parameter=parameter, file_to_generate=files)
    message.proto_file.extend(compile_protos([tree], files).file)
    return CodeGeneratorResponse.FromString(respond(message.SerializeToString()))


@pytest.mark.slow
def test_protoc_with_the_plugin_writes_what_generate_writes(tmp_path: Path) -> None:
    tree = write_protos(tmp_path / "protos", PROTOS)
    plugin = tmp_path / "protoc-gen-lkproto"
    paths = [str(ROOT / "codegen"), str(ROOT / "cli")]
    plugin.write_text(
        f"#!{sys.executable}\nimport sys; sys.path[:0] = {paths!r}\n"
        "from lkproto_cli.plugin import main; sys.exit(main())\n"
    )
    plugin.chmod(0o755)
    out = tmp_path / "out"
    out.mkdir()
    command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{tree}"]
    command += [f"--plugin=protoc-gen-lkproto={plugin}", f"--lkproto_out={out}"]
    command += ["--lkproto_opt=schema_version=v9", *sorted(PROTOS, reverse=True)]

    subprocess.run(command, check=True)

    written = {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file()
    }
    assert written == build(Options(protos=(tree,), schema_version="v9"))


@needs_buf
def test_buf_and_protoc_differ_on_block_comments_next_to_code(tmp_path: Path) -> None:
    """As documented; if this fails, docs/generate/generator.md needs a change, too."""
    buf = find_buf()
    assert buf is not None
    text = (
        'syntax = "proto3"; package p;\nmessage M {\n  // line\n  string a = 1;\n'
        "  /* own */\n  string b = 2;  // after\n  string c = 3;\n"
        "  /* before */ string d = 4;\n  oneof o { string e = 5; /* after */ }\n}\n"
    )
    tree = write_protos(tmp_path / "protos", {"a.proto": text})
    image = tmp_path / "set.binpb"
    command = [buf, "build", str(tree), "-o", str(image), "--as-file-descriptor-set"]
    subprocess.run(command, check=True, cwd=tmp_path)

    def documented(compiled: FileDescriptorSet) -> dict[str, str]:
        (message,) = lower(compiled, ["a.proto"], {}).files[0].messages
        return {field.name: field.doc.strip() for field in message.fields if field.doc}

    both = {"a": "line", "b": "own"}
    ours = compile_protos([tree], ["a.proto"])
    assert documented(ours) == both | {"d": "before"}
    theirs = FileDescriptorSet.FromString(image.read_bytes())
    assert documented(theirs) == both | {"e": "after"}


@pytest.mark.slow
@needs_buf
def test_buf_with_the_plugin_writes_what_generate_writes(tmp_path: Path) -> None:
    tree = write_protos(tmp_path / "protos", PROTOS)
    plugin = tmp_path / "plugin.py"
    plugin.write_text(
        f"import sys; sys.path[:0] = {[str(ROOT / 'codegen'), str(ROOT / 'cli')]!r}\n"
        "from lkproto_cli.plugin import main; sys.exit(main())\n"
    )
    for strategy in ("all", "directory"):
        (tmp_path / "buf.gen.yaml").write_text(
            "version: v2\nplugins:\n"
            f"  - local: ['{sys.executable}', '{plugin}']\n"
            f"    out: {tmp_path / strategy}\n    strategy: {strategy}\n"
        )
        done = subprocess.run(
            [
                str(find_buf()),
                "generate",
                str(tree),
                "--template",
                str(tmp_path / "buf.gen.yaml"),
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
        )
        if strategy == "all":
            assert done.returncode == 0, done.stderr
            out = tmp_path / "all"
            written = {
                path.relative_to(out).as_posix(): path.read_bytes()
                for path in out.rglob("*")
                if path.is_file()
            }
            assert written == build(Options(protos=(tree,)))
        else:
            assert done.returncode != 0
            assert "set `strategy: all`" in done.stderr


@pytest.mark.slow
@needs_buf
def test_buf_with_a_path_is_refused(tmp_path: Path) -> None:
    protos = {
        f"proto/{name}/{name}.proto": f'syntax = "proto3"; package {name};'
        " message M { int32 x = 1; }"
        for name in "abc"
    }
    write_protos(tmp_path, protos)
    plugin = tmp_path / "plugin.py"
    plugin.write_text(
        f"import sys; sys.path[:0] = {[str(ROOT / 'codegen'), str(ROOT / 'cli')]!r}\n"
        "from lkproto_cli.plugin import main; sys.exit(main())\n"
    )
    (tmp_path / "buf.yaml").write_text(
        "version: v2\nmodules:\n  - path: proto\n    excludes:\n      - proto/c\n"
    )
    template = (
        f"version: v2\nplugins:\n  - local: ['{sys.executable}', '{plugin}']\n"
        f"    out: out\n    strategy: all\n"
    )
    (tmp_path / "buf.gen.yaml").write_text(template)

    def generated(*words: str) -> str:
        command = [find_buf(), "generate", *words]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=tmp_path
        )
        return done.stderr

    assert generated() == ""
    assert "partial: 'a/a.proto' is in the same tree" in generated("--path", "proto/b")
    (tmp_path / "buf.gen.yaml").write_text(template + "    opt: imports=allowed\n")
    assert generated("--path", "proto/b") == ""


def test_a_partial_request_is_refused_unless_imports_are_allowed(
    tmp_path: Path,
) -> None:
    tree = write_protos(tmp_path, PROTOS)

    assert (
        "'sub/b.proto' is imported, but not among the files to generate"
        in request(tree, "a.proto").error
    )
    allowed = request(tree, "a.proto", parameter="imports=allowed")
    assert not allowed.error
    assert "sub/b_pb.py" in {file.name for file in allowed.file}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("parameter", "message"),
    [
        ("redct=x", "unknown plugin parameter 'redct'\n  hint: did you mean 'redact'?"),
        ("redact", "the plugin parameter 'redact' takes a value: redact=…"),
        (
            "twirp=client:servers",
            "twirp does not take 'servers'\n  hint: known: client, as",
        ),
        ("twirp=none:client", "twirp takes 'none' only alone"),
        ("services=nope.toml", "cannot read nope.toml: No such file"),
        ("redact=p.nope", "redact names the option 'p.nope'"),
        ("templates=/nope", "there is no directory /nope for `templates`"),
    ],
)
def test_mistakes_go_into_the_response(
    parameter: str, message: str, tmp_path: Path
) -> None:
    tree = write_protos(tmp_path, PROTOS)

    response = request(tree, *PROTOS, parameter=parameter)

    assert message in response.error
    assert not response.file


@pytest.mark.parametrize(
    ("parameter", "twirp"),
    [
        ("twirp=client:async", ("client", "async")),
        ("twirp=none", ()),
        ("", ("client", "async", "server")),
    ],
)
def test_what_is_made_of_services_is_a_parameter(
    parameter: str, twirp: tuple[str, ...], tmp_path: Path
) -> None:
    text = 'syntax = "proto3"; message M {} service S { rpc Do(M) returns (M); }'
    tree = write_protos(tmp_path / "protos", {"a.proto": text})
    (tmp_path / "s.toml").write_text('["S".methods]\nDo = { grant = "x" }\n')
    given = f"services={tmp_path}/s.toml," + parameter

    response = request(tree, "a.proto", parameter=given)

    options = Options(protos=(tree,), twirp=twirp, services=tmp_path / "s.toml")
    files = {file.name: file.content.encode() for file in response.file}
    assert files == build(options)
    assert b'grant="x"' in files["a_twirp.py"]


def test_features_are_declared(tmp_path: Path) -> None:
    response = request(write_protos(tmp_path, PROTOS), *PROTOS)

    assert response.supported_features == 3
    assert (response.minimum_edition, response.maximum_edition) == (998, 1001)


def test_a_request_that_lacks_an_import_is_reported(tmp_path: Path) -> None:
    tree = write_protos(tmp_path, PROTOS)
    message = CodeGeneratorRequest(file_to_generate=["a.proto"])
    (file,) = (
        file
        for file in compile_protos([tree], ["a.proto"]).file
        if file.name == "a.proto"
    )
    message.proto_file.append(file)

    response = CodeGeneratorResponse.FromString(respond(message.SerializeToString()))

    assert "a.proto:1:1: error: 'sub/b.proto' is imported" in response.error


def test_without_source_info_places_are_the_files_start(tmp_path: Path) -> None:
    """buf and others may leave it out; types are the same, only without documentation."""
    text = 'syntax = "proto3";\n// Documented.\nmessage A { int32 x = 1; }\n'
    tree = write_protos(tmp_path, {"a.proto": text})
    message = CodeGeneratorRequest(file_to_generate=["a.proto"])
    message.proto_file.extend(compile_protos([tree], ["a.proto"]).file)
    for file in message.proto_file:
        file.ClearField("source_code_info")

    response = CodeGeneratorResponse.FromString(respond(message.SerializeToString()))

    assert not response.error
    files = {file.name: file.content.encode() for file in response.file}
    expected = build(Options(protos=(tree,)))
    assert files.keys() == expected.keys()
    changed = {name for name in files if files[name] != expected[name]}
    assert changed == {"MANIFEST.json", "a_pb.py"}


@pytest.mark.parametrize(
    "name",
    [
        "/{}/evil.proto",
        "../evil.proto",
        "a/../../evil.proto",
        "a\\b.proto",
        "./a.proto",
    ],
)
def test_a_file_name_that_leads_out_of_the_output_is_refused(
    name: str, tmp_path: Path
) -> None:
    """Before anything is made of it: the formatter's folder is left no more than the output."""
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "__init__.py").write_text("important = True\n")
    message = CodeGeneratorRequest()
    file = message.proto_file.add(
        name=name.format(victim), package="p", syntax="proto3"
    )
    file.message_type.add(name="M")
    message.file_to_generate.append(file.name)

    response = CodeGeneratorResponse.FromString(respond(message.SerializeToString()))

    assert f"the file name {file.name!r} is not a path below" in response.error
    assert not response.file
    assert [path.name for path in victim.iterdir()] == ["__init__.py"]
    assert (victim / "__init__.py").read_text() == "important = True\n"


@pytest.mark.parametrize(
    ("name", "package"),
    [("a/" * 2_000 + "x.proto", "p"), ("x.proto", "p." * 2_000 + "p")],
)
def test_a_place_that_is_too_deep_for_folders_is_refused(
    name: str, package: str
) -> None:
    message = CodeGeneratorRequest(file_to_generate=[name])
    file = message.proto_file.add(name=name, package=package, syntax="proto3")
    file.message_type.add(name="M")

    response = CodeGeneratorResponse.FromString(respond(message.SerializeToString()))

    assert "2000 folders deep" in response.error
    assert not response.file


@pytest.mark.slow
def test_a_tree_with_files_of_google_gives_the_same_from_both(tmp_path: Path) -> None:
    """Its own where they are generated, and the compiler's where they are imported."""
    own = (
        'syntax = "proto3"; package google.protobuf;'
        " message Timestamp { int64 seconds = 1; int32 nanos = 2; int32 own = 3; }"
    )
    name = "google/protobuf/timestamp.proto"
    tree = write_protos(tmp_path, {**PROTOS, name: own})

    for files in (tuple(PROTOS), (*PROTOS, name)):
        places = tuple(str(tree / file) for file in files)
        response = request(tree, *files)
        assert not response.error
        written = {each.name: each.content.encode() for each in response.file}
        assert written == build(Options(protos=(tree,), files=places))
        module = written["google/protobuf/timestamp_pb.py"]
        assert (b"    own: int" in module) == (name in files)
