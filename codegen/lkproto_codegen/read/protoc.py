"""Starting protoc, as a process of its own because its errors come on stderr and only there.

The only module that runs grpc_tools. No name of a tree becomes an argument: the files are
imported by one file of ours, so that a name may begin with `-` or `@`. The process is isolated
from the working directory and from Python's environment variables.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from ..diagnostics import failure
from ..resources import find_spec, google_protos_dir
from .discover import find_protos

# grpc_tools is looked up after the standard library, in the folder where it was found.
_PROGRAM = """
import json, sys, traceback
try:
    sys.path.append(sys.argv[1])
    from grpc_tools import protoc
    code = protoc.main(json.load(sys.stdin))
except Exception:
    traceback.print_exc()
    code = 70
sys.exit(code)
"""
_REQUEST = ".lkproto-request.proto"
_REQUEST_HEAD = 'syntax = "proto3"; option optimize_for = LITE_RUNTIME;'
_OUT = "set.fds"
_ERRORS_FOUND = 1  # protoc's exit code for mistakes in the schema


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run of protoc gave: a set, or what it says is wrong.

    In `errors`, files have the paths of `roots`, which stand for the include directories.
    """

    compiled: FileDescriptorSet | None
    errors: str
    roots: tuple[str, ...]


def run_protoc(
    include: Sequence[Path], files: Sequence[str], retain_options: bool
) -> Ran:
    """Compile files with all they import. Raises GenerationError if protoc itself fails."""
    with tempfile.TemporaryDirectory(prefix="lkproto-") as scratch:
        request = Path(scratch, "request", _REQUEST)
        request.parent.mkdir()
        request.write_bytes(_request(files))
        folders = enumerate([*include, google_protos_dir()])
        roots = [_reachable(path, scratch, number) for number, path in folders]
        arguments = ["protoc", "-Irequest", *(f"-I{each}" for each in roots)]
        arguments += ["--include_imports", "--include_source_info"]
        arguments += ["--retain_options"] if retain_options else []
        code, said = _started(
            [*arguments, f"--descriptor_set_out={_OUT}", _REQUEST], scratch
        )
        if code == 0:
            compiled = FileDescriptorSet.FromString(Path(scratch, _OUT).read_bytes())
            del compiled.file[-1]  # our request, which imports all others
            return Ran(compiled, "", ())
        return Ran(None, _without_request(said), tuple(roots))


def _request(files: Sequence[str]) -> bytes:
    """A file that imports these, whatever characters their names have.

    Only a file for the lite runtime may import one that is.
    """
    names = ["".join(f"\\{byte:03o}" for byte in name.encode()) for name in files]
    return "".join([_REQUEST_HEAD, *(f'import "{each}";\n' for each in names)]).encode()


def _without_request(said: str) -> str:
    """Protoc's words about the files, without what follows for our request."""
    return said.partition(f"request/{_REQUEST}:")[0]


def _reachable(path: Path, scratch: str, number: int) -> str:
    """How protoc can be told a directory: its path, or a link if protoc would take that apart."""
    full = os.path.abspath(path)  # noqa: PTH100 - resolves `..` as the user wrote it
    if full.isprintable() and not {os.pathsep, "="}.intersection(full):
        return full
    Path(scratch, str(number)).symlink_to(full, target_is_directory=True)
    return str(number)


def _started(arguments: Sequence[str], folder: str) -> tuple[int, str]:
    """Protoc's exit code, and what it says."""
    place = installed().parent
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _PROGRAM, str(place)],
        input=json.dumps(arguments).encode(),
        capture_output=True,
        cwd=folder,
        check=False,
    )
    said = done.stderr.decode(errors="surrogateescape")
    if done.returncode not in (0, _ERRORS_FOUND):
        lines = said.strip().splitlines() or ["it says nothing"]
        raise failure(
            f"the protobuf compiler itself failed, with exit code {done.returncode}: "
            f"{lines[-1]}\n" + "\n".join(f"  | {line}" for line in lines),
            hint="the schema is not to blame; install grpcio-tools again, or report this",
        )
    return done.returncode, said or done.stdout.decode(errors="surrogateescape")


def installed() -> Path:
    """The folder of grpc_tools. Raises GenerationError where there is none."""
    found = find_spec("grpc_tools")
    for place in (found.submodule_search_locations if found else None) or ():
        return Path(place).absolute()
    raise failure(
        "the protobuf compiler is not installed", hint="pip install 'lkproto[codegen]'"
    )


def bundled_google_files() -> frozenset[str]:
    """The google/protobuf/*.proto files that come with the generator."""
    return frozenset(find_protos(google_protos_dir()))


@cache
def protoc_version() -> str:
    """The version of protoc, by the distribution that carries it."""
    try:
        return f"grpcio-tools {version('grpcio-tools')}"
    except PackageNotFoundError:
        return "none"


@cache
def compiler_version() -> str:
    """The version that protoc gives for itself, without its name."""
    return _started(["protoc", "--version"], tempfile.gettempdir())[1].split()[-1]
