"""Writes `schema.binpb`: the descriptors of the schema in `protobufs/`, by google's compiler."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PROTOBUFS = HERE.parents[2] / "protobufs"
# It also finds the files of google that the schema imports.
COMPILER = [sys.executable, "-m", "grpc_tools.protoc"]


def write(target: Path) -> int:
    """Compile every file of the schema, with all that they import. Returns the exit code."""
    files = sorted(each.relative_to(PROTOBUFS) for each in PROTOBUFS.rglob("*.proto"))
    output = ["--include_imports", f"--descriptor_set_out={target}"]
    command = [*COMPILER, f"-I{PROTOBUFS}", *output, *map(str, files)]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(write(Path(*sys.argv[1:]) if sys.argv[1:] else HERE / "schema.binpb"))
