"""The codec under test and the schemas, each made once per process."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fuzz import schemas

from . import codecs
from .compare import Comparer


@pytest.fixture(scope="session")
def inline(tmp_path_factory: pytest.TempPathFactory) -> schemas.Schema:
    return schemas.inline(tmp_path_factory.mktemp("native"))


@pytest.fixture(scope="session")
def livekit() -> schemas.Schema:
    return schemas.livekit()


@pytest.fixture(scope="session")
def native() -> None:
    """Skips where the extension is not installed."""
    if not codecs.is_installed():
        pytest.skip(codecs.MISSING)


@pytest.fixture
def comparer(request: pytest.FixtureRequest, native: None) -> Comparer:
    """The native codec against the exact one, for the schema that a parameter names."""
    schema: Any = request.getfixturevalue(request.param)
    return Comparer(schema, codecs.codec_of(schema.package, "native"))
