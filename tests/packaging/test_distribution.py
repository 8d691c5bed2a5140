"""Wheel and sdist: built, installed in fresh environments, and used."""

from __future__ import annotations

import email
import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from tests.support import ROOT

from .test_readme import relative_links

pytestmark = pytest.mark.network
INFO = "lkproto-0.1.0.dist-info"


def run(
    *command: str | Path, cwd: Path, check: bool = True, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a command that cannot import anything of this checkout."""
    environment = {
        key: value for key, value in os.environ.items() if key != "PYTHONPATH"
    }
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=environment | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The sdist, and the wheel that is built from it."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", out, ROOT, cwd=out)
    return {path.suffix: path for path in out.iterdir()}


def installed(folder: Path, *requirements: str) -> Path:
    """The `bin` of a fresh environment with the wheel, and what else is named."""
    venv.create(folder / "env", with_pip=True)
    binaries = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
    command = (binaries / "python", "-m", "pip", "install", "--quiet", *requirements)
    run(*command, cwd=folder)
    return binaries


def test_wheel_has_all_parts_and_complete_metadata(
    distributions: dict[str, Path],
) -> None:
    wheel = zipfile.ZipFile(distributions[".whl"])
    names = wheel.namelist()
    metadata = email.message_from_bytes(wheel.read(f"{INFO}/METADATA"))
    scripts = wheel.read(f"{INFO}/entry_points.txt").decode()

    for part in (
        "lkproto/livekit_models_pb.py",
        "lkproto/py.typed",
        "lkproto/_runtime/LICENSE",
        "lkproto/google/protobuf/LICENSE",
        "lkproto_codegen/_data/LICENSE",
        "lkproto_codegen/google_protos/LICENSE",
        "lkproto_codegen/google_protos/google/protobuf/descriptor.proto",
        "lkproto_codegen/py.typed",
        "lkproto_cli/main.py",
        "lkproto_codegen/_data/templates/message_module.py.j2",
        "lkproto_codegen/_data/runtime/core/message.py",
        "lkproto_codegen/_data/runtime/twirp/public.py",
        "lkproto_codegen/_data/templates/twirp_module.py.j2",
        "lkproto_conformance/_data/vectors/token.verify.json",
        f"{INFO}/licenses/NOTICE",
        f"{INFO}/licenses/LICENSE",
    ):
        assert part in names
    tops = {name.partition("/")[0] for name in names}
    packages = {"lkproto", "lkproto_codegen", "lkproto_cli", "lkproto_conformance"}
    assert tops == {*packages, INFO}
    for package in tops - {INFO}:
        assert f"{package}/py.typed" in names
    assert metadata["Name"] == "lkproto"
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "Apache-2.0 AND BSD-3-Clause"
    licences = metadata.get_all("License-File", [])
    for licence in licences:
        assert f"{INFO}/licenses/{licence}" in names
    assert {"LICENSE", "NOTICE"} < set(licences)
    assert not any("License ::" in each for each in metadata.get_all("Classifier", []))
    for field in ("Summary", "Author", "Keywords", "Project-URL"):
        assert metadata[field]
    assert metadata["Description-Content-Type"] == "text/markdown"
    description = wheel.read(f"{INFO}/METADATA").decode().partition("\n\n")[2]
    assert description.startswith("# lkproto\n")
    assert relative_links(description) == []
    assert "Typing :: Typed" in metadata.get_all("Classifier", [])
    requirements = metadata.get_all("Requires-Dist", [])
    assert requirements
    assert all("; extra == " in each for each in requirements)
    assert "codegen" in metadata.get_all("Provides-Extra", [])
    assert "lkproto = lkproto_cli:main\n" in scripts
    assert "protoc-gen-lkproto = lkproto_cli.plugin:main\n" in scripts


def test_sdist_has_all_that_a_wheel_is_built_from(
    distributions: dict[str, Path],
) -> None:
    names = tarfile.open(distributions[".gz"]).getnames()

    for part in (
        "protobufs/livekit_models.proto",
        "NOTICE",
        "templates/index.py.j2",
        "tests/docs/pages.py",
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "docs/use/messages.md",
    ):
        assert f"lkproto-0.1.0/{part}" in names
    for part in (".ci", ".github", ".nox", ".git"):
        assert not any(name.startswith(f"lkproto-0.1.0/{part}/") for name in names)


def test_without_extras_messages_work_and_the_generator_names_its_extra(
    distributions: dict[str, Path], tmp_path: Path
) -> None:
    binaries = installed(tmp_path, str(distributions[".whl"]))
    use = "from lkproto.livekit import Room; print(Room.from_bytes(Room(sid='a').to_bytes()))"
    (tmp_path / "protobufs").mkdir()
    (tmp_path / "protobufs" / "a.proto").write_text('syntax = "proto3";')

    assert run(binaries / "python", "-c", use, cwd=tmp_path).stdout == "Room(sid='a')\n"
    assert "usage: lkproto" in run(binaries / "lkproto", "--help", cwd=tmp_path).stdout
    for command in ("lkproto generate", "lkproto check", "protoc-gen-lkproto"):
        script, *words = command.split()
        done = run(binaries / script, *words, cwd=tmp_path, check=False)
        assert (done.returncode, done.stdout) == (2, "")
        assert "pip install 'lkproto[codegen]'" in done.stderr
        assert "Traceback" not in done.stderr
    inspect = [binaries / "lkproto", "token", "inspect", "x"]
    done = run(*inspect, cwd=tmp_path, check=False)
    assert (done.returncode, done.stdout[:18]) == (1, "refused: malformed")
    assert [path.name for path in tmp_path.glob("*") if path.name != "env"] == [
        "protobufs"
    ]


def test_our_testee_fails_nothing_after_a_plain_install_and_skips_name_the_extra(
    distributions: dict[str, Path], tmp_path: Path
) -> None:
    binaries = installed(tmp_path, str(distributions[".whl"]))
    command = [binaries / "lkproto-conformance", "run", "--testee"]
    testee = f"exec:{binaries / 'python'} -m lkproto_conformance.testees.lkproto"

    done = run(*command, testee, cwd=tmp_path)
    assert "fail:" not in done.stdout
    assert "keys.load needs PyYAML: pip install 'lkproto[yaml]'" in done.stdout

    wheel = f"{distributions['.whl']}[yaml]"
    run(binaries / "python", "-m", "pip", "install", "--quiet", wheel, cwd=tmp_path)
    done = run(*command, testee, "--filter", "keys.load", cwd=tmp_path)
    assert "skip" not in done.stdout


def test_with_the_extra_it_generates_a_foreign_tree_in_an_empty_directory(
    distributions: dict[str, Path], tmp_path: Path
) -> None:
    binaries = installed(tmp_path, f"{distributions['.whl']}[codegen]")
    project = tmp_path / "project"
    (project / "protos").mkdir(parents=True)
    (project / "protos" / "a.proto").write_text(
        'syntax = "proto3"; package acme; message Hello { string name = 1; }'
    )

    command = ("generate", "-I", "protos", "--out", "acme_pb")
    run(binaries / "lkproto", *command, cwd=project)
    use = "from acme_pb.acme import Hello; print(Hello(name='you').to_json())"
    assert run(binaries / "python", "-c", use, cwd=project).stdout == '{"name":"you"}\n'
    run(binaries / "lkproto", "check", *command[1:], "--no-cache", cwd=project)
    assert {path.name for path in project.iterdir()} == {"protos", "acme_pb"}
    protoc = (binaries / "python", "-m", "grpc_tools.protoc", "-I", "protos")
    plugin = f"--plugin=protoc-gen-lkproto={binaries / 'protoc-gen-lkproto'}"
    (project / "by_plugin").mkdir()
    run(*protoc, plugin, "--lkproto_out=by_plugin", "a.proto", cwd=project)
    for path in (project / "by_plugin").rglob("*.*"):
        same = project / "acme_pb" / path.relative_to(project / "by_plugin")
        assert path.read_bytes() == same.read_bytes()


STUBS = """
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, make_server

from acme_pb import TwirpCode, TwirpContext, TwirpError, twirp_wsgi
from acme_pb.acme import GREETER_SERVICE, Greeter, GreeterClient, Hello
from lkproto.http import Response, ScriptedTransport


class Quiet(WSGIRequestHandler):
    def log_message(self, *_): pass


class Polite(Greeter):
    def say_hello(self, request: Hello, context: TwirpContext) -> Hello:
        if not request.name:
            raise TwirpError(TwirpCode.INVALID_ARGUMENT, "who are you?")
        return Hello(name=f"hello {request.name}")


scripted = ScriptedTransport(
    Response(200, {"Content-Type": "application/protobuf"}, Hello(name="a").to_bytes())
)
print(GreeterClient("http://nowhere", transport=scripted).say_hello(name="x").name)
print(scripted.requests[0].url)
with make_server("127.0.0.1", 0, twirp_wsgi(Polite()), handler_class=Quiet) as server:
    Thread(target=server.serve_forever, daemon=True).start()
    with GreeterClient(f"http://127.0.0.1:{server.server_port}") as client:
        print(client.say_hello(Hello(name="you")).name)
        for call in (client.say_hello, client.wave):
            try:
                call()
            except TwirpError as error:
                print(error.code, "-", error.msg)
    server.shutdown()
print(GREETER_SERVICE["SayHello"].path)
"""


def test_stubs_of_a_foreign_tree_call_and_serve(
    distributions: dict[str, Path], tmp_path: Path
) -> None:
    binaries = installed(tmp_path, f"{distributions['.whl']}[codegen]")
    project = tmp_path / "project"
    (project / "protos").mkdir(parents=True)
    (project / "protos" / "a.proto").write_text(
        'syntax = "proto3"; package acme; message Hello { string name = 1; }'
        " service Greeter { rpc SayHello(Hello) returns (Hello);"
        " rpc Wave(Hello) returns (Hello); }"
    )
    (project / "use.py").write_text(STUBS)

    command = (binaries / "lkproto", "generate", "-I", "protos", "--out", "acme_pb")
    run(*command, cwd=project)

    assert run(binaries / "python", "use.py", cwd=project).stdout.splitlines() == [
        "a",
        "http://nowhere/twirp/acme.Greeter/SayHello",
        "hello you",
        "invalid_argument - who are you?",
        "unimplemented - acme.Greeter/Wave is not implemented",
        "acme.Greeter/SayHello",
    ]


def test_the_oldest_tools_that_the_extra_admits_make_the_same_of_our_tree(
    distributions: dict[str, Path], tmp_path: Path
) -> None:
    wheel = distributions[".whl"]
    metadata = zipfile.ZipFile(wheel).read(f"{INFO}/METADATA").decode()
    ranges = re.findall(
        r"^Requires-Dist: (.*); extra == 'codegen'$", metadata, re.MULTILINE
    )
    oldest = [re.sub(r"^([\w-]+).*>=([\d.]+).*$", r"\1==\2", each) for each in ranges]
    binaries = installed(tmp_path, f"{wheel}[codegen]", *oldest)

    assert sorted(each.partition("==")[0] for each in oldest) == [
        *("grpcio-tools", "jinja2", "protobuf", "ruff")
    ]
    for name in ("protobufs", "runtime", "pyproject.toml"):
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tmp_path / name)
    shutil.copytree(ROOT / "generated", tmp_path / "generated")
    run(binaries / "lkproto", "check", "--no-cache", cwd=tmp_path)


@pytest.mark.parametrize(
    "program", ["uvx --from", "pipx run --spec"], ids=["uvx", "pipx"]
)
def test_the_generator_runs_without_being_installed(
    program: str, distributions: dict[str, Path], tmp_path: Path
) -> None:
    (tmp_path / "protos").mkdir()
    (tmp_path / "protos" / "a.proto").write_text('syntax = "proto3"; message A {}')
    words = program.split()
    words[0] = str(Path(sys.executable).parent / words[0])
    words += [f"{distributions['.whl']}[codegen]", "lkproto", "generate"]

    run(*words, "-I", "protos", "--out", "a_pb", cwd=tmp_path, **own_places(tmp_path))

    assert (tmp_path / "a_pb" / "a_pb.py").is_file()


def own_places(folder: Path) -> dict[str, str]:
    """Variables with which uv and pipx use their own folders, and pip's settings, which uv ignores."""
    places = {
        "PIPX_HOME": str(folder / "pipx"),
        "UV_CACHE_DIR": str(folder / "uv"),
        "UV_PYTHON": sys.executable,
    }
    same = {"SSL_CERT_FILE": "PIP_CERT", "UV_FIND_LINKS": "PIP_FIND_LINKS"}
    same["UV_DEFAULT_INDEX"] = "PIP_INDEX_URL"
    return places | {
        ours: os.environ[pips] for ours, pips in same.items() if pips in os.environ
    }
