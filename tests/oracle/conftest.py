"""google's protobuf, with its own output for the same schema, as the oracle."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import symbol_database
from google.protobuf.message_factory import GetMessageClass

PROTOS = Path(__file__).parents[2] / "protobufs"


@pytest.fixture(scope="session")
def google_class(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """A function from full proto name to google's class of the message."""
    out = tmp_path_factory.mktemp("pb2")
    files = sorted(
        path.relative_to(PROTOS).as_posix() for path in PROTOS.rglob("*.proto")
    )
    command = [sys.executable, "-m", "grpc_tools.protoc", "-I", str(PROTOS)]
    subprocess.run([*command, f"--python_out={out}", *files], check=True)
    sys.path.insert(0, str(out))
    for file in files:
        importlib.import_module(file.removesuffix(".proto").replace("/", ".") + "_pb2")
    pool = symbol_database.Default().pool

    def find(name: str) -> Any:
        return GetMessageClass(pool.FindMessageTypeByName(name))

    return find
