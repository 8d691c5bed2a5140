"""Packages whose codec has not been used yet, and an extension that fits them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from lkproto_codegen.options import Options
from lkproto_codegen.pipeline import build

from tests.support import imported, write_protos

from .fake_native import fake_native
from .support import PROTOS, chosen


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a package."""
    tree = write_protos(tmp_path_factory.mktemp("choice"), PROTOS)
    return build(Options(protos=(tree,)))


@pytest.fixture
def package(
    tmp_path: Path, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> Any:
    """A package whose codec has not been used yet."""
    monkeypatch.delenv("LKPROTO_CODEC", raising=False)
    return imported(tmp_path, files)


@pytest.fixture
def cls(package: Any) -> Any:
    """A message class of it."""
    return package.find_message("m.M")


@pytest.fixture
def native(package: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A native codec is installed that fits; its module."""
    module = fake_native(package)
    monkeypatch.setitem(sys.modules, "lkproto_native", module)
    return module


@pytest.fixture
def set_up(package: Any, native: Any) -> Any:
    """The native codec is in use, and does the class in all directions; the fake codec."""
    assert chosen(package) == ("native", [])
    return native.Codec
