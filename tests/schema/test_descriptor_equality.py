"""The schema in protobufs/ is livekit/protocol v1.54.0, descriptor for descriptor.

`livekit-protocol-v1.54.0.fds` is the compiled reference; its google/protobuf/* come from
the compiler, and we do not author them.
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
    """Serialized FileDescriptorProto by path."""
    return {
        file.name: file.SerializeToString()
        for file in FileDescriptorSet.FromString(serialized).file
    }


reference = descriptors(REFERENCE.read_bytes())
expected = {
    path: raw
    for path, raw in reference.items()
    if not path.startswith("google/protobuf/")
}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The descriptors of protobufs/ and all they import, compiled together."""
    out = tmp_path_factory.mktemp("compiled") / "set.fds"
    command = [sys.executable, "-m", "grpc_tools.protoc", "-I", str(PROTOS)]
    command += ["--include_imports", f"--descriptor_set_out={out}", *expected]
    subprocess.run(command, check=True)
    return descriptors(out.read_bytes())


@pytest.mark.parametrize("path", expected)
def test_descriptor_is_byte_identical_to_upstream(
    path: str, compiled: dict[str, bytes]
) -> None:
    """Each file we author compiles to the reference's bytes."""
    assert compiled[path] == expected[path]


def test_compiled_set_has_the_references_files(compiled: dict[str, bytes]) -> None:
    """The files the compiler adds, google/protobuf/*, have the same names."""
    assert set(compiled) == set(reference)


def test_schema_has_upstreams_files_and_no_others() -> None:
    """Files of our own have one place, protobufs/lkproto/."""
    ours = {path.relative_to(PROTOS).as_posix() for path in PROTOS.rglob("*.proto")}

    assert {path for path in ours if not path.startswith("lkproto/")} == set(expected)


def test_upstream_digests_are_those_of_the_reference() -> None:
    """UPSTREAM.toml has the digest of the set and of each file we author."""
    upstream = tomllib.loads((PROTOS / "UPSTREAM.toml").read_text())

    assert upstream["descriptors"]["sha256"] == sha256(REFERENCE.read_bytes())
    assert upstream["files"] == {name: sha256(raw) for name, raw in expected.items()}


def sha256(data: bytes) -> str:
    """Hexadecimal digest, as UPSTREAM.toml writes it."""
    return hashlib.sha256(data).hexdigest()
