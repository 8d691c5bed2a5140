"""The schema in protobufs/ is livekit/protocol v1.54.0, descriptor for descriptor.

`livekit-protocol-v1.54.0.fds` is the compiled reference; google/protobuf/* in it come from
the compiler and are not ours to author.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet

ROOT = Path(__file__).parents[2]
PROTOS = ROOT / "protobufs"
REFERENCE = Path(__file__).with_name("livekit-protocol-v1.54.0.fds")


def descriptors(serialized: bytes) -> dict[str, bytes]:
    """Serialized FileDescriptorProto by path, google's own files left out."""
    return {
        file.name: file.SerializeToString()
        for file in FileDescriptorSet.FromString(serialized).file
        if not file.name.startswith("google/protobuf/")
    }


expected = descriptors(REFERENCE.read_bytes())


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The descriptors of protobufs/, compiled together."""
    out = tmp_path_factory.mktemp("compiled") / "set.fds"
    command = [sys.executable, "-m", "grpc_tools.protoc", "-I", str(PROTOS)]
    command += ["--include_imports", f"--descriptor_set_out={out}", *expected]
    subprocess.run(command, check=True)
    return descriptors(out.read_bytes())


@pytest.mark.parametrize("path", expected)
def test_descriptor_is_byte_identical_to_upstream(
    path: str, compiled: dict[str, bytes]
) -> None:
    assert compiled[path] == expected[path]


def test_schema_has_upstreams_files_and_no_others() -> None:
    ours = {path.relative_to(PROTOS).as_posix() for path in PROTOS.rglob("*.proto")}

    assert {path for path in ours if not path.startswith("lkproto/")} == set(expected)


def test_upstream_digests_are_those_of_the_reference() -> None:
    upstream = tomllib.loads((PROTOS / "UPSTREAM.toml").read_text())

    assert upstream["descriptors"]["sha256"] == sha256(REFERENCE.read_bytes())
    assert upstream["files"] == {name: sha256(raw) for name, raw in expected.items()}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
