"""google's protobuf, with the same schema, as the oracle."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import descriptor_pool
from google.protobuf.message_factory import GetMessageClass
from lkproto_codegen.read.compile import compile_protos
from lkproto_codegen.read.discover import find_protos

PROTOS = Path(__file__).parents[2] / "protobufs"


@pytest.fixture(scope="session")
def google_class() -> Callable[[str], Any]:
    """A function from full proto name to google's class of the message."""
    pool = descriptor_pool.Default()
    for file in compile_protos([PROTOS], find_protos(PROTOS)).file:
        if file.name.startswith("google/"):
            module = file.name.removesuffix(".proto").replace("/", ".")
            importlib.import_module(module + "_pb2")
        else:
            file.ClearField("source_code_info")
            pool.AddSerializedFile(file.SerializeToString())

    def find(name: str) -> Any:
        return GetMessageClass(pool.FindMessageTypeByName(name))

    return find
