"""The schemas, each made once per process."""

from __future__ import annotations

from typing import Any

import pytest

from . import schemas


@pytest.fixture(scope="session")
def inline(tmp_path_factory: pytest.TempPathFactory) -> schemas.Schema:
    return schemas.inline(tmp_path_factory.mktemp("fuzz"))


@pytest.fixture(scope="session")
def livekit() -> schemas.Schema:
    return schemas.livekit()


@pytest.fixture
def schema(request: pytest.FixtureRequest) -> Any:
    """The schema that a parameter names."""
    return request.getfixturevalue(request.param)
