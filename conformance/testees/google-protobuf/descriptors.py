"""Writes `schema.binpb`: the descriptors of the schema in `protobufs/`, by google's compiler."""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path

from grpc_tools import protoc

HERE = Path(__file__).parent
PROTOBUFS = HERE.parents[2] / "protobufs"


def write(target: Path) -> int:
    """Compile every file of the schema, with all that they import. Returns the exit code."""
    sources = sorted(
        str(each.relative_to(PROTOBUFS)) for each in PROTOBUFS.rglob("*.proto")
    )
    return int(
        protoc.main(
            [
                "protoc",
                f"-I{PROTOBUFS}",
                f"-I{files('grpc_tools') / '_proto'}",
                "--include_imports",
                f"--descriptor_set_out={target}",
                *sources,
            ]
        )
    )


if __name__ == "__main__":
    sys.exit(write(Path(*sys.argv[1:]) if sys.argv[1:] else HERE / "schema.binpb"))
